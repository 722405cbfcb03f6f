"""Atom (RFC 4287), with threads (RFC 4685)."""

from __future__ import annotations

from django.conf import settings
from django.utils.feedgenerator import rfc3339_date

from blog.feeds import picture
from blog.feeds.channel import Channel
from blog.feeds.document import Document
from blog.feeds.entry import Entry, Person

MEDIA_TYPE = "application/atom+xml"
NAMESPACES = {
    "xmlns": "http://www.w3.org/2005/Atom",
    "xmlns:media": picture.NAMESPACE,
    "xmlns:thr": "http://purl.org/syndication/thread/1.0",
}


def atom(channel: Channel) -> bytes:
    xml = Document()
    with xml.element("feed", {**NAMESPACES, "xml:lang": channel.language}):
        xml.line("title", channel.title)
        if channel.description:
            xml.line("subtitle", channel.description)
        xml.line("link", attributes={"rel": "alternate", "type": "text/html", "href": channel.page})
        xml.line("link", attributes={"rel": "self", "type": MEDIA_TYPE, "href": channel.feed})
        if channel.hub:
            xml.line("link", attributes={"rel": "hub", "href": channel.hub})
        xml.line("id", channel.page)
        xml.line("updated", rfc3339_date(channel.updated_at))
        # Who answers for an entry that names nobody.
        _write_person(xml, Person(channel.publisher))
        for entry in channel.entries:
            _write_entry(xml, entry)
    return xml.to_bytes()


def _write_entry(xml: Document, entry: Entry) -> None:
    with xml.element("entry", {"xml:lang": entry.language}):
        xml.line("title", entry.title)
        xml.line("link", attributes={"rel": "alternate", "type": "text/html", "href": entry.url})
        _write_other_links(xml, entry)
        xml.line("id", entry.id)
        xml.line("published", rfc3339_date(entry.published_at))
        xml.line("updated", rfc3339_date(entry.updated_at))
        for person in entry.people:
            _write_person(xml, person)
        for name in entry.tags:
            xml.line("category", attributes={"term": name})
        if entry.summary:
            xml.line("summary", entry.summary)
        xml.line("content", entry.html, {"type": "html"})
        if entry.picture:
            picture.write_picture(xml, entry.picture)


def _write_other_links(xml: Document, entry: Entry) -> None:
    """Where it stood first, what was said to it, and what it was said to."""
    if entry.canonical_url:
        xml.line("link", attributes={"rel": "canonical", "href": entry.canonical_url})
    if entry.responses:
        href = f"{settings.SITE_URL}{entry.responses.atom}"
        xml.line("link", attributes={"rel": "replies", "type": MEDIA_TYPE, "href": href})
    if entry.answers:
        about = {"ref": entry.answers.id, "type": "text/html", "href": entry.answers.url}
        xml.line("thr:in-reply-to", attributes=about)


def _write_person(xml: Document, person: Person) -> None:
    with xml.element("author"):
        xml.line("name", person.name)
        if person.url:
            xml.line("uri", person.url)
