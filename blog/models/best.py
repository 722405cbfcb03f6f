"""How high a response stands among the best of a story."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, Expression, F, FloatField, Func, Value
from django.db.models.functions import Cast, Ln

# To be a month newer is worth ten times the applause: while a talk goes on, its days hardly matter,
# and a year later somebody new is not buried under what was said first.
TENFOLD_DAYS = 30


class DaysSince1970(Func):
    """How many days after the beginning of 1970 a moment is, with its fraction."""

    output_field = FloatField()

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "(JULIANDAY(%(expressions)s) - 2440587.5)"
        return self.as_sql(compiler, connection, template=template, **more)

    def as_postgresql(self, compiler: Any, connection: Any, **more: Any) -> Any:
        template = "(EXTRACT(EPOCH FROM %(expressions)s) / 86400)::double precision"
        return self.as_sql(compiler, connection, template=template, **more)


def score() -> Expression:
    """The score of a response: log10(1 + people who clapped + replies) + its day / 30.

    Ten times as many people weigh as much as being 30 days newer. People are counted and not claps,
    so that nobody lifts a response alone. The time of writing stands in it and not the age: it
    changes only when somebody claps or replies, and pages by key hold.
    """
    people = Cast(F("clapper_count") + F("reply_count") + 1, FloatField())
    applause = Ln(people) / Value(math.log(10))
    return applause + DaysSince1970("created_at") / Value(float(TENFOLD_DAYS))


def first_score(at: datetime) -> Expression:
    """The score of a response that is written `at`, which nobody has answered or applauded yet."""
    written = DaysSince1970(Value(at, output_field=DateTimeField()))
    return written / Value(float(TENFOLD_DAYS))
