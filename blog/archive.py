"""Stories by year and month of the publication: everybody finds a story in the same month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Unpack

from django.utils import timezone

from accounts import replica
from accounts.statements import Statement
from blog.models import Post, Publication
from blog.models.listed import Within
from blog.models.post import PostQuerySet
from blog.pages import Listing

# The least by which two dates differ.
MOMENT = timedelta(microseconds=1)


@dataclass(frozen=True)
class Period:
    """A year, or a month of it (1 to 12)."""

    year: int
    month: int | None = None

    @property
    def starts_at(self) -> datetime:
        return _first_moment(self.year, self.month or 1)

    @property
    def ends_at(self) -> datetime:
        """The first moment that does not belong to it."""
        if self.month is None or self.month == 12:
            return _first_moment(self.year + 1)
        return _first_moment(self.year, self.month + 1)

    @property
    def day(self) -> date:
        """Its first day, for a template to write its name."""
        return self.starts_at.date()

    @property
    def bounds(self) -> dict[str, Any]:
        """Its first moment and its last, as `IN_PERIOD` is told them."""
        return {"first": self.starts_at, "last": self.ends_at.astimezone(UTC) - MOMENT}


def _listed_in(
    at: datetime, first: datetime, last: datetime, **within: Unpack[Within]
) -> PostQuerySet:
    since, until = [first, *within.get("since", ())], [last, *within.get("until", ())]
    found: PostQuerySet = Post.objects.listed(at, since=since, until=until)
    return found


# What came out in a year or a month; and the newest of it.
IN_PERIOD = Listing(_listed_in)
_NEWEST: Statement[Any] = Statement(
    lambda at, first, last: _listed_in(at, first, last).newest_first().values("pk")[:1]
)


def _first_moment(year: int, month: int = 1) -> datetime:
    return datetime(year, month, 1, tzinfo=Publication.current().clock)


def years_with_posts() -> list[Period]:
    """The years in which something was published, the latest first."""
    dates = Post.objects.listed().values_list("published_at", flat=True)
    # Each from its end of the index; asked for in one aggregate, SQLite would read all of it.
    newest = dates.order_by("-published_at", "-pk").first()
    oldest = dates.order_by("published_at", "pk").first()
    if newest is None or oldest is None:
        return []
    clock = Publication.current().clock
    first, last = (at.astimezone(clock).year for at in (oldest, newest))
    return _with_posts([Period(year) for year in range(last, first - 1, -1)])


def months_with_posts(*years: int) -> list[Period]:
    """The months of these years in which something was published, in the order of the calendar."""
    return _with_posts([Period(year, month) for year in years for month in range(1, 13)])


def _with_posts(periods: list[Period]) -> list[Period]:
    """Those that are not empty: one statement that looks into the index once for each.

    For the newest, and not whether there is one: PostgreSQL would then read stories as they lie,
    and of a million pass over all that are older.
    """
    if not periods:
        return []
    now = timezone.now()
    asked = [_NEWEST.sql(at=now, **period.bounds) for period in periods]
    statement = "SELECT " + ", ".join(f"({sql}) IS NOT NULL" for sql, _params in asked)
    with replica.cursor() as cursor:
        cursor.execute(statement, [value for _sql, params in asked for value in params])
        found = cursor.fetchone()
    return [period for period, is_there in zip(periods, found, strict=True) if is_there]
