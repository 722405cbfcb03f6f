"""What the head of a request says, if it is one that a kept page may answer.

llhttp reads every head. Those it has read before, byte for byte, need not be read again: the
request line and the lines below it are remembered apart, so that one browser's lines serve for all
addresses. The two say nothing of each other, so any such line and any such lines are a whole
request, without a body.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import NamedTuple

from django.conf import settings

from blog import codings
from blog.caching import ACTED_COOKIE

Header = tuple[bytes, bytes]

# No "%", no "//", nothing that could be read in two ways.
PLAIN = re.compile(rb"(?:/[\w\-.~]+)*/?(?:\?[\w\-.~=&]*)?")
HOST = re.compile(r"[\w.\-]+(?::\d{1,5})?|\[[0-9a-fA-F:.]+\](?::\d{1,5})?", re.ASCII)
HEARD = {
    *(b"host", b"x-forwarded-proto", b"accept-encoding", b"cookie"),
    *(b"if-none-match", b"if-modified-since"),
}
# Whoever says one of these wants something else than a page as it is kept.
UNUSUAL = {
    *(b"authorization", b"range", b"if-range", b"if-match", b"if-unmodified-since"),
    *(b"content-length", b"transfer-encoding", b"te", b"trailer", b"expect", b"upgrade"),
}
# Of somebody with a session, or who has done something a moment ago (`config.handler`).
OWN_COOKIES = f"{settings.SESSION_COOKIE_NAME}=", f"{ACTED_COOKIE}="
OFFERED = tuple(codings.THOROUGH)
MAX_REMEMBERED = 1_000
MAX_REMEMBERED_BYTES = 2_000


class Line(NamedTuple):
    """The request line."""

    is_head: bool
    path: str
    query: str


class Asker(NamedTuple):
    """What the lines below it say of who asks, as far as a page depends on it."""

    host: str
    proto: str
    # The coding they like best, of a page that is kept for long.
    coding: str
    etags: str | None
    since: str | None


def read_line(method: bytes, url: bytes) -> Line | None:
    if method not in {b"GET", b"HEAD"} or not PLAIN.fullmatch(url):
        return None
    path, _mark, query = url.decode("ascii").partition("?")
    return Line(method == b"HEAD", path, query)


def read_asker(headers: list[Header]) -> Asker | None:
    found: dict[bytes, str] = {}
    for name, value in headers:
        if name in UNUSUAL or name in found:
            return None
        if name in HEARD:
            found[name] = value.decode("latin-1")
    cookies = found.get(b"cookie")
    if cookies and any(one in cookies for one in OWN_COOKIES):
        return None
    if not HOST.fullmatch(found.get(b"host", "")):
        return None
    return Asker(
        host=found[b"host"].lower(),
        proto=found.get(b"x-forwarded-proto", ""),
        coding=codings.choose(found.get(b"accept-encoding", ""), OFFERED),
        etags=found.get(b"if-none-match"),
        since=found.get(b"if-modified-since"),
    )


@dataclass
class Heads:
    """Those that were read before; a bounded number of them."""

    lines: dict[bytes, Line] = field(default_factory=dict)
    askers: dict[bytes, Asker] = field(default_factory=dict)

    def remember(self, head: bytes, url: bytes, line: Line, asker: Asker) -> None:
        """`head` was read to its end, and nothing came behind it."""
        first, _end, below = head.partition(b"\r\n")
        usual = b"%b %b HTTP/1.1" % (b"HEAD" if line.is_head else b"GET", url)
        if first != usual or len(head) > MAX_REMEMBERED_BYTES:
            return
        for known in (self.lines, self.askers):
            if len(known) >= MAX_REMEMBERED:
                known.clear()
        self.lines[first] = line
        self.askers[below] = asker
