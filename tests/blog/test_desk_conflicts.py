"""Two people on one story, ended sessions, deleted stories: no text is ever lost."""

from __future__ import annotations

import pytest

from accounts.roles import Role
from blog.models import Post
from tests.desk import ADD, change_url, desk_of, publication, read, withdrawal, write
from tests.making import PASSWORD, make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def ed():
    return make_person("Ed", Role.EDITOR)


@pytest.fixture
def draft(ada):
    return make_post(by=ada, published=False, title="The tides", source="As it was.")


class TestTwoOnOneStory:
    def test_the_second_is_told_sees_the_first_ones_text_and_keeps_theirs(self, ada, ed, draft):
        mine, theirs = write(ada, draft), write(ed, draft)
        theirs.press(title="Ed's title", source="Ed's <text>.")
        answer = mine.press(title="My title", source="My text.", tag_names="Sea")
        assert answer.status_code == 409
        (says,) = mine.page.errors
        assert says.startswith("This story was saved by somebody else, or in another tab, while")
        assert mine.page.fields["title"] == "My title"
        assert mine.page.fields["source"] == "My text."
        assert mine.page.fields["tag_names"] == "Sea"
        assert "Ed&#x27;s &lt;text&gt;." in mine.page.html
        post = Post.objects.get(pk=draft.pk)
        assert (post.title, post.source) == ("Ed's title", "Ed's <text>.")

    def test_saving_again_puts_ones_own_text_in_its_place(self, ada, ed, draft):
        mine, theirs = write(ada, draft), write(ed, draft)
        theirs.press(source="Ed's text.", slug="eds-address")
        assert mine.press(source="My text.").status_code == 409
        assert mine.press().status_code == 302
        post = Post.objects.get(pk=draft.pk)
        assert (post.source, post.slug) == ("My text.", "the-tides")
        assert set(post.revisions.values_list("source", flat=True)) >= {"Ed's text.", "My text."}

    def test_a_third_save_meanwhile_is_told_of_as_well(self, ada, ed, draft):
        mine, theirs = write(ada, draft), write(ed, draft)
        theirs.press(source="Once.")
        assert mine.press(source="Mine.").status_code == 409
        write(ed, draft).press(source="Twice.")
        assert mine.press().status_code == 409
        assert "Twice." in mine.page.html

    def test_what_is_wrong_and_late_is_late(self, ada, ed, draft):
        mine, theirs = write(ada, draft), write(ed, draft)
        theirs.press(source="Ed's text.")
        assert mine.press(title="", source="Mine.").status_code == 409
        assert any("Give the story a title first." in error for error in mine.page.errors)
        assert mine.page.fields["source"] == "Mine."

    @pytest.mark.parametrize("base", ["", "x", "-1", "99999999999999999999"])
    def test_a_page_that_does_not_know_its_version_saves_nothing_unseen(self, ada, draft, base):
        writing = write(ada, draft)
        assert writing.send(base_version=base, source="Mine.", _save="1").status_code == 409
        assert writing.page.fields["source"] == "Mine."
        assert writing.press().status_code == 302

    def test_a_button_pressed_twice_saves_once_and_complains_of_nobody(self, ada, draft):
        writing = write(ada, draft)
        assert writing.press(source="Mine.").status_code == 302
        assert writing.press(source="Mine.").status_code == 302
        assert Post.objects.get(pk=draft.pk).source == "Mine."
        assert draft.revisions.count() == 1

    @pytest.mark.parametrize(
        "theirs", [{"summary": "Theirs."}, {"tag_names": "Sea"}, {"slug": "elsewhere"}]
    )
    def test_what_somebody_else_changed_beside_the_text_is_not_undone(self, ada, ed, draft, theirs):
        mine, other = write(ada, draft), write(ed, draft)
        assert other.press(**theirs).status_code == 302
        assert mine.press().status_code == 409

    def test_for_whom_somebody_else_published_it_is_not_undone(self, ada, ed, draft):
        draft.publish(by=ada)
        mine, other = publication(ada, draft), publication(ed, draft)
        assert other.press("_save", visibility="unlisted").status_code == 303
        assert mine.press("_save").status_code == 409
        assert Post.objects.get(pk=draft.pk).visibility == "unlisted"

    def test_a_late_page_does_not_publish_what_an_editor_took_back(self, ada, ed, draft):
        mine = publication(ada, draft)
        publication(ed, draft).press("_publish")
        withdrawal(ed, draft).press("_unpublish")
        assert mine.press("_publish").status_code == 409
        assert not Post.objects.get(pk=draft.pk).is_live

    def test_publish_pressed_twice_is_one_publication(self, ada, draft):
        writing = write(ada, draft)
        assert writing.press("_publication").status_code == 302
        assert writing.press("_publication").status_code == 302
        page = publication(ada, draft)
        assert page.press("_publish").status_code == 303
        assert page.press("_publish").status_code == 303
        assert Post.objects.get(pk=draft.pk).is_live
        assert draft.revisions.filter(kind="published").count() == 1

    def test_the_same_words_by_somebody_else_are_theirs(self, ada, ed, draft):
        mine, theirs = write(ada, draft), write(ed, draft)
        assert theirs.press(source="Alike.").status_code == 302
        assert mine.press(source="Alike.").status_code == 409


