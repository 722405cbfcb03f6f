"""The short way of a clap answers and counts what the long way does."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlencode

import pytest
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import Notification
from accounts.roles import Role
from blog.models import Clap, Post, PostStats, Publication
from blog.visitors import COOKIE
from tests.making import PASSWORD, make_person, make_post, visitor_cookies

pytestmark = pytest.mark.django_db
SHORT = "blog.views.clapping.Clapping"
LONG_WAY = [name for name in settings.MIDDLEWARE if name != SHORT]
SECRET = "a" * 32


def reader(person=None):
    client = Client(enforce_csrf_checks=True)
    client.force_login(person or make_person())
    return client


def visitor(**cookies):
    client = Client(enforce_csrf_checks=True)
    client.cookies.load(cookies or visitor_cookies())
    return client


def clap(client, post, wanted=3, *, token=SECRET, **headers):
    """As a page's script sends it."""
    client.cookies["csrftoken"] = SECRET
    return client.post(
        f"/{post.slug}/claps/",
        urlencode({"wanted": wanted}),
        content_type="application/x-www-form-urlencoded",
        headers={"Accept": "application/json", "X-CSRFToken": token, **headers},
    )


def left(person):
    client = reader(person)
    person.is_active = False
    person.save()
    return client


def of_new_password(person):
    client = reader(person)
    person.set_password(f"{PASSWORD} and longer")
    person.save()
    return client


def signed_out(person):
    client = reader(person)
    client.session.flush()
    return client


def over():
    post = make_post()
    Post.objects.filter(pk=post.pk).update(expires_at=timezone.now())
    return post


WHO = {
    "a reader": lambda: reader(),
    "a visitor": lambda: visitor(),
    "nobody yet": lambda: Client(enforce_csrf_checks=True),
    "a forged visitor": lambda: visitor(**{COOKIE: "f" * 32}),
    "somebody who signed out": lambda: signed_out(make_person()),
    "somebody who was shut out": lambda: left(make_person()),
    "somebody with a new password": lambda: of_new_password(make_person()),
}
STORIES = {
    "a story": lambda: make_post(),
    "a draft": lambda: make_post(published=False),
    "one to come": lambda: make_post(published_at=timezone.now() + timedelta(days=1)),
    "one that is over": over,
}


def said(answer):
    known = {name: value for name, value in answer.headers.items() if name != "Expires"}
    cookies = sorted(answer.cookies)
    # A page that refuses has a token of its own each time.
    is_json = answer.headers["Content-Type"] == "application/json"
    return answer.status_code, cookies, known if is_json else {}, answer.content if is_json else b""


def both_ways(settings, client, post, wanted=3, **headers):
    """What is answered and counted by the short way, and by the long one."""
    found = []
    before = {name: morsel.value for name, morsel in client.cookies.items()}
    for middleware in (settings.MIDDLEWARE, LONG_WAY):
        settings.MIDDLEWARE = middleware
        client.handler.load_middleware()
        client.cookies.clear()
        client.cookies.load(before)
        Clap.objects.all().delete()
        PostStats.objects.update(clap_count=0, clapper_count=0)
        answer = clap(client, post, wanted, **headers)
        counted = PostStats.objects.get(post=post)
        rows = list(Clap.objects.values_list("post", "count"))
        found.append((said(answer), counted.clap_count, counted.clapper_count, rows))
    return found


@pytest.mark.parametrize("who", WHO)
def test_whoever_claps_is_answered_the_same_on_either_way(settings, who):
    short, long = both_ways(settings, WHO[who](), make_post())
    assert short == long


@pytest.mark.parametrize("story", STORIES)
def test_only_a_story_that_readers_may_open_is_applauded_on_either_way(settings, story):
    short, long = both_ways(settings, reader(), STORIES[story]())
    assert short == long
    assert short[1] == (3 if story == "a story" else 0)


@pytest.mark.parametrize("wanted", [0, 1, 50, 51, -1, "x", ""])
def test_as_many_claps_count_on_either_way(settings, wanted):
    short, long = both_ways(settings, visitor(), make_post(), wanted)
    assert short == long


@pytest.mark.parametrize(
    "headers", [{"token": "b" * 32}, {"Origin": "https://elsewhere.example"}, {"Host": "elsewhere"}]
)
def test_nobody_claps_from_elsewhere_on_either_way(settings, headers):
    short, long = both_ways(settings, reader(), make_post(), **headers)
    assert short == long
    assert short[1] == 0


def test_an_author_gives_themselves_nothing_on_either_way(settings):
    ada = make_person("Ada", Role.AUTHOR)
    short, long = both_ways(settings, reader(ada), make_post(by=ada))
    assert short == long
    assert short[1] == 0


def test_where_an_account_is_needed_only_visitors_are_sent_to_sign_in(settings):
    Publication(claps_need_account=True).save()
    for client, claps in ((visitor(), 0), (reader(), 3)):
        short, long = both_ways(settings, client, make_post())
        assert short == long
        assert short[1] == claps


def test_a_clap_of_somebody_known_asks_the_database_little(django_assert_max_num_queries):
    post, client = make_post(), reader()
    clap(client, post, 1)
    with django_assert_max_num_queries(6):
        assert clap(client, post, 2).json() == {"mine": 2, "total": 2}


def test_the_author_hears_of_the_first_who_claps_on_the_short_way():
    ada = make_person("Ada", Role.AUTHOR)
    post = make_post(by=ada, title="The lamp")
    clap(reader(), post)
    assert Notification.objects.get(recipient=ada).text == "1 person clapped for “The lamp”"
    clap(reader(), post)
    assert Notification.objects.get(recipient=ada).text == "2 people clapped for “The lamp”"
