"""Sitemaps as XML."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from functools import cache
from io import StringIO
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.urls import reverse
from django.utils.xmlutils import SimplerXMLGenerator

from blog.sitemaps.chunk import Chunk
from blog.sitemaps.place import Place

NAMESPACES = {
    "xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9",
    "xmlns:image": "http://www.google.com/schemas/sitemap-image/1.1",
    "xmlns:xhtml": "http://www.w3.org/1999/xhtml",
}
# Stands for a number, and is found again.
MARK = 90817263540
ADDRESS = {"xmlns": NAMESPACES["xmlns"]}


def index_xml(chunks: Sequence[Chunk]) -> str:
    """The list of all sitemaps. The pages that lead to stories change when a story does."""
    out = StringIO()
    xml = _begin(out, "sitemapindex", ADDRESS)
    newest = max((chunk.changed_at for chunk in chunks if chunk.changed_at), default=None)
    _write(xml, "sitemap", f"{settings.SITE_URL}{reverse('blog:sitemap-pages')}", newest)
    for chunk in chunks:
        path = _form(chunk.kind).format(chunk.number)
        _write(xml, "sitemap", f"{settings.SITE_URL}{path}", chunk.changed_at)
    return _end(xml, out, "sitemapindex")


@cache
def _form(kind: str) -> str:
    """Where the chunks of a kind lie: to ask for each of 500 took longer than to write them."""
    return reverse("blog:sitemap-chunk", args=[kind, MARK]).replace(str(MARK), "{}")


def sitemap_xml(places: Iterable[Place]) -> str:
    out = StringIO()
    xml = _begin(out, "urlset", NAMESPACES)
    for place in places:
        _write(xml, "url", place.url, place.changed_at, place.pictures, place.languages)
    return _end(xml, out, "urlset")


def _begin(out: StringIO, name: str, namespaces: dict[str, str]) -> SimplerXMLGenerator:
    xml = SimplerXMLGenerator(out, "utf-8")
    xml.startDocument()
    xml.startElement(name, AttributesImpl(namespaces))
    return xml


def _write(
    xml: SimplerXMLGenerator,
    name: str,
    url: str,
    changed_at: datetime | None,
    pictures: Iterable[str] = (),
    languages: Iterable[tuple[str, str]] = (),
) -> None:
    xml.startElement(name, AttributesImpl({}))
    xml.addQuickElement("loc", url)
    if changed_at:
        xml.addQuickElement("lastmod", changed_at.astimezone(UTC).isoformat(timespec="seconds"))
    for language, address in languages:
        about = {"rel": "alternate", "hreflang": language, "href": address}
        xml.addQuickElement("xhtml:link", attrs=about)
    for picture in pictures:
        xml.startElement("image:image", AttributesImpl({}))
        xml.addQuickElement("image:loc", picture)
        xml.endElement("image:image")
    xml.endElement(name)


def _end(xml: SimplerXMLGenerator, out: StringIO, name: str) -> str:
    xml.endElement(name)
    xml.endDocument()
    return out.getvalue()
