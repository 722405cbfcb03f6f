"""What waits for a moderator: responses that are held, and those that readers have reported."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Count, Max, Min, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from blog import keyset
from blog.models import Comment, ModerationAction, Report
from blog.models.banning import can_ban
from blog.models.moderation import mark_of

ROWS = 20
MAX_COUNTED = 99
MAX_REPORTS_SHOWN = 20


class Place(NamedTuple):
    """Since when a response waits; the oldest comes first."""

    since: datetime
    pk: int


@dataclass
class Past:
    """What became of the other responses of somebody."""

    published: int = 0
    hidden: int = 0
    spam: int = 0

    def without(self, status: str) -> Past:
        """The same but for one that is in this state now.

        Of somebody who has left, nothing is counted that it could be taken from.
        """
        if status not in vars(self):
            return self
        return replace(self, **{status: max(0, getattr(self, status) - 1)})


@dataclass
class Waiting:
    """A response with all that one needs to decide about it."""

    comment: Comment
    since: datetime
    mark: str
    reports: list[Report] = field(default_factory=list)
    past: Past = field(default_factory=Past)

    @property
    def can_ban(self) -> bool:
        return can_ban(self.comment)


def count() -> int:
    """How many wait, counted to one more than `MAX_COUNTED`."""
    return int(_places()[: MAX_COUNTED + 1].count())


def first(number: int = ROWS, after: Place | None = None) -> tuple[list[Waiting], str]:
    """Those that have waited longest (after a place), and the cursor of what follows or ""."""
    found = [Place(*row) for row in _places(after)[: number + 1]]
    places = found[:number]
    last = places[-1] if len(found) > number else None
    return _dress(places), keyset.encode(*last) if last else ""


def _places(after: Place | None = None) -> QuerySet[Any, Any]:
    """Two questions, because each has its index; a response is the answer to one of them."""
    held = Comment.objects.filter(status=Comment.Status.HELD).order_by()
    reported = Report.objects.waiting().values("comment").annotate(since=Min("created_at"))
    if after:
        later = Q(created_at__gt=after.since)
        held = held.filter(later | Q(created_at=after.since, pk__gt=after.pk))
        later = Q(since__gt=after.since)
        reported = reported.filter(later | Q(since=after.since, comment__gt=after.pk))
    rows = held.values_list("created_at", "pk")
    others = reported.values_list("since", "comment")
    places: QuerySet[Any, Any] = rows.union(others, all=True).order_by("created_at", "pk")
    return places


def _dress(places: list[Place]) -> list[Waiting]:
    keys = [place.pk for place in places]
    if not keys:
        return []
    people = ("author__author", "guest", "post", "parent__author", "parent__guest")
    comments = Comment.objects.select_related(*people).defer("post__source", "post__html")
    found = comments.in_bulk(keys)
    reports = _reports(keys)
    actions = ModerationAction.objects.filter(comment__in=keys).order_by()
    last = dict(actions.values_list("comment").annotate(last=Max("pk")))
    past = _past(list(found.values()))
    return [
        Waiting(
            comment,
            place.since,
            mark_of(comment, last.get(comment.pk)),
            reports[comment.pk],
            past[_person(comment)].without(comment.status),
        )
        for place in places
        # Somebody may have deleted it a moment ago.
        if (comment := found.get(place.pk))
    ]


def _reports(keys: list[int]) -> dict[int, list[Report]]:
    """The first of each; of a crowd's reports nobody reads all."""
    grouped: dict[int, list[Report]] = defaultdict(list)
    number = Window(RowNumber(), partition_by="comment", order_by=["created_at", "pk"])
    reports = Report.objects.open().filter(comment__in=keys).annotate(number=number)
    reports = reports.filter(number__lte=MAX_REPORTS_SHOWN).select_related("by")
    for report in reports.order_by("created_at", "pk"):
        grouped[report.comment_id].append(report)
    return grouped


def _person(comment: Comment) -> tuple[int | None, int | None]:
    return comment.author_id, comment.guest_id


def _past(comments: list[Comment]) -> dict[tuple[int | None, int | None], Past]:
    """Of everybody who wrote one of these, what became of all that they wrote.

    Somebody with an account may have written thousands: an index has all that is asked of theirs.
    """
    people: dict[tuple[int | None, int | None], Past] = defaultdict(Past)
    authors = {comment.author_id for comment in comments} - {None}
    guests = {comment.guest_id for comment in comments} - {None}
    for key, status, number in _counted("author", authors):
        setattr(people[key, None], status, number)
    for key, status, number in _counted("guest", guests):
        setattr(people[None, key], status, number)
    return people


def _counted(kind: str, keys: set[int | None]) -> Iterable[tuple[int, str, int]]:
    if not keys:
        return []
    theirs = Comment.objects.filter(**{f"{kind}__in": keys}, status__in=vars(Past())).order_by()
    return theirs.values_list(kind, "status").annotate(number=Count("*"))
