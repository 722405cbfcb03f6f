"""How a start makes sure that it is the only one that prepares."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection

from blog import installation


class Kept(psycopg.Connection[tuple[object, ...]]):
    """What a pool in front of PostgreSQL makes of a connection that is closed: kept for another."""

    kept: list[Kept] = []

    def close(self) -> None:
        self.kept.append(self)


@pytest.fixture
def pool(monkeypatch):
    """One that gives nobody the connection of somebody before them."""
    Kept.kept = []
    monkeypatch.setattr(psycopg, "connect", Kept.connect)
    yield
    for one in Kept.kept:
        psycopg.Connection.close(one)


@pytest.mark.django_db
def test_a_start_waits_for_nobody_who_prepared_before_it_behind_a_pool(pool, monkeypatch):
    monkeypatch.setattr(installation.time, "sleep", lambda _seconds: pytest.fail("It waits."))
    for _start in range(2):
        with installation.alone():
            pass
    # SQLite's file is one machine's: nobody has to be asked.
    assert len(Kept.kept) == (2 if connection.vendor == "postgresql" else 0)
