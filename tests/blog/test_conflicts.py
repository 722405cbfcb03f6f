"""Two texts of one story: both are shown, one is chosen, and neither is lost."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

import pytest

from accounts.models import User
from accounts.roles import Role
from blog.admin.post_autosave import VERSION_HEADER
from blog.models import Post, WorkingCopy
from tests.blog.test_autosave import OTHER_KEY, Typing, stands
from tests.desk import desk_of, write
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db

COMPARISON = "/admin/blog/post/comparison/"


@pytest.fixture
def ada() -> User:
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def ed() -> User:
    return make_person("Ed", Role.EDITOR)


@pytest.fixture
def draft(ada) -> Post:
    return make_post(by=ada, published=False, title="The tides", source="One two three.")


def kept_texts(post: Post) -> list[str]:
    return list(post.revisions.order_by("pk").values_list("source", flat=True))


def marked(html: str) -> list[str]:
    """Every word that is marked as different."""
    found = re.findall("<mark>(.*?)</mark>", html, re.DOTALL)
    return [word for words in found for word in unescape(words).split()]


class TestAutosave:
    def collide(self, ada: User, ed: User, post: Post) -> tuple[Typing, Any]:
        mine, theirs = Typing(ada, post), Typing(ed, post, key=OTHER_KEY)
        theirs.type(title="The tide", source="One TWO three.")
        return mine, mine.type(source="One two four.")

    def test_the_second_hears_who_was_first_and_sees_both_texts(self, ada, ed, draft):
        _mine, answer = self.collide(ada, ed, draft)
        assert answer.status_code == 409
        assert answer[VERSION_HEADER] == str(stands(draft).version)
        html = answer.json()["html"]
        assert "Ed saved another text of this story at" in html
        assert "What Ed saved" in html
        assert {"TWO", "two", "four"} <= set(marked(html))
        assert stands(draft).source == "One TWO three."

    def test_mine_goes_on_top_and_theirs_stays_among_the_revisions(self, ada, ed, draft):
        mine, answer = self.collide(ada, ed, draft)
        version = answer[VERSION_HEADER]
        assert mine.type(base_version=version, settled_version=version).status_code == 204
        assert stands(draft).source == "One two four."
        assert kept_texts(draft) == ["One two three.", "One TWO three.", "One two four."]

    def test_of_one_person_in_two_tabs_neither_text_is_written_over(self, ada, draft):
        mine, answer = self.collide(ada, ada, draft)
        assert "You saved another text of this story at" in answer.json()["html"]
        version = answer[VERSION_HEADER]
        mine.type(base_version=version, settled_version=version)
        assert kept_texts(draft)[-2:] == ["One TWO three.", "One two four."]
        mine.hear().type(source="One two four five.", settled_version="")
        assert kept_texts(draft)[-2:] == ["One TWO three.", "One two four five."]

    def test_theirs_goes_on_and_mine_stays_among_the_revisions(self, ada, ed, draft):
        mine, _answer = self.collide(ada, ed, draft)
        answer = mine.writing.send(**mine.fields, _theirs="1")
        assert answer.status_code == 302
        assert stands(draft).source == "One TWO three."
        assert kept_texts(draft)[-2:] == ["One two four.", "One TWO three."]
        newest = draft.revisions.order_by("-pk").first()
        assert (newest.kind, newest.title, newest.by) == ("restored", "The tide", ada)

    def test_a_page_that_goes_on_with_theirs_has_their_version(self, ada, ed, draft):
        mine, _answer = self.collide(ada, ed, draft)
        mine.writing.send(**mine.fields, _theirs="1")
        assert Typing(ada, draft).type(source="Onward.").status_code == 204

    def test_a_third_save_meanwhile_is_told_of_as_well(self, ada, ed, draft):
        mine, answer = self.collide(ada, ed, draft)
        version = answer[VERSION_HEADER]
        Typing(ed, draft, key=OTHER_KEY).type(source="Once more.")
        answer = mine.type(base_version=version, settled_version=version)
        assert answer.status_code == 409
        assert "Once more." in answer.json()["html"]

    def test_the_same_text_twice_is_no_conflict(self, ada, ed, draft):
        mine, theirs = Typing(ada, draft), Typing(ed, draft, key=OTHER_KEY)
        theirs.type(source="Alike.")
        answer = mine.type(source="Alike.")
        assert (answer.status_code, answer[VERSION_HEADER]) == (204, str(stands(draft).version))

    @pytest.mark.parametrize("is_by_a_press", [True, False])
    def test_what_is_late_and_not_well_formed_is_late(self, ada, draft, is_by_a_press):
        mine, theirs = Typing(ada, draft), Typing(ada, draft, key=OTHER_KEY)
        theirs.type(source="Alike.")
        if is_by_a_press:
            answer = mine.writing.press(source="Alike.", slug="no address!")
        else:
            answer = mine.type(source="Alike.", slug="no address!")
        assert answer.status_code == 409

    def test_what_somebody_else_changed_beside_the_text_is_not_undone(self, ada, ed, draft):
        mine, theirs = Typing(ada, draft), Typing(ed, draft, key=OTHER_KEY)
        theirs.type(summary="Short.")
        answer = mine.type(tag_names="Sea")
        assert answer.status_code == 409
        assert "The words are the same" in answer.json()["html"]
        assert stands(draft).summary == "Short."

    def test_a_working_copy_is_what_is_compared_on_a_story_that_readers_see(self, ada, ed):
        story = make_post(by=ada, source="What readers see.")
        mine, theirs = Typing(ada, story), Typing(ed, story, key=OTHER_KEY)
        theirs.type(source="What Ed writes.")
        answer = mine.type(source="What Ada writes.")
        assert answer.status_code == 409
        assert {"Ed", "Ada"} <= set(marked(answer.json()["html"]))
        mine.writing.send(**mine.fields, _theirs="1")
        assert WorkingCopy.of(story).source == "What Ed writes."
        assert kept_texts(story)[-2:] == ["What Ada writes.", "What Ed writes."]

    def test_a_story_published_meanwhile_is_not_changed_before_readers(self, ada, ed, draft):
        mine = Typing(ada, draft)
        draft.publish(by=ed)
        assert mine.type(source="Typed.").status_code == 409
        assert stands(draft).source == "One two three."

    def test_what_two_people_write_is_shown_and_never_run(self, ada, ed, draft):
        mine, theirs = Typing(ada, draft), Typing(ed, draft, key=OTHER_KEY)
        theirs.type(source="<script>theirs</script>")
        html = mine.type(source="<script>mine</script>").json()["html"]
        assert "<script" not in html


class TestWithoutScripts:
    def collide(self, ada: User, ed: User, draft: Post) -> Any:
        mine, theirs = write(ada, draft), write(ed, draft)
        theirs.press(title="The tide", source="One TWO three.")
        assert mine.press(source="One two four.").status_code == 409
        return mine

    def test_the_page_shows_both_texts_and_offers_three_ways_on(self, ada, ed, draft):
        mine = self.collide(ada, ed, draft)
        assert {"_save", "_theirs"} <= set(mine.page.buttons)
        html = mine.page.html
        assert {"TWO", "four"} <= set(marked(html))
        assert 'href="#id_source"' in html
        assert "The text that was saved meanwhile" in html

    def test_mine_is_saved_and_theirs_stays_among_the_revisions(self, ada, ed, draft):
        mine = self.collide(ada, ed, draft)
        assert mine.press("_save").status_code == 302
        assert stands(draft).source == "One two four."
        assert "One TWO three." in kept_texts(draft)

    def test_mine_is_a_revision_of_its_own_when_theirs_was_mine_as_well(self, ada, draft):
        mine = self.collide(ada, ada, draft)
        mine.press("_save")
        assert kept_texts(draft)[-2:] == ["One TWO three.", "One two four."]

    def test_theirs_stays_and_mine_is_among_the_revisions(self, ada, ed, draft):
        mine = self.collide(ada, ed, draft)
        assert mine.press("_theirs").status_code == 302
        assert stands(draft).source == "One TWO three."
        assert kept_texts(draft)[-2:] == ["One two four.", "One TWO three."]

    def test_a_title_too_long_is_set_aside_cut_and_not_refused(self, ada, ed, draft):
        mine = self.collide(ada, ed, draft)
        assert mine.press("_theirs", title="x" * 300).status_code == 302
        assert "x" * 200 in draft.revisions.values_list("title", flat=True)

    def test_merged_by_hand_it_goes_on_top_of_theirs(self, ada, ed, draft):
        mine = self.collide(ada, ed, draft)
        assert mine.press("_save", source="One TWO four.").status_code == 302
        assert stands(draft).source == "One TWO four."
        assert kept_texts(draft)[-2:] == ["One TWO three.", "One TWO four."]

    def test_whose_session_ended_loses_nothing_by_choosing(self, ada, ed, draft):
        mine = self.collide(ada, ed, draft)
        mine.client.logout()
        answer = mine.press("_theirs")
        assert answer.status_code == 403
        assert "One two four." in answer.content.decode()

    def test_a_stranger_sets_nothing_aside(self, ada, draft):
        bea = desk_of(make_person("Bea", Role.AUTHOR))
        url = f"/admin/blog/post/{draft.pk}/change/"
        answer = bea.post(url, {"_theirs": "1", "source": "Bea's."})
        assert answer.status_code in {403, 404}
        assert kept_texts(draft) == ["One two three."]


class TestKeptInABrowser:
    def compare(self, person: User, stands: str, kept: str) -> Any:
        sent = {"stands-source": stands, "kept-source": kept, "kept-title": "A title"}
        return desk_of(person).post(COMPARISON, sent)

    def test_the_words_that_differ_are_marked(self, ada):
        answer = self.compare(ada, "One two.", "One three.")
        assert marked(answer.json()["html"]) == ["two", "A", "title", "three"]

    def test_a_text_too_long_is_not_compared(self, ada):
        assert self.compare(ada, "x", "y" * (200 * 1024 + 1)).status_code == 413

    def test_only_those_who_write_may_ask(self, client):
        assert client.post(COMPARISON, {}).status_code == 403
        assert desk_of(make_person("Rita")).post(COMPARISON, {}).status_code == 403

    def test_looking_at_the_address_is_refused(self, ada):
        assert desk_of(ada).get(COMPARISON).status_code == 405
