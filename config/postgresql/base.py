"""Django's PostgreSQL, which is asked the same question again by a name it knows.

Such a statement is read and planned once for a connection and not each time, which takes PostgreSQL
half of the time; and one cursor of the driver does for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any

from django.db.backends.postgresql import base
from psycopg import RawCursor
from psycopg.adapt import Dumper, PyFormat
from psycopg.types.numeric import IntDumper

from config.straight import MAX_REMEMBERED, Straight

MARK = re.compile(r"%[s%]")


class Number(IntDumper):
    """A number, as one of two kinds.

    The driver's own tells PostgreSQL of small ones as smaller ones, and each mixture of kinds would
    be another statement.
    """

    def upgrade(self, obj: int, format: PyFormat) -> Dumper:
        found = super().upgrade(obj, format)
        return self._int4_dumper if found is self._int2_dumper else found


class DatabaseWrapper(Straight, base.DatabaseWrapper):
    def _rows(self, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        cursor = _cursor_of(self.connection)
        return cursor.execute(_in_its_own_marks(sql), values).fetchall()


def _cursor_of(connection: Any) -> RawCursor[Any]:
    """The one that this connection keeps."""
    kept: RawCursor[Any] | None = getattr(connection, "straight", None)
    if kept is None:
        kept = connection.straight = RawCursor[Any](connection)
        kept.adapters.register_dumper(int, Number)
    return kept


@lru_cache(maxsize=MAX_REMEMBERED)
def _in_its_own_marks(sql: str) -> bytes:
    """With PostgreSQL's marks for values, which are numbered, in place of Django's."""
    numbers = count(1)
    return MARK.sub(lambda mark: f"${next(numbers)}" if mark[0] == "%s" else "%", sql).encode()
