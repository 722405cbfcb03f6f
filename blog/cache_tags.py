"""What an answer is made of, said to the cache in front, so that it can let go of just that.

Off unless `CACHE_TAG_HEADER` says which header the cache reads: `Cache-Tag` (Cloudflare),
`Surrogate-Key` (Fastly) or `xkey` (Varnish). The first two take it off again; Varnish is told to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import quote

from django.http import HttpResponse

SEPARATORS = {"Cache-Tag": ",", "Surrogate-Key": " ", "xkey": " "}
# On every shared page: to let go of all of them at once.
EVERYTHING = "page"
# Cloudflare's bounds and Fastly's: 16 KB in a header and 1,000 tags, and 1,024 bytes in one.
MAX_HEADER_BYTES = 16_000
MAX_TAGS = 1_000
MAX_TAG_BYTES = 1_024


class TooMany(Exception):
    """A page is made of more than a header can name."""


def tag(kind: str, key: object) -> str:
    """The name of one thing: ASCII, without what separates tags."""
    return f"{quote(kind, safe='')}-{quote(str(key), safe='')}"[:MAX_TAG_BYTES]


def tags_of(response: HttpResponse) -> Sequence[str]:
    """What a page is made of, always in the same order."""
    made_of: Iterable[tuple[str, object]] = getattr(response, "made_of", frozenset())
    return [EVERYTHING, *sorted(tag(kind, key) for kind, key in made_of)]


def field(header: str, tags: Sequence[str]) -> str:
    """The header's value. Raises `TooMany`: half of it would leave old pages standing."""
    value = SEPARATORS[header].join(tags)
    if len(tags) > MAX_TAGS or len(value) > MAX_HEADER_BYTES:
        raise TooMany
    return value
