"""The parts of a series: where a story stands among them, and a page of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from django.db.models import (
    Count,
    Exists,
    IntegerField,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Sum,
)
from django.db.models.functions import Coalesce, JSONObject
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from blog import markdown
from blog.models import Post, Series
from blog.models.series import PART_ORDER
from blog.pages import ROWS_PER_PAGE

# "3-1204": the number and the key of a part.
CURSOR = re.compile(r"(0|[1-9][0-9]{0,4})-([1-9][0-9]{0,17})")
BACKWARDS = tuple(f"-{key}" for key in PART_ORDER)


@dataclass(frozen=True)
class Part:
    """A way to another part."""

    title: str
    language: str
    url: str


@dataclass(frozen=True)
class Place:
    """Where a story stands in its series; `has_page` when readers have a page of it."""

    series: Series
    number: int
    count: int
    previous: Part | None
    next: Part | None
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


def with_places(posts: QuerySet[Post], *, seen_by: User | None = None) -> QuerySet[Post]:
    """Read with each story where it stands among the parts that readers find.

    `seen_by` sees those that they may edit as well.
    """
    listed = Post.objects.listed()
    parts = listed | Post.objects.editable_by(seen_by) if seen_by else listed
    others = parts.filter(series=OuterRef("series")).exclude(pk=OuterRef("pk"))
    here = OuterRef("series_position"), OuterRef("pk")
    before, after = others.filter(_beyond("lt", *here)), others.filter(_beyond("gt", *here))
    return posts.annotate(
        parts_before=_count(before),
        parts_after=_count(after),
        previous_part=_way(before.order_by(*BACKWARDS)),
        next_part=_way(after.order_by(*PART_ORDER)),
        has_series_page=Exists(listed.filter(series=OuterRef("series"))),
    )


def place_in_series(post: Any) -> Place | None:
    """Where a story that was read `with_places` stands; None outside a series."""
    if post.series is None:
        return None
    return Place(
        series=post.series,
        number=post.parts_before + 1,
        count=post.parts_before + 1 + post.parts_after,
        previous=_part(post.previous_part),
        next=_part(post.next_part),
        has_page=post.has_series_page,
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
    return PartPage(
        rows=rows,
        first_number=_number_of(first, parts) if first else 1,
        earlier_url=f"{path}?before={_cursor(first)}" if first else "",
        later_url=f"{path}?after={_cursor(rows[-1])}" if rows and has_later else "",
    )


def _count(parts: QuerySet[Post]) -> Coalesce:
    counted = parts.order_by().values("series").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _way(parts: QuerySet[Post]) -> Subquery:
    """What it takes to lead to the first of these."""
    published = Post.objects.published().filter(pk=OuterRef("pk"))
    facts = JSONObject(
        pk="pk", slug="slug", title="title", language="language", is_live=Exists(published)
    )
    return Subquery(parts.values(facts=facts)[:1])


def _part(facts: dict[str, Any] | None) -> Part | None:
    if facts is None:
        return None
    title, language = facts["title"], facts["language"]
    url = (
        reverse("blog:post", args=[facts["slug"]])
        if facts["is_live"]
        else reverse("blog:preview", args=[facts["pk"]])
    )
    return Part(markdown.typeset(title, language) or _("Untitled"), language, url)


def _number_of(part: Post, parts: QuerySet[Post]) -> int:
    return parts.filter(_beyond("lt", part.series_position, part.pk)).count() + 1


def _cursor(part: Post) -> str:
    return f"{part.series_position}-{part.pk}"


def _place_at(cursor: str) -> tuple[int, int]:
    """The number and the key that an address names. Raises `Http404`."""
    match = CURSOR.fullmatch(cursor)
    if match is None:
        raise Http404(_("There is no such page."))
    return int(match[1]), int(match[2])


def _beyond(direction: str, number: int | OuterRef, pk: int | OuterRef) -> Q:
    """After a part ("gt") or before it ("lt")."""
    # Said twice, so that the index by number is of use.
    near = Q(**{f"series_position__{direction}e": number})
    is_past = Q(**{f"series_position__{direction}": number})
    return near & (is_past | Q(**{f"pk__{direction}": pk}))
