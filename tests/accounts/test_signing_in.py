"""Signing in and out, forgotten passwords, limits, and the way into the administration."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth import get_user
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role, make_owner
from tests.making import PASSWORD, make_person

pytestmark = pytest.mark.django_db
SIGN_IN = reverse("account_login")
JOIN = reverse("account_signup")
RESET = reverse("account_reset_password")
SENT = reverse("account_email_verification_sent")


@pytest.fixture
def rita():
    person = make_person("Rita")
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    return person


def sign_in(client, email, password=PASSWORD, **more):
    return client.post(SIGN_IN, {"login": email, "password": password, **more})


def signed_in_as(client):
    person = get_user(client)
    return person if person.is_authenticated else None


def test_somebody_signs_in_whatever_the_case_of_the_address(client, rita):
    assert sign_in(client, rita.email.upper())["Location"] == "/"
    assert signed_in_as(client) == rita


def test_an_owner_made_with_capitals_in_the_address_gets_in(client):
    make_owner(email="Olga@Example.org", password=PASSWORD)
    assert sign_in(client, "olga@example.org").status_code == 302
    assert signed_in_as(client).email == "olga@example.org"


def test_a_wrong_password_is_told_without_saying_which_part_was_wrong(client, rita):
    known = sign_in(client, rita.email, "not the password")
    unknown = sign_in(client, "nobody@example.org", "not the password")
    sentence = "Address and password do not belong together."
    assert sentence in known.content.decode()
    assert sentence in unknown.content.decode()
    assert signed_in_as(client) is None


@pytest.mark.parametrize(
    "away", ["https://evil.example/", "//evil.example/", "http://localhost:9/", "javascript:x"]
)
def test_signing_in_never_leads_to_another_site(client, rita, away):
    assert sign_in(client, rita.email, next=away)["Location"] == "/"


def test_who_has_not_confirmed_gets_the_link_again_and_is_not_let_in(client, with_mail):
    ada = make_person("Ada")
    EmailAddress.objects.create(user=ada, email=ada.email, primary=True)
    answer, (letter,) = with_mail(lambda: sign_in(client, ada.email, next="/a-story/"))
    assert answer["Location"] == SENT
    assert letter.to == [ada.email]
    assert "next=%2Fa-story%2F" in letter.body
    assert signed_in_as(client) is None


def test_who_is_switched_off_is_told_so_and_not_let_in(client, rita):
    sign_in(client, rita.email)
    User.objects.filter(pk=rita.pk).update(is_active=False)
    assert signed_in_as(client) is None
    assert sign_in(Client(), rita.email)["Location"] == reverse("account_inactive")


def test_signing_out_leaves_no_session_behind(client, rita):
    sign_in(client, rita.email)
    assert client.post(reverse("account_logout"))["Location"] == "/"
    assert not client.cookies["sessionid"].value
    assert client.cookies["sessionid"]["max-age"] == 0


def test_signing_out_asks_first_when_it_is_only_a_link(client, rita):
    sign_in(client, rita.email)
    client.get(reverse("account_logout"))
    assert signed_in_as(client) == rita


def plain(answer, *addresses):
    """The page without what differs anyway: tokens, and the address that was typed."""
    html = re.sub(r'value="[A-Za-z0-9]{64}"', "", answer.content.decode())
    for address in addresses:
        html = html.replace(address, "")
    return html


def test_joining_does_not_tell_who_has_an_account(rita, with_mail):
    pages, letters = [], []
    for email in (rita.email, "new@example.org"):
        client = Client()
        fields = {"name": "Rita", "email": email, "password1": PASSWORD}
        answer, (letter,) = with_mail(lambda c=client, f=fields: c.post(JOIN, f))
        assert answer["Location"] == SENT
        assert set(client.cookies) == {"sessionid"}
        pages.append(plain(client.get(SENT), email))
        letters.append(letter)
        pages[-1] += plain(client.post(SENT, follow=True), email)
    assert pages[0] == pages[1]
    assert "already" in letters[0].subject
    assert "confirm-email" not in letters[0].body
    assert "confirm-email" in letters[1].body
    assert User.objects.filter(email__iexact=rita.email).count() == 1


def test_the_link_is_sent_again_once_the_limit_allows_it(client, with_mail):
    fields = {"name": "Rita", "email": "new@example.org", "password1": PASSWORD}
    _answer, (first,) = with_mail(lambda: client.post(JOIN, {**fields, "next": "/a-story/"}))
    answer, letters = with_mail(lambda: client.post(SENT, follow=True))
    assert letters == []
    assert "One is on its way." in answer.content.decode()
    cache.clear()
    answer, (again,) = with_mail(lambda: client.post(SENT, follow=True))
    assert "Sent again." in answer.content.decode()
    assert again.to == first.to
    assert "next=%2Fa-story%2F" in again.body


def test_asking_for_a_new_password_does_not_tell_who_has_an_account(rita, with_mail):
    pages, letters = [], []
    for email in (rita.email, "nobody@example.org"):
        client = Client()
        answer, (letter,) = with_mail(lambda c=client, e=email: c.post(RESET, {"email": e}))
        pages.append(plain(client.get(answer["Location"])))
        letters.append(letter)
    assert pages[0] == pages[1]
    assert "/password/reset/key/" in letters[0].body
    assert "/password/reset/key/" not in letters[1].body


def test_a_forgotten_password_is_set_anew_by_mail_once(client, rita, with_mail):
    _answer, (letter,) = with_mail(lambda: client.post(RESET, {"email": rita.email.upper()}))
    (link,) = re.findall(r"http://127.0.0.1:8000(/\S+reset/key\S+)", letter.body)
    page = client.get(link, follow=True)
    new = "another long sentence"
    answer = client.post(page.request["PATH_INFO"], {"password1": new, "password2": new})
    assert answer.status_code == 302
    assert signed_in_as(client) == rita
    assert sign_in(Client(), rita.email, new).status_code == 302
    assert "no longer works" in Client().get(link).content.decode()


def test_links_in_mail_do_not_believe_the_request(rita, with_mail, settings):
    settings.ALLOWED_HOSTS = ["*"]
    client = Client(headers={"host": "evil.example"})
    _answer, (letter,) = with_mail(lambda: client.post(RESET, {"email": rita.email}))
    assert "evil" not in letter.body


@pytest.mark.parametrize("password", ["too short", "passwordpassword"[:8], "1234567890"])
def test_a_weak_password_is_refused_beside_its_field(client, password):
    answer = client.post(JOIN, {"name": "Rita", "email": "rita@example.org", "password1": password})
    assert answer.context["form"].errors["password1"]


def test_a_guesser_is_slowed_down(client, rita):
    for _time in range(5):
        sign_in(client, rita.email, "a guess")
    answer = sign_in(client, rita.email)
    assert "Too many attempts" in answer.content.decode()
    assert signed_in_as(client) is None


def test_too_many_attempts_get_a_page_that_says_so(client):
    answers = [sign_in(client, f"{n}@example.org", "a guess") for n in range(31)]
    assert answers[-1].status_code == 429
    assert "A little slower, please." in answers[-1].content.decode()
    assert b"<header" in answers[-1].content


def test_the_administration_has_the_same_way_in_as_everything_else(client):
    answer = client.get(reverse("admin:index"), follow=True)
    assert answer.request["PATH_INFO"] == SIGN_IN
    assert answer.redirect_chain[-1][0] == f"{SIGN_IN}?next=%2Fadmin%2F"
    owner = make_owner(email="olga@example.org", password=PASSWORD)
    posted = client.post(reverse("admin:login"), {"username": owner.email, "password": PASSWORD})
    assert posted["Location"].startswith(SIGN_IN)
    assert signed_in_as(client) is None
    answer = sign_in(client, owner.email, next="/admin/")
    assert answer["Location"] == "/admin/"
    assert client.get("/admin/", follow=True).status_code == 200


def test_a_reader_is_told_that_the_administration_is_not_theirs(client, rita):
    client.force_login(rita)
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403
    assert "not yours to open" in answer.content.decode()


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.READER])
def test_whoever_writes_may_enter_the_administration(client, role):
    client.force_login(make_person(role=role))
    assert client.get("/admin/", follow=True).status_code == 200


def test_a_password_is_changed_in_one_place_only(client):
    client.force_login(make_person(role=Role.AUTHOR))
    answer = client.get(reverse("admin:password_change"))
    assert answer["Location"] == reverse("account_change_password")
