"""Reads the sample stories from the Markdown files beside this module."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

STORIES = Path(__file__).parent / "stories"

_PICTURE = re.compile(r"\(drawing:([a-z0-9-]+)")
_FIELDS = frozenset(
    [
        "title",
        "subtitle",
        "slug",
        "author",
        "tags",
        "language",
        "days_ago",
        "lead",
        "pinned",
        "summary",
        "translation_of",
    ]
)
_OPTIONAL = frozenset({"lead", "pinned", "translation_of"})


class BadStory(ValueError):
    """A story file whose front matter cannot be read; the message names the file."""


@dataclass(frozen=True)
class SampleStory:
    """One story as its file has it; pictures in `text` are still `drawing:NAME`."""

    slug: str
    title: str
    subtitle: str
    authors: tuple[str, ...]  # handles, in the order of the byline
    tags: tuple[str, ...]  # names; the first is the kicker
    language: str
    days_ago: int  # published this long before the moment of loading
    lead: str | None  # the name of a drawing
    is_pinned: bool
    summary: str
    translation_of: str | None  # the address of the original
    text: str

    @property
    def drawings(self) -> tuple[str, ...]:
        """Names of every drawing the story shows, the lead first, each once."""
        found = [self.lead] if self.lead else []
        return tuple(dict.fromkeys([*found, *_PICTURE.findall(self.text)]))


def stories(folder: Path = STORIES) -> list[SampleStory]:
    """Every sample story, newest first. Raises `BadStory` for a file that is not one."""
    found = [_story(path) for path in sorted(folder.glob("*.md"))]
    return sorted(found, key=lambda story: (story.days_ago, story.slug))


def _story(path: Path) -> SampleStory:
    fields, text = _split(path)
    return SampleStory(
        slug=fields["slug"],
        title=fields["title"],
        subtitle=fields["subtitle"],
        authors=_listed(fields["author"]),
        tags=_listed(fields["tags"]),
        language=fields["language"],
        days_ago=int(fields["days_ago"]),
        lead=fields.get("lead"),
        is_pinned=fields.get("pinned") == "true",
        summary=fields["summary"],
        translation_of=fields.get("translation_of"),
        text=text,
    )


def _split(path: Path) -> tuple[dict[str, str], str]:
    opening, _, rest = path.read_text(encoding="utf-8").partition("---\n")
    head, closing, text = rest.partition("\n---\n")
    if opening or not closing:
        raise BadStory(f"{path.name} does not begin with fields between two --- lines")
    pairs = (line.partition(":") for line in head.splitlines() if line.strip())
    fields = {key.strip(): value.strip() for key, _, value in pairs}
    if wrong := (_FIELDS - _OPTIONAL - fields.keys()) | (fields.keys() - _FIELDS):
        raise BadStory(f"{path.name} lacks, or should not have: {', '.join(sorted(wrong))}")
    return fields, text.strip() + "\n"


def _listed(value: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in value.split(",") if part.strip())
