"""Claps that wait at the same moment are given together, and each as if it had come alone."""

from __future__ import annotations

import io
import json
from urllib.parse import urlencode

import pytest
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.utils import timezone

from accounts.models import Notification
from accounts.roles import Role
from blog.models import Clap, Clapper, Post, PostStats, Publication, Wish
from blog.views.clapping import COMPANIONS, Clapping, Companion
from blog.visitors import new_visitor
from tests.abuse.test_counters import assert_counters_are_exact
from tests.abuse.test_writers import at_once
from tests.making import make_person, make_post, visitor_cookies

pytestmark = pytest.mark.django_db
SECRET = "a" * 32
READERS, ROUNDS = 6, 5


def reader():
    return Clapper(user=make_person())


def visitor():
    return Clapper(visitor=new_visitor())


def one_by_one(wishes):
    return [
        Clap.objects.give_at(one.slug, clapper=one.clapper, wanted=one.wanted) for one in wishes
    ]


def counted():
    rows = Clap.objects.order_by("post", "user", "visitor").values_list("post", "user", "count")
    stats = PostStats.objects.order_by("post").values_list("post", "clap_count", "clapper_count")
    return sorted(rows, key=str), list(stats)


@pytest.mark.parametrize("who", [reader, visitor])
def test_claps_given_together_are_those_that_would_be_given_one_after_the_other(who):
    first, second, people = make_post(), make_post(), [who() for _number in range(4)]
    earlier = [Wish(first.slug, people[0], 7), Wish(second.slug, people[1], 50)]
    wishes = [
        *(Wish(first.slug, one, place + 2) for place, one in enumerate(people)),
        Wish("no-such-story", people[0], 5),
        *(Wish(second.slug, one, 51 - place) for place, one in enumerate(people)),
        Wish(make_post(published=False).slug, people[0], 5),
    ]
    found = []
    for way in (one_by_one, Clap.objects.give_together):
        Clap.objects.all().delete()
        PostStats.objects.all().delete()
        one_by_one(earlier)
        found.append((way(wishes), counted()))
    assert found[0] == found[1]
    assert [one is None for one in found[1][0]] == [*[False] * 4, True, *[False] * 4, True]
    assert_counters_are_exact(first)


def test_authors_give_themselves_nothing_among_others():
    ada = make_person("Ada", Role.AUTHOR)
    post, rita = make_post(by=ada), reader()
    wishes = [Wish(post.slug, one, 3) for one in (Clapper(user=ada), rita)]
    nothing, applause = Clap.objects.give_together(wishes)
    assert nothing is None
    assert (applause.mine, applause.total) == (3, 3)


def test_where_an_account_is_needed_visitors_give_nothing_together():
    Publication(claps_need_account=True).save()
    post = make_post()
    assert Clap.objects.give_together([Wish(post.slug, visitor(), 3)]) == [None]
    assert Clap.objects.give_together([Wish(post.slug, reader(), 3)])[0].total == 3


def test_an_author_hears_of_each_who_is_news_among_many_at_once():
    ada = make_person("Ada", Role.AUTHOR)
    post = make_post(by=ada, title="The lamp")
    Clap.objects.give_together([Wish(post.slug, reader(), 2) for _number in range(12)])
    on_page, letter = Notification.objects.filter(recipient=ada).order_by("pk")
    assert on_page.text == letter.text == "10 people clapped for “The lamp”"


def companion(post, wanted=3, *, cookies, token=SECRET, **headers):
    """As the server hands one on."""
    said = {"sessionid": "", "csrftoken": SECRET, **cookies}
    body = urlencode({"wanted": wanted}).encode()
    return Companion(
        {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": f"/{post.slug}/claps/",
            "SERVER_NAME": "testserver",
            "SERVER_PORT": "80",
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "CONTENT_TYPE": "application/x-www-form-urlencoded",
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_ACCEPT": "application/json",
            "HTTP_X_CSRFTOKEN": token,
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in said.items() if value),
            **headers,
        }
    )


def of_account(person=None):
    client = Client()
    client.force_login(person or make_person())
    return {"sessionid": client.cookies["sessionid"].value}


def of_visitor():
    return {name: str(value) for name, value in visitor_cookies().items()}


def clap(first, *others):
    """What the first is answered, with the others along: its body, and theirs."""
    request = WSGIRequest({**first.environ, COMPANIONS: others})
    answer = Clapping(lambda _request: None)(request)
    said = [answer and answer.content, *(one.content for one in others)]
    return [json.loads(one) if one else None for one in said]


