"""A story as a card on somebody else's page (oembed.com)."""

from __future__ import annotations

from io import StringIO
from typing import Any
from urllib.parse import unquote, urlsplit
from xml.sax.xmlreader import AttributesImpl

from django.conf import settings
from django.urls import Resolver404, resolve
from django.utils.html import format_html
from django.utils.xmlutils import SimplerXMLGenerator

from accounts.characters import printable
from blog.models import Post, Publication
from blog.seo import describe, story_card

MAX_URL_CHARS = 2000
WIDTH_PX, LEAST_WIDTH_PX = 600, 200
HEIGHT_PX = 200
CACHE_SECONDS = 24 * 3600


def slug_of(url: str) -> str:
    """The slug in the address of a story of ours; empty for any other address."""
    try:
        parts = urlsplit(url[: MAX_URL_CHARS + 1])
    except ValueError:
        return ""
    ours = urlsplit(settings.SITE_URL)
    if len(url) > MAX_URL_CHARS or parts.netloc.lower() != ours.netloc.lower():
        return ""
    if parts.scheme not in {"http", "https"}:
        return ""
    path = unquote(parts.path)
    try:
        match = resolve(path if path.endswith("/") else f"{path}/")
    except Resolver404:
        return ""
    return str(match.kwargs["slug"]) if match.view_name == "blog:post" else ""


def card(
    post: Post, publication: Publication, *, max_width: int, max_height: int
) -> dict[str, Any]:
    """What another page needs to show the story: a quotation that stands without us."""
    names = ", ".join(author.name for author in post.byline)
    said: dict[str, Any] = {
        "version": "1.0",
        "type": "rich",
        "title": post.display_title,
        "author_name": names,
        "provider_name": publication.name,
        "provider_url": f"{settings.SITE_URL}/",
        "cache_age": CACHE_SECONDS,
        "width": min(WIDTH_PX, max_width),
        "height": min(HEIGHT_PX, max_height),
        "html": _html(post, names, publication),
    }
    if len(post.byline) == 1:
        said["author_url"] = f"{settings.SITE_URL}{post.byline[0].get_absolute_url()}"
    picture = story_card(post, publication)
    # A consumer that asked for less gets none: ours comes in one size.
    if picture and picture.width <= max_width and picture.height <= max_height:
        said["thumbnail_url"] = picture.url
        said["thumbnail_width"], said["thumbnail_height"] = picture.width, picture.height
    return said


def xml(said: dict[str, Any]) -> str:
    out = StringIO()
    writer = SimplerXMLGenerator(out, "utf-8")
    writer.startDocument()
    writer.startElement("oembed", AttributesImpl({}))
    for name, value in said.items():
        writer.addQuickElement(name, printable(str(value)))
    writer.endElement("oembed")
    writer.endDocument()
    return out.getvalue()


def _html(post: Post, names: str, publication: Publication) -> str:
    return format_html(
        '<blockquote cite="{url}" lang="{language}"><p><strong><a href="{url}">{title}</a></strong>'
        "</p><p>{about}</p><footer>{names}{dash}{site}</footer></blockquote>",
        url=f"{settings.SITE_URL}{post.get_absolute_url()}",
        language=post.language,
        title=post.display_title,
        about=describe(post),
        names=names,
        dash=" · " if names else "",
        site=publication.name,
    )
