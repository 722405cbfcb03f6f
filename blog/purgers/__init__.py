"""The caches in front of us that can be told of a change, each by its own protocol.

Each lets go of pages by their tags or, where a cache knows none, by their addresses, and has a
bound on what one call may name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from blog.purgers import cloudflare, fastly, nginx, varnish
from blog.purgers.call import PurgeFailed, PurgeRefused

__all__ = ["KINDS", "Kind", "PurgeFailed", "PurgeRefused"]


@dataclass(frozen=True)
class Kind:
    """How a cache is told: `purge(place, token, named)`, and of how many at once."""

    purge: Callable[[str, str, Sequence[str]], None]
    most: int
    by_address: bool = False


KINDS = {
    "cloudflare": Kind(cloudflare.purge, cloudflare.MAX_TAGS),
    "fastly": Kind(fastly.purge, fastly.MAX_KEYS),
    "varnish": Kind(varnish.purge, varnish.MAX_KEYS),
    "nginx": Kind(nginx.purge, nginx.MAX_ADDRESSES, by_address=True),
}
