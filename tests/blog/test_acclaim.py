"""Writers hear of applause: one row for each story, a few letters, never one for each clap."""

from __future__ import annotations

import pytest

from accounts.kinds import Ways
from accounts.models import Notification, NotificationChoice
from accounts.roles import Role
from blog.models import Clap, Clapper, PostStats
from blog.models.acclaim import CLAPS, LETTER_AT_PEOPLE, tell_of_claps
from blog.visitors import new_visitor
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def post(ada):
    return make_post(by=ada, title="The sea")


def clap_as(post, people):
    """As if this were the last of so many people."""
    PostStats.objects.filter(post=post).update(clapper_count=people - 1)
    Clap.objects.give(post=post, clapper=Clapper(visitor=new_visitor()), wanted=1)


def inbox(user):
    return list(Notification.objects.in_inbox_of(user).values_list("text", flat=True))


def letters(user):
    due = Notification.objects.filter(recipient=user, mail_due_at__isnull=False)
    return list(due.order_by("pk").values_list("text", flat=True))


def test_a_writer_has_one_row_for_a_story_that_is_renewed(ada, post, client):
    clap_as(post, 1)
    [row] = Notification.objects.in_inbox_of(ada)
    assert row.text == "1 person clapped for “The sea”"
    row.open()
    clap_as(post, 2)
    assert inbox(ada) == ["2 people clapped for “The sea”"]
    assert Notification.objects.unread_count(ada) == 1
    client.force_login(ada)
    assert client.get(row.url).status_code == 200


def test_each_story_and_each_writer_has_a_row_of_their_own(ada, post):
    bea, other = make_person("Bea", Role.AUTHOR), make_post(by=ada, title="The land")
    post.set_byline([ada.author, bea.author])
    clap_as(post, 1)
    clap_as(other, 1)
    assert len(inbox(ada)) == 2
    assert len(inbox(bea)) == 1


def test_more_claps_of_the_same_people_are_no_news(ada, post):
    reader = Clapper(user=make_person())
    Clap.objects.give(post=post, clapper=reader, wanted=1)
    Notification.objects.read(ada)
    Clap.objects.give(post=post, clapper=reader, wanted=50)
    assert Notification.objects.unread_count(ada) == 0


def test_a_thousand_readers_are_eleven_pieces_of_news(ada, post):
    news = []
    for people in range(1, 1001):
        Notification.objects.all().delete()
        if people in {1, 2, 3, 4, 5, 7, 9, 10, 11, 20, 30, 38, 50, 99, 100, 200, 500, 999, 1000}:
            tell_of_claps(post, people=people)
            news += [people] if inbox(ada) else []
    assert news == [1, 2, 3, 5, 10, 20, 50, 100, 200, 500, 1000]


def test_letters_come_at_five_numbers_of_people_though_none_was_read(ada, post):
    for people in (1, 9, 10, 11, 20, 50, 100, 200, 500, 1000, 2000):
        clap_as(post, people)
    said = ["10", "50", "100", "500", "1,000"]
    assert letters(ada) == [f"{count} people clapped for “The sea”" for count in said]
    assert len(LETTER_AT_PEOPLE) == len(said)
    assert inbox(ada) == ["2,000 people clapped for “The sea”"]


def test_the_same_number_reached_again_is_told_once(ada, post):
    clap_as(post, 10)
    Notification.objects.read(ada)
    clap_as(post, 10)
    assert Notification.objects.unread_count(ada) == 0
    assert len(letters(ada)) == 1


@pytest.mark.parametrize(("on_page", "by_mail"), [(True, False), (False, True), (False, False)])
def test_a_writer_switches_the_row_and_the_letter_off(ada, post, on_page, by_mail):
    NotificationChoice.objects.choose(ada, {CLAPS: Ways(on_page, by_mail)})
    clap_as(post, 10)
    assert bool(inbox(ada)) == on_page
    assert bool(letters(ada)) == by_mail


def test_the_switch_stands_among_the_others_of_those_who_write(client, ada):
    client.force_login(ada)
    assert f'name="{CLAPS}_by_mail"' in client.get("/accounts/").content.decode()
    client.force_login(make_person("Rita"))
    assert f'name="{CLAPS}_by_mail"' not in client.get("/accounts/").content.decode()
