"""Questions to the database whose SQL is made once, for the pages that are read most.

To make SQL of a queryset, and instances of its rows, takes Django several times as long as the
database takes to answer. A `Statement` is the queryset all the same: it says what is asked, for
both databases, and Django writes the SQL; only that is kept, and asked again with other values.

What comes back are instances as a queryset would give them, all made in one place (`bare`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from functools import cached_property
from itertools import count
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections, router
from django.db.models import Model, QuerySet
from django.db.models.base import ModelState

from accounts.ingredients import Ingredient

M = TypeVar("M", bound=Model)

# What stands for a value while the SQL is made; nobody else says such things.
NUMBER_MARK = 2**62
NO_KEY = 0
TEXT_MARK = "\x01mark-{}"
# Where a value stands in SQL, and a sign that looks like that; `config.straight` has the same.
MARK = re.compile(r"%[s%]")
TIME_MARK = datetime(9876, 5, 4, 3, 2, 1, tzinfo=UTC)


def rows(
    sql: str,
    values: Sequence[Any],
    *,
    using: str = DEFAULT_DB_ALIAS,
    places: tuple[int, ...] = (),
) -> list[tuple[Any, ...]]:
    """All that SQL of one's own finds or changes and gives back, asked in the short way.

    `places` says of each mark in the SQL which of the values stands there, if not the next one.
    """
    database: Any = connections[using]
    found: list[tuple[Any, ...]] = database.rows(sql, values, places)
    return found


class Statement(Generic[M]):
    """A queryset with places for values, each named by what `make` takes.

    `make` may say anything that does not depend on the values themselves. A value is a number, a
    text, a time, or a list of keys; a list is asked for as a longer one that repeats its last, so
    that few lengths have to be known.
    """

    def __init__(self, make: Callable[..., QuerySet[M]]) -> None:
        self._make = make
        self._model: type[M] | None = None
        self._written: dict[tuple[Any, ...], _Written] = {}

    def ask(self, **values: Any) -> list[M]:
        """The rows, for these values."""
        written, full = self._for(values)
        return written.rows(written.answer(full))

    def found(self, **values: Any) -> Found[M]:
        """The rows, of which instances are wanted only of some."""
        written, full = self._for(values)
        return Found(written, written.answer(full))

    def one(self, **values: Any) -> M | None:
        """The first row, or None."""
        return next(iter(self.ask(**values)), None)

    def values(self, **values: Any) -> list[tuple[Any, ...]]:
        """The rows as the database gives them: for keys, words and numbers."""
        written, full = self._for(values)
        return written.answer(full)

    def sql(self, **values: Any) -> tuple[str, list[Any]]:
        """What it asks, to stand within another question."""
        written, full = self._for(values)
        filled = written.filled(full)
        return written.sql, [filled[place] for place in written.places]

    def _for(self, values: Mapping[str, Any]) -> tuple[_Written, dict[str, Any]]:
        full = {
            name: _padded(value) if isinstance(value, list) else value
            for name, value in values.items()
        }
        if self._model is None:
            self._model = self._make(**_marks(full)[0]).model
        using = router.db_for_read(self._model)
        shape = (using, *full, *map(_shape, full.values()))
        if shape not in self._written:
            self._written[shape] = _write(self._make, full, using)
        for name, value in full.items():
            if isinstance(value, datetime):
                full[name] = _adapted(value)
        return self._written[shape], full


class Found(Generic[M]):
    """Rows as the database gave them, looked through before instances are made.

    Keys, words and numbers can be read of a row as they are; what the database gives in a form of
    its own, like times, by `value`.
    """

    def __init__(self, written: _Written, rows: list[tuple[Any, ...]]) -> None:
        self._written, self.rows = written, rows

    def __iter__(self) -> Iterator[tuple[Any, ...]]:
        return iter(self.rows)

    def place(self, name: str) -> int:
        """Where in each row a column of the model, or an annotation, stands."""
        return self._written.rows.places[name]

    def value(self, row: tuple[Any, ...], name: str) -> Any:
        """What stands there, as an instance has it."""
        return self._written.rows.value(row, self.place(name))

    def instances(self) -> list[M]:
        found: list[M] = self._written.rows(self.rows)
        return found

    def instance(self, row: tuple[Any, ...]) -> M:
        [one] = self._written.rows([row])
        found: M = one
        return found


class _Written:
    """The SQL of a queryset, the places of its values, and how its rows become instances."""

    def __init__(
        self, sql: str, values: Sequence[Any], slots: Mapping[int, _Slot], compiler: Any
    ) -> None:
        self.sql, self._values, self.places = _spelt_out(sql, values, slots)
        self._compiler, self._using = compiler, compiler.using

    def answer(self, given: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        return rows(self.sql, self.filled(given), using=self._using, places=self.places)

    @cached_property
    def rows(self) -> _Rows:
        return _Rows(self._compiler)

    def filled(self, given: Mapping[str, Any]) -> list[Any]:
        return [slot.of(given) if slot else value for slot, value in self._values]


class _Slot(NamedTuple):
    """Which of the given values stands in a place of the SQL."""

    name: str
    place: int | None = None
    # PostgreSQL is told how large a number is.
    kind: type | None = None

    def of(self, given: Mapping[str, Any]) -> Any:
        value = given[self.name] if self.place is None else given[self.name][self.place]
        return value if self.kind is None else self.kind(value)


def _spelt_out(
    sql: str, values: Sequence[Any], slots: Mapping[int, _Slot]
) -> tuple[str, list[tuple[_Slot | None, Any]], tuple[int, ...]]:
    """The question with all that is the same each time said in its SQL, and its values once each.

    PostgreSQL plans a question once for all its values if the plan looks no dearer than one made
    for them. Of a status that is a value it would believe that hardly any row has it; then each
    asking is planned anew, which takes several times as long as to answer, or the plan is bad.
    """
    asked = iter(enumerate(values))
    kept: list[tuple[_Slot | None, Any]] = []
    places: list[int] = []

    def say(mark: re.Match[str]) -> str:
        if mark[0] != "%s":
            return mark[0]
        place, value = next(asked)
        # What a driver is given without having to look at how it comes to be a text.
        plain = value.value if isinstance(value, Enum) else value
        slot = slots.get(place)
        said = _literal(plain) if slot is None else None
        if said is not None:
            return said
        one = (slot, plain if slot is None else None)
        if slot is None or one not in kept:
            kept.append(one)
        places.append(kept.index(one) if slot else len(kept) - 1)
        return mark[0]

    return MARK.sub(say, sql), kept, tuple(places)


def _literal(value: Any) -> str | None:
    """The value as both databases read it in SQL; None for what they write differently."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int):
        return str(int(value))
    if isinstance(value, str) and value.isprintable() and "\\" not in value:
        return "'{}'".format(value.replace("'", "''").replace("%", "%%"))
    return None


