"""Highlights: private, bounded, found again, and shared as a number only."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from blog.models import Highlight, Post, Publication, SharedPassages
from blog.models import highlight as rules
from blog.passages import Quote
from blog.views import highlights as view
from tests.desk import desk_of, write
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db
JSON = {"headers": {"Accept": "application/json"}}
YOURS = reverse("blog:highlights-yours")
PASSAGE = "The keeper wrote every hour"


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def rita():
    return make_person("Rita")


@pytest.fixture
def story(ada):
    return make_post(by=ada, slug="log", title="The log", source=f"{PASSAGE}, *and* more.\n")


@pytest.fixture
def reading(client, rita):
    client.force_login(rita)
    return client


def url_of(post, name="highlights"):
    return reverse(f"blog:{name}", args=[post.slug])


def removal(highlight):
    return reverse("blog:highlight-removal", args=[highlight.pk])


def keep(post, by, exact=PASSAGE, **around):
    return Highlight.objects.keep(Quote(exact, **around), post=post, by=by)


class TestKeeping:
    def test_a_reader_marks_a_passage_and_finds_it_again(self, reading, story):
        sent = {"exact": f" {PASSAGE}\n and more", "before": "", "after": ".", "position": "0"}
        answer = reading.post(url_of(story), sent, **JSON)
        assert answer.status_code == 201
        mine = reading.get(url_of(story, "highlights-mine"))
        assert "no-store" in mine["Cache-Control"]
        (found,) = mine.json()["highlights"]
        assert found == answer.json()
        assert found["exact"] == f"{PASSAGE} and more"
        assert mine.json()["token"]

    def test_the_same_passage_twice_is_one(self, reading, story):
        for _time in range(2):
            assert reading.post(url_of(story), {"exact": PASSAGE}, **JSON).status_code == 201
        assert Highlight.objects.count() == 1

    def test_the_same_words_in_another_place_are_another(self, story, rita):
        keep(story, rita, suffix=", and")
        keep(story, rita, prefix="more. ")
        assert Highlight.objects.count() == 2

    def test_without_scripts_one_is_led_back_to_the_story(self, reading, story):
        answer = reading.post(url_of(story), {"exact": PASSAGE})
        assert (answer.status_code, answer["Location"]) == (303, "/log/")

    def test_nobody_marks_without_an_account(self, client, story):
        answer = client.post(url_of(story), {"exact": PASSAGE}, **JSON)
        assert answer.status_code == 403
        assert "Sign in" in answer.json()["error"]
        assert not Highlight.objects.exists()

    @pytest.mark.parametrize(
        ("sent", "said"),
        [
            ({}, "required"),
            ({"exact": "Too short"}, "at least 10"),
            ({"exact": "a    \n\n    b"}, "at least 10"),
            ({"exact": "x" * 2001}, "2000"),
            ({"exact": f"{PASSAGE}\0"}, "Null"),
            ({"exact": PASSAGE, "before": "x" * 65}, "64"),
            ({"exact": PASSAGE, "position": "-1"}, "0"),
            ({"exact": PASSAGE, "position": str(2**40)}, "2147483647"),
        ],
    )
    def test_what_is_no_passage_is_refused_with_a_sentence(self, reading, story, sent, said):
        answer = reading.post(url_of(story), sent, **JSON)
        assert answer.status_code == 400
        assert said in answer.json()["error"]
        assert not Highlight.objects.exists()

    def test_a_passage_as_long_as_may_be_is_kept_in_every_script(self, reading, story):
        exact = "風" * 2000
        assert reading.post(url_of(story), {"exact": exact}, **JSON).status_code == 201
        assert Highlight.objects.get().exact == exact

    def test_there_is_a_most_for_each_story(self, reading, story, rita, monkeypatch):
        monkeypatch.setattr(rules, "MAX_PER_STORY", 2)
        keep(story, rita, f"{PASSAGE} one")
        keep(story, rita, f"{PASSAGE} two")
        answer = reading.post(url_of(story), {"exact": f"{PASSAGE} three"}, **JSON)
        assert answer.status_code == 409
        # One that is there already is no further one.
        assert reading.post(url_of(story), {"exact": f"{PASSAGE} two"}, **JSON).status_code == 201
        keep(make_post(), rita)
        assert Highlight.objects.count() == 3

    def test_whoever_marks_without_end_is_asked_to_wait(self, reading, story, monkeypatch):
        monkeypatch.setattr(view, "HIGHLIGHTS", view.Limit("few", times=1, per_seconds=3600))
        assert reading.post(url_of(story), {"exact": PASSAGE}, **JSON).status_code == 201
        answer = reading.post(url_of(story), {"exact": f"{PASSAGE}."}, **JSON)
        assert answer.status_code == 429

    def test_a_foreign_page_marks_nothing(self, story, rita):
        client = Client(enforce_csrf_checks=True)
        client.force_login(rita)
        assert client.post(url_of(story), {"exact": PASSAGE}).status_code == 403
        token = client.get(url_of(story, "highlights-mine")).json()["token"]
        headers = {"X-CSRFToken": token, "Accept": "application/json"}
        assert client.post(url_of(story), {"exact": PASSAGE}, headers=headers).status_code == 201

    def test_a_story_that_readers_cannot_see_cannot_be_marked(self, client, ada, reading):
        draft = make_post(by=ada, published=False)
        gone = make_post(by=ada)
        gone.unpublish(by=ada)
        for post, status in ((draft, 404), (gone, 410)):
            for name in ("highlights", "highlights-mine"):
                assert reading.get(url_of(post, name)).status_code == status
            assert reading.post(url_of(post), {"exact": PASSAGE}).status_code == status

    def test_the_database_itself_holds_the_rules(self, story, rita):
        row = keep(story, rita)
        about = {"user": rita, "post": story, "digest": row.digest}
        for wrong in ({"exact": PASSAGE}, {"exact": "short", "digest": "other"}):
            with pytest.raises(IntegrityError), transaction.atomic():
                Highlight.objects.create(**{**about, **wrong})


class TestRemoving:
    def test_a_reader_takes_a_mark_away(self, reading, story, rita):
        row = keep(story, rita)
        assert reading.post(removal(row), **JSON).status_code == 204
        assert not Highlight.objects.exists()

    def test_twice_is_once_and_leads_back_to_the_same_page_of_the_list(self, reading, story, rita):
        row = keep(story, rita)
        for _time in range(2):
            answer = reading.post(removal(row), {"place": "7-3-9"})
            assert (answer.status_code, answer["Location"]) == (303, f"{YOURS}?after=7-3-9")

    def test_somebody_elses_stays_and_the_answer_tells_nothing(self, reading, story):
        theirs = keep(story, make_person())
        answer, none = (
            reading.post(f"/highlights/{pk}/removal/", **JSON) for pk in (theirs.pk, 10**30)
        )
        assert answer.status_code == none.status_code == 204
        assert Highlight.objects.exists()

    def test_nobody_removes_without_an_account(self, client, story, rita):
        row = keep(story, rita)
        assert client.post(removal(row), **JSON).status_code == 403
        assert Highlight.objects.exists()

    def test_an_account_that_goes_takes_its_marks_along(self, story, rita):
        keep(story, rita)
        rita.delete()
        assert not Highlight.objects.exists()

    def test_a_story_that_goes_takes_its_marks_along(self, story, rita, do_waiting_work, clock):
        keep(story, rita)
        story.delete()
        clock.now += timedelta(minutes=2)
        do_waiting_work()
        assert not Highlight.objects.exists()
        assert not SharedPassages.objects.exists()


class TestPrivacy:
    def test_nobody_else_sees_who_marked_what(self, story, rita, ada):
        keep(story, rita)
        for person in (ada, make_person(role=Role.EDITOR), make_person(role=Role.OWNER)):
            client = desk_of(person)
            assert client.get(url_of(story, "highlights-mine")).json()["highlights"] == []
            assert PASSAGE not in client.get(YOURS).content.decode()

    def test_the_desk_has_no_room_for_them(self):
        from django.contrib import admin

        assert not {Highlight, SharedPassages} & set(admin.site._registry)

    def test_a_stranger_has_none_and_gets_no_cookie(self, client, story):
        answer = client.get(url_of(story, "highlights-mine"))
        assert answer.json() == {"highlights": [], "token": ""}
        assert not answer.cookies


class TestYours:
    def test_they_stand_by_story_in_the_order_of_the_text(self, reading, story, rita):
        other = make_post(title="Another", source="Something else entirely.")
        keep(other, rita, "Something else")
        Highlight.objects.keep(Quote("*and* more words"), post=story, by=rita, position=30)
        keep(story, rita)
        page = reading.get(YOURS).content.decode()
        places = [page.index(words) for words in ("Another", "Something else", PASSAGE, "*and*")]
        assert places == sorted(places)
        assert "/log/#:~:text=The%20keeper%20wrote%20every%20hour" in page
        # The last one's words do not stand in the story.
        assert page.count("This passage was changed.") == 1

    def test_a_passage_that_was_edited_away_stays_in_the_list(self, reading, story, rita, ada):
        keep(story, rita)
        story.source = "The keeper slept.\n"
        story.write(by=ada)
        page = reading.get(YOURS).content.decode()
        assert PASSAGE in page
        assert "This passage was changed." in page

    def test_a_story_that_was_taken_back_keeps_its_words_and_shows_no_title(
        self, reading, story, rita, ada
    ):
        keep(story, rita)
        story.unpublish(by=ada)
        page = reading.get(YOURS).content.decode()
        assert PASSAGE in page
        assert "A story that was taken back" in page
        assert "The log" not in page

    def test_a_mark_is_removed_without_scripts(self, story, rita):
        keep(story, rita)
        client = desk_of(rita)
        page = client.get(YOURS).content.decode()
        action = page.split('action="/highlights/')[1].split('"')[0]
        client.post(f"/highlights/{action}")
        assert "You have marked nothing yet." in client.get(YOURS).content.decode()

    def test_many_are_read_page_by_page_with_few_questions(
        self, reading, story, rita, monkeypatch, django_assert_max_num_queries
    ):
        monkeypatch.setattr(view, "ROWS_PER_PAGE", 2)
        other = make_post()
        marks = [
            Highlight.objects.keep(Quote(f"{PASSAGE} {at}"), post=post, by=rita, position=at)
            for post in (story, other)
            for at in (1, 1, 2)
        ]
        marks = [
            Highlight.objects.keep(Quote(f"{PASSAGE} more"), post=story, by=rita, position=1),
            *marks,
        ]
        seen, url = [], YOURS
        while url:
            with django_assert_max_num_queries(6):
                answer = reading.get(url)
            seen += [
                passage["highlight"].pk
                for told in answer.context["stories"]
                for passage in told["passages"]
            ]
            url = answer.context["more_url"]
        assert len(seen) == len(set(seen)) == Highlight.objects.count()
        assert seen == list(Highlight.objects.by_story().values_list("pk", flat=True))

    @pytest.mark.parametrize(
        "place", ["x", "1-2", "1-2-3-4", "9" * 19 + "-1-1", "1-" + "9" * 10 + "-1"]
    )
    def test_a_place_that_is_none_is_not_found(self, reading, place):
        assert reading.get(YOURS, {"after": place}).status_code == 404

    def test_a_stranger_signs_in_first(self, client):
        assert client.get(YOURS)["Location"] == f"/accounts/login/?next={YOURS}"

    def test_ones_account_leads_there(self, reading):
        assert f'href="{YOURS}"' in reading.get("/accounts/").content.decode()


class TestShared:
    @pytest.fixture
    def story(self, clock, ada):
        return make_post(by=ada, slug="log", source=f"{PASSAGE}, *and* more.\n")

    @pytest.fixture
    def count(self, clock, do_waiting_work, django_capture_on_commit_callbacks):
        def work(*marks):
            with django_capture_on_commit_callbacks(execute=True):
                for mark in marks:
                    mark()
            clock.now += timedelta(minutes=2)
            do_waiting_work()

        return work

    def marks(self, story, number=3):
        people = [make_person() for _number in range(number)]
        return [lambda person=person: keep(story, person) for person in people]

    def passages(self, client, story):
        return client.get(url_of(story)).json()["passages"]

    def test_what_three_readers_marked_is_shown_once_the_author_says_so(self, client, story, count):
        count(*self.marks(story))
        assert self.passages(client, story) == []
        Post.objects.update(shows_highlights=True)
        (shown,) = self.passages(client, story)
        assert (shown["exact"], shown["readers"]) == (PASSAGE, 3)
        assert set(shown) == {"exact", "prefix", "suffix", "readers"}

    def test_two_are_not_enough_and_one_who_leaves_is_not_counted(self, client, story, count):
        Post.objects.update(shows_highlights=True)
        count(*self.marks(story))
        count(lambda: Highlight.objects.first().user.delete())
        assert self.passages(client, story) == []

    def test_a_crowd_is_counted_once(self, story, count):
        from django_tasks_db.models import DBTaskResult

        count(*self.marks(story, 5))
        assert DBTaskResult.objects.filter(task_path__endswith="count_passages").count() == 1
        assert not SharedPassages.objects.get().is_due

    def test_counting_twice_does_no_harm(self, client, story, count):
        Post.objects.update(shows_highlights=True)
        count(*self.marks(story))
        before = self.passages(client, story)
        SharedPassages.objects.count_anew(story.pk)
        assert self.passages(client, story) == before

    def test_what_the_author_took_out_of_the_story_is_shown_to_nobody(
        self, client, story, count, ada
    ):
        Post.objects.update(shows_highlights=True)
        count(*self.marks(story))
        story.refresh_from_db()
        story.source = "Nobody wrote anything.\n"
        count(lambda: story.write(by=ada))
        assert self.passages(client, story) == []

    def test_everybody_gets_the_same_bytes(self, client, story, count, rita):
        Post.objects.update(shows_highlights=True)
        count(*self.marks(story))
        answer = client.get(url_of(story))
        assert "public" in answer["Cache-Control"]
        assert not answer.cookies
        client.force_login(rita)
        assert client.get(url_of(story)).content == answer.content

    def test_the_page_asks_nothing_more_of_the_database(
        self, client, story, count, django_assert_max_num_queries
    ):
        Post.objects.update(shows_highlights=True)
        count(*self.marks(story))
        with django_assert_max_num_queries(8):
            page = client.get("/log/").content.decode()
        assert "data-shared" in page
        with django_assert_max_num_queries(4):
            self.passages(client, story)

    def test_an_author_switches_them_on_in_the_desk(self, client, ada, story):
        writing = write(ada, story)
        assert "shows_highlights" not in writing.page.fields
        assert writing.press(shows_highlights="on").status_code == 302
        story.refresh_from_db()
        assert story.shows_highlights
        assert write(ada, story).press(shows_highlights=None).status_code == 302
        story.refresh_from_db()
        assert not story.shows_highlights


class TestSwitches:
    def page(self, client, url="/log/"):
        html = client.get(url).content.decode()
        return html.split('data-off="')[1].split('"')[0].split()

    def test_a_page_says_nothing_is_off_unless_somebody_says_so(self, client, story):
        assert self.page(client) == []

    def test_the_owner_takes_the_menu_away_for_everybody(self, client, story):
        owner = desk_of(make_person(role=Role.OWNER))
        form = owner.get("/admin/blog/publication/", follow=True).content.decode()
        assert 'name="has_passage_menu"' in form
        owner.post(
            "/admin/blog/publication/1/change/", {"name": "P", "language": "en", "time_zone": "UTC"}
        )
        assert not Publication.current().has_passage_menu
        assert self.page(client) == ["passages"]

    def test_a_reader_switches_off_what_they_do_not_want(self, reading, story, rita):
        page = reading.get("/accounts/").content.decode()
        for name in ("has_passage_menu", "has_keys", "remembers_place"):
            assert f'name="{name}"' in page
        url = reverse("account_reading")
        answer = reading.post(url, {"remembers_place": "on", "name": "Eve", "is_staff": "on"})
        assert answer["Location"] == "/accounts/#reading"
        assert self.page(reading) == ["passages", "keys"]
        rita.refresh_from_db()
        assert (rita.name, rita.is_staff) == ("Rita", False)
        reading.post(url, {"has_passage_menu": "on", "has_keys": "on"})
        assert self.page(reading) == ["place"]
        assert reading.get(url).status_code == 405

    def test_a_stranger_has_no_such_page(self, client):
        assert client.post(reverse("account_reading"))["Location"].startswith("/accounts/login/")

    def test_the_page_of_help_says_the_keys_and_has_the_switches(self, client):
        page = client.get("/help/").content.decode()
        for key in ("j", "k", "/", "c", "?", "Esc"):
            assert f"<kbd>{key}</kbd>" in page
        for name in ("keys", "passages", "place"):
            assert f'name="{name}"' in page

    def test_a_preview_has_nothing_to_mark(self, ada):
        draft = make_post(by=ada, published=False)
        page = desk_of(ada).get(reverse("blog:preview", args=[draft.pk])).content.decode()
        assert "data-story" not in page

    def test_only_the_first_page_of_the_front_offers_to_continue(self, client, story):
        assert "<continue-reading" in client.get("/").content.decode()
        older = client.get("/?older=MjAyNi0xMS0yNVQxMjowMDowMCswMDowMHwx")
        assert "<continue-reading" not in older.content.decode()
