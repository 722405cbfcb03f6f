"""The people in the administration: one role each, and always an owner."""

from __future__ import annotations

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib import admin
from django.contrib.auth import get_user
from django.test import Client
from django.urls import reverse

from accounts.models import Author, User
from accounts.roles import PERMISSIONS, LastOwner, Role, given_role, keep_an_owner, role_of
from blog.models import Post
from tests.blog.dom import parse
from tests.making import PASSWORD, make_person, make_post

pytestmark = pytest.mark.django_db
PEOPLE = reverse("admin:accounts_user_changelist")
ADD = reverse("admin:accounts_user_add")


def page_of(person):
    return reverse("admin:accounts_user_change", args=[person.pk])


def deletion_of(person):
    return reverse("admin:accounts_user_delete", args=[person.pk])


def filled_in(person, **changed):
    fields = {
        "name": person.name,
        "email": person.email,
        "role": given_role(person).value,
        "is_active": "on",
        **changed,
    }
    return {name: value for name, value in fields.items() if value is not None}


@pytest.fixture
def olga(client):
    """The owner, signed in."""
    person = make_person("Olga", Role.OWNER)
    client.force_login(person)
    return person


@pytest.mark.parametrize("role", Role)
def test_only_owners_see_and_change_people(client, role):
    client.force_login(make_person(role=role))
    other = make_person()
    expected = 200 if role is Role.OWNER else 403
    for url in (PEOPLE, ADD, page_of(other), deletion_of(other)):
        answer = client.get(url, follow=True)
        assert answer.status_code == expected, url


@pytest.mark.parametrize("role", Role)
def test_a_role_is_exactly_its_permissions(role):
    person = make_person(role=role)
    everything = set().union(*PERMISSIONS.values())
    granted = {name for name in everything if person.has_perm(name)}
    assert granted == PERMISSIONS.get(role, set())
    assert person.is_staff is (role is not Role.READER)
    assert person.is_superuser is (role is Role.OWNER)


@pytest.mark.parametrize("before", Role)
@pytest.mark.parametrize("after", Role)
def test_an_owner_gives_one_role_for_another(client, olga, before, after):
    person = make_person(role=before)
    answer = client.post(page_of(person), filled_in(person, role=after.value))
    assert answer.status_code == 302
    person = User.objects.get(pk=person.pk)
    assert role_of(person) is after
    assert list(person.groups.values_list("name", flat=True)) == (
        [] if after is Role.READER else [after.value]
    )


def test_groups_permissions_and_passwords_are_not_on_the_page(client, olga):
    page = client.get(page_of(make_person())).context["adminform"].form
    assert list(page.fields) == ["name", "email", "role", "is_active"]


