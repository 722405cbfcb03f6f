"""One page of a long list: read by key, never by counting rows."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from blog import keyset
from blog.models import Post

ROWS_PER_PAGE = 20
NAMES_PER_PAGE = 60


@dataclass(frozen=True)
class PostPage:
    """Rows of a list of stories, newest first, and the ways on from here ("" where it ends)."""

    rows: list[Post]
    older_url: str
    newer_url: str
    is_first: bool


def page_of_posts(posts: QuerySet[Post], query: dict[str, Any], path: str) -> PostPage:
    """The page that `query` asks for (`older` or `newer` than a place). Raises `Http404`."""
    older, newer = query.get("older"), query.get("newer")
    ordered = posts.order_by("-published_at", "-pk")
    if newer:
        at, pk = place_of(newer)
        after = Q(published_at__gt=at) | Q(published_at=at, pk__gt=pk)
        found = list(posts.filter(after).order_by("published_at", "pk")[: ROWS_PER_PAGE + 1])
        has_newer = len(found) > ROWS_PER_PAGE
        rows = found[:ROWS_PER_PAGE][::-1]
        has_older = True
    else:
        if older:
            at, pk = place_of(older)
            ordered = ordered.filter(Q(published_at__lt=at) | Q(published_at=at, pk__lt=pk))
        found = list(ordered[: ROWS_PER_PAGE + 1])
        has_older = len(found) > ROWS_PER_PAGE
        rows = found[:ROWS_PER_PAGE]
        has_newer = bool(older)
    return PostPage(
        rows=rows,
        older_url=_link(path, "older", rows[-1]) if rows and has_older else "",
        newer_url=_link(path, "newer", rows[0]) if rows and has_newer else "",
        is_first=not has_newer,
    )


@dataclass(frozen=True)
class NamePage:
    """Rows of a list in the order of names, and the ways on from here ("" where it ends)."""

    rows: list[Any]
    before_url: str
    after_url: str
    is_first: bool


def page_of_names(found: QuerySet[Any], query: dict[str, Any], path: str, *, key: str) -> NamePage:
    """The page that `query` asks for: `after` or `before` the row of this `key`.

    `key` is a unique field that stands in addresses. Rows are in the order of `name`. Raises
    `Http404` when no row has the key that is asked for.
    """
    after, before = query.get("after"), query.get("before")
    if before:
        name, pk = _name_at(found, key, before)
        earlier = found.filter(Q(name__lt=name) | Q(name=name, pk__lt=pk))
        rows = list(earlier.order_by("-name", "-pk")[: NAMES_PER_PAGE + 1])
        has_before, has_after = len(rows) > NAMES_PER_PAGE, True
        rows = rows[:NAMES_PER_PAGE][::-1]
    else:
        if after:
            name, pk = _name_at(found, key, after)
            found = found.filter(Q(name__gt=name) | Q(name=name, pk__gt=pk))
        rows = list(found.order_by("name", "pk")[: NAMES_PER_PAGE + 1])
        has_before, has_after = bool(after), len(rows) > NAMES_PER_PAGE
        rows = rows[:NAMES_PER_PAGE]

    def link(direction: str, row: Any) -> str:
        return f"{path}?{urlencode({direction: getattr(row, key)})}"

    return NamePage(
        rows=rows,
        before_url=link("before", rows[0]) if rows and has_before else "",
        after_url=link("after", rows[-1]) if rows and has_after else "",
        is_first=not has_before,
    )


def _name_at(found: QuerySet[Any], key: str, value: str) -> tuple[str, int]:
    # PostgreSQL takes no NUL in a text.
    row = found.filter(**{key: value}).first() if "\0" not in value else None
    if row is None:
        raise Http404(_("There is no such page."))
    return row.name, row.pk


def place_of(cursor: str) -> tuple[datetime, int]:
    """The place in a list that an address names. Raises `Http404`."""
    try:
        return keyset.decode(cursor)
    except ValueError as error:
        raise Http404(_("There is no such page.")) from error


def _link(path: str, direction: str, post: Post) -> str:
    if post.published_at is None:
        raise ValueError("A story without a date has no place in a list.")
    return f"{path}?{urlencode({direction: keyset.encode(post.published_at, post.pk)})}"
