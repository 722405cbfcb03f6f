"""In which order the threads of a story stand, and the places in each where a page begins."""

from __future__ import annotations

import base64
import binascii
import math
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext as _

from blog.keyset import MAX_CURSOR_CHARS, MAX_ID
from blog.models import Comment


class Order(StrEnum):
    """Of threads; within a thread the replies always stand as they were said."""

    BEST = "best"
    NEWEST = "newest"
    OLDEST = "oldest"

    @classmethod
    def asked(cls, query: Mapping[str, Any]) -> Order:
        """What an address asks for; the best where it names no order that there is."""
        found = query.get("order", "")
        return cls(found) if found in list(cls) else cls.BEST

    @property
    def columns(self) -> tuple[str, str]:
        """What it sorts by; the key makes every place one of its own."""
        return {
            Order.BEST: ("-score", "-pk"),
            Order.NEWEST: ("-created_at", "-pk"),
            Order.OLDEST: ("created_at", "pk"),
        }[self]

    def sorted(self, comments: Iterable[Comment]) -> list[Comment]:
        return sorted(
            comments,
            key=lambda comment: (self._value(comment), comment.id),
            reverse=self is not Order.OLDEST,
        )

    def after(self, cursor: str) -> Q:
        """What stands behind a place. Raises `Http404` for one that is none in this order."""
        try:
            value, pk = _decode(self, cursor)
        except ValueError as error:
            raise Http404(_("There is no such page.")) from error
        column = self.columns[0].removeprefix("-")
        way = "lt" if self.columns[0].startswith("-") else "gt"
        # The first condition says no more than the second, but lets the index begin at the place.
        return Q(**{f"{column}__{way}e": value}) & (
            Q(**{f"{column}__{way}": value}) | Q(**{f"pk__{way}": pk})
        )

    def cursor(self, comment: Comment) -> str:
        """The place of a response, which no other order takes for one of its own."""
        return _encode(self, self._value(comment), comment.pk)

    def _value(self, comment: Comment) -> Any:
        return comment.score if self is Order.BEST else comment.created_at


def _encode(order: Order, value: float | datetime, pk: int) -> str:
    said = value.astimezone(UTC).isoformat() if isinstance(value, datetime) else repr(float(value))
    plain = f"{order}|{said}|{pk}".encode()
    return base64.urlsafe_b64encode(plain).rstrip(b"=").decode()


def _decode(order: Order, cursor: str) -> tuple[float | datetime, int]:
    """Raises ValueError for anything that `_encode` did not write for this order."""
    try:
        value, pk = _parse(order, cursor)
        is_genuine = _encode(order, value, pk) == cursor
    except (binascii.Error, OverflowError) as error:
        raise ValueError("This is not a place in the list.") from error
    if not is_genuine or not 0 < pk <= MAX_ID:
        raise ValueError("This is not a place in the list.")
    return value, pk


def _parse(order: Order, cursor: str) -> tuple[float | datetime, int]:
    if len(cursor) > MAX_CURSOR_CHARS:
        raise ValueError("too long")
    padding = "=" * (-len(cursor) % 4)
    plain = base64.b64decode(
        cursor.encode("ascii") + padding.encode(), altchars=b"-_", validate=True
    )
    name, said, pk = plain.decode("ascii").split("|")
    if name != order:
        raise ValueError("another order's")
    if order is not Order.BEST:
        return datetime.fromisoformat(said), int(pk)
    value = float(said)
    if not math.isfinite(value):
        raise ValueError("no number")
    return value, int(pk)
