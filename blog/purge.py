"""Telling the caches in front what has changed, so that they may keep pages for long.

Each cache has its place in the list of changes and is told of all that came since, in as few calls
as it takes: what is told twice does no harm, and what a killed worker has not told is still to be
told. What may wait a moment (`~`: claps) is not told at all: pages show it when their time is over,
and a story that a crowd applauds stays where the crowd finds it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings
from django.urls import reverse

from accounts.models import Author
from blog import cache_tags, streams
from blog.models import Post, PurgePosition, Series, Tag
from blog.purgers import KINDS, Kind, PurgeRefused

Ingredient = tuple[str, int]

SOFT = "~"
# Of a page whose sets nobody has named: whatever changes, it may be another page.
ANYTHING = ("anything", 0)
# Rather than in more calls than this, a cache lets go of everything in one.
MAX_CALLS = 5


class Changed(NamedTuple):
    """What has changed, up to a place in the list; `is_all` when it cannot be said in pieces."""

    ingredients: frozenset[Ingredient]
    position: int
    is_all: bool = False


def caches() -> list[str]:
    """Those that are to be told, as `PURGE` names them."""
    return [f"{kind}:{place}" for kind, place in settings.PURGES]


def changes_since(position: int | None) -> Changed:
    """What was committed since; of a cache that is new to us, anything may have been."""
    return Changed(frozenset(), position or 0)


def tell(cache: str) -> None:
    """Tell a cache of what has changed since it was told last.

    Raises `PurgeFailed` when it has to be told again later, `PurgeRefused` when that is of no use:
    then it has missed this, and what it keeps is old until its time is over.
    """
    name, _, place = cache.partition(":")
    changed = changes_since(PurgePosition.objects.of(cache))
    try:
        for named in _calls(KINDS[name], changed):
            KINDS[name].purge(place, settings.PURGE_TOKEN, named)
    except PurgeRefused:
        PurgePosition.objects.reach(cache, changed.position)
        raise
    PurgePosition.objects.reach(cache, changed.position)


def _calls(kind: Kind, changed: Changed) -> Iterator[Sequence[str]]:
    """What each call names."""
    hard = {one for one in changed.ingredients if not one[0].startswith(SOFT)}
    if not hard and not changed.is_all:
        return
    if kind.by_address:
        # All of them cannot be named: the rest is asked for anew when its time is over.
        named = addresses_of(hard)[: kind.most * MAX_CALLS]
    else:
        named = sorted(cache_tags.tag(*one) for one in {*hard, ANYTHING})
        if changed.is_all or len(named) > kind.most * MAX_CALLS:
            named = [cache_tags.EVERYTHING]
    for start in range(0, len(named), kind.most):
        yield named[start : start + kind.most]


def addresses_of(ingredients: Iterable[Ingredient]) -> list[str]:
    """The paths where readers look first for what has changed, for caches that know no tags.

    Later pages of lists, and what was deleted, are not among them.
    """
    found: dict[str, None] = {}
    for kind, key in sorted(ingredients):
        if kind in PATHS:
            found.update(dict.fromkeys(PATHS[kind](key)))
    return list(found)


def _story(pk: int) -> Iterator[str]:
    for post in Post.objects.filter(pk=pk):
        yield post.get_absolute_url()
        yield reverse("blog:post-markdown", args=[post.slug])
        yield reverse("blog:post-text", args=[post.slug])


def _talk(pk: int) -> Iterator[str]:
    for post in Post.objects.filter(pk=pk):
        yield post.get_absolute_url()
        yield reverse("blog:comments", args=[post.slug])
        yield from streams.feeds_of_responses(post)


def _front(_pk: int) -> Iterator[str]:
    yield from _stream(streams.everything())
    yield reverse("blog:archive")


def _stream(stream: streams.Stream) -> Iterator[str]:
    yield stream.page
    yield from stream.feeds


def _of(model: Any, stream_of: Callable[[Any], streams.Stream]) -> Callable[[int], Iterator[str]]:
    def paths(pk: int) -> Iterator[str]:
        for one in model.objects.filter(pk=pk):
            yield from _stream(stream_of(one))

    return paths


PATHS: Mapping[str, Callable[[int], Iterator[str]]] = {
    "post": _story,
    "talk": _talk,
    "posts": _front,
    "publication": _front,
    "author": _of(Author, streams.by_author),
    "author-posts": _of(Author, streams.by_author),
    "tag": _of(Tag, streams.on_tag),
    "tag-posts": _of(Tag, streams.on_tag),
    "series": _of(Series, streams.in_series),
    "series-posts": _of(Series, streams.in_series),
}
