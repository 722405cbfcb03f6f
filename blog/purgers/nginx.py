"""nginx, which knows pages by their addresses only, as docs/caching.md sets it up.

It keeps a page once for each coding in which we send it, so it is told of each.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings

from blog.codings import QUICK
from blog.purgers.call import call

MAX_ADDRESSES = 50
# It had nothing there: 404, or 412 from versions before 2.0 of the module.
NOTHING_THERE = frozenset({404, 412})
# What we answer there now may be that there is nothing any more, or that it has moved.
FETCHED = frozenset({301, 302, 303, 304, 307, 308, 404, 410})


def purge(origin: str, token: str, paths: Sequence[str]) -> None:
    """Let go of pages, by the module ngx_cache_purge. Raises `PurgeFailed` or `PurgeRefused`."""
    _each(origin, token, paths, "PURGE", NOTHING_THERE)


def refresh(origin: str, token: str, paths: Sequence[str]) -> None:
    """Have pages fetched anew past the cache, by an nginx without modules. Raises the same."""
    _each(origin, token, paths, "GET", FETCHED)


def _each(origin: str, token: str, paths: Sequence[str], method: str, also: frozenset[int]) -> None:
    host = urlsplit(settings.SITE_URL).netloc
    for path in paths:
        for coding in (*QUICK, ""):
            headers = {"Host": host, "Accept-Encoding": coding, "X-Purge-Token": token}
            call(method, origin, path, headers, also=also)
