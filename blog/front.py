"""What stands on the front page: the newest stories, and beside them some others."""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from typing import Any

from django.db.models import Case, Count, F, IntegerField, OuterRef, Q, Subquery, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts.statements import Statement
from blog.models import Post, PostStats
from blog.models.post import ROW_FIELDS, PostQuerySet
from blog.pages import ROWS_PER_PAGE, Listing
from blog.told import Told, told

APPLAUDED_COUNT = 3
APPLAUDED_WITHIN = timedelta(days=365)
# Of the most applauded ever: nearly always three of them are of this year, and then those it is.
VERY_LIKELY = 40
# Else, of the most applauded ever and of the newest.
LIKELY = 300
# What says something of the moment and of other stories.
ASKED = ("is_recent", "least_likely")

EVERYTHING = Listing(Post.objects.listed)


class Front:
    """The stories of the front page, as of one moment; all in one query, by their keys.

    It takes two where little was applauded this year.
    """

    def __init__(self) -> None:
        self.at = timezone.now()

    def newest(self) -> list[Told]:
        """The first page's, and one more."""
        # Whatever else is found is older.
        return self._stories[: ROWS_PER_PAGE + 1]

    @property
    def pinned(self) -> Told | None:
        return next((story for story in self._stories if story["is_pinned"]), None)

    @property
    def part(self) -> Told | None:
        """The newest part of a series: it knows its `part_number` and the `part_count`."""
        return next((story for story in self._stories if story["series_id"]), None)

    @property
    def applauded(self) -> list[Told]:
        """Those of the past year that were applauded most."""
        return self._found[1]

    @property
    def _stories(self) -> list[Told]:
        return self._found[0]

    @cached_property
    def _found(self) -> tuple[list[Told], list[Told]]:
        stories = self._ask(_QUICKLY)
        least = max((story["least_likely"] for story in stories), default=0)
        # The newest, the pinned one and the part are among them, however little they are applauded.
        applauded = _most_applauded([one for one in stories if _claps(one) > least])
        if len(applauded) < APPLAUDED_COUNT and least:
            stories = self._ask(_THOROUGHLY)
            applauded = _most_applauded(stories)
        return stories, applauded

    def _ask(self, question: Statement[Any]) -> list[Told]:
        return told(question.found(at=self.at, since=self.at - APPLAUDED_WITHIN), asked=ASKED)


def _claps(story: Told) -> int:
    return story["applause"] or 0


def _most_applauded(stories: list[Told]) -> list[Told]:
    """The order of `PostQuerySet.most_applauded`, among stories that hold its first."""
    fit = [story for story in stories if _claps(story) and story["is_recent"]]
    return sorted(fit, key=lambda story: (-_claps(story), -story.pk))[:APPLAUDED_COUNT]


def _front(at: datetime, since: datetime, likely: Any) -> PostQuerySet:
    newest = Post.objects.listed(at).newest_first()[: ROWS_PER_PAGE + 1]
    pinned, part = _newest_with(at, is_pinned=True), _newest_with(at, series__isnull=False)
    keys = _keys_of(newest, pinned, part, _applauded(at, since, likely))
    found = Post.objects.filter(pk__in=keys).signed().select_related("series")
    shown: PostQuerySet = found.only(*ROW_FIELDS, "series__title", "series__slug")
    counted: PostQuerySet = shown.annotate(
        is_recent=Case(When(published_at__gte=since, then=Value(True)), default=Value(False)),
        least_likely=_least_likely(),
        applause=F("stats__clap_count"),
        **_counts(at, part),
    )
    return counted


def _keys_of(*some: PostQuerySet) -> RawSQL:
    """The keys of all these. (Of what is sorted, Django makes no union on SQLite.)"""
    asked = [one.values("pk").query.sql_with_params() for one in some]
    parts = [
        f"SELECT pk FROM ({sql}) AS some_{place}"  # noqa: S608 -- Django's SQL
        for place, (sql, _values) in enumerate(asked)
    ]
    values = [value for _sql, values in asked for value in values]
    return RawSQL(" UNION ".join(parts), values)  # noqa: S611 -- Django's SQL


def _newest_with(at: datetime, **what: Any) -> PostQuerySet:
    """The newest of few, which have an index by date of their own."""
    few: PostQuerySet = Post.objects.filter(published_at__lte=at, **what)
    return few.public(at).newest_first()[:1]


def _applauded(at: datetime, since: datetime, likely: Any) -> PostQuerySet:
    """Those of a year that were applauded most, if they are among the likely ones.

    With their dates where no index begins at them: a database would look through all of the year.
    """
    dated: Any = Post.objects.alias(appeared_at=Coalesce("published_at", "created_at"))
    found: PostQuerySet = dated.filter(pk__in=likely, appeared_at__gte=since, appeared_at__lte=at)
    return found.public(at).most_applauded()[:APPLAUDED_COUNT]


def _most_ever(count: int) -> Any:
    ever = PostStats.objects.filter(clap_count__gt=0).order_by("-clap_count", "-post")
    return ever.values("post")[:count]


def _least_likely() -> RawSQL:
    """The claps of the first that is not among the very likely ones; 0 if all are."""
    sql, values = _most_ever(VERY_LIKELY + 1).values("clap_count").query.sql_with_params()
    least = f"CASE WHEN COUNT(*) > {VERY_LIKELY} THEN MIN(clap_count) ELSE 0 END"
    asked = f"(SELECT {least} FROM ({sql}) AS most)"  # noqa: S608 -- Django's SQL
    return RawSQL(asked, values, IntegerField())  # noqa: S611 -- Django's SQL


def _likely(at: datetime) -> Any:
    """Where the most applauded of a year are looked for: a database would sort the whole year."""
    most = Post.objects.filter(pk__in=_most_ever(LIKELY))
    newest = Post.objects.listed(at).newest_first().values("pk")[:LIKELY]
    return most.values("pk").union(Post.objects.filter(pk__in=newest).values("pk"))


_QUICKLY: Statement[Any] = Statement(lambda at, since: _front(at, since, _most_ever(VERY_LIKELY)))
_THOROUGHLY: Statement[Any] = Statement(lambda at, since: _front(at, since, _likely(at)))


def _counts(at: datetime, part: PostQuerySet) -> dict[str, Any]:
    """Of one story, how many parts its series has, and which of them it is."""
    parts = Post.objects.listed(at).filter(series=OuterRef("series"))
    position = OuterRef("series_position")
    until = Q(series_position__lt=position) | Q(series_position=position, pk__lte=OuterRef("pk"))
    counted = {"part_count": _count(parts), "part_number": _count(parts.filter(until))}
    is_part = {"pk": Subquery(part.values("pk"))}
    return {
        name: Case(When(**is_part, then=count), default=Value(0)) for name, count in counted.items()
    }


def _count(parts: PostQuerySet) -> Coalesce:
    counted = parts.order_by().values("series").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
