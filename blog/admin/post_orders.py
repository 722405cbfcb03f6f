"""In which orders the desk's list of stories stands, and a page of it read by key.

An order is one run of stories or several, one after the other, each sorted by what an index has:
so a page costs the same among thirty stories and among a million.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from blog.models import Post
from blog.models.post import PostQuerySet

PLACES = ("after", "before")
# "2-1204": in which run, behind (or ahead of) which story.
PLACE = re.compile(r"([0-9])-([1-9][0-9]{0,17})")

Keys = tuple[str, str]
NEWEST_SAVED: Keys = ("-updated_at", "-pk")
NEWEST: Keys = ("-published_at", "-pk")
# By what has a value for most stories, and an index for that value and the story's key.
COLUMNS: dict[str, Keys] = {
    "title": ("search_entry__title_key", "search_entry__post"),
    "published": ("published_at", "pk"),
    "claps": ("stats__clap_count", "stats__post"),
    "responses": ("stats__comment_count", "stats__post"),
}
ORDERS = frozenset({*COLUMNS, "saved", "state"})
WAITING = (Post.Status.IN_REVIEW, Post.Status.CHANGES, Post.Status.APPROVED, Post.Status.DRAFT)


@dataclass(frozen=True)
class Run:
    """Stories that stand together: which, and by which two columns they are sorted."""

    which: Q
    keys: Keys


@dataclass(frozen=True)
class KeyPage:
    """The keys of some stories, and the places behind and ahead of them, if more stand there."""

    keys: list[int]
    before: dict[str, str] | None
    after: dict[str, str] | None


def runs_of(order: str, *, saved: Keys = NEWEST_SAVED) -> list[Run]:
    """The runs of an order; a minus before its name turns it.

    `saved` is what a list is sorted by that stands in the order of saving.
    """
    name, is_down = order.removeprefix("-"), order.startswith("-")
    if name == "saved":
        return [Run(Q(), saved if is_down else _turned(saved))]
    if name == "state":
        runs = _states()
        return runs[::-1] if is_down else runs
    keys = _turned(COLUMNS[name]) if is_down else COLUMNS[name]
    is_without = Q(**{f"{COLUMNS[name][0]}__isnull": True})
    # Those without a value come last, whichever way it is.
    return [Run(~is_without, keys), Run(is_without, NEWEST_SAVED)]


def page_of_keys(
    posts: PostQuerySet, runs: Sequence[Run], query: Mapping[str, str], *, size: int
) -> KeyPage:
    """The page that `query` asks for; the first, where it names no place that there is."""
    before = _place_at(query.get("before", ""), runs)
    if before:
        turned = [Run(run.which, _turned(run.keys)) for run in runs]
        back = _rows(posts, turned, before, size + 1, step=-1)
        if len(back) > size:
            rows = back[:size][::-1]
            return KeyPage(
                [pk for _run, pk in rows], _way("before", rows[0]), _way("after", rows[-1])
            )
        # No more than the first page holds: that is the one.
    after = None if before else _place_at(query.get("after", ""), runs)
    found = _rows(posts, runs, after or Place(0), size + 1, step=1)
    rows = found[:size]
    return KeyPage(
        [pk for _run, pk in rows],
        before=(_way("before", rows[0]) if rows else {}) if after else None,
        after=_way("after", rows[-1]) if len(found) > size else None,
    )


@dataclass(frozen=True)
class Place:
    """Where a page begins: in which run, and behind which values, if not at its beginning."""

    run: int
    values: tuple[Any, Any] | None = None


def _rows(
    posts: PostQuerySet, runs: Sequence[Run], place: Place, count: int, *, step: int
) -> list[tuple[int, int]]:
    """So many stories from a place on, each with the number of its run."""
    found: list[tuple[int, int]] = []
    for number in range(place.run, len(runs) if step > 0 else -1, step):
        run = runs[number]
        some = posts.filter(run.which).order_by(*run.keys)
        if place.values and number == place.run:
            some = some.filter(_beyond(run.keys, *place.values))
        keys = some.values_list("pk", flat=True)[: count - len(found)]
        found += [(number, pk) for pk in keys]
        if len(found) == count:
            break
    return found


def _place_at(word: str, runs: Sequence[Run]) -> Place | None:
    """The place behind a story, as it stands now; None for what names none."""
    match = PLACE.fullmatch(word)
    if match is None or int(match[1]) >= len(runs):
        return None
    keys = [_own(key.removeprefix("-")) for key in runs[int(match[1])].keys]
    values = Post.objects.filter(pk=match[2]).values_list(*keys).first()
    return Place(int(match[1]), values) if values and None not in values else None


def _own(key: str) -> str:
    """Where the story itself has what a list is sorted by."""
    return {"saved_at": "updated_at", "saved_pk": "pk"}.get(key, key)


def _way(name: str, row: tuple[int, int]) -> dict[str, str]:
    run, pk = row
    return {name: f"{run}-{pk}"}


def _beyond(keys: Keys, value: Any, pk: int) -> Q:
    first, second = (key.removeprefix("-") for key in keys)
    way = "lt" if keys[0].startswith("-") else "gt"
    # The first condition says no more than the second, but lets the index begin at the place.
    return Q(**{f"{first}__{way}e": value}) & (
        Q(**{f"{first}__{way}": value}) | Q(**{f"{second}__{way}": pk})
    )


def _turned(keys: Keys) -> Keys:
    first, second = (key[1:] if key.startswith("-") else f"-{key}" for key in keys)
    return first, second


def _states() -> list[Run]:
    """What waits for somebody comes first, what is over last."""
    now = timezone.now()
    status, visibility = Post.Status, Post.Visibility
    out = Q(status=status.PUBLISHED, published_at__lte=now)
    live = out & (Q(expires_at__isnull=True) | Q(expires_at__gt=now))
    # Every visibility is named: so the index goes on to the date.
    later = Q(status=status.PUBLISHED, visibility__in=visibility.values, published_at__gt=now)
    return [
        *(Run(Q(status=one), NEWEST_SAVED) for one in WAITING),
        Run(later, NEWEST),
        Run(live & Q(visibility=visibility.PUBLIC), NEWEST),
        Run(live & Q(visibility=visibility.UNLISTED), NEWEST),
        Run(out & Q(expires_at__lte=now), NEWEST),
    ]
