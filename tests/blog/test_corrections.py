"""What readers learn of what was changed in a story since they first saw it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from blog.models import Post, Publication, Revision
from blog.views.changes import ROWS_PER_PAGE
from tests.desk import desk_of, write
from tests.making import make_person, make_post, visitor_cookies

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def story(clock, ada) -> Post:
    return make_post(by=ada, title="Wind", slug="wind", source="It was a calm day.\n")


def update(post: Post, source: str, **how) -> None:
    post.refresh_from_db()
    post.source = source
    post.write(by=None, **how)


def url_of(post: Post) -> str:
    return reverse("blog:changes", args=[post.slug])


def told(post: Post) -> list[str]:
    """The changes that readers are told of, oldest first: what went in -…-, what came in +…+."""
    marks = {"same": "{}", "added": "+{}+", "removed": "-{}-"}
    return [
        "".join(marks[kind].format(text) for kind, text in row.changes.get("text", []))
        for row in reversed(post.told_changes)
    ]


class TestWhatReadersAreTold:
    def test_an_update_is_told_word_by_word(self, client, story):
        update(story, "It was a wild day.\n")
        page = client.get(url_of(story))
        assert page.status_code == 200
        html = page.content.decode()
        assert '<del><span class="visually-hidden">[removed: </span>calm' in html
        assert '<ins><span class="visually-hidden">[added: </span>wild' in html

    def test_title_and_subtitle_are_told_as_well(self, client, story):
        story.title, story.subtitle = "Storm", "A day at sea"
        story.write(by=None)
        html = client.get(url_of(story)).content.decode()
        for word in ("Wind", "Storm", "A day at sea"):
            assert f"</span>{word}<" in html

    def test_slips_of_the_pen_are_part_of_the_next_change_and_told_at_no_other_time(
        self, client, story
    ):
        update(story, "It was a calm dya.\n", is_minor=True)
        assert client.get(url_of(story)).status_code == 404
        update(story, "It was a calm day!\n", is_minor=True)
        update(story, "It was a wild day!\n")
        update(story, "It was a wild day?\n", is_minor=True)
        assert told(story) == ["It was a -calm-+wild+ day-.-+!+"]

    def test_what_is_told_leads_from_the_first_text_to_the_last_step_by_step(self, story):
        for source in ("One two.\n", "One two three.\n", "Two three.\n"):
            update(story, source)
        rows = list(reversed(story.told_changes))
        texts = [
            "".join(text for kind, text in row.changes["text"] if kind != "removed") for row in rows
        ]
        befores = [
            "".join(text for kind, text in row.changes["text"] if kind != "added") for row in rows
        ]
        assert befores == ["It was a calm day.", *texts[:-1]]
        assert texts[-1] == "Two three."

    def test_what_stood_in_a_working_copy_only_is_never_told(self, client, clock, story):
        for secret in ("The minister paid.", "Perhaps the minister paid."):
            story.keep_working_copy({"source": secret}, by=None)
            clock.pass_by(minutes=20)
        update(story, "It was a wild day.\n")
        assert told(story) == ["It was a -calm-+wild+ day."]
        assert "minister" not in client.get(url_of(story)).content.decode()

    def test_what_stood_in_a_draft_or_before_its_hour_is_never_told(self, clock, ada):
        post = make_post(by=ada, published=False, source="A secret draft.\n")
        clock.pass_by(minutes=20)
        update(post, "A secret plan.\n")
        post.publish(by=None, at=clock.now + timedelta(hours=2))
        clock.pass_by(hours=1)
        update(post, "What readers saw.\n")
        clock.pass_by(hours=2)
        update(post, "What readers see.\n")
        assert told(post) == ["What readers -saw-+see+."]
        public = set(post.revisions.public().values_list("source", flat=True))
        assert public == {"What readers saw.\n", "What readers see.\n"}

    def test_what_readers_saw_is_not_overwritten_by_what_is_typed_a_minute_later(self, clock, ada):
        post = make_post(by=ada, published=False)
        clock.pass_by(hours=1)
        post.publish(by=ada, at=clock.now + timedelta(minutes=5))
        clock.pass_by(minutes=4)
        post.source = "Seen.\n"
        post.write(by=ada)
        clock.pass_by(minutes=2)
        post.keep_working_copy({"source": "Typed.\n"}, by=ada)
        assert list(post.revisions.public().values_list("source", flat=True)) == ["Seen.\n"]
        assert post.revisions.filter(source="Typed.\n", is_public=False).exists()

    def test_after_other_words_came_out_what_was_taken_back_is_told_no_more(self, client, story):
        update(story, "Slander.\n")
        update(story, "Less slander.\n")
        story.unpublish(by=None)
        assert client.get(url_of(story)).status_code == 410
        update(story, "The truth.\n")
        story.publish(by=None)
        assert client.get(url_of(story)).status_code == 404
        update(story, "The whole truth.\n")
        assert told(story) == ["The +whole +truth."]
        assert "lander" not in client.get(url_of(story)).content.decode()

    def test_a_story_taken_back_by_mistake_goes_on_telling(self, client, story):
        update(story, "It was a wild day.\n")
        story.unpublish(by=None)
        story.publish(by=None)
        assert told(story) == ["It was a -calm-+wild+ day."]

    def test_a_story_without_revisions_tells_of_its_next_update(self, story):
        story.revisions.all().delete()
        update(story, "It was a wild day.\n")
        assert told(story) == ["It was a -calm-+wild+ day."]

    def test_an_update_that_ends_where_readers_began_has_nothing_to_tell(self, client, story):
        update(story, "It was a wild day.\n", is_minor=True)
        update(story, "It was a calm day.\n")
        assert client.get(url_of(story)).status_code == 404

    def test_a_restored_text_is_told_once_readers_have_it(self, story):
        first = story.revisions.get()
        update(story, "It was a wild day.\n")
        story.restore(first, by=None)
        assert len(told(story)) == 1
        update(story, "It was a calm day.\n")
        assert told(story)[-1] == "It was a -wild-+calm+ day."

    def test_words_that_are_markup_stay_words(self, client, story):
        update(story, "`<script>alert(1)</script>`", note="<b>bold</b> & so on")
        for url in (url_of(story), story.get_absolute_url()):
            html = client.get(url).content.decode()
            assert "<script>alert" not in html
            assert "&lt;b&gt;bold&lt;/b&gt; &amp; so on" in html


class TestWhereItIsFound:
    def test_the_byline_leads_to_it(self, client, story):
        assert "see what changed" not in client.get("/wind/").content.decode()
        update(story, "It was a wild day.\n")
        html = client.get("/wind/").content.decode()
        assert f'<a href="{url_of(story)}">see what changed</a>' in html

    def test_a_slip_of_the_pen_is_quiet(self, client, story):
        update(story, "It was a calm day!\n", is_minor=True)
        html = client.get("/wind/").content.decode()
        assert "Updated" not in html
        assert "see what changed" not in html

    @pytest.mark.parametrize("who", ["story", "publication"])
    def test_switched_off_there_is_neither_a_way_nor_a_page(self, client, story, who):
        update(story, "It was a wild day.\n")
        if who == "story":
            Post.objects.update(shows_changes=False)
        else:
            Publication(shows_changes=False).save()
        assert client.get(url_of(story)).status_code == 404
        html = client.get("/wind/").content.decode()
        assert "Updated" in html
        assert "see what changed" not in html

    def test_a_former_address_leads_there(self, client, story):
        update(story, "It was a wild day.\n")
        story.slug = "storm"
        story.write(by=None)
        answer = client.get("/wind/changes/")
        assert (answer.status_code, answer["Location"]) == (301, "/storm/changes/")

    @pytest.mark.parametrize("state", ["draft", "scheduled", "expired"])
    def test_of_what_readers_cannot_open_nothing_is_told(self, client, clock, story, state):
        update(story, "It was a wild day.\n")
        change = {
            "draft": {"status": Post.Status.DRAFT},
            "scheduled": {"published_at": clock.now + timedelta(days=1)},
            "expired": {"expires_at": clock.now - timedelta(minutes=1)},
        }[state]
        Post.objects.update(**change)
        assert client.get(url_of(story)).status_code == (410 if state == "expired" else 404)

    def test_search_engines_are_led_to_the_story_instead(self, client, story):
        update(story, "It was a wild day.\n")
        html = client.get(url_of(story)).content.decode()
        assert '<meta name="robots" content="noindex, follow">' in html

    def test_the_preview_of_a_draft_tells_nothing(self, ada, story):
        update(story, "It was a wild day.\n", note="Wrong.")
        story.unpublish(by=None)
        html = desk_of(ada).get(reverse("blog:preview", args=[story.pk])).content.decode()
        assert "see what changed" not in html

    def test_every_anonymous_reader_gets_the_same_bytes(self, story):
        update(story, "It was a wild day.\n", note="It was wild.")
        first, second = Client(), Client(headers={"Accept-Language": "de"})
        second.cookies.load({**visitor_cookies(), "theme": "dark"})
        one, two = first.get(url_of(story)), second.get(url_of(story))
        assert one.content == two.content
        assert not one.cookies
        assert "Cookie" not in one["Vary"]
        assert "s-maxage" in one["Cache-Control"]
        again = first.get(url_of(story), headers={"If-None-Match": one["ETag"]})
        assert again.status_code == 304

    def test_the_feed_says_when_it_was_updated(self, client, clock, story):
        clock.pass_by(days=2)
        update(story, "It was a calm day!\n", is_minor=True)
        assert "<updated>2023-01-05" not in client.get("/feed/").content.decode()
        update(story, "It was a wild day.\n")
        assert "<updated>2023-01-05" in client.get("/feed/").content.decode()


class TestManyChanges:
    @pytest.fixture
    def changed(self, clock, story) -> Post:
        for number in range(ROWS_PER_PAGE * 2 + 3):
            # Some come at the very same moment.
            clock.pass_by(seconds=number % 2)
            update(story, f"It was day {number}.\n", note=f"Number {number}.")
        return story

    def test_they_are_read_page_by_page_and_none_is_lost_or_doubled(self, client, changed):
        url, seen, pages = url_of(changed), [], 0
        while url:
            page = client.get(url)
            seen += [row.note for row in page.context["rows"]]
            url, pages = page.context["older_url"], pages + 1
        assert seen == [f"Number {n}." for n in range(ROWS_PER_PAGE * 2 + 2, -1, -1)]
        assert pages == 3
        assert page.context["newest_url"] == url_of(changed)

    def test_no_page_asks_for_more_than_a_few_things(
        self, client, changed, django_assert_max_num_queries
    ):
        with django_assert_max_num_queries(6):
            client.get(url_of(changed))

    def test_a_story_that_was_never_changed_is_asked_nothing_more(self, client, story):
        def count() -> int:
            with CaptureQueriesContext(connection) as asked:
                client.get("/wind/")
            return len(asked)

        before = count()
        update(story, "It was a wild day.\n")
        assert count() <= before + 3

    @pytest.mark.parametrize("older", ["x", "%00", "A" * 5000, "MjAyMy0wMS0wMXwx"])
    def test_a_place_that_is_none_is_no_page(self, client, changed, older):
        assert client.get(f"{url_of(changed)}?older={older}").status_code == 404

    def test_texts_as_long_as_may_be_make_a_page_that_ends(self, client, clock, story):
        for letter in "abcdef":
            update(story, f"{letter}{letter} " * 60_000)
        page = client.get(url_of(story))
        assert len(page.content) < 400_000
        assert "too long to be shown whole" in page.content.decode()


class TestCorrections:
    def test_a_note_stands_under_the_story_with_its_date(self, client, story):
        update(story, "It was a wild day.\n", note="The day was not calm.")
        html = " ".join(client.get("/wind/").content.decode().split())
        assert "Correction, <time" in html
        assert "3 January 2023</time>:" in html
        assert "The day was not calm." in html
        assert "The day was not calm." in client.get(url_of(story)).content.decode()

    def test_a_note_stands_although_the_changes_are_not_shown(self, client, story):
        update(story, "It was a wild day.\n", note="The day was not calm.")
        Post.objects.update(shows_changes=False)
        assert "The day was not calm." in client.get("/wind/").content.decode()

    def test_a_note_may_come_without_a_change_and_once(self, client, clock, story):
        for _time in range(2):
            update(story, "It was a calm day.\n", note="Our chart was drawn by Bea.")
        story.refresh_from_db()
        assert story.edited_at == clock.now
        assert story.revisions.exclude(note="").count() == 1
        page = client.get(url_of(story)).content.decode()
        assert "No word of the story was changed." in page

    def test_a_change_of_marks_alone_says_that_no_word_changed(self, client, story):
        update(story, "It was a *calm* day.\n")
        page = client.get(url_of(story)).content.decode()
        assert "No word of the text was changed, only how something in it is set." in page

    def test_a_note_on_what_waited_in_a_working_copy_is_not_lost(self, story):
        story.keep_working_copy({"source": "It was a wild day.\n"}, by=None)
        update(story, "It was a wild day.\n", note="It was wild.")
        assert [row.note for row in story.corrections] == ["It was wild."]
        assert not story.revisions.filter(kind=Revision.Kind.SAVED).exists()


class TestInTheDesk:
    def test_an_author_gives_a_note_with_an_update(self, client, ada, story):
        answer = write(ada, story).press(source="It was a wild day.", note="  It was\n wild. ")
        assert answer.status_code == 302
        assert "It was wild." in client.get("/wind/").content.decode()
        assert write(ada, story).page.fields["note"] == ""

    def test_a_double_click_leaves_one_note(self, ada, story):
        first, second = write(ada, story), write(ada, story)
        for writing in (first, second):
            writing.press(source="It was a wild day.", note="It was wild.")
        assert story.corrections.count() == 1

    def test_a_quiet_correction_is_asked_about_and_nothing_is_lost(self, ada, story):
        writing = write(ada, story)
        answer = writing.press(source="It was wild.", note="Wild.", is_minor="on")
        assert answer.status_code == 400
        assert any("cannot be kept quiet" in error for error in writing.page.errors)
        assert (writing.page.fields["note"], writing.page.fields["source"]) == (
            "Wild.",
            "It was wild.",
        )

    @pytest.mark.parametrize("note", ["x" * 301, "A\x08B"])
    def test_a_note_that_cannot_stand_there_is_refused_with_a_sentence(self, ada, story, note):
        writing = write(ada, story)
        assert writing.press(source="It was wild.", note=note).status_code == 400
        assert writing.page.errors
        story.refresh_from_db()
        assert story.source == "It was a calm day.\n"

    def test_a_note_is_asked_for_only_where_readers_can_see_the_story(self, ada):
        draft = make_post(by=ada, published=False)
        writing = write(ada, draft)
        assert "note" not in writing.page.fields
        writing.send(_save="1", note="Sent all the same.")
        assert not draft.revisions.exclude(note="").exists()

    def test_an_author_takes_a_story_out_of_it(self, client, ada, story):
        update(story, "It was a wild day.\n")
        assert write(ada, story).press(shows_changes=None).status_code == 302
        assert client.get(url_of(story)).status_code == 404
        assert write(ada, story).press(shows_changes="on").status_code == 302
        assert client.get(url_of(story)).status_code == 200

    def test_the_owner_takes_the_publication_out_of_it(self, client, ada, story):
        update(story, "It was a wild day.\n")
        desk = desk_of(make_person(role=Role.OWNER))
        form = desk.get("/admin/blog/publication/", follow=True)
        assert 'name="shows_changes"' in form.content.decode()
        desk.post(
            "/admin/blog/publication/1/change/", {"name": "P", "language": "en", "time_zone": "UTC"}
        )
        assert client.get(url_of(story)).status_code == 404
        page = write(ada, story).page
        assert "The publication shows no changes at the moment" in page.html
        write(ada, story).press(title="Storm")
        story.refresh_from_db()
        assert story.shows_changes
