"""Triggers that both databases have: made when they are not there as they should be."""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper

# How the name of each of ours begins.
PREFIX = "longhand_"


class Trigger(NamedTuple):
    """What the database does by itself after a change of a row of `table`.

    `event` is INSERT, UPDATE (with OF and columns) or DELETE; `body` is one statement or several,
    each with its semicolon.
    """

    name: str
    table: str
    event: str
    body: str
    when: str = ""


def differs(connection: BaseDatabaseWrapper) -> str:
    """How this database says that two values, NULL among them, are not equal."""
    return "IS DISTINCT FROM" if connection.vendor == "postgresql" else "IS NOT"


def give_way(using: str = DEFAULT_DB_ALIAS, plan: Collection[Any] = (), **_signal: Any) -> None:
    """End all of ours before tables are changed; they are made again afterwards.

    SQLite copies no table that a trigger of another names, and PostgreSQL gives no column another
    type that a trigger names.
    """
    if plan:
        connection = connections[using]
        for name in _installed(connection, PREFIX):
            _drop(connection, name)


def are_installed(prefix: str, triggers: Collection[Trigger], using: str) -> bool:
    """Whether these are there as they should be, and no others whose name begins so."""
    connection = connections[using]
    wanted = {one.name: _fingerprint(_commands(connection, one)) for one in triggers}
    return _installed(connection, prefix) == wanted


def install(prefix: str, triggers: Collection[Trigger], using: str) -> None:
    """Make these, where they are not there as they should be, and end others of this prefix."""
    connection = connections[using]
    there = _installed(connection, prefix)
    for name in there.keys() - {one.name for one in triggers}:
        _drop(connection, name)
    for trigger in triggers:
        commands = _commands(connection, trigger)
        if there.get(trigger.name) != _fingerprint(commands):
            _make(connection, trigger, commands)


def _make(connection: BaseDatabaseWrapper, trigger: Trigger, commands: list[str]) -> None:
    name, table = trigger.name, trigger.table
    if connection.vendor == "sqlite":
        _drop(connection, name)
    with connection.cursor() as cursor:
        for command in commands:
            cursor.execute(command)
        if connection.vendor == "postgresql":
            cursor.execute(f"COMMENT ON TRIGGER {name} ON {table} IS '{_fingerprint(commands)}'")


def _commands(connection: BaseDatabaseWrapper, trigger: Trigger) -> list[str]:
    """What makes it in this database."""
    name, call = trigger.name, f"WHEN ({trigger.when}) " if trigger.when else ""
    moment = f"AFTER {trigger.event} ON {trigger.table} FOR EACH ROW"
    if connection.vendor == "postgresql":
        return [
            f"CREATE OR REPLACE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {trigger.body} RETURN NULL; END $$",
            f"CREATE OR REPLACE TRIGGER {name} {moment} {call}EXECUTE FUNCTION {name}()",
        ]
    return [f"CREATE TRIGGER {name} {moment} {call}BEGIN {trigger.body} END"]


def _installed(connection: BaseDatabaseWrapper, prefix: str) -> dict[str, str]:
    """The triggers that are there, each with the fingerprint of what made it."""
    like = prefix.replace("_", r"\_") + "%"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                """SELECT tgname, COALESCE(obj_description(oid, 'pg_trigger'), '')
                FROM pg_trigger WHERE tgname LIKE %s AND NOT tgisinternal""",
                [like],
            )
            return dict(cursor.fetchall())
        cursor.execute(
            r"""SELECT name, sql FROM sqlite_master
            WHERE type = 'trigger' AND name LIKE %s ESCAPE '\'""",
            [like],
        )
        return {name: _fingerprint([sql]) for name, sql in cursor.fetchall()}


def _drop(connection: BaseDatabaseWrapper, name: str) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"DROP FUNCTION IF EXISTS {name}() CASCADE")
        else:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


def _fingerprint(commands: list[str]) -> str:
    return hashlib.sha256("\n".join(commands).encode()).hexdigest()[:16]
