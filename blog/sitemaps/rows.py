"""What search engines may find, of each kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from accounts.models import Author
from blog.models import Post
from blog.models.post import PostQuerySet


def findable_stories() -> PostQuerySet:
    """Stories in lists, but for those that stood elsewhere first: they are found there."""
    posts: PostQuerySet = Post.objects.listed().filter(canonical_url="")
    return posts


def _authors() -> QuerySet[Author]:
    newest = Post.objects.listed_by(OuterRef("pk")).newest_first().values("pk")[:1]
    # Not whether there is one: PostgreSQL would read all stories to know who wrote any.
    authors = Author.objects.alias(newest=Subquery(newest))
    found: QuerySet[Author] = authors.filter(newest__isnull=False)
    return found


KINDS: dict[str, Callable[[], QuerySet[Any]]] = {
    "authors": _authors,
    "tags": lambda: Post.objects.findable_subjects(),
    "series": lambda: Post.objects.listed().series(),
}
