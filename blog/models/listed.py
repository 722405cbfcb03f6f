"""What readers find in lists, by the dates of stories or by copies of them (`blog.listing`)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypedDict, Unpack

from django.db import models
from django.db.models import Func, Q, Value
from django.db.models.functions import Greatest, Least
from django.utils import timezone


class Within(TypedDict, total=False):
    """What came out since the last of these moments, and until the first of those."""

    since: Sequence[datetime]
    until: Sequence[datetime]


def came_out(date: str, at: datetime, **within: Unpack[Within]) -> dict[str, Any]:
    """That a story was out at this moment, and came out within what is said besides.

    With one bound on each side: of two, SQLite lets its index begin at either, and passes over all
    that has come since.
    """
    since = within.get("since")
    earliest = {f"{date}__gte": _one(Greatest, since)} if since else {}
    return {**earliest, f"{date}__lte": _one(Least, [at, *within.get("until", ())])}


def _one(which: type[Func], moments: Sequence[datetime]) -> Any:
    return which(*map(Value, moments)) if len(moments) > 1 else moments[0]


class ListedQuerySet(models.QuerySet[Any]):
    """Rows beside stories, with copies of when those are listed."""

    def listed(self, at: datetime | None = None) -> ListedQuerySet:
        """Those of stories that are in `PostQuerySet.listed`, of which none is looked at."""
        at = at or timezone.now()
        out = self.filter(**came_out("listed_at", at))
        return out.filter(Q(listed_until__isnull=True) | Q(listed_until__gt=at))

    def newest_first(self) -> ListedQuerySet:
        """In the order of `PostQuerySet.newest_first`."""
        return self.order_by("-listed_at", "-post")
