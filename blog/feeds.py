"""Atom feeds with whole stories (RFC 4287)."""

from __future__ import annotations

from typing import Any
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.db.models import Prefetch
from django.http import HttpResponse
from django.utils.feedgenerator import Atom1Feed
from django.utils.xmlutils import SimplerXMLGenerator

from accounts.characters import printable
from blog.models import Authorship, Post, PostTag, Publication
from blog.models.post import PostQuerySet
from blog.portable import portable

ENTRY_COUNT = 20


class FullTextAtom(Atom1Feed):
    """Django's Atom, with the story in `content` beside the `summary`."""

    def add_item_elements(self, handler: SimplerXMLGenerator, item: dict[str, Any]) -> None:
        super().add_item_elements(handler, item)
        for name in item["further_authors"]:
            handler.startElement("author", AttributesImpl({}))
            handler.addQuickElement("name", name)
            handler.endElement("author")
        if item["canonical_url"]:
            link = {"rel": "canonical", "href": item["canonical_url"]}
            handler.addQuickElement("link", "", link)
        handler.addQuickElement("content", item["content"], {"type": "html"})


def atom_response(posts: PostQuerySet, *, title: str = "", page: str, feed: str) -> HttpResponse:
    """The newest of `posts` as a feed; `page` and `feed` are paths on this site.

    `title` names an author or a tag; without it, the feed is the whole publication's.
    """
    publication = Publication.current()
    base = settings.SITE_URL
    generator = FullTextAtom(
        title=printable(f"{title} – {publication.name}" if title else publication.name),
        link=f"{base}{page}",
        feed_url=f"{base}{feed}",
        description=printable(publication.tagline),
        language=publication.language,
    )
    entries = (
        posts.newest_first()
        .defer("source", "text")
        .prefetch_related(
            Prefetch("authorships", Authorship.objects.select_related("author")),
            Prefetch("post_tags", PostTag.objects.select_related("tag")),
        )[:ENTRY_COUNT]
    )
    for post in entries:
        _add(generator, post)
    return HttpResponse(
        generator.writeString("utf-8"), content_type="application/atom+xml; charset=utf-8"
    )


def _add(generator: FullTextAtom, post: Post) -> None:
    authors = post.byline
    first = authors[0] if authors else None
    url = f"{settings.SITE_URL}{post.get_absolute_url()}"
    generator.add_item(
        title=printable(post.display_title),
        link=url,
        description=printable(post.summary or post.display_subtitle),
        # The address may change; the identity of an entry never does.
        unique_id=f"tag:{settings.SITE_URL.split('//')[1]},{post.created_at:%Y-%m-%d}:{post.pk}",
        author_name=printable(first.name) if first else None,
        author_link=f"{settings.SITE_URL}{first.get_absolute_url()}" if first else None,
        further_authors=[printable(author.name) for author in authors[1:]],
        pubdate=post.published_at,
        updateddate=post.edited_at or post.published_at,
        categories=[printable(tag.name) for tag in post.topics],
        content=printable(
            portable(post.html, site=settings.SITE_URL, page=post.get_absolute_url())
        ),
        canonical_url=post.canonical_url,
    )
