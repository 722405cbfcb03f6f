"""Django's PostgreSQL, which is asked the same question again by a name it knows.

Such a statement is read and planned once for a connection and not each time, which takes PostgreSQL
half of the time; and one cursor of the driver does for all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any

from django.db.backends.postgresql import base
from psycopg import RawCursor, adapters
from psycopg.adapt import Dumper, PyFormat
from psycopg.pq import Format
from psycopg.types.numeric import IntDumper

from config.straight import MARK, MAX_REMEMBERED, Straight

# The driver's, in C where there is one.
QUICK_TIMES: Any = adapters.get_loader(adapters.types["timestamptz"].oid, Format.TEXT)


class Number(IntDumper):
    """A number, as one of two kinds.

    The driver's own tells PostgreSQL of small ones as smaller ones, and each mixture of kinds would
    be another statement.
    """

    def upgrade(self, obj: int, format: PyFormat) -> Dumper:
        found = super().upgrade(obj, format)
        return self._int4_dumper if found is self._int2_dumper else found


class DatabaseWrapper(Straight, base.DatabaseWrapper):
    def _rows(
        self, sql: str, values: Sequence[Any], places: tuple[int, ...]
    ) -> list[tuple[Any, ...]]:
        cursor = _cursor_of(self.connection)
        return cursor.execute(_in_its_own_marks(sql, places), values).fetchall()


def _cursor_of(connection: Any) -> RawCursor[Any]:
    """The one that this connection keeps."""
    kept: RawCursor[Any] | None = getattr(connection, "straight", None)
    if kept is None:
        kept = connection.straight = RawCursor[Any](connection)
        kept.adapters.register_dumper(int, Number)
        # Django's own is Python, for zones that are not the connection's; ours is UTC like Django.
        kept.adapters.register_loader("timestamptz", QUICK_TIMES)
    return kept


@lru_cache(maxsize=MAX_REMEMBERED)
def _in_its_own_marks(sql: str, places: tuple[int, ...]) -> bytes:
    """With PostgreSQL's marks for values, which are numbered, in place of Django's."""
    numbers = iter(places) if places else count()
    said = MARK.sub(lambda mark: f"${next(numbers) + 1}" if mark[0] == "%s" else "%", sql)
    return said.encode()
