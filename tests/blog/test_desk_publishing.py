"""From the desk to the readers and back."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import F
from django.urls import reverse
from django.utils import timezone

from accounts.models import Follow
from accounts.roles import Role
from blog.announcement import announce_post
from blog.models import Post, Revision
from tests.desk import change_url, desk_of, publication, publication_url, read, withdrawal, write
from tests.making import make_person, make_post, make_response

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def draft(ada):
    return make_post(by=ada, published=False, title="The tides")


def moment(**shift):
    return (timezone.now() + timedelta(**shift)).strftime("%Y-%m-%dT%H:%M")


def again(post):
    return Post.objects.get(pk=post.pk)


def told(answer, client):
    """The page that one is led to, as one reads it."""
    return client.get(answer["Location"]).content.decode()


def test_publish_now_brings_the_story_before_readers(client, ada, draft):
    writing = write(ada, draft)
    answer = writing.press("_publication", source="Published words.")
    assert answer["Location"] == publication_url(draft)
    page = publication(ada, draft)
    assert "Published. Readers can see it now." in told(page.press("_publish"), page.client)
    assert "Published words." in client.get("/the-tides/").content.decode()
    assert again(draft).revisions.latest("created_at").kind == Revision.Kind.PUBLISHED


def test_a_new_story_can_be_published_at_once(client, ada):
    answer = write(ada).press("_publication", title="At once", source="x")
    post = Post.objects.get()
    assert answer["Location"] == publication_url(post)
    publication(ada, post).press("_publish")
    assert client.get("/at-once/").status_code == 200


def test_a_story_waits_for_its_time(client, ada, draft):
    page = publication(ada, draft)
    answer = page.press("_schedule", published_at=moment(days=1))
    assert "Scheduled: readers will see it from" in told(answer, page.client)
    assert again(draft).is_scheduled
    assert client.get("/the-tides/").status_code == 404


def test_the_time_is_that_of_the_person_who_writes(ada, draft):
    ada.time_zone = "Asia/Tokyo"
    ada.save()
    day = timezone.now() + timedelta(days=3)
    publication(ada, draft).press("_schedule", published_at=f"{day:%Y-%m-%d}T09:30")
    at = again(draft).published_at
    assert at == datetime(day.year, day.month, day.day, 0, 30, tzinfo=UTC)
    assert publication(ada, draft).page.fields["published_at"] == f"{day:%Y-%m-%d}T09:30"


@pytest.mark.parametrize("at", ["", "2020-01-01T10:00"])
def test_a_past_time_is_no_schedule(ada, draft, at):
    page = publication(ada, draft)
    answer = page.press("_schedule", published_at=at, visibility="unlisted")
    assert answer.status_code == 400
    assert "Choose a time to come, or publish the story now." in page.page.errors
    assert page.page.fields["visibility"] == "unlisted"
    assert page.page.fields["published_at"] == at
    assert again(draft).status == "draft"


def test_a_scheduled_story_can_be_published_now(client, ada, draft):
    publication(ada, draft).press("_schedule", published_at=moment(days=1))
    publication(ada, draft).press("_publish")
    assert again(draft).is_live


def test_a_scheduled_story_can_be_moved_and_taken_back(client, ada, draft):
    publication(ada, draft).press("_schedule", published_at=moment(days=1))
    publication(ada, draft).press("_schedule", published_at=moment(days=2))
    assert again(draft).published_at > timezone.now() + timedelta(days=1, hours=12)
    withdrawal(ada, draft).press("_unpublish")
    assert (again(draft).status, again(draft).published_at) == ("draft", None)
    assert client.get("/the-tides/").status_code == 404


def test_a_schedule_survives_an_emptied_date(ada, draft):
    publication(ada, draft).press("_schedule", published_at=moment(days=1))
    assert publication(ada, draft).press("_schedule", published_at="").status_code == 400
    assert again(draft).is_scheduled


def test_a_schedule_survives_what_is_written_afterwards(ada, draft):
    publication(ada, draft).press("_schedule", published_at=moment(days=1))
    at = again(draft).published_at
    write(ada, draft).press(source="Newer.")
    assert (again(draft).source, again(draft).published_at) == ("Newer.", at)
    assert again(draft).is_scheduled


def test_an_unpublished_story_says_that_it_is_gone_until_it_returns(client, ada, draft):
    publication(ada, draft).press("_publish")
    page = withdrawal(ada, draft)
    answer = page.press("_unpublish")
    assert "Unpublished. It is a draft again" in told(answer, page.client)
    assert client.get("/the-tides/").status_code == 410
    publication(ada, draft).press("_publish")
    assert client.get("/the-tides/").status_code == 200


def test_a_contributor_hands_the_story_to_the_editors_who_publish_it(client):
    cy, ed = make_person("Cy", Role.CONTRIBUTOR), make_person("Ed", Role.EDITOR)
    post = make_post(by=cy, published=False, title="The tides")
    writing = write(cy, post)
    answer = writing.press("_submit", source="Ready.")
    assert "Saved and handed to the editors." in told(answer, writing.client)
    assert (again(post).status, again(post).source) == ("in_review", "Ready.")
    publication(ed, post).press("_publish")
    assert client.get("/the-tides/").status_code == 200
    assert [author.user for author in again(post).byline] == [cy]


@pytest.mark.parametrize("button", ["_publish", "_schedule"])
def test_a_story_without_text_is_not_published(ada, draft, button):
    answer = write(ada, draft).press("_publication", source=" \r\n ")
    assert answer["Location"] == publication_url(draft)
    page = publication(ada, draft)
    answer = page.press(button, published_at=moment(days=1))
    assert answer.status_code == 400
    assert "There is no text yet to publish." in page.page.errors
    assert again(draft).status == "draft"


def test_a_draft_without_text_is_saved(ada):
    assert write(ada).press(title="Only a title").status_code == 302


def test_preview_saves_and_leads_to_the_page_as_readers_would_see_it(client, ada, draft):
    writing = write(ada, draft)
    answer = writing.press("_preview", source="Looked at first.")
    assert answer["Location"] == reverse("blog:preview", args=[draft.pk])
    page = writing.client.get(answer["Location"])
    assert "Looked at first." in page.content.decode()
    assert "no-store" in page["Cache-Control"]
    assert page["X-Robots-Tag"] == "noindex"
    assert client.get(answer["Location"]).status_code == 404


def test_an_unlisted_story_opens_by_its_address_only(client, ada, draft):
    publication(ada, draft).press("_publish", visibility="unlisted")
    assert client.get("/the-tides/").status_code == 200
    assert "The tides" not in client.get("/").content.decode()
    assert "Unlisted" in desk_of(ada).get("/admin/blog/post/").content.decode()


def test_an_old_address_leads_to_the_new_one(client, ada, draft):
    publication(ada, draft).press("_publish")
    write(ada, draft).press(slug="the-new-tides")
    answer = client.get("/the-tides/")
    assert (answer.status_code, answer["Location"]) == (301, "/the-new-tides/")


def test_saving_does_not_cut_the_seconds_off_the_date(ada):
    at = timezone.now() - timedelta(days=1, seconds=7)
    post = make_post(by=ada, published_at=at)
    write(ada, post).press(title="Another title")
    publication(ada, post).press("_save", visibility="unlisted")
    assert again(post).published_at == at


def test_a_live_story_may_be_of_another_past_day(ada):
    post = make_post(by=ada)
    publication(ada, post).press("_save", published_at="2019-05-04T10:00")
    assert again(post).published_at == datetime(2019, 5, 4, 10, tzinfo=UTC)


def test_a_live_story_keeps_its_date_when_the_field_is_emptied(ada):
    at = timezone.now() - timedelta(days=1)
    post = make_post(by=ada, published_at=at)
    publication(ada, post).press("_save", published_at="")
    assert again(post).published_at == at


def test_a_live_story_cannot_be_given_a_date_to_come(client, ada):
    post = make_post(by=ada)
    page = publication(ada, post)
    answer = page.press("_save", published_at=moment(days=1))
    assert answer.status_code == 400
    assert any("Unpublish it first to bring it later." in error for error in page.page.errors)
    assert client.get(post.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("fold", [0, 1])
def test_a_story_of_the_hour_that_comes_twice_in_autumn_is_saved_as_it_was(ada, fold):
    zone = zoneinfo.ZoneInfo("Europe/Berlin")
    ada.time_zone = zone.key
    ada.save()
    at = datetime(2025, 10, 26, 2, 30, 12, tzinfo=zone, fold=fold)
    post = make_post(by=ada, published_at=at)
    assert publication(ada, post).press("_save", visibility="unlisted").status_code == 303
    assert again(post).visibility == "unlisted"
    assert again(post).published_at == at.astimezone(UTC)


def test_an_hour_that_summer_time_skips_is_taken_as_meant(ada, draft):
    ada.time_zone = "Europe/Berlin"
    ada.save()
    answer = publication(ada, draft).press("_publish", published_at="2025-03-30T02:30")
    assert answer.status_code == 303
    assert again(draft).published_at == datetime(2025, 3, 30, 1, 30, tzinfo=UTC)


def test_saving_a_live_story_says_that_readers_see_it(ada):
    post = make_post(by=ada)
    writing = write(ada, post)
    answer = writing.press(source="Newer.")
    assert "Updated. Readers see the new version." in told(answer, writing.client)


def test_what_was_published_while_one_wrote_stays_published(ada, draft):
    writing = write(ada, draft)
    draft.publish(by=None)
    assert writing.press(source="Mine.").status_code == 409
    assert writing.press(source="Mine.").status_code == 302
    assert again(draft).is_live


def test_a_story_is_deleted_with_all_that_hangs_from_it_once_readers_cannot_see_it(ada, draft):
    publication(ada, draft).press("_publish")
    make_response(draft, parent=make_response(draft))
    withdrawal(ada, draft).press("_unpublish")
    client, url = desk_of(ada), reverse("admin:blog_post_delete", args=[draft.pk])
    page = client.get(url)
    assert page.status_code == 200
    assert "Responses: 2" in page.content.decode()
    assert client.post(url, {"post": "yes"}).status_code == 302
    assert not Post.objects.exists()
    assert client.get(change_url(draft)).status_code == 404


def test_the_page_of_a_new_story_is_as_a_browser_reads_it(ada):
    page = read(desk_of(ada).get("/admin/blog/post/add/"))
    assert page.fields["base_version"] == "0"
    assert page.fields["responses_open"] == "on"


def test_the_history_says_who_saved(ada, draft):
    write(ada, draft).press(title="Another title")
    url = reverse("admin:blog_post_history", args=[draft.pk])
    html = desk_of(ada).get(url).content.decode()
    assert "Ada" in html
    assert "Changed Title" in html


def test_a_live_story_is_not_emptied_under_its_readers(ada):
    post = make_post(by=ada)
    writing = write(ada, post)
    answer = writing.press(source="  ")
    assert answer.status_code == 400
    assert any("Unpublish" in error for error in writing.page.errors)
    withdrawal(ada, post).press("_unpublish")
    assert write(ada, post).press(source="  ").status_code == 302
    assert again(post).source.strip() == ""


def test_a_story_saved_at_the_moment_it_is_published_from_the_list_stays_as_it_is(monkeypatch):
    ed = make_person(role=Role.EDITOR)
    calm, busy = make_post(published=False, title="Calm"), make_post(published=False, title="Busy")
    publish = Post.publish_now

    def saved_meanwhile(post, **kwargs):
        Post.objects.filter(pk=busy.pk).update(version=F("version") + 1)
        publish(post, **kwargs)

    monkeypatch.setattr(Post, "publish_now", saved_meanwhile)
    answer = desk_of(ed).post(
        reverse("admin:blog_post_changelist"),
        {"action": "publish", "_selected_action": [calm.pk, busy.pk], "confirmed": "yes"},
        follow=True,
    )
    page = answer.content.decode()
    assert "“Busy” stays as it is: somebody saved it just now." in page
    assert "1 story is published." in page
    assert Post.objects.get(pk=calm.pk).is_live
    assert not Post.objects.get(pk=busy.pk).is_live


def test_a_page_from_before_publication_brings_nothing_before_readers(ada):
    draft = make_post(by=ada, published=False, source="As it was.")
    page = write(ada, draft)
    again(draft).publish_now(by=ada)
    page.press(source="Half a")
    page.press(source="Half a thought")
    assert again(draft).source == "As it was."
    assert write(ada, draft).page.fields["source"] == "Half a thought"


def test_what_was_told_to_followers_is_not_taken_back_as_if_unseen(ada):
    story = make_post(by=ada, published_at=timezone.now())
    announce_post(story.pk)
    assert again(story).may_go_unseen
    Follow.objects.follow(ada.author, by=make_person("Rita"))
    assert not again(story).may_go_unseen


def test_a_story_that_comes_again_later_says_nothing_of_earlier_updates(ada):
    story = make_post(by=ada, source="One.")
    story.source = "Two."
    story.write(by=ada)
    assert again(story).edited_at
    story = again(story)
    story.unpublish(by=ada)
    story.publish(by=ada, at=timezone.now() + timedelta(seconds=1))
    assert again(story).edited_at is None
