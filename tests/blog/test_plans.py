"""A list costs the same among many stories as among few: nothing is counted, passed over or sorted.

Every address of a page is asked for, in a publication and in one with four times as many stories,
responses and claps by the same people on the same subjects, and the database says how much work it
was. So a new page is looked at as well; one whose address has a part that is not known here fails
until it is named.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import get_resolver, reverse
from django.utils import timezone

from accounts.models import Notification, User
from accounts.roles import Role
from benchmarks.generate import Sizes
from benchmarks.making import Making
from blog import keyset
from blog.admin import post_list
from blog.admin.post_list import SORTS
from blog.models import Post, PostStats, PostTag, Series, Tag
from blog.models.post import Authorship
from blog.pages import ROWS_PER_PAGE
from tests.desk import STORIES
from tests.making import make_person

# PostgreSQL chooses other plans for tables as small as these: there, growth is measured
# (benchmarks/growth.py) and not tested.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

FEW = Sizes(
    stories=160,
    responses=480,
    claps=600,
    authors=3,
    tags=6,
    readers=25,
    full=2,
    busy=80,
    years=1,
)
MANY = replace(FEW, stories=4 * FEW.stories, responses=4 * FEW.responses, claps=4 * FEW.claps)
# The larger one has deeper indexes and other texts.
MAX_GROWTH = 1.5
# A month with stories, whatever the date.
MONTH = timezone.now() - timedelta(days=60)
# What stands in addresses. The name of an address begins with what its slug belongs to.
GIVEN: dict[str, Any] = {
    "handle": "author0",
    "kind": "rss",
    "guess": "rss.xml",
    "path": "nothing.jpg",
    "token": "nothing",
    "pk": 1,
    "number": 1,
    "year": MONTH.year,
    "month": MONTH.month,
}
SLUGS = {"tag": "subject-0", "series": "series-0"}
ROOMS = [
    *(f"{STORIES}?o={order}" for order, _label in SORTS),
    f"{STORIES}?state=published",
    *(f"{STORIES}?{theirs}" for theirs in ("author=author0", "author=author0&o=saved")),
    f"{STORIES}?whose=mine",
    "/admin/blog/comment/queue/",
]
NEXT = re.compile(r'href="([^"]+)" rel="next"|rel="next" href="([^"]+)"')
# What may grow: a chunk names all stories in a range of keys, which is larger than these
# publications; the queue says of everybody who waits what became of all that they wrote.
LONGER = ("/sitemaps/stories-1.xml", "/admin/blog/comment/queue/")


def public_urls(sizes: Sizes) -> Iterator[str]:
    for pattern in get_resolver("blog.urls").url_patterns:
        slug = SLUGS.get(pattern.name.split("-")[0], f"story-{sizes.busy_pk}")
        known = {**GIVEN, "slug": slug}
        if pattern.name == "sitemap-chunk":
            known["kind"] = "stories"
        kwargs = {key: known[key] for key in pattern.pattern.converters}
        yield reverse(f"blog:{pattern.name}", kwargs=kwargs)
    search = reverse("blog:search")
    yield from (f"{search}?q=subject", f"{search}?q=busy+story", f"{search}?q=xyzzyxy")


class Looked:
    """What readers, an editor and somebody with an inbox ask the database for, page by page."""

    def __init__(self, sizes: Sizes) -> None:
        Making(sizes, say=lambda _line: None).make()
        self.eve, self.ed, self.rita = Client(), Client(), Client()
        self.ed.force_login(User.objects.get(email="p0@example.org"))
        self.rita.force_login(Notification.objects.earliest("pk").recipient)
        asked = {
            **dict.fromkeys(public_urls(sizes), self.eve),
            **dict.fromkeys(ROOMS, self.ed),
            reverse("account_inbox"): self.rita,
        }
        self.work: dict[str, int] = {}
        self.queries: list[str] = []
        with asking_indexes():
            for url, client in asked.items():
                place = re.sub(r"story-\d+", "story", url)
                self.work[place], text = self._look(client, url)
                further = NEXT.search(text)
                if further:
                    path = (further[1] or further[2]).replace("&amp;", "&")
                    path = path if path.startswith("/") else f"{url.partition('?')[0]}{path}"
                    self.work[f"{place}, next page"], _text = self._look(client, path)

    def _look(self, client: Client, url: str) -> tuple[int, str]:
        taken, text, queries = work_of(client, url)
        self.queries += queries
        return taken, text


def work_of(client: Client, url: str) -> tuple[int, str, list[str]]:
    """How much work a page is to the database, the page, and what it asks."""
    client.get(url)
    # Once more: what is the same for all pages is known by now.
    with CaptureQueriesContext(connection) as asked, counting_steps() as steps:
        answer = client.get(url)
    queries = [one["sql"] for one in asked]
    text = "" if answer.streaming else answer.content.decode(errors="replace")
    taken = steps() if connection.vendor == "sqlite" else sum(map(rows_read, queries))
    return taken, text, queries


@contextmanager
def asking_indexes() -> Iterator[None]:
    """Of few rows PostgreSQL would read and sort all, whatever indexes there are."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for way in ("seqscan", "sort", "bitmapscan", "hashjoin", "mergejoin", "material"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
    yield


