"""The lead picture of an entry, in the words of Media RSS, which Atom borrows."""

from __future__ import annotations

from blog.feeds.document import Document
from blog.feeds.entry import Picture

NAMESPACE = "http://search.yahoo.com/mrss/"


def write_picture(xml: Document, picture: Picture) -> None:
    about = {
        "url": picture.url,
        "type": "image/jpeg",
        "medium": "image",
        "width": str(picture.width),
        "height": str(picture.height),
    }
    with xml.element("media:content", about):
        if picture.alt:
            xml.line("media:description", picture.alt, {"type": "plain"})