class TestStoryThatIsGone:
    def lost(self, answer):
        assert answer.status_code in {403, 404}
        return read(answer, form_id="")

    def test_a_story_deleted_meanwhile_leaves_the_text(self, ada, draft):
        writing = write(ada, draft)
        draft.delete()
        answer = writing.press(title="Typed title", source="Typed for <hours>.")
        assert answer.status_code == 404
        page = self.lost(answer)
        assert page.fields["title"] == "Typed title"
        assert page.fields["source"] == "Typed for <hours>."

    def test_what_was_left_becomes_a_new_story(self, ada, draft):
        writing = write(ada, draft)
        draft.delete()
        page = self.lost(writing.press(source="Typed.", subtitle="Sub"))
        page.fields["_save"] = "1"
        fields = {k: v for k, v in page.fields.items() if k != "q"}
        assert writing.client.post(ADD, fields).status_code == 302
        post = Post.objects.get()
        assert (post.title, post.subtitle, post.source) == ("The tides", "Sub", "Typed.")

    def test_a_story_taken_away_meanwhile_leaves_the_text(self, ada, ed, draft):
        writing = write(ada, draft)
        draft.set_byline([ed.author])
        assert self.lost(writing.press(source="Typed.")).fields["source"] == "Typed."
        assert Post.objects.get().source == "As it was."

    def test_a_contributor_whose_story_was_published_meanwhile_keeps_the_text(self, ed):
        cy = make_person("Cy", Role.CONTRIBUTOR)
        post = make_post(by=cy, published=False, source="As it was.")
        writing = write(cy, post)
        publication(ed, post).press("_publish")
        answer = writing.press(source="Typed for hours.")
        assert answer.status_code == 403
        assert self.lost(answer).fields["source"] == "Typed for hours."
        assert "An editor published it while you wrote." in answer.content.decode()
        assert Post.objects.get().source == "As it was."


class TestEndedSession:
    def kept(self, answer):
        assert answer.status_code == 403
        page = read(answer, form_id="")
        page.fields.pop("q", None)
        return page

    @pytest.mark.parametrize("is_new", [True, False])
    def test_all_that_was_typed_is_kept_and_saved_after_signing_in(self, ada, draft, is_new):
        writing = write(ada, None if is_new else draft, enforce_csrf_checks=True)
        writing.client.post(
            "/accounts/logout/", {"csrfmiddlewaretoken": writing.page.fields["csrfmiddlewaretoken"]}
        )
        typed = {"title": "Typed <title>", "source": "One\r\n\r\nTwo & <b>", "tag_names": "Sea"}
        answer = writing.press(**typed)
        page = self.kept(answer)
        assert page.action == writing.url
        sent = {**writing.page.fields, **typed, "_save": "1"}
        del sent["csrfmiddlewaretoken"], page.fields["csrfmiddlewaretoken"]
        assert page.fields == sent
        assert "You have been signed out." in answer.content.decode()
        # Signed in in another tab: the page's token is an old one by then, so once more.
        writing.client.force_login(ada)
        page = self.kept(writing.client.post(page.action, page.fields))
        assert writing.client.post(page.action, page.fields).status_code == 302
        post = Post.objects.latest("pk") if is_new else Post.objects.get()
        assert (post.title, post.source) == ("Typed <title>", "One\n\nTwo & <b>")

    def test_a_wrong_token_keeps_the_text_and_the_next_press_saves(self, ada, draft):
        writing = write(ada, draft, enforce_csrf_checks=True)
        wrong = {"csrfmiddlewaretoken": "x" * 64, "source": "Typed.", "_save": "1"}
        answer = writing.send(**wrong)
        assert "This page was open for too long." in answer.content.decode()
        page = self.kept(answer)
        assert page.fields["csrfmiddlewaretoken"] != "x" * 64
        assert writing.client.post(page.action, page.fields).status_code == 302
        assert Post.objects.get().source == "Typed."

    def test_a_script_is_told_in_a_sentence(self, client):
        answer = client.post(ADD, {"source": "x"}, headers={"accept": "application/json"})
        assert answer.status_code == 403
        assert "signed out" in answer.json()["error"]

    def test_a_password_is_never_repeated(self, ada):
        client = desk_of(ada, enforce_csrf_checks=True)
        answer = client.post("/accounts/login/", {"login": ada.email, "password": PASSWORD})
        assert answer.status_code == 403
        assert PASSWORD not in answer.content.decode()

    def test_who_opens_a_story_signed_out_comes_back_to_it_after_signing_in(self, client, draft):
        answer = client.get(change_url(draft), follow=True)
        assert answer.status_code == 200
        assert change_url(draft) in answer.content.decode()


def test_a_stranger_can_send_a_form_but_gets_no_desk(client):
    answer = client.post(ADD, {"title": "x", "source": "<script>alert(1)</script>"})
    assert answer.status_code == 403
    assert "<script>alert" not in answer.content.decode()
    assert not Post.objects.exists()
