"""What may stand in our addresses."""

from __future__ import annotations

from blog.slugs import is_reserved


class StorySlug:
    """Letters, digits, hyphens and underscores of any script."""

    regex = r"[-\w]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class FreeSlug(StorySlug):
    """That of a story: none that the site itself needs."""

    def to_python(self, value: str) -> str:
        if is_reserved(value):
            raise ValueError
        return value


class FeedKind(StorySlug):
    """A form of feed that has an address of its own; Atom has the feed's."""

    regex = r"rss|json"


class FeedGuess(StorySlug):
    """Where feeds are elsewhere, so that people and readers' apps try there."""

    regex = r"(?:feed|atom|rss|index)\.xml|feed\.json|rss/|atom/|feed/atom/"


class SitemapKind(StorySlug):
    regex = r"stories|authors|tags|series"


class Handle(StorySlug):
    regex = r"[A-Za-z0-9_]+"
