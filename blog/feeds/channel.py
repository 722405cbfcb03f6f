"""What a feed is of, and its entries; the three writers write nothing else."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings
from django.utils.encoding import iri_to_uri
from django.utils.translation import gettext as _

from accounts.characters import printable
from blog.feeds.entry import Entry, entries_of
from blog.feeds.response import entries_of_responses
from blog.models import Post, Publication
from blog.streams import Stream, feeds_of_responses

# Of a feed in which nothing has stood yet: the same for everybody who asks, whenever they ask.
NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Channel:
    """Addresses are absolute; `feed` is the one of the form in which it is written."""

    title: str
    description: str
    language: str
    page: str
    feed: str
    publisher: str
    entries: list[Entry]
    hub: str = ""

    @property
    def updated_at(self) -> datetime:
        return max((entry.updated_at for entry in self.entries), default=NOTHING_YET)


def channel_of(stream: Stream, kind: str) -> Channel:
    """The newest stories of a stream."""
    publication = Publication.current()
    name = printable(publication.name)
    title = printable(stream.title)
    return Channel(
        title=f"{title} – {name}" if title else name,
        description=printable(publication.tagline),
        language=publication.language,
        page=f"{settings.SITE_URL}{stream.page}",
        feed=f"{settings.SITE_URL}{getattr(stream.feeds, kind)}",
        publisher=name,
        entries=entries_of(stream),
        hub=iri_to_uri(publication.websub_hub),
    )


def channel_of_responses(post: Post, kind: str) -> Channel:
    """The newest responses to a story. No hub is told of them, so none is named."""
    publication = Publication.current()
    about = {"title": printable(post.display_title), "name": printable(publication.name)}
    return Channel(
        title=_("Responses to “%(title)s” – %(name)s") % about,
        description=_("What readers say about “%(title)s”.") % about,
        language=post.language,
        page=f"{settings.SITE_URL}{post.get_absolute_url()}#responses",
        feed=f"{settings.SITE_URL}{getattr(feeds_of_responses(post), kind)}",
        publisher=about["name"],
        entries=entries_of_responses(post),
    )
