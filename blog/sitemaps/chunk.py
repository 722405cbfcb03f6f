"""Ranges of keys, and in which of them there is something."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone

from accounts import replica
from accounts.statements import time_of
from blog.keyset import MAX_ID
from blog.models.post import SITEMAP_CHUNK
from blog.sitemaps.rows import KINDS

# The protocol allows 50,000 addresses and 50 MB in one file. Stories bring their pictures along.
SIZES = {"stories": SITEMAP_CHUNK, "authors": 10_000, "tags": 10_000, "series": 10_000}

# The newest change of `findable_stories` in each chunk. Said in SQL, with the size in it and the
# numbers without a type: SQLite uses an index on an expression only where it is written as in the
# index.
NEWEST_OF_EACH = """
WITH RECURSIVE chunk(number) AS (
    SELECT 0
    UNION ALL
    SELECT number + 1 FROM chunk WHERE number < (SELECT (MAX(id) - 1) / %(size)d FROM blog_post)
)
SELECT number + 1, (
    SELECT COALESCE(edited_at, published_at) FROM blog_post
    WHERE (id - 1) / %(size)d = number
    AND status = 'published' AND visibility = 'public' AND canonical_url = ''
    AND published_at <= %%(now)s AND (expires_at IS NULL OR expires_at > %%(now)s)
    ORDER BY COALESCE(edited_at, published_at) DESC LIMIT 1
) FROM chunk
"""


@dataclass(frozen=True)
class Chunk:
    """The rows of a kind whose keys lie in one range; the first is number 1."""

    kind: str
    number: int
    changed_at: datetime | None = None

    @classmethod
    def with_row(cls, kind: str, pk: int) -> Chunk:
        return cls(kind, (pk - 1) // SIZES[kind] + 1)

    @property
    def first_pk(self) -> int:
        return (self.number - 1) * SIZES[self.kind] + 1

    @property
    def last_pk(self) -> int:
        return self.number * SIZES[self.kind]

    @property
    def is_possible(self) -> bool:
        """Whether there can be such keys: a database takes larger numbers for a mistake."""
        return self.number > 0 and self.last_pk <= MAX_ID

    def of(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Those of `rows` that stand in it, in one order for ever."""
        return rows.filter(pk__range=(self.first_pk, self.last_pk)).order_by("pk")


def chunks() -> Iterable[Chunk]:
    """Every chunk that is not empty."""
    yield from _of_stories()
    for kind, rows in KINDS.items():
        yield from _of_others(kind, rows())


def _of_stories() -> Iterable[Chunk]:
    """With the newest change in each: one look into the index `post_in_sitemap` for each."""
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    with replica.cursor() as cursor:
        cursor.execute(NEWEST_OF_EACH % {"size": SIZES["stories"]}, {"now": now})
        newest = cursor.fetchall()
    for number, changed_at in sorted(newest):
        if changed_at:
            yield Chunk("stories", number, time_of(changed_at))


def _of_others(kind: str, rows: QuerySet[Any]) -> Iterable[Chunk]:
    """One query, and one more for each chunk after the first."""
    last_pk = rows.order_by("-pk").values_list("pk", flat=True).first()
    if last_pk is None:
        return
    last = Chunk.with_row(kind, last_pk)
    for number in range(1, last.number):
        chunk = Chunk(kind, number)
        if chunk.of(rows).exists():
            yield chunk
    yield last
