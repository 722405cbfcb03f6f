"""One HTTP call to a cache; what lets us in there is in no message."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 10
MAX_ANSWER_BYTES = 64 * 1024
MAX_SAID_CHARS = 200
# To ask again helps with these; with the rest of what begins with 4, nothing does but a person.
PASSING = {408, 425, 429}


class PurgeFailed(Exception):
    """The cache cannot be reached now, or has enough of us for the moment."""


class PurgeRefused(Exception):
    """The cache does not take this from us, and will not later."""


def call(
    method: str,
    origin: str,
    path: str,
    headers: Mapping[str, str],
    body: bytes = b"",
    *,
    also: frozenset[int] = frozenset(),
) -> None:
    """Ask, and raise unless it was done; `also` has the answers that mean no harm."""
    connection = _connection(origin)
    try:
        connection.request(method, path, body or None, {**headers, "Connection": "close"})
        with connection.getresponse() as answer:
            said = answer.read(MAX_ANSWER_BYTES)
    except (OSError, HTTPException, ValueError) as error:
        raise PurgeFailed(str(error) or type(error).__name__) from error
    finally:
        connection.close()
    if 200 <= answer.status < 300 or answer.status in also:
        return
    words = said[:MAX_SAID_CHARS].decode("utf-8", "replace")
    kind = PurgeFailed if answer.status in PASSING or answer.status >= 500 else PurgeRefused
    raise kind(f"it answered {answer.status} {words!r}")


def _connection(origin: str) -> HTTPConnection:
    parts = urlsplit(origin)
    host = parts.hostname or ""
    if parts.scheme == "https":
        context = ssl.create_default_context()
        return HTTPSConnection(host, parts.port, timeout=TIMEOUT_SECONDS, context=context)
    return HTTPConnection(host, parts.port, timeout=TIMEOUT_SECONDS)
