"""One page of a long list: read by key, never by counting rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, Unpack
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from blog import keyset
from blog.models import Post
from blog.models.listed import Within
from blog.models.post import PostQuerySet

ROWS_PER_PAGE = 20
NAMES_PER_PAGE = 60
# A name and a key: "Ada~12".
NAME_PLACE = re.compile(r"(.{1,200})~([1-9][0-9]{0,17})", re.DOTALL)


class Stories(Protocol):
    """A list, or what of it came out since a moment, or until one."""

    def __call__(self, **within: Unpack[Within]) -> PostQuerySet: ...


@dataclass(frozen=True)
class PostPage:
    """Rows of a list of stories, newest first, and the ways on from here ("" where it ends)."""

    rows: list[Post]
    older_url: str
    newer_url: str
    is_first: bool


def page_of_posts(
    posts: Stories,
    query: dict[str, Any],
    path: str,
    newest: Callable[[], list[Any]] | None = None,
) -> PostPage:
    """The page that `query` asks for (`older` or `newer` than a place). Raises `Http404`.

    `newest` reads the rows of the first page at less expense, and one more.
    """
    older, newer = query.get("older"), query.get("newer")
    if newer:
        found = list(_newer_than(posts, *place_of(newer)).in_rows()[: ROWS_PER_PAGE + 1])
        if len(found) > ROWS_PER_PAGE:
            rows = found[:ROWS_PER_PAGE][::-1]
            return _page(rows, posts, path, has_older=True)
        # No more than the first page holds: that is the one.
    if older:
        found = list(_older_than(posts, *place_of(older)).in_rows()[: ROWS_PER_PAGE + 1])
        has_older = len(found) > ROWS_PER_PAGE
        return _page(found[:ROWS_PER_PAGE], posts, path, has_older=has_older)
    found = newest() if newest else list(posts().in_rows().newest_first()[: ROWS_PER_PAGE + 1])
    return first_page(found, path)


def first_page(found: list[Any], path: str) -> PostPage:
    """Of the newest of a list: those of one page, and one more if there is one."""
    rows = found[:ROWS_PER_PAGE]
    older_url = _link(path, "older", rows[-1]) if len(found) > ROWS_PER_PAGE else ""
    return PostPage(rows, older_url=older_url, newer_url="", is_first=True)


def _page(rows: list[Post], posts: Stories, path: str, *, has_older: bool) -> PostPage:
    """A page after the first."""
    if not rows:
        return PostPage(rows, older_url="", newer_url=path, is_first=False)
    return PostPage(
        rows,
        older_url=_link(path, "older", rows[-1]) if has_older else "",
        newer_url=_way_back(rows[0], posts, path),
        is_first=False,
    )


def _way_back(first: Post, posts: Stories, path: str) -> str:
    """To what is newer: the list itself when that is no more than its first page shows."""
    newer = _newer_than(posts, _date_of(first), first.pk).values_list("pk", flat=True)
    if len(newer[: ROWS_PER_PAGE + 1]) > ROWS_PER_PAGE:
        return _link(path, "newer", first)
    return path


def _older_than(posts: Stories, at: datetime, pk: int) -> PostQuerySet:
    return _beyond(posts(until=at), "lt", at, pk).newest_first()


def _newer_than(posts: Stories, at: datetime, pk: int) -> PostQuerySet:
    """The nearest first."""
    newer = posts(since=at)
    return _beyond(newer, "gt", at, pk).order_by(*newer.place_keys)


def _beyond(posts: PostQuerySet, way: str, at: datetime, pk: int) -> PostQuerySet:
    """Of those that begin at a place, without what stands in it."""
    date, key = posts.place_keys
    return posts.filter(Q(**{f"{date}__{way}": at}) | Q(**{date: at, f"{key}__{way}": pk}))


@dataclass(frozen=True)
class NamePage:
    """Rows of a list in the order of names, and the ways on from here ("" where it ends)."""

    rows: list[Any]
    before_url: str
    after_url: str
    is_first: bool


def page_of_names(found: QuerySet[Any], query: dict[str, Any], path: str) -> NamePage:
    """The page that `query` asks for: `after` or `before` a place. Raises `Http404`.

    A place is a name and a key, not a row: whoever stood there may have another name by now, or be
    gone, and nobody is passed over because of it.
    """
    after, before = query.get("after"), query.get("before")
    if before:
        earlier = _names_before(found, *_name_at(before))
        rows = list(earlier[: NAMES_PER_PAGE + 1])
        if len(rows) > NAMES_PER_PAGE:
            return _page_of_names(rows[:NAMES_PER_PAGE][::-1], found, path, has_after=True)
        # No more than the first page holds: that is the one.
    ordered = found.order_by("name", "pk")
    if after:
        name, pk = _name_at(after)
        ordered = ordered.filter(Q(name__gt=name) | Q(name=name, pk__gt=pk), name__gte=name)
    rows = list(ordered[: NAMES_PER_PAGE + 1])
    has_after = len(rows) > NAMES_PER_PAGE
    rows = rows[:NAMES_PER_PAGE]
    if after:
        return _page_of_names(rows, found, path, has_after=has_after)
    after_url = _name_link(path, "after", rows[-1]) if has_after else ""
    return NamePage(rows, before_url="", after_url=after_url, is_first=True)


def _page_of_names(
    rows: list[Any], found: QuerySet[Any], path: str, *, has_after: bool
) -> NamePage:
    """A page after the first."""
    if not rows:
        return NamePage(rows, before_url=path, after_url="", is_first=False)
    earlier = _names_before(found, rows[0].name, rows[0].pk).values_list("pk", flat=True)
    is_second = len(earlier[: NAMES_PER_PAGE + 1]) <= NAMES_PER_PAGE
    return NamePage(
        rows,
        before_url=path if is_second else _name_link(path, "before", rows[0]),
        after_url=_name_link(path, "after", rows[-1]) if has_after else "",
        is_first=False,
    )


def _names_before(found: QuerySet[Any], name: str, pk: int) -> QuerySet[Any]:
    """The nearest first."""
    before = Q(name__lt=name) | Q(name=name, pk__lt=pk)
    return found.filter(before, name__lte=name).order_by("-name", "-pk")


def _name_link(path: str, direction: str, row: Any) -> str:
    return f"{path}?{urlencode({direction: f'{row.name}~{row.pk}'})}"


def _name_at(place: str) -> tuple[str, int]:
    """The name and the key that an address names, as `Ada~12`. Raises `Http404`."""
    match = NAME_PLACE.fullmatch(place)
    # PostgreSQL takes no NUL in a text.
    if match is None or "\0" in place:
        raise Http404(_("There is no such page."))
    return match[1], int(match[2])


def place_of(cursor: str) -> tuple[datetime, int]:
    """The place in a list that an address names. Raises `Http404`."""
    try:
        return keyset.decode(cursor)
    except ValueError as error:
        raise Http404(_("There is no such page.")) from error


def _link(path: str, direction: str, post: Post) -> str:
    return f"{path}?{urlencode({direction: keyset.encode(_date_of(post), post.pk)})}"


def _date_of(post: Post) -> datetime:
    at = post.published_at
    if at is None:
        raise ValueError("A story without a date has no place in a list.")
    return at
