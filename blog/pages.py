"""One page of a long list: read by key, never by counting rows."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.statements import Statement
from blog import keyset
from blog.models import Post
from blog.models.post import PostQuerySet

ROWS_PER_PAGE = 20
# And one more, which says that there are others.
ROWS_ASKED = ROWS_PER_PAGE + 1
NAMES_PER_PAGE = 60
# A name and a key: "Ada~12".
NAME_PLACE = re.compile(r"(.{1,200})~([1-9][0-9]{0,17})", re.DOTALL)


class Listing:
    """A list of stories, newest first, whose questions are written once.

    `listed` says which they are, as of a moment (`at`) and `Within` others; and of whose list, by
    whatever else it is told.
    """

    def __init__(self, listed: Callable[..., PostQuerySet]) -> None:
        def newer(place: datetime, pk: int, **said: Any) -> PostQuerySet:
            found = listed(since=[place], **said)
            return _beyond(found, "gt", place, pk).order_by(*found.place_keys)

        def older(place: datetime, pk: int, **said: Any) -> PostQuerySet:
            found = listed(until=[place], **said)
            return _beyond(found, "lt", place, pk).newest_first()

        self._newest: Statement[Post] = Statement(
            lambda **said: _rows(listed(**said).newest_first())
        )
        self._older: Statement[Post] = Statement(lambda **said: _rows(older(**said)))
        self._newer: Statement[Post] = Statement(lambda **said: _rows(newer(**said)))
        self._keys: Statement[Post] = Statement(lambda **said: _keys(newer(**said)))

    def newest(self, **said: Any) -> list[Post]:
        """Those of the first page, and one more; so of the others."""
        return self._newest.ask(at=timezone.now(), **said)

    def older(self, place: datetime, pk: int, **said: Any) -> list[Post]:
        return self._older.ask(at=timezone.now(), place=place, pk=pk, **said)

    def newer(self, place: datetime, pk: int, **said: Any) -> list[Post]:
        """The nearest first."""
        return self._newer.ask(at=timezone.now(), place=place, pk=pk, **said)

    def newer_count(self, place: datetime, pk: int, **said: Any) -> int:
        """How many are newer, counted no further than a page and one more."""
        return len(self._keys.values(at=timezone.now(), place=place, pk=pk, **said))


@dataclass(frozen=True)
class PostPage:
    """Rows of a list of stories, newest first, and the ways on from here ("" where it ends)."""

    rows: list[Post]
    older_url: str
    newer_url: str
    is_first: bool


def page_of_posts(
    posts: Listing,
    query: dict[str, Any],
    path: str,
    newest: Callable[[], list[Any]] | None = None,
    **said: Any,
) -> PostPage:
    """The page that `query` asks for (`older` or `newer` than a place). Raises `Http404`.

    `said` is told to the list; `newest` reads the rows of the first page, and one more, at less
    expense.
    """
    older, newer = query.get("older"), query.get("newer")
    if newer:
        found = posts.newer(*place_of(newer), **said)
        if len(found) > ROWS_PER_PAGE:
            rows = found[:ROWS_PER_PAGE][::-1]
            return _page(rows, posts, path, said, has_older=True)
        # No more than the first page holds: that is the one.
    if older:
        found = posts.older(*place_of(older), **said)
        has_older = len(found) > ROWS_PER_PAGE
        return _page(found[:ROWS_PER_PAGE], posts, path, said, has_older=has_older)
    return first_page(newest() if newest else posts.newest(**said), path)


def first_page(found: list[Any], path: str) -> PostPage:
    """Of the newest of a list: those of one page, and one more if there is one."""
    rows = found[:ROWS_PER_PAGE]
    older_url = _link(path, "older", rows[-1]) if len(found) > ROWS_PER_PAGE else ""
    return PostPage(rows, older_url=older_url, newer_url="", is_first=True)


def _page(
    rows: list[Post], posts: Listing, path: str, said: dict[str, Any], *, has_older: bool
) -> PostPage:
    """A page after the first."""
    if not rows:
        return PostPage(rows, older_url="", newer_url=path, is_first=False)
    first = rows[0]
    # The list itself leads to what is newer, when that is no more than its first page shows.
    is_second = posts.newer_count(_date_of(first), first.pk, **said) <= ROWS_PER_PAGE
    return PostPage(
        rows,
        older_url=_link(path, "older", rows[-1]) if has_older else "",
        newer_url=path if is_second else _link(path, "newer", first),
        is_first=False,
    )


def _rows(posts: PostQuerySet) -> PostQuerySet:
    return posts.in_rows()[:ROWS_ASKED]


def _keys(posts: PostQuerySet) -> Any:
    return posts.values("pk")[:ROWS_ASKED]


def _beyond(posts: PostQuerySet, way: str, place: datetime, pk: int) -> PostQuerySet:
    """Of those that begin at a place, without what stands in it.

    All that has the same date is not said again: SQLite would take it for one more bound.
    """
    date, key = posts.place_keys
    return posts.filter(Q(**{f"{date}__{way}": place}) | Q(**{f"{key}__{way}": pk}))


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
