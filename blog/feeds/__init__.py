"""Feeds with whole stories: one list of entries, written as Atom, as RSS or as JSON."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from django.http import HttpResponse
from django.utils.http import http_date

from blog.feeds.atom import atom
from blog.feeds.channel import Channel
from blog.feeds.json_feed import json_feed
from blog.feeds.rss import rss


class Form(NamedTuple):
    write: Callable[[Channel], bytes]
    content_type: str


FORMS = {
    "atom": Form(atom, "application/atom+xml; charset=utf-8"),
    "rss": Form(rss, "application/rss+xml; charset=utf-8"),
    "json": Form(json_feed, "application/feed+json; charset=utf-8"),
}


def feed_response(channel: Channel, kind: str) -> HttpResponse:
    """`channel` in the form that `kind` names, with what a reader of feeds asks by next time."""
    form = FORMS[kind]
    response = HttpResponse(form.write(channel), content_type=form.content_type)
    if channel.entries:
        response.headers["Last-Modified"] = http_date(channel.updated_at.timestamp())
    links = [f'<{channel.feed}>; rel="self"']
    if channel.hub:
        links.insert(0, f'<{channel.hub}>; rel="hub"')
    response.headers["Link"] = ", ".join(links)
    return response
