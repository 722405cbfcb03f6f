"""Rows that are added with SQL that is made once, as `accounts.statements` asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any, Generic, TypeVar

from django.db import connections, router
from django.db.models import Expression, Field, Model
from django.db.models.signals import post_save
from django.db.models.sql import Query

from accounts.statements import TIME_MARK, rows

M = TypeVar("M", bound=Model)


class Insertion(Generic[M]):
    """How rows of a model are added: as `save` does it, whoever listens to that hears of it.

    `worked_out` names the columns whose value the database works out of a time, and how.
    """

    def __init__(
        self, model: type[M], **worked_out: tuple[str, Callable[[datetime], Expression]]
    ) -> None:
        self._model, self._worked_out = model, worked_out
        self._written: dict[str, _Written] = {}

    def add(self, row: M) -> M:
        """Add `row`, which gets its key and what was worked out."""
        using = router.db_for_write(self._model)
        if using not in self._written:
            self._written[using] = _Written(self._model, self._worked_out, using)
        written = self._written[using]
        (made,) = rows(written.sql, list(written.values(row, connections[using])), using=using)
        for name, value in zip(written.returned, made, strict=True):
            setattr(row, name, value)
        row._state.adding, row._state.db = False, using
        post_save.send(
            self._model, instance=row, created=True, update_fields=None, raw=False, using=using
        )
        return row


Values = Callable[[Any, Any], list[Any]]


class _Written:
    """The SQL for one database, and how a row's values take their places in it."""

    def __init__(self, model: type[Model], worked_out: dict[str, Any], using: str) -> None:
        self._using = using
        columns: list[Any] = [
            field for field in model._meta.concrete_fields if not field.primary_key
        ]
        self.returned = [model._meta.pk.attname, *worked_out]
        places, self._values = [], []
        for column in columns:
            place, values = (
                self._of_expression(model, *worked_out[column.attname])
                if column.attname in worked_out
                else self._of_field(column)
            )
            places.append(place)
            self._values.append(values)
        quote = connections[using].ops.quote_name
        names = ", ".join(quote(column.column) for column in columns)
        returned = ", ".join(quote(name) for name in self.returned)
        self.sql = (
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) "  # noqa: S608 (names of ours)
            f"VALUES ({', '.join(places)}) RETURNING {returned}"
        )

    def values(self, row: Model, database: Any) -> Iterator[Any]:
        for values in self._values:
            yield from values(row, database)

    def _of_field(self, field: Field[Any, Any]) -> tuple[str, Values]:
        def values(row: Any, database: Any) -> list[Any]:
            return [field.get_db_prep_save(field.pre_save(row, add=True), database)]

        return "%s", values

    def _of_expression(
        self, model: type[Model], of: str, make: Callable[[datetime], Expression]
    ) -> tuple[str, Values]:
        query = Query(model)
        expression = make(TIME_MARK).resolve_expression(query, allow_joins=False, for_save=True)
        place, found = query.get_compiler(self._using).compile(expression)
        mark = connections[self._using].ops.adapt_datetimefield_value(TIME_MARK)

        def values(row: Any, database: Any) -> list[Any]:
            at = database.ops.adapt_datetimefield_value(getattr(row, of))
            return [at if value == mark else value for value in found]

        return place, values
