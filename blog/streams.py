"""What one can follow by a feed: where its feeds are, and which stories stand in them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.urls import reverse

from accounts.models import Author
from blog.models import Post, Series, Tag
from blog.models.post import PostQuerySet

ENTRY_COUNT = 20


class Feeds(NamedTuple):
    """Where the same entries are, in each of the three forms; paths on this site."""

    atom: str
    rss: str
    json: str


@dataclass(frozen=True)
class Stream:
    """The stories of an author, of a tag or of a series (`title`); without one, all."""

    title: str
    page: str
    feeds: Feeds
    posts: PostQuerySet

    def reaches(self, post: Post) -> bool:
        """Whether `post` is new enough to stand in these feeds, or was until it was taken back."""
        dates: Any = self.posts.newest_first().values_list("published_at", flat=True)
        oldest = list(dates[ENTRY_COUNT - 1 : ENTRY_COUNT])
        # One that was taken back as if nobody had seen it has lost its date.
        return not oldest or not post.published_at or post.published_at >= oldest[0]


def everything() -> Stream:
    return Stream("", reverse("blog:front"), _feeds("feed"), Post.objects.listed())


def by_author(author: Author) -> Stream:
    posts = Post.objects.listed_by(author)
    return Stream(author.name, author.get_absolute_url(), feeds_of_author(author), posts)


def on_tag(tag: Tag) -> Stream:
    posts = Post.objects.listed_on(tag)
    return Stream(tag.name, tag.get_absolute_url(), feeds_of_tag(tag), posts)


def in_series(series: Series) -> Stream:
    posts = Post.objects.listed().filter(series=series)
    feeds = _feeds("series-feed", slug=series.slug)
    return Stream(series.title, series.get_absolute_url(), feeds, posts)


def feeds_of_author(author: Author) -> Feeds:
    return _feeds("author-feed", handle=author.handle)


def feeds_of_tag(tag: Tag) -> Feeds:
    return _feeds("tag-feed", slug=tag.slug)


def feeds_of_responses(post: Post) -> Feeds:
    return _feeds("comments-feed", slug=post.slug)


def streams_with(post: Post) -> list[Stream]:
    """The streams whose feeds show `post`, or showed it.

    A tag or a series in which readers find no story has no feed: nobody learns of it here either.
    """
    tags = Post.objects.findable_subjects().filter(post_tags__post=post)
    series = Post.objects.listed().series().filter(posts=post)
    streams = [
        everything(),
        *(by_author(author) for author in post.byline),
        *(on_tag(tag) for tag in tags),
        *(in_series(one) for one in series),
    ]
    return [stream for stream in streams if stream.reaches(post)]


@lru_cache(maxsize=4_096)
def _feeds(name: str, **place: str) -> Feeds:
    def other(kind: str) -> str:
        return reverse(f"blog:{name}-in", kwargs={**place, "kind": kind})

    return Feeds(atom=reverse(f"blog:{name}", kwargs=place), rss=other("rss"), json=other("json"))
