"""nginx, which knows pages by their addresses only, as docs/caching.md sets it up.

Without a module it cannot let go of a page, but it fetches one anew past its cache for whoever
knows the secret. It keeps a page once for each coding in which we send it.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from django.conf import settings

from blog.codings import QUICK
from blog.purgers.call import call

MAX_ADDRESSES = 50
# What we answer there now may be that there is nothing any more, or that it has moved.
FETCHED = frozenset({301, 302, 303, 304, 307, 308, 404, 410})


def purge(origin: str, token: str, paths: Sequence[str]) -> None:
    """Raises `PurgeFailed` or `PurgeRefused`."""
    host = urlsplit(settings.SITE_URL).netloc
    for path in paths:
        for coding in (*QUICK, ""):
            headers = {"Host": host, "Accept-Encoding": coding, "X-Purge-Token": token}
            call("GET", origin, path, headers, also=FETCHED)
