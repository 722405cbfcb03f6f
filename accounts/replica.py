"""Which database is read: the primary, or for pages that are the same for everybody, a replica.

A replica is a moment behind. A shared page may be: a cache may keep it for longer. Whoever is
signed in, the desk, every task and whatever writes read the primary: everybody sees what they did.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, TypeVar

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from psycopg_pool import PoolTimeout

PRIMARY, REPLICA = DEFAULT_DB_ALIAS, "replica"
# For so long nobody asks a replica that did not answer.
AWAY_SECONDS = 15

Answer = TypeVar("Answer")

_may_lag: ContextVar[bool] = ContextVar("may_lag", default=False)
_away_until = 0.0


def reading_alias() -> str:
    """The database that shared pages are made from, and that must know of a change to them."""
    return REPLICA if REPLICA in settings.DATABASES else PRIMARY


def alias() -> str:
    """The database to read from here and now."""
    return REPLICA if _may_lag.get() else PRIMARY


def cursor() -> Any:
    """What those read with who write their own SQL."""
    return connections[alias()].cursor()


def shared(make: Callable[[], Answer]) -> Answer:
    """What `make` makes of the replica; of the primary when that does not answer."""
    global _away_until
    if reading_alias() == PRIMARY or time.monotonic() < _away_until:
        return make()
    try:
        with _reading_the_replica():
            return make()
    except (OperationalError, PoolTimeout):
        _away_until = time.monotonic() + AWAY_SECONDS
        return make()


@contextmanager
def _reading_the_replica() -> Iterator[None]:
    token = _may_lag.set(True)
    try:
        yield
    finally:
        _may_lag.reset(token)


class Router:
    """Django's question which database to use, once there is a replica."""

    def db_for_read(self, _model: Any, **_hints: Any) -> str:
        return alias()

    def db_for_write(self, _model: Any, **_hints: Any) -> str:
        # Whoever writes wants to see it.
        _may_lag.set(False)
        return PRIMARY

    def allow_relation(self, _one: Any, _other: Any, **_hints: Any) -> bool:
        """Both know the same rows."""
        return True

    def allow_migrate(self, db: str, _app_label: str, **_hints: Any) -> bool:
        """A replica gets its tables from the primary."""
        return db == PRIMARY
