"""Many readers at once, through the real view: nothing lost, nothing doubled, nobody refused."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from time import sleep

import pytest
from django.db import connection
from django.db.models import Count, Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from blog import markdown
from blog.models import Clap, Clapper, Comment, CommentClap, Post, PostStats
from blog.models.applause import MAX_CLAPS
from blog.models.comment import MAX_RECENT
from blog.recount import recount
from blog.visitors import new_visitor
from tests.abuse.test_writers import at_once
from tests.making import make_person, make_post, make_response, visitor_cookies

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 32
CLAPS_EACH = 50
FINGERS = 8
JSON = {"Accept": "application/json"}


def clap_as_one_reader(seed: int, slugs: list[str]) -> list[int]:
    """Send a reader's requests, some of them twice and some too late; the statuses they got."""
    chance, client, statuses = random.Random(seed), Client(), []
    client.cookies.load(visitor_cookies())

    def send(name: str, slug: str, **fields: int) -> None:
        answer = client.post(reverse(name, args=[slug]), fields, headers=JSON)
        statuses.append(answer.status_code)
        # As a server does after each answer.
        connection.close()

    for _clap in range(CLAPS_EACH):
        slug, wanted = chance.choice(slugs), chance.randint(1, MAX_CLAPS)
        for _time in range(chance.choice([1, 1, 1, 2])):
            send("blog:claps", slug, wanted=wanted)
        if chance.random() < 0.05:
            send("blog:claps-withdrawal", slug)
    return statuses


def crowd(slugs: list[str]) -> list[int]:
    with ThreadPoolExecutor(WRITERS) as pool:
        answers = pool.map(lambda seed: clap_as_one_reader(seed, slugs), range(WRITERS))
        return [status for statuses in answers for status in statuses]


def assert_counters_are_exact() -> None:
    sums = {
        row["post"]: (row["claps"], row["people"])
        for row in Clap.objects.values("post").annotate(claps=Sum("count"), people=Count("pk"))
    }
    for stats in PostStats.objects.all():
        expected = sums.get(stats.post_id, (0, 0))
        assert (stats.clap_count, stats.clapper_count) == expected
    assert not Clap.objects.exclude(count__range=(1, MAX_CLAPS)).exists()


def test_32_readers_clap_for_one_story_and_every_clap_counts():
    post = make_post()
    statuses = crowd([post.slug])
    assert set(statuses) == {200}
    assert len(statuses) >= WRITERS * CLAPS_EACH
    assert Clap.objects.filter(post=post).count() <= WRITERS
    assert_counters_are_exact()


def test_32_readers_clap_for_one_response_and_every_clap_counts():
    response = make_response(make_post())
    url = reverse("blog:comment-claps", args=[response.post.slug, response.pk])
    away = reverse("blog:comment-claps-withdrawal", args=[response.post.slug, response.pk])
    start = Barrier(WRITERS)

    def applaud(seed: int) -> set[int]:
        chance, client = random.Random(seed), Client()
        client.cookies.load(visitor_cookies())
        start.wait()
        try:
            sent = [(url, {"wanted": chance.randint(1, MAX_CLAPS)}) for _clap in range(4)]
            sent.insert(chance.randint(0, 4), (away, {}))
            return {client.post(*one, headers=JSON).status_code for one in sent}
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        assert set().union(*pool.map(applaud, range(WRITERS))) == {200}
    rows = CommentClap.objects.aggregate(claps=Sum("count"), people=Count("pk"))
    counted = Comment.objects.get(pk=response.pk)
    assert (counted.clap_count, counted.clapper_count) == (rows["claps"], rows["people"])


def test_32_readers_clap_for_1000_stories_and_every_clap_counts():
    Post.objects.bulk_create(
        Post(
            title=f"Story {number}",
            slug=f"story-{number}",
            status=Post.Status.PUBLISHED,
            published_at=timezone.now(),
        )
        for number in range(1000)
    )
    statuses = crowd([f"story-{number}" for number in range(1000)])
    assert set(statuses) == {200}
    assert_counters_are_exact()


def respond_at_once(post: Post, person: User, sources: list[str]) -> list[int]:
    """Send all of these at the same moment from one session; the statuses."""
    signed_in = Client()
    signed_in.force_login(person)
    url, cookies = reverse("blog:comments", args=[post.slug]), signed_in.cookies
    start = Barrier(FINGERS)

    def send(mine: list[str]) -> list[int]:
        client = Client()
        client.cookies = cookies
        start.wait()
        try:
            return [client.post(url, {"source": source}).status_code for source in mine]
        finally:
            connection.close()

    with ThreadPoolExecutor(FINGERS) as pool:
        answers = pool.map(send, [sources[finger::FINGERS] for finger in range(FINGERS)])
        return [status for statuses in answers for status in statuses]


@pytest.fixture
def slow_rendering(monkeypatch):
    """Time for everybody to look before anybody writes."""
    render = markdown.render_response

    def slowly(*args, **kwargs):
        sleep(0.1)
        return render(*args, **kwargs)

    monkeypatch.setattr(markdown, "render_response", slowly)


@pytest.mark.usefixtures("slow_rendering")
def test_a_response_sent_eight_times_at_once_stands_there_once():
    post, rita = make_post(), make_person("Rita")
    for number in range(3):
        statuses = respond_at_once(post, rita, [f"Number {number}."] * FINGERS)
        assert set(statuses) == {303}
    assert Comment.objects.filter(post=post).count() == 3
    assert PostStats.objects.get(post=post).comment_count == 3


@pytest.mark.usefixtures("slow_rendering")
def test_many_hands_of_one_person_write_no_more_than_two():
    post, rita = make_post(), make_person("Rita")
    sources = [f"Number {number}." for number in range(MAX_RECENT + 3 * FINGERS)]
    statuses = respond_at_once(post, rita, sources)
    assert sorted(statuses) == [303] * MAX_RECENT + [429] * (3 * FINGERS)
    assert Comment.objects.filter(post=post).count() == MAX_RECENT


def test_a_response_is_deleted_while_its_readers_take_their_claps_back():
    post = make_post()
    for _round in range(4):
        response = make_response(post)
        readers = [Clapper(visitor=new_visitor()) for _reader in range(FINGERS)]
        for reader in readers:
            CommentClap.objects.give(comment=response, clapper=reader, wanted=3)
        doings = [
            partial(CommentClap.objects.withdraw, comment=response, clapper=r) for r in readers
        ]
        doings.insert(FINGERS // 2, response.remove)
        at_once(lambda do: do(), doings)
    assert not Comment.objects.exists()
    assert not CommentClap.objects.exists()
    assert not recount(post.pk)
