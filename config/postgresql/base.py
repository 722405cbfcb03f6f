"""Django's PostgreSQL, which is asked the same question again by a name it knows.

Such a statement is read and planned once for a connection and not each time, which takes PostgreSQL
half of the time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from typing import Any

from django.db.backends.postgresql import base
from psycopg import Error, OperationalError, RawCursor, adapters
from psycopg.adapt import Dumper, PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, DiagnosticField, ExecStatus, Format
from psycopg.types.numeric import IntDumper

from config.straight import MARK, MAX_REMEMBERED, Straight

# The driver's, in C where there is one.
QUICK_TIMES: Any = adapters.get_loader(adapters.types["timestamptz"].oid, Format.TEXT)

# SQLSTATE (PostgreSQL's appendix A): that there is no statement of this name, or that its columns
# have been altered since. Nothing has been done then.
FORGOTTEN = {b"26000", b"0A000"}
NUMBERS = count(1)
ASKED_BEFORE_NAMED = 2
# A connection's process keeps the plans of all of them, some 50 KB each.
MAX_NAMES = 200


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
        asked = _in_its_own_marks(sql, places)
        known = _known_to(self.connection)
        # Within a transaction, the driver may still have to begin it.
        if self.connection.autocommit and known.has_name_for(asked):
            return known.rows(asked, values)
        return known.cursor.execute(asked, values).fetchall()


class Known:
    """What one connection has been asked already, each by the name under which it is planned.

    The driver's cursor does the same, for statements of every kind and for connections that may be
    asked something else meanwhile, and takes twice as long.
    """

    def __init__(self, connection: Any) -> None:
        self.cursor = cursor = RawCursor[Any](connection)
        cursor.adapters.register_dumper(int, Number)
        # Django's own is Python, for zones that are not the connection's; ours is UTC like Django.
        cursor.adapters.register_loader("timestamptz", QUICK_TIMES)
        self._connection = connection.pgconn
        # It has what the cursor was told of values.
        self._transformer = Transformer(cursor)
        # `DATABASE_PREPARES`: whether who stands between knows names.
        self._takes_names = connection.prepare_threshold is not None
        self._times: Counter[bytes] = Counter()
        self._often: set[bytes] = set()
        self._names: dict[tuple[bytes, tuple[int, ...]], bytes] = {}

    def has_name_for(self, asked: bytes) -> bool:
        """Whether this is asked again and again; what is said but once is not worth a name."""
        if asked in self._often:
            return True
        if not self._takes_names or len(self._names) >= MAX_NAMES:
            return False
        self._times[asked] += 1
        if self._times[asked] <= ASKED_BEFORE_NAMED:
            if len(self._times) > MAX_REMEMBERED:
                self._times.clear()
            return False
        self._often.add(asked)
        return True

    def rows(self, asked: bytes, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        """All that it finds. Raises what the driver's cursor would."""
        given = self._transformer.dump_sequence(values, [PyFormat.AUTO] * len(values))
        result = self._answer(asked, given)
        if result.error_field(DiagnosticField.SQLSTATE) in FORGOTTEN:
            # The driver has all names forgotten after some statements.
            self._names.clear()
            result = self._answer(asked, given)
        if result.status != ExecStatus.TUPLES_OK:
            raise self._error(result)
        self._transformer.set_pgresult(result)
        return self._transformer.load_rows(0, result.ntuples, tuple)

    def _answer(self, asked: bytes, given: Any) -> Any:
        kinds = self._transformer.types or ()
        name = self._names.get((asked, kinds))
        if name is None:
            name = f"straight_{next(NUMBERS)}".encode()
            made = self._connection.prepare(name, asked, kinds)
            if made.status != ExecStatus.COMMAND_OK:
                return made
            self._names[asked, kinds] = name
        return self._connection.exec_prepared(name, given, self._transformer.formats)

    def _error(self, result: Any) -> Error:
        if self._connection.status != ConnStatus.OK:
            return OperationalError(result.get_error_message("utf-8"))
        return error_from_result(result)


def _known_to(connection: Any) -> Known:
    known: Known | None = getattr(connection, "straight", None)
    if known is None:
        known = connection.straight = Known(connection)
    return known


@lru_cache(maxsize=MAX_REMEMBERED)
def _in_its_own_marks(sql: str, places: tuple[int, ...]) -> bytes:
    """With PostgreSQL's marks for values, which are numbered, in place of Django's."""
    numbers = iter(places) if places else count()
    said = MARK.sub(lambda mark: f"${next(numbers) + 1}" if mark[0] == "%s" else "%", sql)
    return said.encode()
