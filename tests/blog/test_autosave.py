"""What is typed is saved without a press: the whole form, well formed or not, under one number."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from blog.admin.post_autosave import VERSION_HEADER
from blog.models import Image, Post, Tag, WorkingCopy
from tests.desk import desk_of, make_picture, write
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db

KEY, OTHER_KEY = "a" * 32, "b" * 32
BEGINNING = "/admin/blog/post/add/autosave/"


@pytest.fixture
def ada() -> User:
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def draft(ada) -> Post:
    return make_post(by=ada, published=False, title="The tides", source="As it was.")


@pytest.fixture
def story(ada) -> Post:
    return make_post(by=ada, title="The tides", source="What readers see.")


class Typing:
    """Somebody on the writing page whose script saves; `key` names the page."""

    def __init__(self, person: User, post: Post | None = None, key: str = KEY) -> None:
        self.writing = write(person, post)
        self.url = reverse("admin:blog_post_autosave", args=[post.pk]) if post else BEGINNING
        self.fields = {**self.writing.page.fields, "page_key": key}
        self.answer: Any = None

    def type(self, **changes: Any) -> Any:
        self.fields.update(changes)
        self.answer = self.writing.client.post(
            self.url, self.fields, headers={"accept": "application/json"}
        )
        return self.answer

    def hear(self) -> Typing:
        """Take the version of the last answer over, as the page does."""
        self.fields["base_version"] = self.answer[VERSION_HEADER]
        return self


def stands(post: Post) -> Post:
    return Post.objects.get(pk=post.pk)


class TestDraft:
    def test_what_is_typed_is_saved_and_answered_with_the_new_version(self, ada, draft):
        answer = Typing(ada, draft).type(
            title="High tides", subtitle="A season", source="One.\r\nTwo.", tag_names="Sea, Wind"
        )
        post = stands(draft)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer[VERSION_HEADER] == str(post.version)
        assert (post.title, post.subtitle, post.source) == ("High tides", "A season", "One.\nTwo.")
        assert "Two." in post.html
        assert [tag.name for tag in post.topics] == ["Sea", "Wind"]

    def test_it_leaves_no_entry_in_the_admins_log(self, ada, draft):
        before = LogEntry.objects.count()
        Typing(ada, draft).type(source="Typed.")
        assert LogEntry.objects.count() == before

    def test_many_saves_within_minutes_are_one_revision(self, ada, draft):
        typing = Typing(ada, draft)
        for text in ("O", "On", "One"):
            typing.type(source=text)
            typing.hear()
        assert [row.source for row in draft.revisions.all()] == ["One"]

    def test_a_named_revision_is_not_written_over(self, ada, draft):
        draft.submit(by=ada)
        Typing(ada, draft).type(source="Afterwards.")
        said = list(draft.revisions.order_by("pk").values_list("kind", "source"))
        assert said == [("submitted", "As it was."), ("saved", "Afterwards.")]

    def test_a_page_whose_answer_was_lost_goes_on_saving(self, ada, draft):
        typing = Typing(ada, draft)
        assert typing.type(source="One").status_code == 204
        assert typing.type(source="One, two").status_code == 204
        assert stands(draft).source == "One, two"

    def test_a_button_pressed_after_a_lost_answer_is_no_conflict(self, ada, draft):
        typing = Typing(ada, draft)
        typing.type(source="Typed.")
        answer = typing.writing.press(page_key=KEY, source="Typed and saved.")
        assert answer.status_code == 302
        assert stands(draft).source == "Typed and saved."

    def test_a_page_that_was_closed_and_opened_again_may_have_saved_the_same_words(self, draft):
        """Its last breath names no authors: it began the story, and knew of none."""
        ed = make_person("Ed", Role.EDITOR)
        opened_again = Typing(ed, draft, key=OTHER_KEY)
        Typing(ed, draft).type(source="Written in the tunnel.", author_names="")
        answer = opened_again.type(source="Written in the tunnel.", author_names="")
        assert answer.status_code == 204
        assert answer[VERSION_HEADER] == "2"
        assert draft.byline == Post.objects.get(pk=draft.pk).byline

    def test_a_draft_may_be_without_a_title_for_a_while(self, ada, draft):
        assert Typing(ada, draft).type(title="", source="Typed.").status_code == 204
        assert stands(draft).title == ""
        page = desk_of(ada).get("/admin/blog/post/").content.decode()
        assert "Untitled" in page

    def test_a_draft_without_a_title_is_not_published_from_the_list(self, ada, draft):
        Typing(ada, draft).type(title="", source="Typed.")
        sent = {"action": "publish", "_selected_action": [draft.pk], "confirmed": "yes"}
        page = desk_of(ada).post("/admin/blog/post/", sent, follow=True).content.decode()
        assert "1 stays as it is: it has no title yet." in page
        assert not stands(draft).is_live

    def test_a_story_handed_in_stays_with_the_editors(self, ada, draft):
        draft.submit(by=ada)
        Typing(ada, draft).type(source="One word more.")
        assert stands(draft).status == Post.Status.IN_REVIEW

    @pytest.mark.parametrize("base", ["", "x", "-1", "99999999999999999999"])
    def test_a_page_that_does_not_know_its_version_saves_nothing_unseen(self, ada, draft, base):
        assert Typing(ada, draft).type(base_version=base, source="Typed.").status_code == 409
        assert stands(draft).source == "As it was."


class TestNotWellFormed:
    def unkept(self, answer: Any) -> dict[str, str]:
        assert answer.status_code == 200
        return {one["name"]: one["sentence"] for one in answer.json()["unkept"]}

    @pytest.mark.parametrize(
        ("field", "value", "label"),
        [
            ("slug", "no address!", "Address"),
            ("slug", "admin", "Address"),
            ("tag_names", "x" * 60, "Tags"),
            ("canonical_url", "nowhere:", "Canonical address"),
            ("language", "xx", "Language"),
            ("summary", "x" * 400, "Summary"),
            ("title", "x" * 300, "Title"),
            ("lead_image", "999999", "Lead picture"),
        ],
    )
    def test_one_wrong_field_keeps_no_word_of_the_text_from_being_saved(
        self, ada, draft, field, value, label
    ):
        answer = Typing(ada, draft).type(source="Typed.", subtitle="New", **{field: value})
        assert list(self.unkept(answer)) == [label]
        post = stands(draft)
        assert (post.source, post.subtitle) == ("Typed.", "New")
        assert answer[VERSION_HEADER] == str(post.version)

    def test_what_is_wrong_stays_as_it_was(self, ada, draft):
        draft.set_topics(Tag.objects.named(["Sea"]))
        Typing(ada, draft).type(title="x" * 300, tag_names="y" * 60, slug="no address!")
        post = stands(draft)
        assert (post.title, post.slug) == ("The tides", "the-tides")
        assert [tag.name for tag in post.topics] == ["Sea"]

    def test_the_address_of_another_story_is_not_taken(self, ada, draft, story):
        other = Typing(ada, draft).type(source="Typed.", slug=story.slug)
        assert self.unkept(other) == {"Address": "Another story has this address."}
        assert stands(draft).source == "Typed."

    def test_a_text_too_long_to_be_stored_is_refused_and_said(self, ada, draft):
        answer = Typing(ada, draft).type(source="x" * (200 * 1024 + 1))
        assert answer.status_code == 413
        assert "the limit is 200 KB" in answer.json()["error"]
        assert stands(draft).source == "As it was."

    def test_a_character_that_no_database_takes_is_refused(self, ada, draft):
        answer = Typing(ada, draft).type(source="a\0b")
        assert answer.status_code == 400
        assert stands(draft).source == "As it was."

    def test_a_text_that_cannot_be_rendered_is_refused_and_said(self, ada, draft):
        answer = Typing(ada, draft).type(source=">" * 5000)
        assert answer.status_code in {204, 400}
        if answer.status_code == 400:
            assert answer.json()["error"]


class TestNewStory:
    def test_the_first_words_make_a_draft_and_its_address_is_answered(self, ada):
        answer = Typing(ada).type(title="A begin", source="Once")
        post = Post.objects.get()
        assert answer.status_code == 201
        assert answer["Location"] == f"/admin/blog/post/{post.pk}/change/"
        assert answer[VERSION_HEADER] == str(post.version)
        assert (post.status, post.slug, post.byline) == ("draft", "a-begin", [ada.author])

    def test_a_lost_answer_makes_no_second_story(self, ada):
        typing = Typing(ada)
        typing.type(source="Once")
        answer = typing.type(source="Once upon")
        post = Post.objects.get()
        assert (answer.status_code, post.source) == (201, "Once upon")
        assert answer["Location"] == f"/admin/blog/post/{post.pk}/change/"

    def test_two_pages_begin_two_stories(self, ada):
        Typing(ada).type(title="Alike", source="Once")
        Typing(ada, key=OTHER_KEY).type(title="Alike", source="Twice")
        assert set(Post.objects.values_list("slug", flat=True)) == {"alike", "alike-2"}

    def test_a_story_without_a_title_is_kept(self, ada):
        assert Typing(ada).type(source="Words first.").status_code == 201
        assert (Post.objects.get().title, Post.objects.get().source) == ("", "Words first.")

    def test_an_empty_page_begins_nothing(self, ada):
        assert Typing(ada).type(title=" ", tag_names="Sea").status_code == 400
        assert not Post.objects.exists()

    @pytest.mark.parametrize("key", ["", "x", "A" * 32, "a" * 33])
    def test_a_page_without_a_name_begins_nothing(self, ada, key):
        assert Typing(ada, key=key).type(source="Once").status_code == 400
        assert not Post.objects.exists()

    def test_nobody_goes_on_with_anothers_beginning(self, ada):
        Typing(ada).type(source="Ada's.")
        bea = make_person("Bea", Role.AUTHOR)
        assert Typing(bea).type(source="Bea's.").status_code == 404
        assert Post.objects.get().source == "Ada's."


class TestStoryThatReadersSee:
    def test_readers_see_the_old_text_until_somebody_presses_update(self, ada, story, client):
        typing = Typing(ada, story)
        assert typing.type(title="New", source="What Ada writes.").status_code == 204
        page = client.get(story.get_absolute_url()).content.decode()
        assert "What readers see." in page
        assert "What Ada writes." not in page
        answer = write(ada, story).press("_save")
        assert answer.status_code == 302
        assert "What Ada writes." in client.get(story.get_absolute_url()).content.decode()

    def test_the_desk_goes_on_with_every_field(self, ada, story):
        typed = {
            "title": "New",
            "source": "Text.",
            "tag_names": "Sea, Wind",
            "summary": "Short.",
            "responses_open": None,
            "slug": "elsewhere",
        }
        typing = Typing(ada, story)
        del typing.fields["responses_open"]
        typing.type(**{name: value for name, value in typed.items() if value is not None})
        fields = write(ada, story).page.fields
        assert "responses_open" not in fields
        assert {name: fields[name] for name in typed if name != "responses_open"} == {
            name: value for name, value in typed.items() if value is not None
        }
        post = stands(story)
        assert (post.visibility, post.slug, post.summary) == ("public", "the-tides", "")
        assert not post.topics

    def test_preview_shows_what_is_written_and_readers_see_nothing_of_it(self, ada, story, client):
        writing = write(ada, story)
        answer = writing.press("_preview", title="New", source="What Ada writes.")
        page = writing.client.get(answer["Location"]).content.decode()
        assert "What Ada writes." in page
        assert "What readers see." in client.get(story.get_absolute_url()).content.decode()

    def test_a_title_that_was_taken_away_is_not_there_in_the_desk_either(self, ada, story):
        assert Typing(ada, story).type(title="", source="").status_code == 204
        assert (WorkingCopy.of(story).title, WorkingCopy.of(story).source) == ("", "")
        assert stands(story).title == "The tides"

    def test_what_is_wrong_is_said_and_the_rest_is_kept(self, ada, story):
        answer = Typing(ada, story).type(source="Text.", slug="no address!")
        assert [one["name"] for one in answer.json()["unkept"]] == ["Address"]
        assert WorkingCopy.of(story).source == "Text."

    def test_a_story_that_waits_for_its_time_appears_as_it_was_last_saved_by_a_button(self, ada):
        soon = timezone.now() + timedelta(hours=1)
        story = make_post(by=ada, published=False, source="Ready.")
        story.publish(by=ada, at=soon)
        Typing(ada, story).type(source="Half a sen")
        assert stands(story).source == "Ready."
        assert write(ada, story).page.fields["source"] == "Half a sen"

    def test_the_words_on_a_picture_wait_as_well(self, ada):
        picture = make_picture(ada)
        story = make_post(by=ada, source=picture.markdown)
        name = f"picture-{picture.pk}-alt"
        Typing(ada, story).type(**{name: "Typed."})
        assert Image.objects.get(pk=picture.pk).alt == ""
        assert write(ada, story).page.fields[name] == "Typed."
        write(ada, story).press("_save")
        assert Image.objects.get(pk=picture.pk).alt == "Typed."

    def test_the_words_on_a_drafts_picture_are_saved_with_it(self, ada):
        picture = make_picture(ada)
        draft = make_post(by=ada, published=False, source=picture.markdown)
        Typing(ada, draft).type(**{f"picture-{picture.pk}-alt": "Typed."})
        assert Image.objects.get(pk=picture.pk).alt == "Typed."

    def test_a_picture_that_readers_see_elsewhere_keeps_its_words(self, ada):
        picture = make_picture(ada)
        make_post(by=ada, source=picture.markdown)
        draft = make_post(by=ada, published=False, source=picture.markdown)
        Typing(ada, draft).type(**{f"picture-{picture.pk}-alt": "Typed."})
        assert Image.objects.get(pk=picture.pk).alt == ""


class TestWhoMay:
    def test_a_script_of_somebody_signed_out_is_told_and_saves_nothing(self, ada, draft, client):
        typing = Typing(ada, draft)
        typing.writing.client = client
        answer = typing.type(source="Typed.")
        assert answer.status_code == 403
        assert "signed out" in answer.json()["error"]
        assert stands(draft).source == "As it was."

    def test_another_author_does_not_learn_of_the_draft(self, ada, draft):
        typing = Typing(ada, draft)
        bea = make_person("Bea", Role.AUTHOR)
        typing.writing.client = desk_of(bea)
        assert typing.type(writer=bea.pk, source="Typed.").status_code == 404

    def test_who_signed_in_in_anothers_place_saves_nothing_in_their_name(self, ada, draft):
        typing = Typing(ada, draft)
        typing.writing.client = desk_of(make_person("Ed", Role.EDITOR))
        answer = typing.type(source="Typed.")
        assert answer.status_code == 403
        assert "You are signed in as Ed now" in answer.json()["error"]
        assert stands(draft).source == "As it was."

    def test_a_button_pressed_in_anothers_place_asks_first(self, ada, draft):
        ed = make_person("Ed", Role.EDITOR)
        writing = write(ada, draft)
        writing.client = desk_of(ed)
        assert writing.press(source="Typed.").status_code == 400
        assert any("signed in as Ed now" in error for error in writing.page.errors)
        assert writing.page.fields["source"] == "Typed."
        assert stands(draft).source == "As it was."
        assert writing.press().status_code == 302

    def test_a_contributor_whose_story_was_published_is_told(self):
        cy = make_person("Cy", Role.CONTRIBUTOR)
        post = make_post(by=cy, published=False)
        typing = Typing(cy, post)
        post.publish(by=None)
        answer = typing.type(source="Typed.")
        assert answer.status_code == 403
        assert "not yours to change now" in answer.json()["error"]

    def test_a_deleted_story_is_told_of(self, ada, draft):
        typing = Typing(ada, draft)
        draft.delete()
        answer = typing.type(source="Typed.")
        assert answer.status_code == 404
        assert "not there any more" in answer.json()["error"]

    def test_a_reader_may_not(self, draft):
        rita = desk_of(make_person("Rita"))
        url = reverse("admin:blog_post_autosave", args=[draft.pk])
        assert rita.post(url, {"source": "x"}).status_code == 403
        assert rita.post(BEGINNING, {"source": "x", "page_key": KEY}).status_code == 403

    def test_a_contributor_sends_what_only_editors_may_choose_in_vain(self):
        cy = make_person("Cy", Role.CONTRIBUTOR)
        post = make_post(by=cy, published=False)
        ed = make_person("Ed", Role.EDITOR)
        answer = Typing(cy, post).type(
            source="Typed.",
            author_names=f"@{ed.author.handle}",
            published_at="2020-01-01T10:00",
            visibility="unlisted",
            is_pinned="on",
        )
        assert answer.status_code == 204
        now = stands(post)
        assert (now.byline, now.published_at) == ([cy.author], None)
        assert (now.visibility, now.is_pinned) == ("public", False)

    @pytest.mark.parametrize("method", ["get", "put", "delete"])
    def test_other_methods_are_refused(self, ada, draft, method):
        url = reverse("admin:blog_post_autosave", args=[draft.pk])
        assert getattr(desk_of(ada), method)(url).status_code == 405
        assert getattr(desk_of(ada), method)(BEGINNING).status_code == 405

    def test_without_a_token_nothing_is_saved(self, ada, draft):
        client = desk_of(ada, enforce_csrf_checks=True)
        url = reverse("admin:blog_post_autosave", args=[draft.pk])
        answer = client.post(url, {"source": "x"}, headers={"accept": "application/json"})
        assert answer.status_code == 403
        assert "error" in answer.json()


class TestSigningInAgain:
    SESSION = "/admin/blog/post/session/"

    def test_a_page_learns_who_is_signed_in_and_gets_a_token_that_works(self, ada, draft):
        client = desk_of(ada, enforce_csrf_checks=True)
        said = client.get(self.SESSION).json()
        assert (said["person"], said["name"]) == (ada.pk, "Ada")
        url = reverse("admin:blog_post_presence", args=[draft.pk])
        headers = {"X-CSRFToken": said["token"]}
        assert client.post(url, {"page_key": KEY}, headers=headers).status_code == 200

    def test_a_page_learns_that_nobody_is(self, client):
        answer = client.get(self.SESSION)
        assert answer.json() == {"person": None}
        assert "no-store" in answer["Cache-Control"]

    def test_signing_in_leads_to_a_page_that_says_so(self, ada, client):
        url = "/admin/blog/post/signed-in/"
        assert client.get(url).status_code == 302
        assert "You are signed in." in desk_of(ada).get(url).content.decode()
        assert desk_of(ada).post(url).status_code == 405


def test_an_autosave_asks_the_database_a_bounded_number_of_times(
    ada, draft, django_assert_max_num_queries
):
    draft.set_topics(Tag.objects.named([f"Tag {number}" for number in range(10)]))
    typing = Typing(ada, draft)
    with django_assert_max_num_queries(45):
        assert typing.type(source="Typed.").status_code == 204


def test_what_is_typed_on_a_published_story_is_not_taken_for_what_readers_saw(ada):
    story = make_post(by=ada, source="What readers see.")
    Typing(ada, story).type(source="What nobody has seen.")
    seen = story.revisions.filter(is_public=True).values_list("source", flat=True)
    assert list(seen) == ["What readers see."]


def test_who_changes_what_was_approved_hears_that_the_editors_look_again():
    cy, ed = make_person("Cy", Role.CONTRIBUTOR), make_person("Ed", Role.EDITOR)
    story = make_post(by=cy, published=False)
    story.submit(by=cy)
    story.approve(by=ed)
    answer = Typing(cy, story).type(source="Another ending.")
    assert answer.json() == {"unkept": [], "said": "The editors look at it once more."}
    assert stands(story).status == Post.Status.IN_REVIEW
