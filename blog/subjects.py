"""What some stories are mostly about, told by the newest of them."""

from __future__ import annotations

from django.db.models import Count, QuerySet

from blog.models import Tag
from blog.models.post import PostQuerySet

# So many stories are asked, however many there are.
NEWEST = 100


def main_subjects(stories: PostQuerySet) -> QuerySet[Tag]:
    """The tags of the newest of `stories`, those of most of them first.

    Of `stories` that readers find, no tag of a draft is ever among them.
    """
    newest = stories.newest_first().values("pk")[:NEWEST]
    tags: QuerySet[Tag] = Tag.objects.filter(post_tags__post__in=newest)
    return tags.annotate(count=Count("post_tags")).order_by("-count", "name")
