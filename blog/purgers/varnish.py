"""Varnish with its module xkey: `PURGE` with the keys in a header; docs/caching.md sets it up."""

from __future__ import annotations

from collections.abc import Sequence

from blog.purgers.call import call

# Varnish takes headers of 8 KB unless told otherwise.
MAX_KEYS = 100


def purge(origin: str, token: str, keys: Sequence[str]) -> None:
    """Raises `PurgeFailed` or `PurgeRefused`."""
    headers = {"xkey": " ".join(keys)}
    if token:
        headers["X-Purge-Token"] = token
    call("PURGE", origin, "/", headers)
