"""Who has a story open is known to those who have it open, too, and soon forgotten."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.roles import Role
from blog.installation import tidy_up
from blog.models import Post, Presence
from tests.desk import desk_of
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db

HERE, THERE = "a" * 32, "b" * 32


@pytest.fixture
def ada() -> User:
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def ed() -> User:
    return make_person("Ed", Role.EDITOR)


@pytest.fixture
def draft(ada) -> Post:
    return make_post(by=ada, published=False)


def say(client: Client, post: Post, key: str = HERE, **more: str) -> Any:
    return client.post(
        reverse("admin:blog_post_presence", args=[post.pk]), {"page_key": key, **more}
    )


def sentences(answer: Any) -> list[str]:
    assert answer.status_code == 200
    return [other["sentence"] for other in answer.json()["others"]]


def opened(minute: str) -> None:
    """The newest page was opened at this minute of today, in UTC."""
    newest = Presence.objects.latest("pk")
    hour, past = minute.split(":")
    at = timezone.now().replace(hour=int(hour), minute=int(past))
    Presence.objects.filter(pk=newest.pk).update(opened_at=at)


def test_who_is_alone_hears_of_nobody(ada, draft):
    assert sentences(say(desk_of(ada), draft)) == []


def test_somebody_else_is_named_with_the_time(ada, ed, draft):
    say(desk_of(ada), draft)
    opened("10:42")
    assert sentences(say(desk_of(ed), draft, THERE)) == ["Ada has had this story open since 10:42."]


def test_the_time_is_that_of_the_one_who_hears_it(ada, ed, draft):
    User.objects.filter(pk=ed.pk).update(time_zone="Asia/Kathmandu")
    say(desk_of(ada), draft)
    opened("10:00")
    (sentence,) = sentences(say(desk_of(ed), draft, THERE))
    assert "15:45." in sentence


def test_oneself_in_another_tab_is_said_too(ada, draft):
    say(desk_of(ada), draft, THERE)
    opened("10:42")
    assert sentences(say(desk_of(ada), draft)) == [
        "You have had this story open in another tab since 10:42."
    ]


def test_somebody_with_several_tabs_is_named_once_with_the_first(ada, ed, draft):
    client = desk_of(ada)
    for minute, key in (("10:42", HERE), ("11:15", THERE)):
        say(client, draft, key)
        opened(minute)
    assert sentences(say(desk_of(ed), draft, "c" * 32)) == [
        "Ada has had this story open since 10:42."
    ]


def test_who_goes_on_writing_is_known_since_the_beginning(ada, draft):
    client = desk_of(ada)
    say(client, draft)
    first = Presence.objects.get().opened_at
    say(client, draft)
    assert Presence.objects.get().opened_at == first


def test_who_says_goodbye_is_gone(ada, ed, draft):
    client = desk_of(ada)
    say(client, draft)
    assert say(client, draft, gone="1").status_code == 204
    assert sentences(say(desk_of(ed), draft, THERE)) == []


def test_a_page_that_fell_silent_is_forgotten(ada, ed, draft):
    say(desk_of(ada), draft)
    Presence.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    assert sentences(say(desk_of(ed), draft, THERE)) == []
    assert [page.user for page in Presence.objects.all()] == [ed]


def test_a_start_forgets_the_pages_of_before(ada, draft):
    say(desk_of(ada), draft)
    Presence.objects.update(seen_at=timezone.now() - timedelta(minutes=2))
    tidy_up()
    assert not Presence.objects.exists()


def test_who_may_not_write_the_story_learns_of_nobody(ada, draft, client):
    say(desk_of(ada), draft)
    bea = make_person("Bea", Role.AUTHOR)
    assert say(desk_of(bea), draft, THERE).status_code == 404
    assert say(desk_of(make_person("Rita")), draft, THERE).status_code == 403
    assert say(client, draft, THERE).status_code == 403
    assert Presence.objects.count() == 1


@pytest.mark.parametrize("key", ["", "x", "a" * 33])
def test_a_page_without_a_name_is_nowhere(ada, draft, key):
    assert say(desk_of(ada), draft, key).status_code == 400
    assert not Presence.objects.exists()


def test_other_methods_are_refused(ada, draft):
    assert desk_of(ada).get(f"/admin/blog/post/{draft.pk}/presence/").status_code == 405


def test_a_crowd_costs_no_more_questions_than_one(ada, ed, draft, django_assert_max_num_queries):
    for number in range(60):
        Presence.objects.see(draft, ed, f"{number:032x}")
    client = desk_of(ada)
    with django_assert_max_num_queries(10):
        say(client, draft)
