"""Every page about accounts: one title, labelled fields, nothing that the policy would stop."""

from __future__ import annotations

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.webauthn.internal.auth import WebAuthn
from django.urls import get_resolver, reverse

from tests.accounts.passkeys import Passkey
from tests.blog.dom import parse
from tests.making import PASSWORD, make_person

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

OPEN = {
    "account_login": {},
    "account_signup": {},
    "account_inactive": {},
    "account_email_verification_sent": {},
    "account_confirm_email": {"key": "no-such-key"},
    "account_reset_password": {},
    "account_reset_password_done": {},
    "account_reset_password_from_key": {"uidb36": "1", "key": "no-such"},
    "account_reset_password_from_key_done": {},
}
OWN = {
    "account_preferences": {},
    "account_inbox": {},
    "account_following": {},
    "account_logout": {},
    "account_email": {},
    "account_change_password": {},
    "account_reauthenticate": {},
    "mfa_index": {},
    "mfa_reauthenticate": {},
    "mfa_activate_totp": {},
    "mfa_deactivate_totp": {},
    "mfa_view_recovery_codes": {},
    "mfa_generate_recovery_codes": {},
    "mfa_list_webauthn": {},
    "mfa_add_webauthn": {},
    "mfa_reauthenticate_webauthn": {},
    "mfa_edit_webauthn": {"pk": "key"},
    "mfa_remove_webauthn": {"pk": "key"},
}
# Reached in the middle of a journey, or no page: each has a test of its own in this folder.
ELSEWHERE = {
    "account_telling",
    "account_inbox_reading",
    "account_reading",
    "account_inbox_opening",
    "account_set_password",
    "account_confirm_login_code",
    "mfa_authenticate",
    "mfa_download_recovery_codes",
    "mfa_login_webauthn",
}
UNLABELLED = {"hidden", "submit"}


def check_page(answer):
    """The page as a tree, after the questions that every page is asked."""
    assert answer.status_code == 200
    assert "'unsafe-inline'" not in answer["Content-Security-Policy"]
    html = answer.content.decode().partition("\n")[2]
    page = parse(html)
    assert len(page.all("h1")) == 1
    assert not page.all("style")
    for element in page.elements:
        assert not [name for name in element.attrs if name.startswith("on") or name == "style"]
    for script in page.all("script"):
        assert script.attrs.get("src") or script.attrs["type"] == "application/json"
    ids = [element.attrs["id"] for element in page.elements if "id" in element.attrs]
    assert len(ids) == len(set(ids))
    labelled = {label.attrs["for"] for label in page.all("label") if "for" in label.attrs}
    for field in field_of(page):
        assert field.attrs["id"] in labelled, field.attrs
        described = field.attrs.get("aria-describedby", "").split()
        assert set(described) <= set(ids)
        assert "placeholder" not in field.attrs
    return page


def field_of(page):
    form = page.one("main")
    fields = form.all("input") + form.all("select") + form.all("textarea")
    return [field for field in fields if field.attrs.get("type") not in UNLABELLED]


@pytest.fixture
def ada():
    """Somebody with an authenticator app, a passkey and recovery codes."""
    person = make_person("Ada")
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    EmailAddress.objects.create(user=person, email="ada@second.example", verified=True)
    TOTP.activate(person, generate_totp_secret())
    RecoveryCodes.activate(person)
    return person


@pytest.fixture
def key(ada):
    credential = Passkey().create({"publicKey": {"user": {"id": "MQ"}, "challenge": "c29vbg"}})
    return WebAuthn.add(ada, "Ada's <key>", credential).instance


@pytest.fixture
def signed_in(client, ada, key):
    """After both steps, and having said a moment ago who it is."""
    client.post(reverse("account_login"), {"login": ada.email, "password": PASSWORD})
    code = Authenticator.objects.get(user=ada, type="recovery_codes").wrap().get_unused_codes()[0]
    answer = client.post(reverse("mfa_authenticate"), {"code": code})
    assert answer.status_code == 302
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    return client


def names():
    found = set()

    def walk(patterns):
        for pattern in patterns:
            if hasattr(pattern, "url_patterns"):
                walk(pattern.url_patterns)
            else:
                found.add(pattern.name)

    walk(get_resolver("accounts.urls").url_patterns)
    return found


def test_every_address_is_asked():
    assert names() == set(OPEN) | set(OWN) | ELSEWHERE


@pytest.mark.parametrize("name", OPEN)
def test_a_page_for_everybody_is_sound(client, name):
    check_page(client.get(reverse(name, kwargs=OPEN[name])))


@pytest.mark.parametrize("name", OWN)
def test_a_page_of_ones_own_asks_for_signing_in(client, name):
    url = reverse(name, kwargs=dict.fromkeys(OWN[name], 1))
    answer = client.get(url)
    assert answer.status_code == 302
    away = "/" if name == "account_logout" else reverse("account_login")
    assert answer["Location"].partition("?")[0] == away


@pytest.mark.parametrize("name", sorted(set(OWN) - {"mfa_activate_totp"}))
def test_a_page_of_ones_own_is_sound(signed_in, key, name):
    check_page(signed_in.get(reverse(name, kwargs=dict.fromkeys(OWN[name], key.pk))))


def test_the_page_that_sets_an_app_up_is_sound(signed_in):
    Authenticator.objects.filter(type="totp").delete()
    page = check_page(signed_in.get(reverse("mfa_activate_totp")))
    assert page.one("img", class_="account__code").attrs["src"].startswith("data:image/svg")


def test_the_page_of_addresses_is_sound_while_one_waits_to_be_confirmed(signed_in, ada):
    EmailAddress.objects.filter(email="ada@second.example").update(verified=False)
    page = check_page(signed_in.get(reverse("account_email")))
    assert "Not confirmed yet" in page.text


def test_the_second_step_is_sound(client, ada, key):
    client.post(reverse("account_login"), {"login": ada.email, "password": PASSWORD})
    page = check_page(client.get(reverse("mfa_authenticate")))
    assert page.one("input", name="code").attrs["autocomplete"] == "one-time-code"


def test_recovery_codes_are_downloaded_as_text(signed_in):
    answer = signed_in.get(reverse("mfa_download_recovery_codes"))
    assert answer["Content-Type"].startswith("text/plain")
    assert len(answer.content.split()) == 9


def test_what_is_wrong_stands_beside_its_field(client):
    page = check_page(client.post(reverse("account_signup"), {"email": "no address"}))
    field = page.one("input", name="email")
    assert field.attrs["aria-invalid"] == "true"
    assert "id_email_error" in field.attrs["aria-describedby"]
    assert page.one("ul", id="id_email_error").text.strip()


@pytest.mark.parametrize(
    ("name", "field", "hint"),
    [
        ("account_login", "login", "email"),
        ("account_login", "password", "current-password"),
        ("account_signup", "name", "name"),
        ("account_signup", "email", "email"),
        ("account_signup", "password1", "new-password"),
        ("account_reset_password", "email", "email"),
    ],
)
def test_a_password_manager_knows_what_a_field_is(client, name, field, hint):
    page = parse(client.get(reverse(name)).content.decode().partition("\n")[2])
    assert page.one("input", name=field).attrs["autocomplete"] == hint
