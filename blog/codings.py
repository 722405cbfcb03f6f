"""How an answer may travel: which coding a client takes, and the bytes in it (RFC 9110, 12.5.3).

Measured on a story of 36 KB, in milliseconds and bytes: br 5 0.57 and 8,606, br 10 15 and 7,782,
gzip 6 0.49 and 9,168, zstd 3 0.11 and 9,461, zstd 9 0.42 and 8,973. So what is sent once goes as
zstd, five times cheaper than the others; what is kept and sent often goes as br, the smallest.
"""

from __future__ import annotations

import gzip
import re
import sys
import threading
from collections.abc import Callable, Mapping
from functools import lru_cache, partial

import brotli

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

IDENTITY = "identity"
# Below this nothing is won: it travels in one packet either way.
COMPRESS_FROM_BYTES = 500
ZSTD_LEVEL = 3
WEIGHT = re.compile(r"q\s*=\s*(?P<value>0(\.\d{0,3})?|1(\.0{0,3})?)")

Compress = Callable[[bytes], bytes]


class _Press(threading.local):
    """One for each thread: to make its tables anew takes a quarter as long as to press a page."""

    def __init__(self) -> None:
        self._begin_anew()

    def _begin_anew(self) -> None:
        self._zstd = zstd.ZstdCompressor(level=ZSTD_LEVEL)

    def zstd(self, whole: bytes) -> bytes:
        try:
            return self._zstd.compress(whole, zstd.ZstdCompressor.FLUSH_FRAME)
        except BaseException:
            # What was begun must not stand before the next page.
            self._begin_anew()
            raise


_press = _Press()

# The preferred one first. mtime=0: the same page is the same bytes whenever it was compressed.
QUICK: Mapping[str, Compress] = {
    "zstd": _press.zstd,
    "br": partial(brotli.compress, quality=4),
    "gzip": partial(gzip.compress, compresslevel=4, mtime=0),
}
# The way back, for a page that is kept in one coding and asked for in another.
EXPAND: Mapping[str, Compress] = {
    "zstd": zstd.decompress,
    "br": brotli.decompress,
    "gzip": gzip.decompress,
    IDENTITY: bytes,
}
THOROUGH: Mapping[str, Compress] = {
    "br": partial(brotli.compress, quality=5),
    "zstd": partial(zstd.compress, level=9),
    "gzip": partial(gzip.compress, compresslevel=6, mtime=0),
}


@lru_cache(maxsize=256)
def choose(accepted: str, offered: tuple[str, ...] = tuple(QUICK)) -> str:
    """The coding of those offered that a client likes best; of several, the first one.

    What it takes stands in its `Accept-Encoding`. `identity` is the page as it is: also for a
    client that takes nothing we have, to which the RFC would rather have it sent than nothing.
    """
    weights = _weights(accepted)
    anything = weights.get("*", 0.0)
    liked = {name: weights.get(name, anything) for name in offered}
    best = max(offered, key=lambda name: liked[name], default=IDENTITY)
    is_asked_plain = weights.get(IDENTITY, 0.0) > liked.get(best, 0.0)
    return IDENTITY if is_asked_plain or not liked.get(best) else best


@lru_cache(maxsize=256)
def takes_plain(accepted: str) -> bool:
    """Whether a client takes a page as it is; nearly all do."""
    weights = _weights(accepted)
    return weights.get(IDENTITY, weights.get("*", 1.0)) > 0


def _weights(accepted: str) -> dict[str, float]:
    """What a client says of each coding; what cannot be understood it has not said."""
    found = {}
    for part in accepted.lower().split(","):
        name, semicolon, said = part.partition(";")
        weight = WEIGHT.fullmatch(said.strip())
        if name.strip() and (weight or not semicolon):
            found[name.strip()] = float(weight["value"]) if weight else 1.0
    # An old name of it, which every client that sends it means.
    if "x-gzip" in found:
        found.setdefault("gzip", found["x-gzip"])
    return found
