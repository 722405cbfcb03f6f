"""What to read after a story: more of its author, and stories on the same subjects."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce

from blog.models import Authorship, Post, PostTag, Tag
from blog.models.post import with_bylines

MORE_COUNT = 3
NEXT_COUNT = 3
CANDIDATE_COUNT = 12


def more_and_next(post: Post) -> tuple[list[Post], list[Post]]:
    """(more by the first author, read next), both newest first and without a story twice.

    One query for both: candidates are bounded and picked by key before rows are read.
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
    candidates = (
        Post.objects.listed()
        .filter(Q(pk__in=by_author) | Q(pk__in=on_subject) | Q(pk__in=newest))
        .exclude(pk=post.pk)
        .light()
        .annotate(shared=_shared(post.topics))
        .newest_first()
    )
    rows = with_bylines(candidates)
    more = [row for row in rows if first_author in row.byline][:MORE_COUNT]
    rest = sorted((row for row in rows if row not in more), key=_shared_count, reverse=True)
    return more, rest[:NEXT_COUNT]


def _shared(topics: list[Tag]) -> Coalesce:
    """How many of these tags a candidate has, counted by the database."""
    same = PostTag.objects.filter(post=OuterRef("pk"), tag__in=topics)
    counted = same.order_by().values("post").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _shared_count(row: Any) -> int:
    return int(row.shared)
