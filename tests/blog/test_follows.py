"""Following an author, and hearing of new stories."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from urllib.parse import unquote

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import Follow, Notification
from accounts.roles import Role
from blog.announcement import announce_post
from blog.models import Post
from tests.desk import desk_of
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def rita():
    return make_person("Rita")


def follow_url(person):
    return f"/@{person.author.handle}/followers/"


def stop_url(person):
    return f"{follow_url(person)}removal/"


def count_of(person):
    person.author.refresh_from_db()
    return person.author.follower_count


def told(person):
    return [row.text for row in Notification.objects.filter(recipient=person)]


class TestFollowing:
    def test_a_reader_follows_an_author_and_stops_again(self, ada, rita):
        client = desk_of(rita)
        client.post(follow_url(ada))
        assert "Following" in client.get(ada.author.get_absolute_url()).content.decode()
        assert count_of(ada) == 1
        client.post(stop_url(ada))
        assert "Following" not in client.get(ada.author.get_absolute_url()).content.decode()
        assert count_of(ada) == 0

    def test_following_twice_counts_once_and_so_does_stopping(self, ada, rita):
        client = desk_of(rita)
        for _time in range(2):
            assert client.post(follow_url(ada)).status_code == 303
        assert count_of(ada) == 1
        for _time in range(2):
            assert client.post(stop_url(ada)).status_code == 303
        assert count_of(ada) == 0

    def test_the_button_leads_back_to_the_story_it_stands_under(self, ada, rita):
        story = make_post(by=ada)
        page = desk_of(rita).get(story.get_absolute_url()).content.decode()
        assert follow_url(ada) in page
        answer = desk_of(rita).post(follow_url(ada), {"next": story.get_absolute_url()})
        assert answer.url == story.get_absolute_url()

    @pytest.mark.parametrize(
        "elsewhere", ["https://evil.example/", "//evil.example", "", "/\\evil.example"]
    )
    def test_the_button_leads_nowhere_else(self, ada, rita, elsewhere):
        answer = desk_of(rita).post(follow_url(ada), {"next": elsewhere})
        assert answer.url == ada.author.get_absolute_url()

    def test_nobody_follows_themselves(self, ada):
        client = desk_of(ada)
        assert follow_url(ada) not in client.get(ada.author.get_absolute_url()).content.decode()
        client.post(follow_url(ada))
        assert count_of(ada) == 0

    def test_somebody_without_an_account_is_led_to_sign_in_and_back(self, client, ada):
        page = client.get(ada.author.get_absolute_url()).content.decode()
        assert follow_url(ada) in page
        assert "csrfmiddlewaretoken" not in page
        answer = client.get(follow_url(ada))
        assert answer.status_code == 302
        assert unquote(answer.url) == f"/accounts/login/?next={follow_url(ada)}"

    def test_opening_the_page_follows_nobody(self, ada, rita):
        page = desk_of(rita).get(follow_url(ada))
        assert f"Follow {ada.author.name}?" in page.content.decode()
        assert "no-store" in page.headers["Cache-Control"]
        assert count_of(ada) == 0

    def test_a_reader_sees_whom_they_follow(self, ada, rita):
        bea = make_person("Bea", Role.AUTHOR)
        client = desk_of(rita)
        assert "You follow nobody yet." in client.get("/accounts/following/").content.decode()
        for author in (ada, bea):
            client.post(follow_url(author))
        page = client.get("/accounts/following/").content.decode()
        assert page.index(bea.author.name) < page.index(ada.author.name)

    def test_a_long_list_of_followed_authors_is_read_page_by_page(self, rita, monkeypatch):
        monkeypatch.setattr("accounts.views.FOLLOWED_PER_PAGE", 2)
        authors = [make_person(f"Writer {letter}", Role.AUTHOR).author for letter in "ABCDE"]
        for author in authors:
            Follow.objects.follow(author, by=rita)
        client, url, seen = desk_of(rita), "/accounts/following/", []
        while url:
            page = client.get(url)
            seen += [row.author.name for row in page.context["rows"]]
            url = page.context["older_url"]
        assert seen == ["Writer E", "Writer D", "Writer C", "Writer B", "Writer A"]

    def test_whom_one_follows_is_nobody_elses_business(self, client):
        assert client.get("/accounts/following/").status_code == 302

    @pytest.mark.parametrize("older", ["x", "-1", "9" * 30, "١"])
    def test_a_made_up_place_in_the_list_is_not_there(self, rita, older):
        assert desk_of(rita).get("/accounts/following/", {"older": older}).status_code == 404

    def test_a_follower_who_leaves_is_not_counted_any_more(self, ada, rita):
        Follow.objects.follow(ada.author, by=rita)
        rita.delete()
        assert count_of(ada) == 0


class TestHearing:
    def test_followers_are_told_of_a_new_story(self, ada, rita):
        Follow.objects.follow(ada.author, by=rita)
        story = make_post(by=ada, title="On tides", published_at=timezone.now())
        announce_post(story.pk)
        assert told(rita) == ["Ada published “On tides”"]

    def test_nobody_is_told_twice(self, ada, rita):
        bea = make_person("Bea", Role.AUTHOR)
        story = make_post(by=ada)
        story.set_byline([ada.author, bea.author])
        for author in (ada.author, bea.author):
            Follow.objects.follow(author, by=rita)
        assert announce_post(story.pk)
        assert not announce_post(story.pk)
        assert len(told(rita)) == 1

    def test_an_author_is_not_told_of_their_own_story(self, ada):
        bea = make_person("Bea", Role.AUTHOR)
        story = make_post(by=ada)
        story.set_byline([ada.author, bea.author])
        Follow.objects.follow(bea.author, by=ada)
        announce_post(story.pk)
        assert told(ada) == []

    @pytest.mark.parametrize(
        "about",
        [
            {"tells_followers": False},
            {"visibility": Post.Visibility.UNLISTED},
            {"published": False},
            {"published_at": timezone.now() + timedelta(days=1)},
            {"published_at": timezone.now() - timedelta(days=30)},
        ],
        ids=["quiet", "unlisted", "draft", "scheduled", "old"],
    )
    def test_of_some_stories_nobody_is_told(self, ada, rita, about):
        Follow.objects.follow(ada.author, by=rita)
        story = make_post(by=ada, **about)
        assert not announce_post(story.pk)
        assert told(rita) == []

    def test_a_story_that_was_taken_back_and_published_again_is_no_news(self, ada, rita):
        Follow.objects.follow(ada.author, by=rita)
        story = make_post(by=ada)
        announce_post(story.pk)
        story.refresh_from_db()
        story.unpublish(by=ada)
        story.publish_now(by=ada)
        assert not announce_post(story.pk)

    def test_whoever_stopped_following_is_not_told(self, ada, rita):
        Follow.objects.follow(ada.author, by=rita)
        Follow.objects.unfollow(ada.author, by=rita)
        announce_post(make_post(by=ada).pk)
        assert told(rita) == []

    def test_thousands_of_followers_are_all_told(self, ada, monkeypatch):
        monkeypatch.setattr("blog.announcement.BATCH_PEOPLE", 2)
        readers = [make_person() for _number in range(5)]
        for reader in readers:
            Follow.objects.follow(ada.author, by=reader)
        announce_post(make_post(by=ada).pk)
        assert all(len(told(reader)) == 1 for reader in readers)


class TestWhen:
    """What is put in the queue, and for when."""

    def queued(self):
        from django_tasks_db.models import DBTaskResult

        rows = DBTaskResult.objects.filter(task_path="blog.tasks.announce")
        return [row.run_after for row in rows.order_by("enqueued_at")]

    def test_a_scheduled_story_is_told_when_it_appears(
        self, ada, django_capture_on_commit_callbacks
    ):
        at = timezone.now() + timedelta(days=1)
        with django_capture_on_commit_callbacks(execute=True):
            make_post(by=ada, published_at=at)
        assert self.queued() == [at]

    def test_another_date_is_another_time_to_tell(self, ada, django_capture_on_commit_callbacks):
        story = make_post(by=ada, published_at=timezone.now() + timedelta(days=1))
        story.published_at = at = timezone.now() + timedelta(days=2)
        with django_capture_on_commit_callbacks(execute=True):
            story.arrange()
        assert self.queued() == [at]

    def test_an_update_of_a_published_story_tells_nobody(
        self, ada, django_capture_on_commit_callbacks
    ):
        story = make_post(by=ada)
        story.source = "Mended.\n"
        with django_capture_on_commit_callbacks(execute=True):
            story.write(by=ada)
        assert self.queued() == []


@pytest.mark.django_db(transaction=True)
def test_the_counter_is_right_after_many_at_once():
    ada = make_person("Ada", Role.AUTHOR)
    readers = [make_person() for _number in range(8)]

    def hurry(reader):
        try:
            for _time in range(3):
                Follow.objects.follow(ada.author, by=reader)
                Follow.objects.unfollow(ada.author, by=reader)
            Follow.objects.follow(ada.author, by=reader)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(hurry, readers))
    assert count_of(ada) == Follow.objects.filter(author=ada.author).count() == 8