def test_a_person_is_added_without_a_password_and_sets_one_by_mail(client, olga, with_mail):
    answer, (letter,) = with_mail(
        lambda: client.post(
            ADD,
            {"name": "Bea", "email": "Bea@Example.org", "role": "author", "is_active": "on"},
        )
    )
    assert answer.status_code == 302
    bea = User.objects.get(email="bea@example.org")
    assert role_of(bea) is Role.AUTHOR
    assert Author.objects.get(user=bea).name == "Bea"
    assert not bea.has_usable_password()
    assert letter.to == ["bea@example.org"]
    (link,) = re.findall(r"http://127.0.0.1:8000(\S+)", letter.body.partition("-- ")[0])
    phone = Client()
    page = phone.get(link, follow=True)
    answer = phone.post(page.request["PATH_INFO"], {"password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code == 302
    assert get_user(phone) == bea
    assert EmailAddress.objects.get(user=bea).verified


def test_an_owner_cannot_take_their_own_role_away(client, olga):
    make_person("Otto", Role.OWNER)
    answer = client.post(page_of(olga), filled_in(olga, role="editor"))
    assert answer.status_code == 200
    assert "your own role" in answer.content.decode()
    assert given_role(User.objects.get(pk=olga.pk)) is Role.OWNER


def test_an_owner_cannot_switch_their_own_account_off(client, olga):
    make_person("Otto", Role.OWNER)
    answer = client.post(page_of(olga), filled_in(olga, is_active=None))
    assert "your own account" in answer.content.decode()
    assert User.objects.get(pk=olga.pk).is_active


def test_an_owner_cannot_delete_themselves(client, olga):
    make_person("Otto", Role.OWNER)
    assert client.post(deletion_of(olga), {"post": "yes"}).status_code == 403


@pytest.mark.parametrize("change", [{"role": "reader"}, {"is_active": None}])
def test_the_last_owner_stays(client, olga, change):
    answer = client.post(page_of(olga), filled_in(olga, **change))
    assert "the last owner" in answer.content.decode()
    assert role_of(User.objects.get(pk=olga.pk)) is Role.OWNER


def test_an_owner_who_is_switched_off_does_not_count(olga):
    User.objects.filter(pk=make_person("Otto", Role.OWNER).pk).update(is_active=False)
    with pytest.raises(LastOwner):
        keep_an_owner(without=olga)


def test_another_owner_can_be_taken_down(client, olga):
    otto = make_person("Otto", Role.OWNER)
    assert client.post(page_of(otto), filled_in(otto, role="editor")).status_code == 302
    assert role_of(User.objects.get(pk=otto.pk)) is Role.EDITOR


def test_an_account_that_was_switched_off_keeps_its_role_for_later(client, olga):
    ed = make_person("Ed", Role.EDITOR)
    assert client.post(page_of(ed), filled_in(ed, is_active=None)).status_code == 302
    ed = User.objects.get(pk=ed.pk)
    assert (role_of(ed), given_role(ed)) == (Role.READER, Role.EDITOR)
    client.post(page_of(ed), filled_in(ed))
    assert role_of(User.objects.get(pk=ed.pk)) is Role.EDITOR


def test_a_deleted_person_leaves_their_name_and_stories(client, olga):
    ada = make_person("Ada", Role.AUTHOR)
    story = make_post(by=ada)
    assert client.post(deletion_of(ada), {"post": "yes"}).status_code == 302
    assert not User.objects.filter(pk=ada.pk).exists()
    assert Author.objects.get(name="Ada").user is None
    assert Client().get(story.get_absolute_url()).status_code == 200


def test_two_people_never_share_an_address(client, olga):
    rita, other = make_person("Rita"), make_person()
    EmailAddress.objects.create(user=rita, email="rita@second.example", verified=True)
    for taken in (rita.email.upper(), "rita@second.example"):
        answer = client.post(page_of(other), filled_in(other, email=taken))
        assert answer.status_code == 200
        assert "is here already" in answer.content.decode()


def test_a_new_address_is_the_one_to_sign_in_with_and_waits_to_be_confirmed(client, olga):
    rita = make_person("Rita")
    EmailAddress.objects.create(user=rita, email=rita.email, primary=True, verified=True)
    client.post(page_of(rita), filled_in(rita, email="rita@new.example"))
    address = EmailAddress.objects.get(user=rita)
    assert (address.email, address.primary, address.verified) == ("rita@new.example", True, False)


def test_people_are_found_by_name_and_address_and_filtered_by_role(client, olga):
    ada = make_person("Ada", Role.AUTHOR)
    for query in ({"q": "ada"}, {"q": ada.email}, {"role": "author"}):
        people = client.get(PEOPLE, query).context["cl"].result_list
        assert [person.pk for person in people] == [ada.pk], query


def test_the_list_asks_the_same_number_of_questions_for_many_people(
    client, olga, django_assert_max_num_queries
):
    for _time in range(12):
        make_person(role=Role.AUTHOR)
    with django_assert_max_num_queries(12):
        page = client.get(PEOPLE)
    assert len(parse_rows(page)) == 13


def parse_rows(answer):
    html = answer.content.decode()
    table = html[html.index("<tbody>") : html.index("</tbody>") + len("</tbody>")]
    return parse(table).all("tr")


def test_machinery_is_not_in_the_administration():
    labels = {model._meta.app_label for model in admin.site._registry}
    assert labels <= {"accounts", "blog"}


@pytest.mark.parametrize("role", Role)
def test_the_list_of_stories_one_may_edit_agrees_with_each_story(role):
    person = make_person("Ada", role)
    other = make_person("Bea", Role.AUTHOR)
    stories = [make_post(by=other, published=published) for published in (True, False)]
    if role is not Role.READER:
        stories += [make_post(by=person, published=False)]
    if person.has_perm("blog.publish_post"):
        stories += [make_post(by=person)]
    editable = set(Post.objects.editable_by(person).values_list("pk", flat=True))
    assert editable == {story.pk for story in stories if story.can_edit(person)}


def test_who_is_switched_off_may_edit_nothing():
    ada = make_person("Ada", Role.AUTHOR)
    story = make_post(by=ada)
    User.objects.filter(pk=ada.pk).update(is_active=False)
    ada = User.objects.get(pk=ada.pk)
    assert not story.can_edit(ada)
    assert not Post.objects.editable_by(ada).exists()
