"""Bodies too large, and forms that a foreign page has made up."""

from __future__ import annotations

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from blog.models import Comment, Post
from tests.making import make_person, make_post

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

ADD = "/admin/blog/post/add/"
FORGED = {"title": "Not mine", "source": "Buy this.", "_publication": "1"}


def test_a_stranger_cannot_fill_the_disk(client):
    path = f"{make_post().get_absolute_url()}responses/"
    too_long = "x" * (settings.MAX_STRANGERS_BODY_BYTES + 1)
    answer = client.post(path, too_long, content_type="text/plain")
    assert answer.status_code == 413
    assert "Nothing was saved" in answer.content.decode()


def test_nobody_sends_more_than_a_picture_and_its_form(client):
    client.force_login(make_person(role=Role.AUTHOR))
    answer = client.post(
        reverse("markdownx_upload"),
        b"x" * (settings.MAX_BODY_BYTES + 1),
        content_type="application/octet-stream",
        headers={"accept": "application/json"},
    )
    assert answer.status_code == 413
    assert "too much" in answer.json()["error"]


@pytest.mark.parametrize("length", ["-1", "ten", "1e9"])
def test_a_length_that_is_no_number_is_refused(client, length):
    answer = client.post("/accounts/login/", {}, CONTENT_LENGTH=length)
    assert answer.status_code == 413


def test_a_story_of_three_megabytes_is_refused_with_its_text_kept(client):
    client.force_login(make_person(role=Role.AUTHOR))
    source = "A long line. " * 250_000
    fields = {"title": "Long", "source": source, "language": "en", "visibility": "public"}
    answer = client.post(ADD, fields)
    assert answer.status_code == 413
    assert source.strip() in answer.content.decode()
    assert not Post.objects.exists()


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"referer": "https://evil.example/page"},
        {"origin": "null"},
        {"origin": "http://["},
        {"referer": "http://["},
        {},
    ],
)
@pytest.mark.parametrize("path", [ADD, "responses"])
def test_what_a_foreign_page_made_up_is_never_offered_for_sending(headers, path):
    client = Client(enforce_csrf_checks=True)
    url = f"{make_post().get_absolute_url()}responses/" if path == "responses" else path
    answer = client.post(url, FORGED, headers=headers)
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "Buy this." not in page
    assert "_publication" not in page
    assert "<textarea" not in page


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://testserver"},
        {"sec-fetch-site": "same-origin"},
        {"referer": "http://testserver/somewhere/"},
        {"origin": "http://127.0.0.1:8000"},
    ],
)
def test_a_page_of_ours_that_was_open_too_long_keeps_what_was_typed(headers):
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_person())
    url = f"{make_post().get_absolute_url()}responses/"
    answer = client.post(url, {"source": "Well said."}, headers=headers)
    assert answer.status_code == 403
    assert "Well said." in answer.content.decode()
    assert not Comment.objects.exists()
