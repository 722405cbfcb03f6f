"""Django's SQLite, whose threads take turns at writing.

SQLite lets one write at a time. Whoever has to wait sleeps and looks again, longer each time, while
others go before: among the threads of a server some waited a third of a second for what takes a
millisecond. A lock wakes the next one at once. Other processes are waited for as ever.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from itertools import count
from threading import Lock
from typing import Any

from django.db.backends.sqlite3 import base

from config.straight import MARK, MAX_REMEMBERED, Straight

_turns: defaultdict[str, Any] = defaultdict(Lock)


class DatabaseWrapper(Straight, base.DatabaseWrapper):
    _turn: Any = None

    def _rows(
        self, sql: str, values: Sequence[Any], places: tuple[int, ...]
    ) -> list[tuple[Any, ...]]:
        found = self.connection.execute(_in_its_own_marks(sql, places), values)
        return found.fetchall()  # type: ignore[no-any-return]

    def _start_transaction_under_autocommit(self) -> None:
        turn = _turns[str(self.settings_dict["NAME"])]
        # After so long SQLite itself says that the database is locked.
        if turn.acquire(timeout=self.settings_dict["OPTIONS"]["timeout"]):
            self._turn = turn
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._end_turn()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._end_turn()

    def _end_turn(self) -> None:
        turn, self._turn = self._turn, None
        if turn is not None:
            turn.release()


@lru_cache(maxsize=MAX_REMEMBERED)
def _in_its_own_marks(sql: str, places: tuple[int, ...]) -> str:
    """With SQLite's marks for values, which are numbered, in place of Django's."""
    numbers = iter(places) if places else count()
    return MARK.sub(lambda mark: f"?{next(numbers) + 1}" if mark[0] == "%s" else "%", sql)
