"""What search engines may find, of each kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from accounts.models import Author
from blog.models import Post
from blog.models.post import PostQuerySet


def findable_stories() -> PostQuerySet:
    """Stories in lists, but for those that stood elsewhere first: they are found there."""
    posts: PostQuerySet = Post.objects.listed().filter(canonical_url="")
    return posts


def _authors() -> QuerySet[Author]:
    theirs = Post.objects.listed_by(OuterRef("pk"))
    authors: QuerySet[Author] = Author.objects.filter(Exists(theirs))
    return authors


KINDS: dict[str, Callable[[], QuerySet[Any]]] = {
    "authors": _authors,
    "tags": lambda: Post.objects.findable_subjects(),
    "series": lambda: Post.objects.listed().series(),
}
