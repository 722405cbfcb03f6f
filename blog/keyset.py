"""Cursors for lists: the place after the last row, as a short opaque word for an address."""

from __future__ import annotations

import base64
import binascii
from datetime import UTC, datetime

MAX_CURSOR_CHARS = 100
MAX_ID = 2**63 - 1  # what a bigint column holds; PostgreSQL answers anything above with an error


def encode(at: datetime, pk: int) -> str:
    """The cursor of a row. `at` must know its time zone."""
    if at.utcoffset() is None:
        raise ValueError("A cursor needs a time with a time zone.")
    # Always in UTC: of one moment there is one cursor, and no other offset can lead `decode` out of
    # the years that a database counts.
    plain = f"{at.astimezone(UTC).isoformat()}|{pk}".encode()
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def decode(cursor: str) -> tuple[datetime, int]:
    """The time and id a cursor stands for.

    Raises ValueError for anything `encode` did not write.
    """
    try:
        at, pk = _parse(cursor)
        genuine = encode(at, pk) == cursor
    except (binascii.Error, OverflowError, ValueError) as error:
        raise ValueError("This is not a place in the list.") from error
    if not genuine or not 0 < pk <= MAX_ID:
        raise ValueError("This is not a place in the list.")
    return at, pk


def _parse(cursor: str) -> tuple[datetime, int]:
    if len(cursor) > MAX_CURSOR_CHARS:
        raise ValueError("too long")
    padding = "=" * (-len(cursor) % 4)
    plain = base64.b64decode(
        cursor.encode("ascii") + padding.encode(), altchars=b"-_", validate=True
    )
    at, _, pk = plain.decode("ascii").partition("|")
    return datetime.fromisoformat(at), int(pk)