def _padded(value: list[Any]) -> list[Any]:
    size = 1 << max(len(value) - 1, 0).bit_length()
    filler = value[-1] if value else NO_KEY
    return [*value, *[filler] * (size - len(value))]


def _shape(value: Any) -> Any:
    if value is None:
        raise TypeError("Nothing is not asked for by a value: say so in the queryset.")
    return (type(value[0]), len(value)) if isinstance(value, list) else type(value)


def _write(make: Callable[..., QuerySet[M]], values: Mapping[str, Any], using: str) -> _Written:
    marks, slots = _marks(values)
    compiler = make(**marks).query.get_compiler(using=using)
    sql, found = compiler.as_sql()
    places = {place: slot for place, value in enumerate(found) if (slot := _slot_of(value, slots))}
    if len(places) < len(slots):
        raise ValueError("A value is changed on its way into the SQL; pass what it is changed to.")
    return _Written(sql, found, places, compiler)


def _marks(values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[Any, _Slot]]:
    """What `make` is given for each value, and what is put in its place later."""
    marks: dict[str, Any] = {}
    slots: dict[Any, _Slot] = {}
    numbers = count(1)
    for name, value in values.items():
        if isinstance(value, list):
            marks[name] = [_mark(one, next(numbers)) for one in value]
            slots |= {mark: _Slot(name, place) for place, mark in enumerate(marks[name])}
        elif isinstance(value, datetime):
            marks[name] = _mark(value, next(numbers))
            slots[_adapted(marks[name])] = _Slot(name)
        else:
            marks[name] = _mark(value, next(numbers))
            slots[marks[name]] = _Slot(name)
    return marks, slots


