"""Every address whose answer may be kept, as things stand."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from accounts.models import Author
from blog.models import Comment, Post, Series, Tag
from blog.sitemaps.chunk import Chunk

FEEDS = ("atom", "rss", "json")


def addresses() -> list[str]:
    return [*_of_the_publication(), *_of_stories(), *_of_people(), *_of_lists()]


def _of_the_publication() -> Iterator[str]:
    for name in (
        *("front", "about", "feeds", "feed", "robots", "llms", "favicon", "manifest", "sitemap"),
        *("sitemap-pages", "archive", "authors", "tags", "help", "opensearch"),
    ):
        yield reverse(f"blog:{name}")
    yield reverse("blog:feed-in", args=["rss"])
    yield reverse("blog:feed-in", args=["json"])
    yield "/nothing-is-here/"


def _of_stories() -> Iterator[str]:
    # Of those too that nobody finds: somebody may know where they were.
    for post in Post.objects.order_by("pk"):
        for name in ("post", "post-markdown", "post-text", "changes", "clappers", "comments"):
            yield reverse(f"blog:{name}", args=[post.slug])
        yield reverse("blog:comments", args=[post.slug]) + "?order=newest"
        yield reverse("blog:comments-feed", args=[post.slug])
        yield reverse("blog:highlights", args=[post.slug])
        if post.published_at:
            at = post.published_at
            yield reverse("blog:archive-year", args=[at.year])
            yield reverse("blog:archive-month", args=[at.year, at.month])
        yield f"/sitemaps/stories-{Chunk.with_row('stories', post.pk).number}.xml"
        yield f"/?older={post.pk}"
    for comment in Comment.objects.select_related("post").order_by("pk"):
        for name in ("comment", "comment-clappers"):
            yield reverse(f"blog:{name}", args=[comment.post.slug, comment.pk])


def _of_people() -> Iterator[str]:
    for author in Author.objects.order_by("pk"):
        yield author.get_absolute_url()
        yield reverse("blog:author-feed", args=[author.handle])
        yield f"/sitemaps/authors-{Chunk.with_row('authors', author.pk).number}.xml"


def _of_lists() -> Iterator[str]:
    for tag in Tag.objects.order_by("pk"):
        yield tag.get_absolute_url()
        yield reverse("blog:tag-feed", args=[tag.slug])
        yield f"/sitemaps/tags-{Chunk.with_row('tags', tag.pk).number}.xml"
    for series in Series.objects.order_by("pk"):
        yield series.get_absolute_url()
        yield reverse("blog:series-feed", args=[series.slug])
