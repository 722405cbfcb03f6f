"""What hangs on a row, read along with it: the rows of one question as one value of another.

A second question costs more than what it finds: to be sent, to be begun, to be waited for.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from operator import itemgetter
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS
from django.db.models import F, JSONField, QuerySet, Subquery

from accounts.ingredients import Ingredient
from accounts.statements import bare

Named = TypeVar("Named", bound=Ingredient)


class JsonRows(Subquery):
    """All that a queryset finds, as a list that has a list of these columns for each row.

    Whoever asks sorts them (`in_order`): a handful of rows take a database longer.
    """

    template = "(SELECT %(rows)s FROM (%(subquery)s) AS found)"

    def __init__(self, found: QuerySet[Any], *columns: str, order: tuple[str, str]) -> None:
        told = (*order, *columns)
        self._named = {f"column_{place}": F(column) for place, column in enumerate(told)}
        rows = found.order_by().annotate(**self._named).values_list(*self._named)
        super().__init__(rows, output_field=JSONField())

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        columns = ", ".join(self._for_sqlite(name) for name in self._named)
        rows = f"JSON_GROUP_ARRAY(JSON_ARRAY({columns}))"
        return self.as_sql(compiler, connection, rows=rows)

    def as_postgresql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        columns = ", ".join(f"found.{name}" for name in self._named)
        # As text, which is what a JSON field reads.
        rows = f"COALESCE(JSON_AGG(JSON_BUILD_ARRAY({columns}))::text, '[]')"
        return self.as_sql(compiler, connection, rows=rows)

    def _for_sqlite(self, name: str) -> str:
        # SQLite keeps JSON as a text and would write it as one.
        kind = self.query.annotations[name].output_field
        return f"JSON(found.{name})" if isinstance(kind, JSONField) else f"found.{name}"


def in_order(rows: list[list[Any]]) -> list[list[Any]]:
    """What `JsonRows` found, in the order that was named, without what that goes by."""
    return [row[2:] for row in sorted(rows, key=itemgetter(0, 1))]


def instances(
    model: type[Named], columns: Sequence[str], rows: Iterable[Sequence[Any]], *, db: str | None
) -> list[Named]:
    """Rows of a model, by columns that need no more than what a driver, or JSON, makes of them."""
    found = [bare(model, columns, row, db or DEFAULT_DB_ALIAS) for row in rows]
    for one in found:
        one.name_itself()
    return found
