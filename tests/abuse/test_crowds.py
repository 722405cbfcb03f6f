"""Many readers at once, through the real view: nothing lost, nothing doubled, nobody refused."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.db.models import Count, Sum
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from blog.models import Clap, Post, PostStats
from blog.models.clap import MAX_CLAPS
from tests.making import make_post, visitor_cookies

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 32
CLAPS_EACH = 50


def clap_as_one_reader(seed: int, slugs: list[str]) -> list[int]:
    """Send a reader's requests, some of them twice and some too late; the statuses they got."""
    chance, client, statuses = random.Random(seed), Client(), []
    client.cookies.load(visitor_cookies())

    def send(name: str, slug: str, **fields: int) -> None:
        answer = client.post(
            reverse(name, args=[slug]), fields, headers={"Accept": "application/json"}
        )
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
