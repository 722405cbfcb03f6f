"""JSON Feed 1.1 (jsonfeed.org)."""

from __future__ import annotations

import json
from typing import Any

from django.utils.feedgenerator import rfc3339_date

from blog.feeds.channel import Channel
from blog.feeds.entry import Entry, Person

VERSION = "https://jsonfeed.org/version/1.1"


def json_feed(channel: Channel) -> bytes:
    feed = {
        "version": VERSION,
        "title": channel.title,
        "home_page_url": channel.page,
        "feed_url": channel.feed,
        "description": channel.description,
        "language": channel.language,
        "authors": [{"name": channel.publisher}],
        "hubs": [{"type": "WebSub", "url": channel.hub}] if channel.hub else [],
        "items": [_item(entry) for entry in channel.entries],
    }
    return json.dumps(_said(feed) | {"items": feed["items"]}, ensure_ascii=False).encode()


def _item(entry: Entry) -> dict[str, Any]:
    about = _said(
        {
            "id": entry.id,
            "url": entry.url,
            "external_url": entry.canonical_url,
            "title": entry.title,
            "summary": entry.summary,
            "image": entry.picture.url if entry.picture else "",
            "date_published": rfc3339_date(entry.published_at),
            "date_modified": rfc3339_date(entry.updated_at),
            "authors": [_author(person) for person in entry.people],
            "tags": entry.tags,
            "language": entry.language,
        }
    )
    return {**about, "content_html": entry.html}


def _author(person: Person) -> dict[str, Any]:
    return _said({"name": person.name, "url": person.url, "avatar": person.portrait})


def _said(about: dict[str, Any]) -> dict[str, Any]:
    """Without what there is nothing to say of."""
    return {name: value for name, value in about.items() if value}