def test_whoever_comes_along_is_answered_what_they_gave():
    post, other = make_post(), make_post()
    found = clap(
        companion(post, 3, cookies=of_account()),
        companion(post, 4, cookies=of_account()),
        companion(other, 5, cookies=of_account()),
    )
    assert found == [{"mine": 3, "total": 3}, {"mine": 4, "total": 7}, {"mine": 5, "total": 5}]
    assert_counters_are_exact(post)
    assert_counters_are_exact(other)


def test_visitors_come_along_with_visitors_and_readers_with_readers():
    post = make_post()
    ways = [of_visitor(), of_account(), of_visitor()]
    assert clap(*(companion(post, 2, cookies=one) for one in ways)) == [
        {"mine": 2, "total": 2},
        None,
        {"mine": 2, "total": 4},
    ]


@pytest.mark.parametrize(
    "wrong",
    [
        {"token": "b" * 32},
        {"HTTP_ORIGIN": "https://elsewhere.example"},
        {"HTTP_HOST": "elsewhere"},
        {"CONTENT_TYPE": "text/plain"},
        {"CONTENT_LENGTH": "x"},
        {"HTTP_ACCEPT": "text/html"},
        {"REQUEST_METHOD": "GET"},
        {"PATH_INFO": "/no-such-story/claps/"},
        {"cookies": {"sessionid": "z" * 32}},
        {"wanted": 51},
    ],
)
def test_whoever_may_not_gets_nothing_by_coming_along(wrong):
    post = make_post()
    found = clap(
        companion(post, 2, cookies=of_account()),
        companion(post, **{"wanted": 9, "cookies": of_account(), **wrong}),
        companion(post, 3, cookies=of_account()),
    )
    assert found == [{"mine": 2, "total": 2}, None, {"mine": 3, "total": 5}]


@pytest.mark.parametrize("is_same_session", [True, False])
def test_one_who_claps_twice_at_the_same_moment_is_left_to_clap_again(is_same_session):
    """Twice in one statement is what PostgreSQL refuses; who is left goes their own way."""
    post, rita = make_post(), make_person()
    ways = [of_account(rita)] * 2 if is_same_session else [of_account(rita), of_account(rita)]
    found = clap(
        *(companion(post, wanted, cookies=one) for wanted, one in zip((2, 4), ways, strict=True))
    )
    given = max((one["mine"] for one in found if one), default=0)
    assert_counters_are_exact(post)
    assert sum(Clap.objects.values_list("count", flat=True)) == given


def test_whoever_is_asked_first_and_may_not_takes_nobody_along():
    post = make_post()
    Post.objects.filter(pk=post.pk).update(expires_at=timezone.now())
    other = make_post()
    assert clap(companion(post, cookies=of_account()), companion(other, cookies=of_account())) == [
        None,
        None,
    ]


def test_who_is_signed_in_is_found_for_many_with_two_questions(django_assert_num_queries):
    posts, ways = [make_post(), make_post()], [of_account() for _number in range(4)]
    waiting = [companion(post, cookies=one) for post in posts for one in ways]
    clap(*waiting)
    # Two for the people; on SQLite two for each clap, and where it begins.
    writes = 1 if connection.vendor == "postgresql" else 2 * len(waiting)
    with django_assert_num_queries(2 + writes + 2):
        clap(*(companion(post, 4, cookies=one) for post in posts for one in ways))


@pytest.mark.django_db(transaction=True)
def test_many_who_clap_together_at_once_are_all_counted():
    posts = [make_post() for _number in range(3)]
    people = [reader() for _number in range(READERS)]

    def give(number):
        order = posts if number % 2 else posts[::-1]
        for wanted in range(1, ROUNDS + 1):
            wishes = [
                Wish(post.slug, one, wanted + number) for post in order for one in people[::-1]
            ]
            try:
                Clap.objects.give_together(wishes)
            except DatabaseError:
                one_by_one(wishes)
            Clap.objects.withdraw(post=posts[number % 3], clapper=people[number])

    at_once(give, range(4))
    for post in posts:
        assert_counters_are_exact(post)


@pytest.mark.django_db(transaction=True)
def test_whoever_claps_together_gives_way_to_who_holds_one_of_the_stories():
    """PostgreSQL would end one of two who wait for each other; on SQLite only one writes."""
    held, other, people = make_post(), make_post(), [reader(), reader()]

    def give(_number):
        wishes = [Wish(post.slug, one, 2) for post in (held, other) for one in people]
        try:
            return [one.total for one in Clap.objects.give_together(wishes)]
        except DatabaseError:
            return []

    with transaction.atomic():
        PostStats.hold(held.pk)
        if connection.vendor == "postgresql":
            assert at_once(give, range(1)) == [[]]
            assert not Clap.objects.exists()
    assert at_once(give, range(1)) == [[2, 4, 2, 4]]
