"""What to read after a story: the parts beside it, more of its author, the same subjects.

And before it: the same story in the reader's own language.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from accounts.models import User
from blog.models import Authorship, Post, PostTag, Tag
from blog.models.post import with_bylines
from blog.parts import Neighbours, Place

MORE_COUNT = 3
NEXT_COUNT = 3
CANDIDATE_COUNT = 12


@dataclass(frozen=True)
class Onward:
    """The ways on: more by the first author and what else to read, both without a story twice.

    `place` is where the story stands in its series, with the parts beside it. `translations` are
    the stories that readers find in lists and that say the same in other languages.
    """

    more: list[Post]
    next: list[Post]
    place: Place | None
    translations: list[Post]


def onward(post: Post, *, seen_by: User | None = None) -> Onward:
    """The ways on from `post`; `seen_by` sees the unpublished parts that they may edit as well.

    One query for all: candidates are bounded and picked by key before rows are read.
    """
    first_author = next(iter(post.byline), None)
    by_author = (
        Authorship.objects.filter(author=first_author)
        .order_by("-post_id")
        .values("post_id")[:CANDIDATE_COUNT]
    )
    on_subject = (
        PostTag.objects.filter(tag__in=post.topics)
        .order_by("-post_id")
        .values("post_id")[:CANDIDATE_COUNT]
    )
    newest = Post.objects.listed().newest_first().values("pk")[:CANDIDATE_COUNT]
    candidates = Post.objects.listed().filter(
        Q(pk__in=by_author) | Q(pk__in=on_subject) | Q(pk__in=newest)
    )
    if post.work_id:
        candidates = candidates | Post.objects.listed().beside(post)
    beside = Neighbours(post, post.series, seen_by=seen_by) if post.series else None
    if beside:
        candidates = candidates | beside.stories
    counts = beside.counts if beside else {}
    found = candidates.exclude(pk=post.pk).light().annotate(shared=_shared(post.topics), **counts)
    found_rows = with_bylines(found.newest_first())
    rows = [row for row in found_rows if not post.work_id or row.work_id != post.work_id]
    translations = [row for row in found_rows if row not in rows]
    place = beside.place_among(found_rows) if beside else None
    # Who goes on reading a series does so by its own ways.
    rows = [row for row in rows if not place or row not in (place.previous, place.next)]
    more = [row for row in rows if first_author in row.byline][:MORE_COUNT]
    rest = sorted((row for row in rows if row not in more), key=_shared_count, reverse=True)
    translations.sort(key=lambda row: row.language)
    return Onward(more, rest[:NEXT_COUNT], place, translations)


def _shared(topics: list[Tag]) -> Coalesce:
    """How many of these tags a candidate has, counted by the database."""
    same = PostTag.objects.filter(post=OuterRef("pk"), tag__in=topics)
    counted = same.order_by().values("post").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _shared_count(row: Any) -> int:
    return int(row.shared)
