"""RSS 2.0, as the RSS Advisory Board's profile has it."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import format_datetime

from django.conf import settings
from django.utils.feedgenerator import rfc3339_date

from blog.feeds import picture
from blog.feeds.channel import Channel
from blog.feeds.document import Document
from blog.feeds.entry import Entry

MEDIA_TYPE = "application/rss+xml"
NAMESPACES = {
    "xmlns:atom": "http://www.w3.org/2005/Atom",
    "xmlns:content": "http://purl.org/rss/1.0/modules/content/",
    "xmlns:dc": "http://purl.org/dc/elements/1.1/",
    "xmlns:media": picture.NAMESPACE,
    "xmlns:thr": "http://purl.org/syndication/thread/1.0",
    "xmlns:wfw": "http://wellformedweb.org/CommentAPI/",
}


def rss(channel: Channel) -> bytes:
    xml = Document()
    with xml.element("rss", {"version": "2.0", **NAMESPACES}), xml.element("channel"):
        xml.line("title", channel.title)
        xml.line("link", channel.page)
        xml.line("description", channel.description or channel.title)
        xml.line("language", channel.language)
        if channel.entries:
            xml.line("lastBuildDate", _rfc822(channel.updated_at))
        about = {"rel": "self", "type": MEDIA_TYPE, "href": channel.feed}
        xml.line("atom:link", attributes=about)
        if channel.hub:
            xml.line("atom:link", attributes={"rel": "hub", "href": channel.hub})
        for entry in channel.entries:
            _write_item(xml, entry)
    return xml.to_bytes()


def _write_item(xml: Document, entry: Entry) -> None:
    with xml.element("item"):
        xml.line("title", entry.title)
        xml.line("link", entry.url)
        xml.line("guid", entry.id, {"isPermaLink": "false"})
        xml.line("pubDate", _rfc822(entry.published_at))
        xml.line("atom:updated", rfc3339_date(entry.updated_at))
        for person in entry.people:
            # RSS's own `author` is a mail address.
            xml.line("dc:creator", person.name)
        xml.line("dc:language", entry.language)
        for name in entry.tags:
            xml.line("category", name)
        _write_ways(xml, entry)
        # Some readers take the last text there is, so the short one comes first.
        xml.line("description", entry.summary or entry.html)
        if entry.summary:
            xml.line("content:encoded", entry.html)
        if entry.picture:
            picture.write_picture(xml, entry.picture)


def _write_ways(xml: Document, entry: Entry) -> None:
    """Where it stood first, what was said to it, and what it was said to."""
    if entry.canonical_url:
        xml.line("atom:link", attributes={"rel": "canonical", "href": entry.canonical_url})
    if entry.responses:
        xml.line("comments", f"{entry.url}#responses")
        xml.line("wfw:commentRss", f"{settings.SITE_URL}{entry.responses.rss}")
    if entry.answers:
        about = {"ref": entry.answers.id, "href": entry.answers.url}
        xml.line("thr:in-reply-to", attributes=about)


def _rfc822(at: datetime) -> str:
    return format_datetime(at.astimezone(UTC), usegmt=True)
