"""Telling the caches in front what has changed, so that they may keep pages for long.

Each cache has its place in the list of changes and is told of all that came since, in as few calls
as it takes: what is told twice does no harm, and what a killed process has not told is still to be
told. `manage.py tell_caches` does it, once a second. What may wait a moment (`~`: claps) is not
told at all: pages show it when their time is over, and a story that a crowd applauds stays where
the crowd finds it.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import Error
from django.urls import reverse
from django.utils import timezone
from psycopg_pool import PoolTimeout

from accounts.ingredients import ANYTHING
from accounts.models import Author
from blog import cache_tags, streams
from blog.change_log import Changes, Ingredient, read_from
from blog.models import Post, PurgePosition, Series, Tag
from blog.purgers import KINDS, Kind, PurgeFailed, PurgeRefused

SOFT = "~"
# Rather than in more calls than this, a cache lets go of everything in one.
MAX_CALLS = 5
# As long as a process of ours may give away what it keeps without having looked for changes
# (`config.page_store`): a cache that lets go of a page sooner would fetch the old one again.
KNOWN_AFTER_SECONDS = 1.0
# One that does not answer is asked again after these, and then always after the last.
AGAIN_AFTER_SECONDS = (2, 10, 60, 300)
# Where nothing changes, a cache's place in the list has to be written down now and then.
WRITE_EVERY = timedelta(minutes=5)

logger = logging.getLogger("longhand.purge")


def caches() -> list[str]:
    """Those that are to be told, as `PURGE` names them."""
    return [f"{kind}:{place}" for kind, place in settings.PURGES]


def tell(cache: str) -> None:
    """Tell a cache of what has changed since it was told last.

    Raises `PurgeFailed` when it has to be told again later, `PurgeRefused` when that is of no use:
    then it has missed this, and what it keeps is old until its time is over.
    """
    name, _, place = cache.partition(":")
    now = timezone.now()
    told = PurgePosition.objects.filter(cache=cache).first()
    changes, position = read_from(told.position if told else None, told.told_at if told else now)
    refusal: PurgeRefused | None = None
    calls = list(_calls(KINDS[name], changes))
    if calls:
        time.sleep(KNOWN_AFTER_SECONDS)
    try:
        for named in calls:
            KINDS[name].purge(place, settings.PURGE_TOKEN, named)
    except PurgeRefused as error:
        refusal = error
    if told is None or changes.ingredients or changes.is_all or now - told.told_at > WRITE_EVERY:
        PurgePosition.objects.reach(cache, position, at=now)
    if refusal:
        raise refusal


class Teller:
    """Tells one cache, and leaves it in peace for a while when it cannot be told."""

    def __init__(self, cache: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.cache = cache
        self._clock = clock
        self._failures = 0
        self._again_at = float("-inf")

    def look(self) -> None:
        """Tell it what there is to tell, unless it is to be left in peace."""
        if self._clock() < self._again_at:
            return
        try:
            tell(self.cache)
        except PurgeRefused as error:
            logger.error("%s does not take what it is told of changes: %s", self.cache, error)
        except (PurgeFailed, Error, PoolTimeout) as error:
            self._leave_in_peace(error)
            return
        self._failures = 0

    def _leave_in_peace(self, error: Exception) -> None:
        seconds = AGAIN_AFTER_SECONDS[min(self._failures, len(AGAIN_AFTER_SECONDS) - 1)]
        self._failures += 1
        self._again_at = self._clock() + seconds
        logger.warning("%s was not told of changes, again in %d s: %s", self.cache, seconds, error)


def _calls(kind: Kind, changes: Changes) -> Iterator[Sequence[str]]:
    """What each call names."""
    hard = {one for one in changes.ingredients if not one[0].startswith(SOFT)}
    if not hard and not changes.is_all:
        return
    if kind.by_address:
        # All of them cannot be named: the rest is asked for anew when its time is over.
        named = addresses_of(hard)[: kind.most * MAX_CALLS]
    else:
        named = sorted(cache_tags.tag(*one) for one in {*hard, ANYTHING})
        if changes.is_all or len(named) > kind.most * MAX_CALLS:
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
