"""What stands on the front page beside the newest stories."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, IntegerField, Min, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.statements import Statement
from blog.models import Post, PostStats
from blog.models.post import APPLAUDED_WITHIN, CARD_FIELDS, ROW_FIELDS, PostQuerySet

APPLAUDED_COUNT = 3
# Of the most applauded ever: nearly always three of them are of this year, and then those it is.
VERY_LIKELY = 40
# Else, of the most applauded ever and of the newest.
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
    """All of them in one query, by their keys; in two where little was applauded this year."""
    now = timezone.now()
    since = now - APPLAUDED_WITHIN
    rows = _QUICKLY.ask(at=now, since=since)
    # The pinned one, the part and the newest are among them, however little they were applauded.
    applauded = _most_applauded([row for row in rows if row.clap_count > row.least_likely], since)
    if len(applauded) < APPLAUDED_COUNT and any(row.least_likely for row in rows):
        rows = _THOROUGHLY.ask(at=now, since=since)
        applauded = _most_applauded(rows, since)
    return Highlights(
        pinned=next((row for row in rows if row.is_pinned), None),
        applauded=applauded,
        part=next((row for row in rows if row.series_id), None),
    )


def _found(at: datetime, since: datetime, likely: Any) -> PostQuerySet:
    listed = Post.objects.listed(at)
    pinned = listed.filter(is_pinned=True).newest_first()[:1]
    part = listed.filter(series__isnull=False).newest_first()[:1]
    applauded = listed.most_applauded(since).filter(pk__in=likely)[:APPLAUDED_COUNT]
    # The newest only so that there is a row, which knows who else was ever applauded.
    newest = listed.newest_first()[:1]
    sets = (pinned, part, applauded, newest)
    keys = [Post.objects.filter(pk__in=some.values("pk")) for some in sets]
    first, *others = (some.values("pk") for some in keys)
    found = Post.objects.filter(pk__in=first.union(*others))
    with_series = found.select_related("lead_image", "stats", "series")
    shown = with_series.only(*CARD_FIELDS, *ROW_FIELDS, "series__title", "series__slug")
    counts = {**_counts(at), "least_likely": _least_likely()}
    counted: PostQuerySet = shown.annotate(**counts).newest_first()
    return counted


def _most_ever(count: int) -> Any:
    ever = PostStats.objects.filter(clap_count__gt=0).order_by("-clap_count", "-post")
    return ever.values("post")[:count]


def _least_likely() -> Coalesce:
    """The claps of the first that is not among the very likely ones; 0 if all are."""
    some = PostStats.objects.filter(post__in=_most_ever(VERY_LIKELY + 1)).order_by()
    counted = some.annotate(one=Value(1)).values("one")
    last = counted.annotate(count=Count("post"), least=Min("clap_count"))
    least = last.filter(count__gt=VERY_LIKELY).values("least")
    return Coalesce(Subquery(least, output_field=IntegerField()), 0)


def _likely(at: datetime) -> Any:
    """Where the most applauded of a year are looked for: a database would sort the whole year."""
    most = Post.objects.filter(pk__in=_most_ever(LIKELY))
    newest = Post.objects.listed(at).newest_first().values("pk")[:LIKELY]
    return most.values("pk").union(Post.objects.filter(pk__in=newest).values("pk"))


_QUICKLY: Statement[Any] = Statement(lambda at, since: _found(at, since, _most_ever(VERY_LIKELY)))
_THOROUGHLY: Statement[Any] = Statement(lambda at, since: _found(at, since, _likely(at)))


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
