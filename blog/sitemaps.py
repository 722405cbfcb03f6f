"""The sitemap (sitemaps.org, protocol 0.9)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import StringIO
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.urls import reverse
from django.utils.xmlutils import SimplerXMLGenerator

from accounts.models import Author
from blog.models import Post

NAMESPACE = "http://www.sitemaps.org/schemas/sitemap/0.9"
# The protocol allows 50,000 addresses in one file.
POST_COUNT = 40_000
AUTHOR_COUNT = 5_000
TAG_COUNT = 4_000
SERIES_COUNT = 900


def sitemap_xml() -> str:
    """Front page, newest stories, authors, tags and series, each address once."""
    out = StringIO()
    xml = SimplerXMLGenerator(out, "utf-8")
    xml.startDocument()
    xml.startElement("urlset", AttributesImpl({"xmlns": NAMESPACE}))
    for path, changed_at in _places():
        xml.startElement("url", AttributesImpl({}))
        xml.addQuickElement("loc", f"{settings.SITE_URL}{path}")
        if changed_at:
            xml.addQuickElement("lastmod", changed_at.isoformat(timespec="seconds"))
        xml.endElement("url")
    xml.endElement("urlset")
    xml.endDocument()
    return out.getvalue()


def _places() -> Iterator[tuple[str, datetime | None]]:
    posts = Post.objects.listed().filter(canonical_url="").newest_first()
    yield reverse("blog:front"), None
    for slug, published_at, edited_at in posts.values_list("slug", "published_at", "edited_at")[
        :POST_COUNT
    ]:
        yield reverse("blog:post", args=[slug]), edited_at or published_at
    authors = Author.objects.filter(authorships__post__in=Post.objects.listed()).distinct()
    for handle in authors.values_list("handle", flat=True)[:AUTHOR_COUNT]:
        yield reverse("blog:author", args=[handle]), None
    for slug in Post.objects.listed().subjects().values_list("slug", flat=True)[:TAG_COUNT]:
        yield reverse("blog:tag", args=[slug]), None
    for slug in Post.objects.listed().series().values_list("slug", flat=True)[:SERIES_COUNT]:
        yield reverse("blog:series", args=[slug]), None
