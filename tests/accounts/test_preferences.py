"""What people set for themselves."""

from __future__ import annotations

import zoneinfo

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse

from accounts.forms import time_zones
from accounts.models import User
from accounts.roles import Role
from tests.making import PASSWORD, make_person

pytestmark = pytest.mark.django_db
PREFERENCES = reverse("account_preferences")
EMAIL = reverse("account_email")


@pytest.fixture
def rita(client):
    person = make_person("Rita")
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=True)
    client.force_login(person)
    return person


def test_the_menu_leads_to_ones_account(client, rita):
    assert f'href="{PREFERENCES}"' in client.get("/").content.decode()


def test_a_reader_changes_name_and_time_zone(client, rita):
    answer = client.post(PREFERENCES, {"name": "Rita R.", "time_zone": "Asia/Kathmandu"})
    assert answer["Location"] == PREFERENCES
    rita = User.objects.get(pk=rita.pk)
    assert (rita.name, rita.time_zone) == ("Rita R.", "Asia/Kathmandu")
    assert "Saved." in client.get(PREFERENCES).content.decode()


@pytest.mark.parametrize("wrong", [{"time_zone": "Europe/Atlantis"}, {"name": " "}])
def test_what_cannot_be_is_refused_beside_its_field(client, rita, wrong):
    answer = client.post(PREFERENCES, {"name": "Rosa", "time_zone": "UTC", **wrong})
    assert answer.status_code == 200
    assert list(answer.context["form"].errors) == list(wrong)
    # The menu still shows who is signed in, not what was refused.
    assert f'Menu of {rita.name}"' in answer.content.decode()


def test_every_place_on_offer_is_a_time_zone_once():
    names = [name for _region, places in time_zones() for name, _label in places]
    assert len(names) == len(set(names)) > 300
    assert set(names) <= zoneinfo.available_timezones()
    assert "Europe/Berlin" in names


@pytest.mark.parametrize("held", ["UTC", "EST", "Europe/Berlin"])
def test_the_time_zone_one_has_is_chosen_already(client, rita, held):
    User.objects.filter(pk=rita.pk).update(time_zone=held)
    page = client.get(PREFERENCES).content.decode()
    assert page.count(f'<option value="{held}" selected>') == 1


def test_nothing_but_name_and_time_zone_is_taken_from_the_form(client, rita):
    client.post(
        PREFERENCES,
        {"name": "Rita", "time_zone": "UTC", "is_staff": "on", "role": "owner", "email": "x@y.z"},
    )
    after = User.objects.get(pk=rita.pk)
    assert (after.is_staff, after.is_superuser, after.email) == (False, False, rita.email)


def test_a_writers_desk_shows_times_of_their_zone(client):
    ada = make_person("Ada", Role.AUTHOR)
    client.force_login(ada)
    client.post(PREFERENCES, {"name": "Ada", "time_zone": "Asia/Kathmandu"})
    assert User.objects.get(pk=ada.pk).time_zone == "Asia/Kathmandu"
    assert ada.author.name == "Ada"


def test_a_second_address_is_added_confirmed_and_made_the_first(client, rita, with_mail):
    new = "rita@second.example"
    _answer, (letter,) = with_mail(lambda: client.post(EMAIL, {"action_add": "", "email": new}))
    assert letter.to == [new]
    path = letter.body[letter.body.index("/accounts/confirm-email/") :].split()[0]
    assert client.post(path)["Location"] == EMAIL
    client.post(EMAIL, {"action_primary": "", "email": new})
    assert User.objects.get(pk=rita.pk).email == new
    client.post(EMAIL, {"action_remove": "", "email": rita.email})
    assert [address.email for address in rita.emailaddress_set.all()] == [new]


def test_the_first_address_is_not_removed(client, rita):
    client.post(EMAIL, {"action_remove": "", "email": rita.email})
    assert "is your first address" in client.get(EMAIL).content.decode()
    assert rita.emailaddress_set.count() == 1


def test_a_password_is_changed_by_who_knows_the_old_one(client, rita):
    url = reverse("account_change_password")
    new = "another long sentence"
    wrong = {"oldpassword": "not it at all", "password1": new, "password2": new}
    assert client.post(url, wrong).context["form"].errors["oldpassword"]
    answer = client.post(url, {**wrong, "oldpassword": PASSWORD})
    assert answer["Location"] == PREFERENCES
    assert User.objects.get(pk=rita.pk).check_password(new)


def test_who_has_no_password_sets_one(client, rita):
    rita.set_unusable_password()
    rita.save()
    client.force_login(rita)
    url = reverse("account_set_password")
    assert client.get(reverse("account_change_password"))["Location"] == url
    page = client.get(url).content.decode()
    assert page.count("<h1") == 1
    assert "Set a password" in page


def test_a_page_of_a_journey_that_was_never_begun_leads_to_its_beginning(client):
    for name in ("account_confirm_login_code", "mfa_authenticate"):
        assert client.get(reverse(name))["Location"] == reverse("account_login")
