"""Passkeys, with one made of code on the other side."""

from __future__ import annotations

import json

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from tests.accounts.passkeys import Passkey
from tests.blog.dom import parse
from tests.making import PASSWORD, make_person

pytestmark = pytest.mark.django_db
SIGN_IN = reverse("account_login")
ADD = reverse("mfa_add_webauthn")
BY_PASSKEY = reverse("mfa_login_webauthn")


@pytest.fixture
def rita(client):
    person = make_person("Rita")
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    client.post(SIGN_IN, {"login": person.email, "password": PASSWORD})
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return person


def options_of(answer):
    """What the page carries for its script."""
    page = parse(answer.content.decode().partition("\n")[2])
    return json.loads(page.one("script", id="passkey-options").text)


def add(client, key):
    credential = key.create(options_of(client.get(ADD))["creation_options"])
    return client.post(
        ADD, {"name": "Phone", "passwordless": "on", "credential": json.dumps(credential)}
    )


def request_options(client):
    answer = client.get(BY_PASSKEY, headers={"Accept": "application/json"})
    return answer.json()["request_options"]


def test_a_passkey_is_added_and_signs_in_without_a_password(client, rita):
    key = Passkey()
    assert add(client, key).status_code == 302
    assert Authenticator.objects.filter(user=rita, type="webauthn").count() == 1
    phone = Client()
    credential = key.get(request_options(phone))
    answer = phone.post(BY_PASSKEY, {"credential": json.dumps(credential), "next": "/a-story/"})
    assert answer["Location"] == "/a-story/"
    assert get_user(phone) == rita


def test_a_passkey_is_the_second_step_after_a_password(client, rita):
    key = Passkey()
    add(client, key)
    laptop = Client()
    answer = laptop.post(SIGN_IN, {"login": rita.email, "password": PASSWORD, "next": "/a-story/"})
    assert answer["Location"].startswith(reverse("mfa_authenticate"))
    assert not get_user(laptop).is_authenticated
    credential = key.get(options_of(laptop.get(answer["Location"]))["request_options"])
    answer = laptop.post(reverse("mfa_authenticate"), {"credential": json.dumps(credential)})
    assert answer["Location"] == "/a-story/"
    assert get_user(laptop) == rita


def test_somebody_elses_passkey_opens_nothing(client, rita):
    key, other = Passkey(), Passkey()
    add(client, key)
    phone = Client()
    other.user_handle = key.user_handle
    credential = other.get(request_options(phone))
    answer = phone.post(BY_PASSKEY, {"credential": json.dumps(credential)})
    assert answer["Location"] == SIGN_IN
    assert not get_user(phone).is_authenticated


def test_a_passkey_of_another_site_opens_nothing(client, rita):
    key = Passkey()
    add(client, key)
    phishing = Passkey("evil.example")
    phishing.key, phishing.id, phishing.user_handle = key.key, key.id, key.user_handle
    phone = Client()
    credential = phishing.get(request_options(phone))
    phone.post(BY_PASSKEY, {"credential": json.dumps(credential)})
    assert not get_user(phone).is_authenticated


@pytest.mark.parametrize("sent", ["", "{}", "[]", "not json", '{"response": 1}'])
def test_nonsense_is_refused_and_not_an_error(client, rita, sent):
    assert client.post(ADD, {"credential": sent}).status_code == 200
    assert Client().post(BY_PASSKEY, {"credential": sent}).status_code == 302


def test_a_passkey_gets_a_name_and_is_removed(client, rita):
    add(client, Passkey())
    (key,) = Authenticator.objects.filter(type="webauthn")
    client.post(reverse("mfa_edit_webauthn", args=[key.pk]), {"name": "Rita's key"})
    assert "Rita&#x27;s key" in client.get(reverse("mfa_list_webauthn")).content.decode()
    client.post(reverse("mfa_remove_webauthn", args=[key.pk]))
    assert not Authenticator.objects.filter(type="webauthn").exists()


def test_nobody_touches_another_persons_passkey(client, rita):
    add(client, Passkey())
    (key,) = Authenticator.objects.filter(type="webauthn")
    eve = make_person("Eve")
    EmailAddress.objects.create(user=eve, email=eve.email, primary=True, verified=True)
    other = Client()
    other.post(SIGN_IN, {"login": eve.email, "password": PASSWORD})
    other.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    for name in ("mfa_edit_webauthn", "mfa_remove_webauthn"):
        assert other.post(reverse(name, args=[key.pk]), {"name": "x"}).status_code == 404
