"""Questions that go straight to a database's driver: what its Django backends have in common."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

# Django's, for a value; and a sign that looks like one.
MARK = re.compile(r"%[s%]")
# What is written once is asked as long as the process lives.
MAX_REMEMBERED = 1_000


class Straight:
    """For what is asked again and again, with SQL that was made once.

    Django's cursors take as long as a small question does. Whoever listens to them hears of it all
    the same: the slow way is taken then.
    """

    def rows(
        self: Any, sql: str, values: Sequence[Any], places: tuple[int, ...] = ()
    ) -> list[tuple[Any, ...]]:
        """All that a question finds. `places`: see `accounts.statements.rows`."""
        if self.queries_logged or self.execute_wrappers:
            with self.cursor() as cursor:
                cursor.execute(sql, [values[place] for place in places] if places else values)
                found: list[tuple[Any, ...]] = cursor.fetchall()
            return found
        self.validate_thread_sharing()
        self.close_if_health_check_failed()
        self.ensure_connection()
        self.validate_no_broken_transaction()
        with self.wrap_database_errors:
            return self._rows(sql, values, places)  # type: ignore[no-any-return]
