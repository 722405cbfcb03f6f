"""The rules of the W3C's feed validator, of RFC 4287 and of jsonfeed.org, for what is served.

Each `check_…` reads the bytes as a reader's app does and returns what it found in them.
"""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

NAMES = {
    "atom": "http://www.w3.org/2005/Atom",
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "media": "http://search.yahoo.com/mrss/",
    "thr": "http://purl.org/syndication/thread/1.0",
    "wfw": "http://wellformedweb.org/CommentAPI/",
    "xml": "http://www.w3.org/XML/1998/namespace",
}
TYPES = {
    "atom": "application/atom+xml; charset=utf-8",
    "rss": "application/rss+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
RFC822 = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
RFC3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
TAG_URI = re.compile(r"tag:[a-z0-9.:-]+,\d{4}-\d\d-\d\d:[a-z0-9-]+")
RELATIVE = re.compile(r'(?:href|src|srcset)="(?!https?:|mailto:)[^"]*"|, /')
UNSAFE = re.compile(
    r"<(script|iframe|style|object|embed|form|input|link|meta)\b|\son\w+=|javascript:"
)


def read_feed(client, url: str):
    """The feed at `url`, checked by the rules of its form."""
    answer = client.get(url)
    assert answer.status_code == 200, url
    kind = next(kind for kind, name in TYPES.items() if name == answer["Content-Type"])
    found = CHECKS[kind](answer.content)
    assert f'<{found["self"]}>; rel="self"' in answer["Link"]
    assert urlsplit(found["self"]).path == urlsplit(url).path
    return found


def check_atom(content: bytes) -> dict:
    feed = ElementTree.fromstring(content)
    assert feed.tag == f"{{{NAMES['atom']}}}feed"
    entries = [_check_atom_entry(entry) for entry in feed.findall("atom:entry", NAMES)]
    assert len({entry["id"] for entry in entries}) == len(entries)
    links = {link.get("rel"): link for link in feed.findall("atom:link", NAMES)}
    assert links["self"].get("type") == "application/atom+xml"
    return {
        "title": _one(feed, "atom:title"),
        "id": _address(_one(feed, "atom:id")),
        "self": _address(links["self"].get("href")),
        "page": _address(links["alternate"].get("href")),
        "hub": links["hub"].get("href") if "hub" in links else None,
        "language": feed.get(f"{{{NAMES['xml']}}}lang"),
        "updated": _rfc3339(_one(feed, "atom:updated")),
        "author": _one(feed, "atom:author/atom:name"),
        "entries": entries,
    }


def _check_atom_entry(entry) -> dict:
    content = entry.find("atom:content", NAMES)
    assert content.get("type") == "html"
    people = entry.findall("atom:author/atom:name", NAMES)
    assert all(person.text for person in people)
    for address in entry.findall("atom:author/atom:uri", NAMES):
        _address(address.text)
    for link in entry.findall("atom:link", NAMES):
        _address(link.get("href"))
    id_ = _one(entry, "atom:id")
    assert TAG_URI.fullmatch(id_), id_
    (page,) = entry.findall("atom:link[@rel='alternate']", NAMES)
    return {
        "id": id_,
        "title": _one(entry, "atom:title"),
        "url": page.get("href"),
        "html": _html(content.text),
        "published": _rfc3339(_one(entry, "atom:published")),
        "updated": _rfc3339(_one(entry, "atom:updated")),
        "people": [person.text for person in people],
        "tags": [_filled(tag.get("term")) for tag in entry.findall("atom:category", NAMES)],
        "summary": entry.findtext("atom:summary", None, NAMES),
        "language": entry.get(f"{{{NAMES['xml']}}}lang"),
        "picture": _picture(entry),
    }


def check_rss(content: bytes) -> dict:
    rss = ElementTree.fromstring(content)
    assert (rss.tag, rss.get("version")) == ("rss", "2.0")
    (channel,) = rss
    names = [child.tag for child in channel]
    first_item = names.index("item") if "item" in names else len(names)
    assert set(names[first_item:]) <= {"item"}, "what is said of the channel comes first"
    entries = [_check_item(item) for item in channel.findall("item")]
    assert len({entry["id"] for entry in entries}) == len(entries)
    links = {link.get("rel"): link.get("href") for link in channel.findall("atom:link", NAMES)}
    built = channel.findtext("lastBuildDate")
    return {
        "title": _one(channel, "title"),
        "description": _one(channel, "description"),
        "page": _address(_one(channel, "link")),
        "self": _address(links["self"]),
        "hub": links.get("hub"),
        "language": _one(channel, "language"),
        "updated": _rfc822(built) if built else None,
        "entries": entries,
    }


def _check_item(item) -> dict:
    guid = item.find("guid")
    assert guid.get("isPermaLink") == "false"
    assert TAG_URI.fullmatch(guid.text)
    assert item.find("author") is None, "it would have to be a mail address"
    names = [child.tag for child in item]
    encoded = f"{{{NAMES['content']}}}encoded"
    if encoded in names:
        assert names.index("description") < names.index(encoded), "the short text comes first"
    people = item.findall("dc:creator", NAMES)
    whole = item.findtext("content:encoded", None, NAMES)
    return {
        "id": guid.text,
        "title": _one(item, "title"),
        "url": _address(_one(item, "link")),
        "html": _html(item.findtext("description") if whole is None else whole),
        "published": _rfc822(_one(item, "pubDate")),
        "updated": _rfc3339(_one(item, "atom:updated")),
        "people": [_filled(person.text) for person in people],
        "tags": [_filled(tag.text) for tag in item.findall("category")],
        "summary": item.findtext("description") if whole is not None else None,
        "language": _one(item, "dc:language"),
        "picture": _picture(item),
    }


def check_json(content: bytes) -> dict:
    feed = json.loads(content)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    entries = [_check_json_item(item) for item in feed["items"]]
    assert len({entry["id"] for entry in entries}) == len(entries)
    hubs = feed.get("hubs", [])
    assert all(hub["type"] == "WebSub" for hub in hubs)
    return {
        "title": _filled(feed["title"]),
        "page": _address(feed["home_page_url"]),
        "self": _address(feed["feed_url"]),
        "hub": hubs[0]["url"] if hubs else None,
        "language": _filled(feed["language"]),
        "author": _filled(feed["authors"][0]["name"]),
        "entries": entries,
    }


def _check_json_item(item: dict) -> dict:
    assert isinstance(item["id"], str)
    assert TAG_URI.fullmatch(item["id"])
    for person in item["authors"]:
        assert set(person) <= {"name", "url", "avatar"}
        for name in set(person) - {"name"}:
            _address(person[name])
    if "image" in item:
        _address(item["image"])
    return {
        "id": item["id"],
        "title": _filled(item["title"]),
        "url": _address(item["url"]),
        "html": _html(item["content_html"]),
        "published": _rfc3339(item["date_published"]),
        "updated": _rfc3339(item["date_modified"]),
        "people": [_filled(person["name"]) for person in item["authors"]],
        "tags": [_filled(tag) for tag in item.get("tags", [])],
        "summary": item.get("summary"),
        "language": _filled(item["language"]),
        "picture": item.get("image"),
    }


CHECKS = {"atom": check_atom, "rss": check_rss, "json": check_json}


def _one(parent, path: str) -> str:
    (found,) = parent.findall(path, NAMES)
    return _filled(found.text)


def _filled(text: str | None) -> str:
    assert text, "nothing is said"
    assert text.strip()
    return text


def _address(url: str | None) -> str:
    assert url
    parts = urlsplit(url)
    assert parts.scheme in {"http", "https"}, url
    assert parts.netloc, url
    assert url.isascii(), url
    assert not re.search(r"[\s<>\"]", url), url
    return url


def _html(html: str | None) -> str:
    html = html or ""
    assert not RELATIVE.search(html), RELATIVE.search(html)
    tags = " ".join(re.findall(r"<[^>]*>", html))
    assert not UNSAFE.search(tags), UNSAFE.search(tags)
    return html


def _picture(entry) -> str | None:
    found = entry.findall("media:content", NAMES)
    if not found:
        return None
    (content,) = found
    assert (content.get("medium"), content.get("type")) == ("image", "image/jpeg")
    assert int(content.get("width")) > 0
    assert int(content.get("height")) > 0
    return _address(content.get("url"))


def _rfc822(text: str) -> datetime:
    assert RFC822.fullmatch(text), text
    return parsedate_to_datetime(text)


def _rfc3339(text: str) -> datetime:
    assert RFC3339.fullmatch(text), text
    return datetime.fromisoformat(text)