@contextmanager
def counting_steps() -> Iterator[Callable[[], int]]:
    """How many steps SQLite takes meanwhile, in hundreds."""
    taken = 0

    def step() -> int:
        nonlocal taken
        taken += 1
        return 0

    if connection.vendor == "sqlite":
        connection.connection.set_progress_handler(step, 100)
    yield lambda: taken
    if connection.vendor == "sqlite":
        connection.connection.set_progress_handler(None, 0)


def rows_read(sql: str) -> int:
    """How many rows PostgreSQL takes into its hand for this query."""
    if not sql.lstrip("( \n").startswith(("SELECT", "WITH")):
        return 0
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, TIMING OFF, SUMMARY OFF, FORMAT JSON) {sql}")
        (found,) = cursor.fetchone()
    plan = found if isinstance(found, list) else json.loads(found)
    return round(_rows_of(plan[0]["Plan"]))


def _rows_of(node: dict[str, Any]) -> float:
    below = sum(_rows_of(one) for one in node.get("Plans", []))
    gone = [value for key, value in node.items() if key.startswith("Rows Removed")]
    return below + (node["Actual Rows"] + sum(gone)) * node["Actual Loops"]


def test_a_page_is_no_more_work_among_four_times_as_many_stories(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # Both publications have more than are counted.
    monkeypatch.setattr(post_list, "MAX_COUNTED", 50)
    with transaction.atomic():
        few = Looked(FEW)
        transaction.set_rollback(True)
    many = Looked(MANY)
    grown = {
        url: (few.work[url], many.work[url])
        for url in few.work
        if many.work.get(url, 0) > MAX_GROWTH * few.work[url] + 20 and url not in LONGER
    }
    assert grown == {}
    assert not [sql for sql in few.queries + many.queries if " OFFSET " in sql]


NOON = datetime(2020, 7, 15, 12, tzinfo=UTC)
IN_A_YEAR = 640


@pytest.fixture
def year() -> list[datetime]:
    """The dates of many stories by one author on one subject in one year, newest first."""
    ada = make_person("Ada", Role.AUTHOR)
    tag = Tag.objects.create(name="Harbours", key="harbours", slug="harbours")
    dates = [NOON - timedelta(hours=number) for number in range(IN_A_YEAR)]
    stories = Post.objects.bulk_create(
        Post(title="A quay", slug=f"quay-{at:%m%d%H}", status="published", published_at=at)
        for at in dates
    )
    PostStats.objects.bulk_create(PostStats(post=story) for story in stories)
    Authorship.objects.bulk_create(Authorship(post=one, author=ada.author) for one in stories)
    PostTag.objects.bulk_create(PostTag(post=one, tag=tag) for one in stories)
    return dates


@pytest.mark.parametrize("way", ["older", "newer"])
@pytest.mark.parametrize("path", ["/", "/@ada/", "/tag/harbours/", "/archive/2020/"])
def test_a_page_in_the_middle_of_years_is_no_more_work_than_one_at_either_end(
    client: Client, year: list[datetime], path: str, way: str
) -> None:
    """Its walk begins at its place, and passes over nothing that came before or after."""
    taken = {}
    with asking_indexes():
        for place in (60, IN_A_YEAR // 2, IN_A_YEAR - 60):
            url = f"{path}?{way}={keyset.encode(year[place], 1)}"
            taken[place], text, _queries = work_of(client, url)
            assert text.count('<article class="row') == ROWS_PER_PAGE
    assert max(taken.values()) <= 1.1 * min(taken.values()) + 5, taken


@pytest.mark.parametrize(
    ("path", "way", "outside"),
    [("/archive/2020/7/", "newer", -1), ("/archive/2020/6/", "older", 0)],
)
def test_a_place_outside_of_a_month_is_no_more_work_than_one_at_its_end(
    client: Client, year: list[datetime], path: str, way: str, outside: int
) -> None:
    with asking_indexes():
        at_its_end, far = (
            work_of(client, f"{path}?{way}={keyset.encode(place, 1)}")
            for place in (datetime(2020, 7, 1, tzinfo=UTC), year[outside])
        )
    assert far[1].count('<article class="row') == ROWS_PER_PAGE
    assert far[0] <= 1.1 * at_its_end[0] + 5


def test_what_the_newest_stories_have_in_common_is_told_without_looking_at_them(
    client: Client, year: list[datetime]
) -> None:
    """In which series somebody writes, and what a subject's stories are about besides."""
    tides, fog = Series.objects.named("Tides"), Tag.objects.named(["Fog"])[0]
    parts = Post.objects.filter(published_at__in=year[45:48])
    parts.update(series=tides)
    PostTag.objects.bulk_create(PostTag(post=part, tag=fog) for part in parts)
    for path, shown, table, index in (
        ("/@ada/", "Tides", "blog_series", "authorship_listed"),
        ("/tag/harbours/", "Fog", "COUNT(", "post_tag_listed"),
    ):
        _taken, text, queries = work_of(client, path)
        assert shown in text
        [asked] = [sql for sql in queries if table in sql]
        assert '"blog_post"' not in asked
        if connection.vendor == "sqlite":
            assert f"COVERING INDEX {index} " in plan_of(asked)


def plan_of(sql: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
        return "\n".join(row[3] for row in cursor.fetchall())