def _mark(value: Any, number: int) -> Any:
    if isinstance(value, datetime):
        return TIME_MARK.replace(microsecond=number)
    return TEXT_MARK.format(number) if isinstance(value, str) else NUMBER_MARK + number


def _adapted(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _slot_of(value: Any, slots: Mapping[Any, _Slot]) -> _Slot | None:
    slot = slots.get(value) if isinstance(value, int | str | datetime) else None
    if slot is None or type(value) in (int, str, datetime):
        return slot
    return slot._replace(kind=type(value))


def bare(model: type[M], names: Sequence[str], values: Sequence[Any], db: str) -> M:
    """An instance that has these columns; the one place where a row comes to life.

    Whoever makes one has it name itself, if it is an ingredient, once it is whole.
    """
    one = model.__new__(model)
    state = ModelState()
    state.adding, state.db, state.fields_cache = False, db, {}
    known = one.__dict__
    known["_state"] = state
    known.update(zip(names, values, strict=True))
    return one


class _Row:
    """How the columns of a row become an instance, and the instances that hang on it.

    What Django does at each row with signals, defaults and a list of what was left out is known
    beforehand here: nobody listens, and every column is named.
    """

    def __init__(self, info: Mapping[str, Any], select: Sequence[Any], db: str) -> None:
        columns = info["select_fields"]
        self._model: type[Model] = info["model"]
        self._columns = slice(columns[0], columns[-1] + 1)
        self._names = [column[0].target.attname for column in select[self._columns]]
        self._key = columns[0] + self._names.index(self._model._meta.pk.attname)
        self._db = db
        self._is_ingredient = issubclass(self._model, Ingredient)
        self._related = [
            (_Row(one, select, db), one["local_setter"], one["remote_setter"])
            for one in info.get("related_klass_infos", ())
        ]

    @property
    def places(self) -> dict[str, int]:
        """Where its columns stand in a row of the answer, but for those of what hangs on it."""
        return {name: self._columns.start + place for place, name in enumerate(self._names)}

    def build(self, row: Sequence[Any]) -> Any:
        """The instance, with those that hang on it."""
        one: Any = bare(self._model, self._names, row[self._columns], self._db)
        for related, set_here, set_there in self._related:
            if row[related._key] is None:
                set_here(one, None)
            else:
                other = related.build(row)
                set_here(one, other)
                set_there(other, one)
        if self._is_ingredient:
            one.name_itself()
        return one


class _Rows:
    """All rows of an answer as instances, with what was annotated."""

    def __init__(self, compiler: Any) -> None:
        self._row = _Row(compiler.klass_info, compiler.select, compiler.using)
        self._extra = list((compiler.annotation_col_map or {}).items())
        found = compiler.get_converters([one[0] for one in compiler.select])
        self._converts = {place: _convert(*how) for place, how in found.items()}
        self.places: dict[str, int] = {**self._row.places, **dict(self._extra)}

    def __call__(self, rows: Iterable[Sequence[Any]]) -> list[Any]:
        return [self._one(list(row)) for row in rows]

    def value(self, row: Sequence[Any], place: int) -> Any:
        convert = self._converts.get(place)
        return convert(row[place]) if convert and row[place] is not None else row[place]

    def _one(self, row: list[Any]) -> Any:
        for place, convert in self._converts.items():
            if row[place] is not None:
                row[place] = convert(row[place])
        one = self._row.build(row)
        for name, place in self._extra:
            one.__dict__[name] = row[place]
        return one


def time_of(value: datetime | str) -> datetime:
    """A moment, of what either database gives; it is in UTC there."""
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return at.replace(tzinfo=UTC)


def _convert(convs: Sequence[Any], expression: Any) -> Callable[[Any], Any]:
    """Of what the driver gives, what the column's field says."""
    kind = expression.output_field.get_internal_type()
    if kind == "BooleanField" and len(convs) == 1:
        return bool
    if kind == "DateTimeField" and len(convs) == 1 and connection.timezone is UTC:
        # SQLite knows no zones; Django writes UTC.
        return time_of

    def convert(value: Any) -> Any:
        for conv in convs:
            value = conv(value, expression, connection)
        return value

    return convert
