"""Applause: 1 to 50 claps of one reader for one thing, whatever that thing is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone

from accounts.models import User
from accounts.statements import rows
from blog.models.publication import Publication

MAX_CLAPS = 50
# What is shown of whoever claps.
SHOWN = (
    *("count", "user", "user__name"),
    *(f"user__author__{name}" for name in ("user", "name", "handle", "avatar")),
)


class Thing(NamedTuple):
    """What is applauded, as SQL for its key beside four values, and what comes before and after."""

    sql: str
    before: list[Any]
    after: list[Any]


class OwnWork(Exception):
    """Somebody tried to applaud what they wrote themselves."""


class AccountNeeded(Exception):
    """Here only readers with an account may clap."""


@dataclass(frozen=True)
class Clapper:
    """Who claps: a person with an account, or a visitor known by a signed cookie."""

    user: User | None = None
    visitor: str | None = None

    @property
    def may_clap(self) -> bool:
        """Whether the publication lets such readers clap at all."""
        return self.user is not None or not Publication.current().claps_need_account

    @property
    def column(self) -> str:
        """Where their rows say whose they are."""
        return "user_id" if self.user else "visitor"

    def rows(self) -> Q:
        return Q(user=self.user) if self.user else Q(visitor=self.visitor, user=None)


@dataclass(frozen=True)
class Applause:
    """A reader's own claps for one thing, and everybody's."""

    mine: int
    total: int


class ApplauseQuerySet(ABC, models.QuerySet[Any]):
    """Rows of claps. What is applauded, and how it is counted, is said by whoever inherits."""

    column: ClassVar[str]  # of what is applauded

    def of(self, clapper: Clapper) -> ApplauseQuerySet:
        return self.filter(clapper.rows())

    def by_name(self) -> ApplauseQuerySet:
        """Of people whom readers know by a name, with their faces; who came last comes first."""
        named = ~Q(user__name="") | Q(user__author__isnull=False)
        rows = self.filter(named, user__isnull=False).select_related("user", "user__author")
        # By the key and not by the time of the last clap: a row that grows stays where it is, for
        # whoever turns the pages and for PostgreSQL, which then changes it in place.
        return rows.only(*SHOWN).order_by("-pk")

    @transaction.atomic
    def adopt(self, *, visitor: str, user: User) -> None:
        """Make a visitor's claps those of `user`: added up, at most 50, none for own work."""
        theirs = self.filter(visitor=visitor, user=None)
        self._hold(list(theirs.values_list(self.column, flat=True)))
        # In one order, so that two who count the same things wait for each other in turn.
        rows = list(theirs.select_for_update().order_by(self.column))
        keys = [getattr(row, self.column) for row in rows]
        own = self._own(user, keys)
        before = dict(
            self.of(Clapper(user=user))
            .filter(**{f"{self.column}__in": keys})
            .values_list(self.column, "count")
        )
        for key, row in zip(keys, rows, strict=True):
            row.delete()
            kept = 0
            joined = False
            if key not in own:
                wanted = min(before.get(key, 0) + row.count, MAX_CLAPS)
                mine, kept = self._raise(key, Clapper(user=user), wanted)
                joined = mine == kept
            self._count(key, claps=kept - row.count, clappers=int(joined) - 1)

    def _hold(self, keys: Collection[int]) -> None:
        """Hold the things with these `keys`, where they must be held before their claps."""

    @abstractmethod
    def _own(self, user: User, keys: Iterable[int]) -> set[int]:
        """Those of the things with these `keys` that `user` wrote."""

    @abstractmethod
    def _count(self, key: int, *, claps: int, clappers: int) -> Any:
        """Change the counters of the thing with this key by these differences."""

    def _mine(self, key: int, clapper: Clapper) -> int:
        rows = self.of(clapper).filter(**{self.column: key})
        return rows.values_list("count", flat=True).first() or 0

    def _raise(self, key: int, clapper: Clapper, wanted: int) -> tuple[int, int]:
        """Write first and in one statement: (claps now, claps added by this)."""
        ((_key, _who, count, added),) = rows(*self._raising(of_key(key), clapper, wanted))
        return count, added

    def _raising(self, thing: Thing, clapper: Clapper, wanted: int) -> tuple[str, list[Any]]:
        """The statement that raises the claps for a thing, if there is one, and its values."""
        column, value = _identity(clapper)
        wanted = min(max(wanted, 1), MAX_CLAPS)
        given = [value, wanted, wanted, timezone.now()]
        return self._raising_by(column, thing.sql), [*thing.before, *given, *thing.after]

    def _raising_by(self, column: str, wished: str) -> str:
        """The statement that raises claps to what is `wished`.

        That is SQL for rows: a thing, who claps, the count wanted twice, and when.
        """
        table, key = self.model._meta.db_table, self.column
        return f"""
            INSERT INTO {table} ({key}, {column}, count, added, clapped_at)
            {wished}
            ON CONFLICT ({key}, {column}) DO UPDATE SET
                count = CASE WHEN excluded.count > {table}.count
                    THEN excluded.count ELSE {table}.count END,
                added = CASE WHEN excluded.count > {table}.count
                    THEN excluded.count - {table}.count ELSE 0 END,
                clapped_at = CASE WHEN excluded.count > {table}.count
                    THEN excluded.clapped_at ELSE {table}.clapped_at END
            RETURNING {key}, {column}, count, added
            """

    def _take_back(self, key: int, clapper: Clapper) -> int:
        """Delete the clapper's row, and say how many claps it held: 0 when there was none."""
        table, thing = self.model._meta.db_table, self.column
        column, value = _identity(clapper)
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM {table} WHERE {thing} = %s AND {column} = %s RETURNING count",  # noqa: S608  (names of ours)
                [key, value],
            )
            row = cursor.fetchone()
        return row[0] if row else 0


def of_key(key: int) -> Thing:
    """The thing with this key."""
    return Thing("VALUES (%s, %s, %s, %s, %s)", [key], [])


def _identity(clapper: Clapper) -> tuple[str, Any]:
    return clapper.column, clapper.user.pk if clapper.user else clapper.visitor


class ApplauseRow(models.Model):
    """One reader's claps for one thing.

    A reader who was deleted leaves a row with neither user nor visitor: the applause stays.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="%(class)ss"
    )
    # NULL and not "": the unique constraint lets any number of NULLs stand side by side.
    visitor = models.CharField(max_length=32, null=True, editable=False)  # noqa: DJ001
    count = models.PositiveSmallIntegerField()
    # What the last statement added; read back by the statement that wrote it (see `_raise`).
    added = models.PositiveSmallIntegerField(default=0, editable=False)
    clapped_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(count__gte=1, count__lte=MAX_CLAPS), name="%(class)s_count_1_to_50"
            ),
            models.CheckConstraint(
                condition=Q(user=None) | Q(visitor=None), name="%(class)s_of_user_or_visitor"
            ),
        ]
        indexes = [
            # A visitor signs in: all that is theirs.
            models.Index(fields=["visitor"], name="%(class)s_visitor", condition=~Q(visitor=None)),
        ]
