"""Rows by the million: COPY into PostgreSQL, long transactions into SQLite."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import islice
from typing import Any

from django.core.management.color import no_style
from django.db import connection, models, transaction

ROWS_AT_ONCE = 1_000

Row = Sequence[Any]


class Table:
    """The table of a model, into which some columns are given.

    All others get what the model says for them, so that a column that is new needs no word here.
    """

    def __init__(self, model: type[models.Model], *given: str) -> None:
        fields = {field.attname: field for field in model._meta.concrete_fields}
        others = [name for name in fields if name not in given]
        blank = model()
        self.name = model._meta.db_table
        self.model = model
        self.columns = [fields[name].column for name in (*given, *others) if name in fields]
        self.rest = tuple(_stored(fields[name], getattr(blank, name)) for name in others)

    def with_columns(self, *more: str) -> Table:
        """The same, with columns given that only the database knows: last of all."""
        self.columns = [*self.columns, *more]
        return self


def moment(seconds: float) -> str:
    """A time (seconds since 1970) as both databases take it."""
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%d %H:%M:%S")


def _stored(field: models.Field[Any, Any], value: Any) -> Any:
    if isinstance(value, datetime):
        return moment(value.timestamp())
    if isinstance(field, models.JSONField):
        return json.dumps(value)
    return str(value) if isinstance(field, models.FileField) else value


class Loader(ABC):
    """Writes rows into tables."""

    @abstractmethod
    def write(self, table: Table, rows: Iterable[Row], last: Iterable[Row] = ()) -> None:
        """Add these rows; `last` has for each the columns of `Table.with_columns`."""

    @contextmanager
    def filling(self, kinds: Sequence[type[models.Model]], *, bare: bool) -> Iterator[None]:
        """While these tables are filled: without triggers, and `bare` of indexes as well."""
        with transaction.atomic():
            undo = self._strip([kind._meta.db_table for kind in kinds], bare=bare)
        yield
        for statement in undo:
            with transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(statement)
        self._settle(kinds)

    @abstractmethod
    def _strip(self, tables: list[str], *, bare: bool) -> list[str]:
        """Take away what makes filling slow; the statements that bring it back, in order."""

    @abstractmethod
    def _settle(self, kinds: Sequence[type[models.Model]]) -> None:
        """Let the database look at what it has now."""


def loader() -> Loader:
    return Postgres() if connection.vendor == "postgresql" else Sqlite()


class Postgres(Loader):
    def write(self, table: Table, rows: Iterable[Row], last: Iterable[Row] = ()) -> None:
        columns = ", ".join(f'"{column}"' for column in table.columns)
        lines = self._lines(table, rows, last)
        with (
            connection.cursor() as cursor,
            cursor.copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy,
        ):
            while some := list(islice(lines, ROWS_AT_ONCE)):
                copy.write("".join(some))

    def _lines(self, table: Table, rows: Iterable[Row], last: Iterable[Row]) -> Iterator[str]:
        rest = "".join(f"\t{_cell(value)}" for value in table.rest)
        more = iter(last)
        for row in rows:
            end = "".join(f"\t{_cell(value)}" for value in next(more, ()))
            yield "\t".join(map(_cell, row)) + rest + end + "\n"

    def _strip(self, tables: list[str], *, bare: bool) -> list[str]:
        undo = [f"ALTER TABLE {table} ENABLE TRIGGER USER" for table in tables]
        do = [f"ALTER TABLE {table} DISABLE TRIGGER USER" for table in tables]
        if bare:
            undo = [
                "SET maintenance_work_mem = '512MB'",
                *self._indexes(tables, do),
                *self._constraints(tables, do),
                *undo,
            ]
        with connection.cursor() as cursor:
            for statement in do:
                cursor.execute(statement)
        # What was put off until the end is looked at before a table is changed.
        return ["SET CONSTRAINTS ALL IMMEDIATE", *undo, "SET CONSTRAINTS ALL DEFERRED"]

    def _indexes(self, tables: list[str], do: list[str]) -> list[str]:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY(%s) "
                "AND schemaname = current_schema() "
                "AND indexname NOT IN (SELECT conname FROM pg_constraint)",
                [tables],
            )
            found = cursor.fetchall()
        do += [f'DROP INDEX "{name}"' for name, _made in found]
        return [made for _name, made in found]

    def _constraints(self, tables: list[str], do: list[str]) -> list[str]:
        """That something is there once, and that it refers to something; primary keys stay."""
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) "
                "FROM pg_constraint WHERE contype IN ('u', 'f') "
                "AND conrelid::regclass::text = ANY(%s) ORDER BY contype DESC",
                [tables],
            )
            found = cursor.fetchall()
        do += [f'ALTER TABLE {table} DROP CONSTRAINT "{name}"' for table, name, _made in found]
        return [
            f'ALTER TABLE {table} ADD CONSTRAINT "{name}" {made}' for table, name, made in found
        ]

    def _settle(self, kinds: Sequence[type[models.Model]]) -> None:
        with connection.cursor() as cursor:
            for statement in connection.ops.sequence_reset_sql(no_style(), list(kinds)):
                cursor.execute(statement)
            # Without a vacuum, no index is enough by itself.
            cursor.execute("ANALYZE" if connection.in_atomic_block else "VACUUM ANALYZE")


class Sqlite(Loader):
    def write(self, table: Table, rows: Iterable[Row], last: Iterable[Row] = ()) -> None:
        columns = ", ".join(f'"{column}"' for column in table.columns)
        places = ", ".join(["%s"] * len(table.columns))
        more = iter(last)
        whole = ((*row, *table.rest, *next(more, ())) for row in rows)
        sql = f"INSERT INTO {table.name} ({columns}) VALUES ({places})"  # noqa: S608 -- our names
        with connection.cursor() as cursor:
            while some := list(islice(whole, ROWS_AT_ONCE)):
                cursor.executemany(sql, some)

    def _strip(self, tables: list[str], *, bare: bool) -> list[str]:
        kinds = "('trigger', 'index')" if bare else "('trigger')"
        places = ", ".join(["%s"] * len(tables))
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT type, name, sql FROM sqlite_master WHERE type IN {kinds} "  # noqa: S608
                f"AND sql IS NOT NULL AND tbl_name IN ({places}) ORDER BY type",
                tables,
            )
            found = cursor.fetchall()
            for kind, name, _made in found:
                cursor.execute(f'DROP {kind} "{name}"')
        # What stands in it is no placeholder.
        return [made.replace("%", "%%") for _kind, _name, made in found]

    @contextmanager
    def filling(self, kinds: Sequence[type[models.Model]], *, bare: bool) -> Iterator[None]:
        # Nothing of this outlives a power cut; neither does the database.
        self._set("synchronous=OFF", "foreign_keys=OFF", "cache_size=-400000")
        with super().filling(kinds, bare=bare):
            yield
        self._set("synchronous=NORMAL", "foreign_keys=ON", "cache_size=-4000")

    def _set(self, *switches: str) -> None:
        # Within a transaction SQLite leaves them as they are.
        if not connection.in_atomic_block:
            with connection.cursor() as cursor:
                for switch in switches:
                    cursor.execute(f"PRAGMA {switch}")

    def _settle(self, kinds: Sequence[type[models.Model]]) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")


def _cell(value: object) -> str:
    """A value in COPY's own words."""
    if value is None:
        return "\\N"
    if not isinstance(value, str):
        return str(value)
    if "\\" in value:
        value = value.replace("\\", "\\\\")
    if "\n" in value or "\t" in value or "\r" in value:
        value = value.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "\\r")
    return value
