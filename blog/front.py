"""What stands on the front page beside the newest stories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.statements import Statement
from blog.models import Post, PostStats
from blog.models.post import APPLAUDED_WITHIN, PostQuerySet

APPLAUDED_COUNT = 3
# Of the most applauded ever, and of the newest.
LIKELY = 300


@dataclass(frozen=True)
class Highlights:
    """The pinned story, those of the past year that were applauded most, and the newest part of
    a series: it knows its `part_number` and the `part_count` of its series."""

    pinned: Post | None
    applauded: list[Post]
    part: Post | None

    @property
    def stories(self) -> list[Post | None]:
        return [self.pinned, *self.applauded, self.part]


def highlights() -> Highlights:
    """All of them in one query, by their keys."""
    now = timezone.now()
    since = now - APPLAUDED_WITHIN
    rows = _FOUND.ask(at=now, since=since)
    return Highlights(
        pinned=next((row for row in rows if row.is_pinned), None),
        applauded=_most_applauded(rows, since),
        part=next((row for row in rows if row.series_id), None),
    )


def _found(at: datetime, since: datetime) -> PostQuerySet:
    listed = Post.objects.listed(at)
    pinned = listed.filter(is_pinned=True).newest_first()[:1]
    part = listed.filter(series__isnull=False).newest_first()[:1]
    applauded = listed.most_applauded(since).filter(pk__in=_likely(at))[:APPLAUDED_COUNT]
    keys = [Post.objects.filter(pk__in=some.values("pk")) for some in (pinned, part, applauded)]
    first, *others = (some.values("pk") for some in keys)
    found = Post.objects.filter(pk__in=first.union(*others)).light().select_related("series")
    counted: PostQuerySet = found.annotate(**_counts(at)).newest_first()
    return counted


_FOUND: Statement[Any] = Statement(_found)


def _likely(at: datetime) -> Any:
    """Where the most applauded of a year are looked for: a database would sort the whole year."""
    ever = PostStats.objects.filter(clap_count__gt=0).order_by("-clap_count", "-post")
    most = Post.objects.filter(pk__in=ever.values("post")[:LIKELY])
    newest = Post.objects.listed(at).newest_first().values("pk")[:LIKELY]
    return most.values("pk").union(Post.objects.filter(pk__in=newest).values("pk"))


def _most_applauded(rows: list[Post], since: datetime) -> list[Post]:
    """The order of `PostQuerySet.most_applauded`, among rows that hold its first."""
    fit = [row for row in rows if row.clap_count and row.published_at and row.published_at >= since]
    return sorted(fit, key=lambda row: (-row.clap_count, -row.pk))[:APPLAUDED_COUNT]


def _counts(at: datetime) -> dict[str, Any]:
    """How many parts a series has, and which of them a story is."""
    parts = Post.objects.listed(at).filter(series=OuterRef("series"))
    position = OuterRef("series_position")
    until = Q(series_position__lt=position) | Q(series_position=position, pk__lte=OuterRef("pk"))
    return {"part_count": _count(parts), "part_number": _count(parts.filter(until))}


def _count(parts: PostQuerySet) -> Coalesce:
    counted = parts.order_by().values("series").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
