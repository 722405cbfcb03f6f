"""While a response is typed: its preview, whom an @ may mean, and words that are kept."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from blog.models import Comment, Publication
from blog.views import composing, kept
from tests.making import make_person, make_post, make_response

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.once]


@pytest.fixture
def post():
    return make_post(by=make_person("Ada Holt", Role.AUTHOR), title="The lamp")


@pytest.fixture
def rita():
    return make_person("Rita")


def at(post, what=""):
    return reverse(f"blog:comments{what}", args=[post.slug])


# --- preview


def test_a_preview_reads_as_the_response_will(client, post, rita):
    client.force_login(rita)
    source = "> Ask\r\n\r\n*you*, @adaholt <b>"
    html = client.post(at(post, "-preview"), {"source": source}).json()["html"]
    client.post(at(post), {"source": source})
    assert html == Comment.objects.get().html
    assert "<em>you</em>" in html


def test_an_empty_text_has_an_empty_preview(client, post, rita):
    client.force_login(rita)
    assert client.post(at(post, "-preview")).json() == {"html": ""}


@pytest.mark.parametrize(("source", "status"), [("ö" * 2600, 413), ("> " * 400 + "x", 400)])
def test_a_text_that_cannot_be_taken_says_why(client, post, rita, source, status):
    client.force_login(rita)
    answer = client.post(
        at(post, "-preview"), {"source": source}, headers={"accept": "application/json"}
    )
    assert answer.status_code == status
    assert len(answer.json()["error"]) > 20


def test_a_preview_is_for_who_may_respond(client, post):
    publication = Publication(guests_may_respond=True)
    publication.save()
    assert client.post(at(post, "-preview"), {"source": "Well."}).status_code == 200
    assert client.get(at(post, "-people")).status_code == 200
    publication.guests_may_respond = False
    publication.save()
    assert client.post(at(post, "-preview"), {"source": "Well."}).status_code == 403
    assert client.get(at(post, "-people")).status_code == 403


def test_a_foreign_page_gets_no_preview(post, rita):
    client = Client(enforce_csrf_checks=True)
    client.force_login(rita)
    assert client.post(at(post, "-preview"), {"source": "Well."}).status_code == 403


def test_of_a_draft_there_is_no_preview(client, rita):
    client.force_login(rita)
    draft = make_post(published=False)
    assert client.post(at(draft, "-preview"), {"source": "Well."}).status_code == 404
    assert client.get(at(draft, "-people")).status_code == 404


@pytest.mark.parametrize("what", ["-preview", "-people"])
def test_a_machine_that_asks_without_end_is_stopped(client, post, rita, monkeypatch, what):
    limit = {"-preview": "PREVIEWS", "-people": "PEOPLE"}[what]
    monkeypatch.setattr(composing, limit, composing.Limit(f"test{what}", 1, 600))
    client.force_login(rita)
    ask = client.post if what == "-preview" else client.get
    assert [ask(at(post, what)).status_code for _time in range(2)] == [200, 429]


def test_without_scripts_a_preview_is_a_page_with_the_text(client, post, rita):
    first = make_response(post)
    client.force_login(rita)
    sent = {"source": "I *will* say so.", "parent": first.pk, "preview": "1"}
    answer = client.post(at(post), sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "I <em>will</em> say so." in page
    assert "I *will* say so.</textarea>" in page
    assert f'name="parent" value="{first.pk}"' in page
    assert f"In reply to {first.signature}" in page
    assert Comment.objects.count() == 1


def test_a_reply_does_not_say_who_wrote_what_its_reader_may_not_read(client, post, rita):
    client.force_login(rita)
    hidden, held = make_response(post, by=make_person("Hugo")), make_response(post)
    hidden.hide()
    held.hold([{"rule": "first"}])
    elsewhere = make_response(make_post(), by=make_person("Elsa"))
    for parent in (hidden, held, elsewhere):
        answer = client.post(at(post), {"source": "Well.", "parent": parent.pk, "preview": "1"})
        assert "In reply to" not in answer.content.decode()
    assert "In reply to" not in client.post(at(post), {"parent": "none"}).content.decode()


# --- people


def people(client, post, **asked):
    return [one["handle"] for one in client.get(at(post, "-people"), asked).json()["people"]]


def test_who_talks_here_comes_before_all_who_write(client, post, rita):
    anna, anton = make_person("Anna Lund", Role.AUTHOR), make_person("Anton Berg", Role.AUTHOR)
    make_post(by=make_person("Adam Dahl", Role.AUTHOR))
    first = make_response(post, by=anton)
    make_response(post, by=anna)
    client.force_login(rita)
    assert people(client, post) == ["adaholt", "annalund", "antonberg"]
    assert people(client, post, parent=first.pk)[0] == "antonberg"
    assert people(client, post, q="a") == ["adaholt", "annalund", "antonberg", "adamdahl"]
    assert people(client, post, q="An") == ["annalund", "antonberg"]
    assert people(client, post, q="lun") == []


def test_a_reader_without_a_public_face_is_never_named(client, post, rita):
    make_response(post, by=make_person("Adele"))
    client.force_login(rita)
    assert people(client, post, q="ad") == ["adaholt"]


def test_who_has_only_drafts_is_named_only_where_they_talk(client, post, rita):
    make_post(by=(cy := make_person("Cy Dahl", Role.AUTHOR)), published=False)
    client.force_login(rita)
    assert people(client, post, q="cy") == []
    make_response(post, by=cy)
    assert people(client, post, q="cy") == ["cydahl"]


def test_of_somebody_whose_words_were_hidden_nothing_is_told(client, post, rita):
    cy = make_person("Cy Dahl", Role.AUTHOR)
    make_response(post, by=cy).hide()
    client.force_login(rita)
    assert people(client, post, q="cy") == []


def test_nobody_is_proposed_to_themselves(client, post):
    client.force_login(post.byline[0].user)
    assert people(client, post, q="ada") == []


def test_so_many_are_proposed_and_no_more(client, post, rita, django_assert_max_num_queries):
    for number in range(10):
        make_response(post, by=make_person(f"Anna {number}", Role.AUTHOR))
    client.force_login(rita)
    with django_assert_max_num_queries(8):
        assert len(people(client, post, q="anna")) == 8


@pytest.mark.parametrize("asked", [{"q": "%"}, {"q": "é\x00"}, {"q": "a" * 9000}, {"q": " "}])
def test_what_is_no_handle_finds_nobody(client, post, rita, asked):
    client.force_login(rita)
    assert people(client, post, **asked) == []


@pytest.mark.parametrize("parent", ["x", "9" * 30, "-1", "²", "999999"])
def test_a_thread_that_is_none_does_no_harm(client, post, rita, parent):
    client.force_login(rita)
    assert people(client, post, parent=parent) == ["adaholt"]


# --- words that are kept


def test_signed_out_the_words_come_back_after_signing_in(client, post, rita):
    first = make_response(post)
    sent = {"source": "A long thought of mine.", "parent": first.pk, "writer": rita.pk}
    answer = client.post(at(post), sent)
    page = answer.content.decode()
    assert answer.status_code == 403
    assert "Your words are kept" in page
    assert f"?next={at(post)}%23respond" in page
    client.force_login(rita)
    page = client.get(at(post)).content.decode()
    assert "A long thought of mine.</textarea>" in page
    assert f'name="parent" value="{first.pk}"' in page
    # Until they are sent.
    assert "A long thought of mine.</textarea>" in client.get(at(post)).content.decode()
    client.post(at(post), {"source": "A long thought of mine, ended."})
    assert "A long thought of mine.</textarea>" not in client.get(at(post)).content.decode()


def test_kept_words_are_shown_to_nobody_else_and_nowhere_else(client, post, rita):
    client.post(at(post), {"source": "A secret of mine.", "writer": rita.pk})
    assert "A secret of mine." not in client.get(at(post)).content.decode()
    client.force_login(make_person("Bo"))
    assert "A secret of mine." not in client.get(at(post)).content.decode()
    client.force_login(rita)
    assert "A secret of mine." not in client.get(at(make_post())).content.decode()


def test_kept_words_are_forgotten_after_an_hour(client, post, rita, monkeypatch):
    client.post(at(post), {"source": "A thought.", "writer": rita.pk})
    client.force_login(rita)
    later = timezone.now() + kept.KEPT_FOR
    monkeypatch.setattr(kept.timezone, "now", lambda: later)
    assert "A thought.</textarea>" not in client.get(at(post)).content.decode()


def test_what_is_too_long_or_too_often_is_not_kept(client, post, monkeypatch):
    monkeypatch.setattr(kept, "KEPT", kept.Limit("test-kept", 1, 3600))
    long = client.post(at(post), {"source": "ö" * 2600})
    first = client.post(at(post), {"source": "Once."})
    second = client.post(at(post), {"source": "Twice."})
    pages = [answer.content.decode() for answer in (long, first, second)]
    assert ["Your words are kept" in page for page in pages] == [False, True, False]
    assert "Twice." in pages[2]


def test_a_page_of_somebody_else_does_not_speak_in_ones_name(client, post, rita):
    client.force_login(make_person("Bo"))
    answer = client.post(at(post), {"source": "I am Rita.", "writer": rita.pk})
    assert answer.status_code == 409
    assert "You are signed in as Bo now." in answer.content.decode()
    assert "I am Rita.</textarea>" in answer.content.decode()
    assert not Comment.objects.exists()


def test_the_browser_hears_what_the_server_has(client, post, rita):
    client.force_login(rita)
    answer = client.post(at(post), {"source": "Well."})
    assert answer.cookies["responded"].value == f"{post.pk}.0"
    first = Comment.objects.get()
    answer = client.post(at(post), {"source": "And so.", "parent": first.pk})
    assert answer.cookies["responded"].value == f"{post.pk}.{first.pk}"
    assert "responded" not in client.post(at(post), {"source": ""}).cookies


def test_a_shared_page_loads_nothing_for_those_who_type(client, post):
    make_response(post)
    page = client.get(post.get_absolute_url()).content.decode()
    assert not any(word in page for word in ("composing", "composer.css", "composer-pieces"))
