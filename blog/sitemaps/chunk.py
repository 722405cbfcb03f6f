"""Ranges of keys, and in which of them there is something."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, IntegerField, Max, QuerySet
from django.db.models.functions import Cast, Coalesce

from blog.keyset import MAX_ID
from blog.models.post import PostQuerySet
from blog.sitemaps.rows import KINDS, findable_stories

# The protocol allows 50,000 addresses and 50 MB in one file. Stories bring their pictures along.
SIZES = {"stories": 2_000, "authors": 10_000, "tags": 10_000, "series": 10_000}


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
    yield from _of_stories(findable_stories())
    for kind, rows in KINDS.items():
        yield from _of_others(kind, rows())


def _of_stories(posts: PostQuerySet) -> Iterable[Chunk]:
    """With the newest change in each; one query, answered by the index `post_in_sitemap`."""
    number = Cast((F("pk") - 1) / SIZES["stories"] + 1, IntegerField())
    newest = Max(Coalesce("edited_at", "published_at"))
    rows = posts.order_by().values(number=number).annotate(newest=newest).order_by("number")
    for row in rows.values_list("number", "newest"):
        yield Chunk("stories", *row)


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
