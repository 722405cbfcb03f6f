"""What may stand in our addresses."""

from __future__ import annotations


class StorySlug:
    """Letters, digits, hyphens and underscores of any script."""

    regex = r"[-\w]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


class Handle(StorySlug):
    regex = r"[A-Za-z0-9_]+"
