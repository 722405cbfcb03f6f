"""The parts of a series: where a story stands among them, and a page of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import BigIntegerField, Count, IntegerField, Q, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.http import Http404
from django.utils.translation import gettext as _

from accounts.models import User
from blog.models import Post, Series
from blog.models.series import PART_ORDER
from blog.pages import ROWS_PER_PAGE

# "3-1204": the number and the key of a part.
CURSOR = re.compile(r"(0|[1-9][0-9]{0,4})-([1-9][0-9]{0,17})")
BACKWARDS = tuple(f"-{key}" for key in PART_ORDER)


@dataclass(frozen=True)
class Place:
    """Where a story stands in its series; `has_page` when readers have a page of it."""

    series: Series
    number: int
    count: int
    previous: Post | None
    next: Post | None
    has_page: bool


@dataclass(frozen=True)
class PartPage:
    """Some parts in their order, and the ways on from here ("" where it ends)."""

    rows: list[Post]
    first_number: int
    earlier_url: str
    later_url: str

    @property
    def is_first(self) -> bool:
        return not self.earlier_url


class Neighbours:
    """The parts right before and after a story of a series, to be read along with other stories.

    They are those that readers find; `seen_by` sees those that they may edit as well.
    """

    def __init__(
        self, post: Post, *, at: datetime | None = None, seen_by: User | None = None
    ) -> None:
        parts = Post.objects.listed(at)
        if seen_by:
            parts = parts | Post.objects.editable_by(seen_by)
        others = parts.filter(series=post.series_id).exclude(pk=post.pk)
        # As an expression: of a bare number it is asked whether the column can hold it, which
        # what stands for a place in a `Statement` could not.
        number = Value(post.series_position, output_field=BigIntegerField())
        self._before = others.filter(_beyond("lt", number, post.pk))
        self._after = others.filter(_beyond("gt", number, post.pk))

    @property
    def stories(self) -> tuple[QuerySet[Post], QuerySet[Post]]:
        """The one before and the one after, each at most one."""
        before = self._before.order_by(*BACKWARDS).values("pk")[:1]
        after = self._after.order_by(*PART_ORDER).values("pk")[:1]
        return Post.objects.filter(pk__in=before), Post.objects.filter(pk__in=after)

    @property
    def counts(self) -> dict[str, Coalesce]:
        """How many parts come before and after the story, as annotations of what is read."""
        return {"parts_before": _count(self._before), "parts_after": _count(self._after)}


def place_among(post: Post, series: Series, rows: list[Any]) -> Place:
    """Where a story stands in its series, told by rows that were read with `Neighbours`."""
    parts = sorted((row for row in rows if row.series_id == series.pk), key=_key)
    before = [part for part in parts if _key(part) < _key(post)]
    after = [part for part in parts if _key(part) > _key(post)]
    number = parts[0].parts_before + 1 if parts else 1
    return Place(
        series=series,
        number=number,
        count=number + (parts[0].parts_after if parts else 0),
        previous=before[-1] if before else None,
        next=after[0] if after else None,
        has_page=any(_is_listed(part) for part in [post, *parts]),
    )


def length_of(parts: QuerySet[Post]) -> tuple[int, int]:
    """How many parts these are, and how many minutes they take to read."""
    sums = parts.aggregate(count=Count("pk"), minutes=Sum("reading_minutes"))
    return sums["count"], sums["minutes"] or 0


def page_of_parts(parts: QuerySet[Post], query: dict[str, Any], path: str) -> PartPage:
    """The page that `query` asks for (`after` or `before` a part). Raises `Http404`."""
    after, before = query.get("after"), query.get("before")
    if before:
        back = parts.filter(_beyond("lt", *_place_at(before))).order_by(*BACKWARDS)
        found = list(back[: ROWS_PER_PAGE + 1])
        rows = found[:ROWS_PER_PAGE][::-1]
        has_earlier, has_later = len(found) > ROWS_PER_PAGE, True
    else:
        rest = parts.filter(_beyond("gt", *_place_at(after))) if after else parts
        found = list(rest.order_by(*PART_ORDER)[: ROWS_PER_PAGE + 1])
        rows = found[:ROWS_PER_PAGE]
        has_earlier, has_later = bool(after), len(found) > ROWS_PER_PAGE
    first = rows[0] if rows and has_earlier else None
    number = _number_of(first, parts) if first else 1
    return PartPage(
        rows=rows,
        first_number=number,
        earlier_url=_earlier(first, number, path) if first else "",
        later_url=f"{path}?after={_cursor(rows[-1])}" if rows and has_later else "",
    )


def _count(parts: QuerySet[Post]) -> Coalesce:
    counted = parts.order_by().values("series").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _key(part: Post) -> tuple[int, int]:
    return part.series_position, part.pk


def _is_listed(post: Post) -> bool:
    return post.is_live and post.visibility == Post.Visibility.PUBLIC


def _number_of(part: Post, parts: QuerySet[Post]) -> int:
    return parts.filter(_beyond("lt", *_key(part))).count() + 1


def _earlier(first: Post, number: int, path: str) -> str:
    """To the parts before: the series itself when its first page holds them all."""
    return path if number <= ROWS_PER_PAGE + 1 else f"{path}?before={_cursor(first)}"


def _cursor(part: Post) -> str:
    return f"{part.series_position}-{part.pk}"


def _place_at(cursor: str) -> tuple[int, int]:
    """The number and the key that an address names. Raises `Http404`."""
    match = CURSOR.fullmatch(cursor)
    if match is None:
        raise Http404(_("There is no such page."))
    return int(match[1]), int(match[2])


def _beyond(direction: str, number: int | Value, pk: int) -> Q:
    """After a part ("gt") or before it ("lt")."""
    # Said twice, so that the index by number is of use.
    near = Q(**{f"series_position__{direction}e": number})
    is_past = Q(**{f"series_position__{direction}": number})
    return near & (is_past | Q(**{f"pk__{direction}": pk}))
