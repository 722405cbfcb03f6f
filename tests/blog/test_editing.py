"""Other words for a response: who may, until when, and what moderators still read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse

from accounts.models import Notification
from accounts.roles import Role
from blog.models import Comment, CommentRevision
from blog.models.comment import EDIT_WITHIN, MAX_EDITS, Rewritten, TooLateToEdit
from blog.models.hearing import MENTION
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db


@pytest.fixture
def rita():
    return make_person("Rita")


@pytest.fixture
def response(rita):
    return make_response(make_post(title="The lamp"), by=rita, source="I grew up *there*.")


def url_of(response, what="edit"):
    return reverse(f"blog:comment-{what}", args=[response.post.slug, response.pk])


def edit(client, response, source, **fields):
    response = Comment.objects.get(pk=response.pk)
    sent = {"source": source, "wording": response.wording, **fields}
    return client.post(url_of(response), sent)


def stands(response):
    return Comment.objects.get(pk=response.pk)


def test_a_reader_changes_their_words_and_everybody_sees_that(client, rita, response):
    client.force_login(rita)
    page = client.get(url_of(response)).content.decode()
    assert "I grew up *there*.</textarea>" in page
    answer = edit(client, response, "I grew up **here**.")
    assert answer.status_code == 303
    assert answer["Location"].endswith(f"#{response.anchor}")
    client.logout()
    page = client.get(response.post.get_absolute_url()).content.decode()
    assert "<strong>here</strong>" in page
    assert "· edited" in page
    assert "there" not in page


def test_the_way_to_edit_is_there_for_who_wrote_it_and_for_half_an_hour(client, rita, response):
    way = f'href="{url_of(response)}"'
    story = response.post.get_absolute_url()
    assert way not in client.get(story).content.decode()
    client.force_login(make_person("Bo"))
    assert way not in client.get(story).content.decode()
    client.force_login(rita)
    assert way in client.get(story).content.decode()
    assert way in client.get(response.get_absolute_url()).content.decode()
    Comment.objects.update(created_at=response.created_at - EDIT_WITHIN)
    assert way not in client.get(story).content.decode()


def test_after_half_an_hour_it_stands_and_what_was_typed_is_kept(client, rita, response):
    client.force_login(rita)
    Comment.objects.update(created_at=response.created_at - EDIT_WITHIN)
    assert client.get(url_of(response)).status_code == 403
    answer = edit(client, response, "Too late, this thought.")
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "Too late, this thought." in page
    assert "30 minutes" in page
    assert stands(response).source == "I grew up *there*."
    at = response.created_at
    with pytest.raises(TooLateToEdit):
        response.edit(by=rita, source="No.", wording="", at=at + timedelta(minutes=31))


def test_only_who_wrote_it_may_change_it(client, response):
    for person in (make_person("Bo"), make_person("Ed", Role.EDITOR), response.post.byline[0].user):
        client.force_login(person)
        assert client.get(url_of(response)).status_code == 403
        assert edit(client, response, "I say it for her.").status_code == 403
    assert stands(response).source == "I grew up *there*."


def test_what_readers_may_not_read_cannot_be_changed(client, rita, response):
    response.hide()
    client.force_login(rita)
    assert client.get(url_of(response)).status_code == 404
    answer = edit(client, response, "Now it is nice.")
    assert answer.status_code == 403
    assert "Now it is nice." in answer.content.decode()
    assert stands(response).source == "I grew up *there*."


def test_an_edit_from_a_page_that_is_old_loses_nothing(client, rita, response):
    client.force_login(rita)
    edit(client, response, "The second thought.")
    answer = edit(client, response, "The third thought.", wording="")
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "The third thought.</textarea>" in page
    assert "The second thought." in page
    assert stands(response).source == "The second thought."
    # Pressed once more, it stands.
    again = {
        "source": "The third thought.",
        "wording": answer.context["response_form"].data["wording"],
    }
    assert client.post(url_of(response), again).status_code == 303
    assert stands(response).source == "The third thought."
    with pytest.raises(Rewritten):
        stands(response).edit(by=rita, source="The fourth.", wording="")


def test_sent_twice_it_is_changed_once(client, rita, response):
    client.force_login(rita)
    assert edit(client, response, "Better.").status_code == 303
    assert edit(client, response, "Better.", wording="").status_code == 303
    assert CommentRevision.objects.count() == 1


def test_the_same_words_are_no_edit(client, rita, response):
    client.force_login(rita)
    assert edit(client, response, "I grew up *there*.").status_code == 303
    assert stands(response).edited_at is None


@pytest.mark.parametrize(("source", "status"), [("", 400), ("  ", 400), ("ö" * 2600, 413)])
def test_words_that_cannot_be_taken_are_kept_under_a_sentence(
    client, rita, response, source, status
):
    client.force_login(rita)
    answer = edit(client, response, source)
    assert answer.status_code == status
    assert answer.context["response_form"].errors["source"]
    assert source.strip() in answer.content.decode()
    assert stands(response).source == "I grew up *there*."


def test_nobody_changes_a_response_for_ever(client, rita, response):
    client.force_login(rita)
    found = [edit(client, response, f"Version {n}").status_code for n in range(MAX_EDITS + 1)]
    assert found == [303] * MAX_EDITS + [429]


def test_a_preview_without_scripts_saves_nothing(client, rita, response):
    client.force_login(rita)
    answer = edit(client, response, "I *will* say so.", preview="1")
    assert answer.status_code == 200
    assert "I <em>will</em> say so." in answer.content.decode()
    assert "I *will* say so.</textarea>" in answer.content.decode()
    assert stands(response).edited_at is None


def test_moderators_read_every_wording_and_nobody_else(client, rita, response):
    client.force_login(rita)
    for words in ("I grew up here.", "I was born here."):
        edit(client, response, words)
    assert client.get(url_of(response, "history")).status_code == 403
    story = response.post.get_absolute_url()
    assert url_of(response, "history") not in client.get(story).content.decode()
    client.force_login(make_person("Ed", Role.EDITOR))
    assert url_of(response, "history") in client.get(story).content.decode()
    answer = client.get(url_of(response, "history"))
    newest, first = answer.context["changes"]
    assert [text for kind, text in newest["pieces"] if kind == "added"] == ["was born"]
    assert [text for kind, text in first["pieces"] if kind == "removed"] == ["*there*"]
    assert "I grew up *there*." in answer.content.decode()


def test_what_is_deleted_takes_its_wordings_along(client, rita, response):
    make_response(response.post, parent=response)
    client.force_login(rita)
    edit(client, response, "Never mind.")
    stands(response).remove()
    assert not CommentRevision.objects.exists()
    assert stands(response).is_removed


def test_the_history_asks_the_database_no_more_for_many_wordings(
    client, rita, response, django_assert_max_num_queries
):
    for number in range(9):
        CommentRevision.objects.create(
            comment=response, source=f"Word {number}", replaced_at=response.created_at
        )
    client.force_login(make_person("Ed", Role.EDITOR))
    with django_assert_max_num_queries(10):
        client.get(url_of(response, "history"))


def test_whom_new_words_call_hears_of_it_once(rita, response):
    bea, cy = make_person("Bea Lund", Role.AUTHOR), make_person("Cy Dahl", Role.AUTHOR)
    response.edit(by=rita, source="@bealund", wording="")
    stands(response).edit(by=rita, source="@bealund, @cydahl!", wording=stands(response).wording)
    stands(response).edit(by=rita, source="No one.", wording=stands(response).wording)
    stands(response).edit(by=rita, source="@cydahl", wording=stands(response).wording)
    for person in (bea, cy):
        [row] = Notification.objects.filter(recipient=person)
        assert row.kind == MENTION


def test_new_words_that_must_wait_are_out_of_sight(rita, response):
    response.edit(by=rita, source="Buy *pills*.", wording="", held_because=[{"rule": "words"}])
    assert stands(response).is_held
    assert stands(response).post.response_count == 0


def test_signed_out_in_the_middle_of_an_edit_the_words_come_back(client, rita, response):
    answer = client.post(
        url_of(response), {"source": "A better word.", "wording": "", "writer": rita.pk}
    )
    assert answer.status_code == 403
    assert "A better word." in answer.content.decode()
    client.force_login(rita)
    assert "A better word.</textarea>" in client.get(url_of(response)).content.decode()
