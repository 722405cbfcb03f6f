"""From a story to an account and back to the story."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.making import PASSWORD, make_post

pytestmark = pytest.mark.django_db
RITA = {"name": "Rita", "email": "rita@example.org", "password1": PASSWORD}
JOIN = reverse("account_signup")
SENT = reverse("account_email_verification_sent")


def link_in(letter):
    (link,) = re.findall(r"http://\S+confirm-email\S+", letter.body)
    return link.removeprefix("http://127.0.0.1:8000")


def press(client, link):
    """Open the link and press the button on its page."""
    page = client.get(link)
    assert page.status_code == 200
    assert b"Is this your address?" in page.content
    path, _mark, _query = link.partition("?")
    back = page.context["redirect_field_value"]
    return client.post(path, {"next": back} if back else {})


def test_a_reader_joins_confirms_and_is_back_at_the_story(client, with_mail):
    back = make_post().get_absolute_url() + "#respond"
    sign_in = client.get(reverse("account_login"), {"next": back})
    assert b"?next=" in sign_in.content
    answer, (letter,) = with_mail(lambda: client.post(JOIN, {**RITA, "next": back}))
    assert answer["Location"] == SENT
    assert b"rita@example.org" in client.get(SENT).content
    assert letter.to == ["rita@example.org"]
    assert User.objects.get(email=RITA["email"]).name == "Rita"
    answer = press(client, link_in(letter))
    assert answer["Location"] == back
    assert client.get("/").context["reader"].email == "rita@example.org"
    assert EmailAddress.objects.get().verified


def test_in_another_browser_signing_in_leads_back_to_the_story(client, with_mail):
    back = make_post().get_absolute_url()
    _answer, (letter,) = with_mail(lambda: client.post(JOIN, {**RITA, "next": back}))
    phone = Client()
    answer = press(phone, link_in(letter))
    assert answer["Location"].startswith(reverse("account_login"))
    page = phone.get(answer["Location"])
    answer = phone.post(
        reverse("account_login"),
        {
            "login": RITA["email"],
            "password": PASSWORD,
            "next": page.context["redirect_field_value"],
        },
    )
    assert answer["Location"] == back


def test_a_name_with_a_character_that_nobody_can_see_is_refused(client):
    page = client.post(JOIN, {**RITA, "name": "Rita\x08"})
    assert "that nobody can see (U+0008)" in page.content.decode()
    assert not User.objects.exists()
