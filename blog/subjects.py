"""What some stories are mostly about, told by the newest of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from django.db import router
from django.db.models import Count, QuerySet

from accounts.statements import Statement, rows
from blog.models import Post, PostTag, Tag

# So many stories are asked, however many there are.
NEWEST = 50
COLUMNS = ("id", "name", "slug")
# The tags of a few stories are counted, and chosen, before anything is read of them: joined with
# their names, PostgreSQL reads all tags there are.
NAMED = """
    SELECT tag.id, tag.name, tag.slug
    FROM (SELECT * FROM ({counted}) AS every ORDER BY count DESC, tag LIMIT {most}) AS chosen
    JOIN blog_tag AS tag ON tag.id = chosen.tag ORDER BY chosen.count DESC, tag.name
"""


def main_subjects(stories: QuerySet[Any]) -> QuerySet[Tag]:
    """The tags of `stories`, named by their keys; those of most of them first.

    Of stories that readers find, no tag of a draft is ever among them.
    """
    tags: QuerySet[Tag] = Tag.objects.filter(post_tags__post__in=stories)
    return tags.annotate(count=Count("post_tags")).order_by("-count", "name")


@dataclass(frozen=True)
class Subjects:
    """What the newest stories of all are about, as the database told of it."""

    said: tuple[tuple[Any, ...], ...]
    database: str
    # There is one of them.
    pk: ClassVar[int] = 1

    @classmethod
    def of_all(cls, at: datetime, *, most: int) -> Subjects:
        """As `main_subjects` of what is listed; of tags that as many have, the older ones."""
        database = router.db_for_read(Tag)
        counted, values = _COUNTED.sql(at=at)
        found = rows(NAMED.format(counted=counted, most=most), values, using=database)
        return cls(tuple(found), database)

    def __bool__(self) -> bool:
        return bool(self.said)

    def make(self) -> list[Tag]:
        return [Tag.from_db(self.database, COLUMNS, row) for row in self.said]


_COUNTED: Statement[Any] = Statement(
    lambda at: (
        PostTag.objects.filter(
            post__in=Post.objects.listed(at).newest_first().values("pk")[:NEWEST]
        )
        .order_by()
        .values("tag")
        .annotate(count=Count("*"))
    )
)
