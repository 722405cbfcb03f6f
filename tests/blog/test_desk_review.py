"""The review in the desk: buttons that lose nothing, doors, notes, and what waits for whom."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import Notification
from accounts.roles import Role
from blog.admin.post_inbox import ROWS
from blog.admin.post_notes import BESIDE_STORY, NOTES_PER_PAGE
from blog.models import Note, Post
from blog.models.note import MAX_NOTE_CHARS
from tests.desk import change_url, desk_of, read, write
from tests.making import make_person, make_post

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

INBOX = reverse("admin:blog_post_inbox")


@pytest.fixture
def cy():
    return make_person("Cy", Role.CONTRIBUTOR)


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def ed():
    return make_person("Ed", Role.EDITOR)


@pytest.fixture
def draft(cy):
    return make_post(by=cy, published=False, title="The tides", source="As it was.")


@pytest.fixture
def waiting(cy, draft):
    draft.submit(by=cy)
    return draft


def again(post):
    return Post.objects.get(pk=post.pk)


class TestButtons:
    def test_a_new_story_is_written_and_handed_in_with_one_press(self, cy, ed):
        answer = write(cy).press("_submit", title="The tides", source="Twice a day.")
        assert answer.status_code == 302
        post = Post.objects.get()
        assert (post.status, post.source) == ("in_review", "Twice a day.")
        assert Notification.objects.get(recipient=ed).text == "Cy handed in “The tides”"

    def test_a_story_without_a_text_is_not_handed_in(self, cy, draft):
        writing = write(cy, draft)
        assert writing.press("_submit", source="  ").status_code == 400
        assert "There is no text yet to hand in." in writing.page.errors
        assert again(draft).status == "draft"

    def test_approving_saves_what_the_editor_typed(self, ed, waiting):
        assert write(ed, waiting).press("_approve", source="With a comma.").status_code == 302
        assert (again(waiting).status, again(waiting).source) == ("approved", "With a comma.")

    def test_asking_for_changes_saves_what_the_editor_typed_and_says_why(self, ed, cy, waiting):
        writing = write(ed, waiting)
        answer = writing.press("_changes", source="With a comma.", step_note="Shorter, please.")
        assert answer.status_code == 302
        assert (again(waiting).status, again(waiting).source) == ("changes", "With a comma.")
        assert Notification.objects.get(recipient=cy).quote == "Shorter, please."

    @pytest.mark.parametrize(
        ("note", "says"),
        [
            ("", "Say what should change."),
            (" \r\n ", "Say what should change."),
            ("x" * (MAX_NOTE_CHARS + 1), f"This note has {MAX_NOTE_CHARS + 1} letters;"),
            ("Ring\x07", "There is a character in it that nobody can see (U+0007)."),
        ],
    )
    def test_a_note_that_will_not_do_loses_nothing(self, ed, waiting, note, says):
        writing = write(ed, waiting)
        answer = writing.press("_changes", source="With a comma.", step_note=note)
        assert answer.status_code == 400
        assert any(error.startswith(says) for error in writing.page.errors), writing.page.errors
        assert writing.page.fields["source"] == "With a comma."
        assert (again(waiting).status, again(waiting).source) == ("in_review", "As it was.")
        # The sheet with the field stands open.
        assert '<details class="menu" open>' in writing.page.html

    def test_line_ends_count_once(self, ed, waiting):
        note = "\r\n".join(["x"] * (MAX_NOTE_CHARS // 2))
        assert write(ed, waiting).press("_changes", step_note=note).status_code == 302
        assert Note.objects.latest("pk").text == note.replace("\r\n", "\n")

    def test_an_author_takes_it_back_and_keeps_what_was_typed(self, cy, waiting):
        assert write(cy, waiting).press("_take_back", source="Not yet.").status_code == 302
        assert (again(waiting).status, again(waiting).source) == ("draft", "Not yet.")

    def test_buttons_are_there_for_those_who_may(self, cy, ada, ed, waiting):
        review = {"_approve", "_changes", "_submit", "_take_back"}
        assert set(write(cy, waiting).page.buttons) & review == {"_take_back"}
        assert set(write(ed, waiting).page.buttons) & review == {"_approve", "_changes"}
        waiting.approve(by=ed)
        assert set(write(ed, waiting).page.buttons) & review == {"_changes"}
        waiting.ask_for_changes(by=ed, text="Well.")
        assert set(write(ed, waiting).page.buttons) & review == {"_approve"}
        assert set(write(cy, waiting).page.buttons) & review == {"_submit", "_take_back"}

    @pytest.mark.parametrize("button", ["_approve", "_changes"])
    def test_a_button_that_was_not_offered_does_nothing(self, cy, waiting, button):
        answer = write(cy, waiting).send(**{button: "1", "step_note": "Me."}, source="Mine.")
        assert answer.status_code == 403
        assert "Mine." in answer.content.decode()
        assert (again(waiting).status, again(waiting).source) == ("in_review", "As it was.")

    @pytest.mark.parametrize(
        ("button", "kind"), [("_approve", "approved"), ("_changes", "changes")]
    )
    def test_pressed_twice_is_done_once(self, ed, waiting, button, kind):
        writing = write(ed, waiting)
        for _time in range(2):
            assert writing.send(**{button: "1", "step_note": "Well."}).status_code == 302
        assert Note.objects.filter(kind=kind).count() == 1

    def test_handed_in_twice_is_done_once(self, cy, draft):
        writing = write(cy, draft)
        for _time in range(2):
            assert writing.press("_submit", source="Ready.").status_code == 302
        assert Note.objects.filter(kind="submitted").count() == 1

    def test_a_late_approval_does_not_undo_what_another_editor_asked_for(self, ed, waiting):
        olga = make_person("Olga", Role.OWNER)
        # Ed has saved a moment ago: the same person and text as what stands.
        write(ed, waiting).press(source="With a comma.")
        mine = write(ed, waiting)
        write(olga, waiting).press("_changes", step_note="Shorter.")
        assert mine.press("_approve").status_code == 409
        assert again(waiting).status == "changes"

    def test_an_approval_does_not_cover_what_was_typed_meanwhile(self, cy, ed, waiting):
        mine = write(ed, waiting)
        write(cy, waiting).press(source="Quite another story.")
        assert mine.press("_approve").status_code == 409
        assert again(waiting).status == "in_review"

    def test_a_contributor_is_told_that_a_change_goes_to_the_editors_again(self, cy, ed, waiting):
        waiting.approve(by=ed)
        writing = write(cy, waiting)
        assert "the editors look at it once more" in writing.page.html
        assert writing.press(source="Another ending.").status_code == 302
        assert again(waiting).status == "in_review"
        assert (
            "The editors look at it once more" in writing.client.get(writing.url).content.decode()
        )


class TestDoors:
    def door(self, post, name):
        return reverse(f"admin:blog_post_{name}", args=[post.pk])

    def test_a_verdict_from_the_preview(self, ed, waiting):
        client = desk_of(ed)
        page = client.get(reverse("blog:preview", args=[waiting.pk])).content.decode()
        assert f'action="{self.door(waiting, "review")}"' in page
        sent = {"version": waiting.version, "note": "Fine.", "_approve": "1"}
        answer = client.post(self.door(waiting, "review"), sent)
        assert (answer.status_code, answer["Location"]) == (303, change_url(waiting))
        assert again(waiting).status == "approved"
        assert Note.objects.latest("pk").text == "Fine."

    def test_an_author_hands_in_from_the_preview(self, cy, draft):
        client = desk_of(cy)
        page = client.get(reverse("blog:preview", args=[draft.pk])).content.decode()
        assert f'action="{self.door(draft, "submission")}"' in page
        sent = {"version": draft.version, "_submit": "1"}
        assert client.post(self.door(draft, "submission"), sent).status_code == 303
        assert again(draft).status == "in_review"

    def test_what_changed_meanwhile_is_looked_at_once_more(self, ed, waiting):
        client, version = desk_of(ed), waiting.version
        waiting.source = "Another story."
        waiting.write(by=None)
        sent = {"version": version, "note": "Fine <b>.", "_approve": "1"}
        answer = client.post(self.door(waiting, "review"), sent)
        assert answer.status_code == 409
        page = read(answer, form_id="")
        assert any("Look once more, then decide." in error for error in page.errors)
        assert page.fields["note"] == "Fine <b>."
        assert again(waiting).status == "in_review"
        sent = {"version": page.fields["version"], "note": "Fine.", "_approve": "1"}
        assert client.post(self.door(waiting, "review"), sent).status_code == 303

    def test_changes_without_a_word_are_asked_about(self, ed, waiting):
        sent = {"version": waiting.version, "note": "", "_changes": "1"}
        answer = desk_of(ed).post(self.door(waiting, "review"), sent)
        assert answer.status_code == 400
        assert "Say what should change." in answer.content.decode()

    @pytest.mark.parametrize(
        ("name", "button", "expected"),
        [
            ("review", "_approve", {"Cy": 403, "Ada": 404, "Rita": 302, "Ed": 303}),
            ("submission", "_take_back", {"Cy": 303, "Ada": 404, "Rita": 302, "Ed": 403}),
        ],
    )
    def test_each_door_lets_in_whom_it_should(self, cy, ada, ed, waiting, name, button, expected):
        people = {"Cy": cy, "Ada": ada, "Ed": ed, "Rita": make_person("Rita")}
        for who, status in expected.items():
            Post.objects.filter(pk=waiting.pk).update(status="in_review")
            sent = {"version": again(waiting).version, button: "1"}
            answer = desk_of(people[who]).post(self.door(waiting, name), sent)
            assert answer.status_code == status, who

    def test_a_door_is_for_sending_and_knows_its_own_buttons(self, ed, waiting):
        client = desk_of(ed)
        for name in ("review", "submission"):
            assert client.get(self.door(waiting, name)).status_code == 405
        assert client.post(self.door(waiting, "review"), {"_submit": "1"}).status_code == 400
        assert client.post(self.door(waiting, "review"), {}).status_code == 400

    def test_the_page_of_readers_has_no_verdict(self, ed, waiting):
        waiting.publish(by=ed)
        assert "verdict" not in desk_of(ed).get(waiting.get_absolute_url()).content.decode()


class TestNotes:
    def url(self, post):
        return reverse("admin:blog_post_notes", args=[post.pk])

    def test_it_stands_beside_the_story_with_who_said_it(self, cy, ed, waiting):
        answer = desk_of(ed).post(self.url(waiting), {"text": "Where was <this>?\r\nAnd when?"})
        assert answer.status_code == 303
        assert answer["Location"] == f"{change_url(waiting)}#notes"
        html = desk_of(cy).get(change_url(waiting)).content.decode()
        assert "Where was &lt;this&gt;?\nAnd when?" in html
        assert html.index("Handed in") < html.index("Where was")

    def test_a_script_gets_the_note_and_stays_on_the_page(self, ed, waiting):
        client = desk_of(ed)
        json = {"accept": "application/json"}
        answer = client.post(self.url(waiting), {"text": "Where?"}, headers=json)
        assert answer.status_code == 201
        assert "Where?" in answer.json()["html"]
        answer = client.post(self.url(waiting), {"text": " "}, headers=json)
        assert (answer.status_code, answer.json()) == (400, {"error": "Write something first."})

    @pytest.mark.parametrize("text", ["", " \n", "x" * (MAX_NOTE_CHARS + 1), "Ring\x07"])
    def test_what_cannot_be_sent_is_kept(self, ed, waiting, text):
        answer = desk_of(ed).post(self.url(waiting), {"text": text})
        assert answer.status_code == 400
        page = read(answer, form_id="note_form")
        assert page.errors
        assert page.fields["text"].strip() == text.strip()
        assert not Note.objects.filter(kind="note").exists()

    def test_the_newest_stand_beside_the_story_and_all_of_them_on_their_page(self, cy, waiting):
        Note.objects.bulk_create(
            Note(post=waiting, by=cy, text=f"Note {number:03}.")
            for number in range(NOTES_PER_PAGE + 5)
        )
        client = desk_of(cy)
        html = client.get(change_url(waiting)).content.decode()
        assert html.count('class="note"') == BESIDE_STORY
        assert html.index("Note 053.") < html.index("Note 054.")
        seen, url = [], self.url(waiting)
        while url:
            context = client.get(url).context
            seen = [note.text for note in context["rows"]] + seen
            url = f"{self.url(waiting)}?older={context['older']}" if context["older"] else ""
        assert seen[1:] == [f"Note {number:03}." for number in range(NOTES_PER_PAGE + 5)]

    def test_a_stranger_and_a_colleague_find_nothing(self, ada, waiting, client):
        assert desk_of(ada).get(self.url(waiting)).status_code == 404
        assert desk_of(ada).post(self.url(waiting), {"text": "Me, too."}).status_code == 404
        assert client.get(self.url(waiting)).status_code == 302
        assert not Note.objects.filter(kind="note").exists()

    def test_readers_never_see_them(self, ed, cy, waiting, client):
        waiting.add_note(by=ed, text="A secret.")
        waiting.publish(by=ed)
        page = client.get(waiting.get_absolute_url()).content.decode()
        assert "A secret." not in page

    def test_too_many_at_once_are_refused_with_a_sentence(self, ed, waiting, monkeypatch):
        monkeypatch.setattr("blog.admin.post_notes.NOTES.__class__.allows", lambda *_args: False)
        answer = desk_of(ed).post(self.url(waiting), {"text": "Again."})
        assert answer.status_code == 429
        assert "Wait a few minutes" in answer.content.decode()
        assert read(answer, form_id="note_form").fields["text"] == "Again."

    @pytest.mark.parametrize("older", ["x", "-1", "9" * 30, "0"])
    def test_a_place_that_is_none_shows_a_page_all_the_same(self, ed, waiting, older):
        assert desk_of(ed).get(self.url(waiting), {"older": older}).status_code == 200


class TestInbox:
    def titles(self, client):
        sections = client.get(INBOX).context["sections"]
        return {part.state: [str(row.post) for row in part.rows] for part in sections}

    def fill(self, cy, ed):
        for title in ("First", "Second"):
            make_post(by=cy, published=False, title=title).submit(by=cy)
        asked = make_post(by=cy, published=False, title="Asked")
        asked.submit(by=cy)
        asked.ask_for_changes(by=ed, text="Shorter, please.")
        approved = make_post(by=cy, published=False, title="Approved")
        approved.submit(by=cy)
        approved.approve(by=ed)
        make_post(by=cy, published=False, title="A draft")
        make_post(by=ed, title="Out")

    def test_an_editor_finds_what_waits_the_oldest_first(self, cy, ed):
        self.fill(cy, ed)
        # Touched last, and waiting longest all the same.
        Post.objects.get(title="First").write(by=None)
        assert self.titles(desk_of(ed)) == {
            "in_review": ["First", "Second"],
            "approved": ["Approved"],
            "changes": ["Asked"],
        }

    def test_it_says_by_whom_since_when_how_long_and_with_which_words(self, cy, ed):
        self.fill(cy, ed)
        html = desk_of(ed).get(INBOX).content.decode()
        # The author's name stands there already.
        assert "Handed in, <time" in html
        assert "Changes asked for by Ed" in html
        assert f"{Post.objects.get(title='First').word_count} words" in html
        assert "Shorter, please." in html

    def test_an_author_finds_their_own_and_what_is_their_turn_first(self, cy, ed, ada):
        self.fill(cy, ed)
        client = desk_of(cy)
        assert list(self.titles(client)) == ["changes", "approved", "in_review"]
        assert "Asked to change" in client.get(INBOX).content.decode()
        assert self.titles(desk_of(ada)) == {}

    def test_nothing_waiting_is_said_in_a_sentence(self, ed, cy):
        assert "Nothing waits for you." in desk_of(ed).get(INBOX).content.decode()
        assert "Nothing is with the editors." in desk_of(cy).get(INBOX).content.decode()

    def test_the_number_of_those_waiting_stands_in_the_header(self, cy, ed):
        self.fill(cy, ed)
        for person, count in ((ed, 2), (cy, 1)):
            html = desk_of(person).get(reverse("admin:blog_post_changelist")).content.decode()
            assert f'inbox-way__count">{count}<span class="visually-hidden"> waiting' in html

    def test_a_reader_and_a_stranger_are_not_let_in(self, client):
        assert client.get(INBOX).status_code == 302
        client.force_login(make_person("Rita"))
        assert client.get(INBOX).status_code == 302

    def test_it_is_for_looking(self, ed):
        assert desk_of(ed).post(INBOX).status_code == 405

    def test_many_are_cut_and_lead_to_the_list(self, cy, ed, django_assert_max_num_queries):
        for _number in range(ROWS + 1):
            make_post(by=cy, published=False).submit(by=cy)
        client = desk_of(ed)
        with django_assert_max_num_queries(15):
            answer = client.get(INBOX)
        assert len(answer.context["sections"][0].rows) == ROWS
        url = f"{reverse('admin:blog_post_changelist')}?state=in_review"
        assert f'href="{url}"' in answer.content.decode()
        assert client.get(url).context["cl"].result_count == ROWS + 1

    def test_many_take_as_many_questions_as_few(self, cy, ed):
        client, counts = desk_of(ed), []
        for _time in range(2):
            self.fill(cy, ed)
            with CaptureQueriesContext(connection) as queries:
                client.get(INBOX)
            counts.append(len(queries))
        assert counts[0] == counts[1]
