"""What a long story contains: its headings, read from the HTML that was stored for it."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

LEAST_HEADINGS = 4  # fewer are seen at a glance
MOST_HEADINGS = 100

NESTING = "aside|blockquote|dd|details|li"
HEADING = re.compile(
    rf'<(/?)(?:{NESTING})[ >]|<h([23]) id="(h-[^"<>]*)"[^<>]*>((?:(?!</h[23]>).)*)</h[23]>',
    re.DOTALL,
)
MARK = re.compile(r'<sup class="footnote-ref">.*?</sup>|<[^<>]*>', re.DOTALL)


@dataclass(frozen=True)
class Entry:
    """A heading. `level` is 2 or 3, `anchor` its id on the story's page."""

    level: int
    text: str
    anchor: str


def contents(story_html: str) -> list[Entry]:
    """The headings of the story itself, not of what it quotes or folds away; empty for few."""
    found: list[Entry] = []
    depth = 0
    for match in HEADING.finditer(story_html):
        closing, level, anchor, words = match.groups()
        if level is None:
            depth += -1 if closing else 1
        elif depth == 0 and (text := html.unescape(MARK.sub("", words)).strip()):
            found.append(Entry(int(level), text, html.unescape(anchor)))
    return found[:MOST_HEADINGS] if len(found) >= LEAST_HEADINGS else []
