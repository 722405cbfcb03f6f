"""What the pages of an author, or of a subject, show: stories, and on the first one ways on."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from accounts.models import Author
from accounts.statements import Statement
from blog.models import Authorship, Post, PostTag, Series, Tag
from blog.models.listed import ListedQuerySet
from blog.pages import Listing
from blog.subjects import NEWEST, main_subjects

SERIES_COUNT = 6
RELATED_COUNT = 8


# What an author wrote, and what was written on a subject.
BY = Listing(Post.objects.listed_by)
ON = Listing(Post.objects.listed_on)


def author_at(handle: str) -> Author | None:
    """Whoever has this handle, in whatever case."""
    return _AUTHOR.one(handle=handle.lower())


def tag_at(slug: str) -> Tag | None:
    """The tag at this address, if readers find a story under it."""
    return _TAG.one(slug=slug, at=timezone.now())


def series_of(author: Author) -> list[Series]:
    """The series that parts among somebody's newest stories belong to."""
    return _SERIES.ask(author=author.pk, at=timezone.now())


def subjects_beside(tag: Tag) -> list[Tag]:
    """What the newest stories on this subject are about besides."""
    return _BESIDE.ask(tag=tag.pk, at=timezone.now())


def _looked_through(beside: ListedQuerySet, at: datetime) -> ListedQuerySet:
    """What stands beside the newest stories: it tells what those have in common."""
    return beside.listed(at).newest_first()[:NEWEST]


_AUTHOR: Statement[Author] = Statement(lambda handle: Author.objects.with_handles([handle]))
_TAG: Statement[Tag] = Statement(
    lambda slug, at: Post.objects.findable_subjects(at).filter(slug=slug)
)
_SERIES: Statement[Series] = Statement(
    lambda author, at: Series.objects.filter(
        pk__in=_looked_through(Authorship.objects.filter(author=author), at).values("series_key")
    ).order_by("title", "pk")[:SERIES_COUNT]
)
_BESIDE: Statement[Tag] = Statement(
    lambda tag, at: main_subjects(
        _looked_through(PostTag.objects.filter(tag=tag), at).values("post")
    ).exclude(pk=tag)[:RELATED_COUNT]
)
