"""What a story's shape must be before it becomes HTML: rules that run over the parsed tokens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from blog.figures import SRC
from blog.markdown.limits import (
    MAX_BLOCK_TOKENS,
    MAX_INLINE_NESTING,
    MAX_MARKS,
    MAX_NESTING,
    too_deep,
    too_large,
)
from blog.markdown.plaintext import inline_text
from blog.slugs import join_words

ANCHOR_PREFIX = "h-"
MAX_ANCHOR_CHARS = 60
LEVELS = {"h1": 2, "h2": 2, "h3": 3}  # the page's h1 is the story's title
DEEPEST_LEVEL = 4

NESTING_BLOCKS = {
    "blockquote_open",
    "container_aside_open",
    "dd_open",
    "footnote_reference_open",
    "list_item_open",
}
PLACEMENTS = ("text", "wide", "full")
PICTURE_PARTS = {"image", "softbreak", "hardbreak", "link_open", "link_close"}


@dataclass(frozen=True)
class Heading:
    """A heading of the story itself, for a table of contents. `anchor` is its id."""

    level: int
    text: str
    anchor: str


def check_blocks(state: StateCore) -> None:
    """Refuse what the parser would cut off without a word, and what would grow too large."""
    if len(state.tokens) > MAX_BLOCK_TOKENS:
        raise too_large()
    texts = [token.content for token in state.tokens if token.type == "inline"]
    for mark, most in MAX_MARKS.items():
        if sum(text.count(mark) for text in texts) > most:
            raise too_large()
    for token in state.tokens:
        if token.type in NESTING_BLOCKS and token.level >= MAX_NESTING - 1:
            raise too_deep()


def cap_marks(state: StateCore) -> None:
    """Drop emphasis inside emphasis inside emphasis…: the sanitiser is slow on deep trees."""
    for block in state.tokens:
        if block.children and len(block.children) > MAX_INLINE_NESTING:
            block.children = list(_capped(block.children))


def _capped(children: list[Token]) -> Iterator[Token]:
    depth = 0
    for token in children:
        depth += token.nesting == 1
        if token.nesting == 0 or depth <= MAX_INLINE_NESTING:
            yield token
        depth -= token.nesting == -1


def number_headings(state: StateCore) -> None:
    """Shift levels below the title's and give each heading its own id."""
    anchors = _Anchors()
    headings: list[Heading] = []
    for opening, inline, closing in zip(
        state.tokens, state.tokens[1:], state.tokens[2:], strict=False
    ):
        if opening.type != "heading_open":
            continue
        text = inline_text(inline.children or ()).strip()
        level = LEVELS.get(opening.tag, DEEPEST_LEVEL)
        anchor = anchors.take(text)
        opening.tag = closing.tag = f"h{level}"
        opening.attrSet("id", anchor)
        closing.meta["anchor"] = anchor
        if opening.level == 0 and text:
            headings.append(Heading(level, text, anchor))
    state.env["headings"] = headings


@dataclass
class _Anchors:
    """Ids of headings, each once. A repeated title gets -2, -3, …"""

    taken: set[str] = field(default_factory=set)
    counts: dict[str, int] = field(default_factory=dict)

    def take(self, text: str) -> str:
        base = ANCHOR_PREFIX + (join_words(text, limit=MAX_ANCHOR_CHARS) or "section")
        anchor = base
        while anchor in self.taken:
            self.counts[base] = self.counts.get(base, 1) + 1
            anchor = f"{base}-{self.counts[base]}"
        self.taken.add(anchor)
        return anchor


def align_cells(state: StateCore) -> None:
    """The parser aligns with a style attribute, which the security policy forbids."""
    for token in state.tokens:
        style = token.attrs.pop("style", None) if token.type in ("th_open", "td_open") else None
        if style:
            token.attrSet("data-align", str(style).removeprefix("text-align:"))
        if token.type == "th_open":
            token.attrSet("scope", "col")


def place_pictures(state: StateCore) -> None:
    """Find the pictures of ours, those inside links, and how wide they stand."""
    mentioned: dict[str, None] = {}
    placements: list[str] = []
    paragraph: Token | None = None
    for token in state.tokens:
        if token.type == "container_aside_open":
            placements.append(token.info.strip())
        elif token.type == "container_aside_close":
            token.info = placements.pop()  # only the opening one is told which it is
        elif token.type == "paragraph_open":
            paragraph = token
        elif token.children and any(child.type == "image" for child in token.children):
            mentioned.update(dict.fromkeys(_tokens(token.children)))
            width = next((name for name in reversed(placements) if name in PLACEMENTS), "")
            if width and paragraph and _is_only_pictures(token.children):
                paragraph.attrSet("data-width", width)
    state.env["pictures"] = tuple(mentioned)


def _tokens(children: list[Token]) -> Iterator[str]:
    link_depth = 0
    for child in children:
        if child.type in ("link_open", "link_close"):
            link_depth += child.nesting
        elif child.type == "image":
            child.meta["in_link"] = link_depth > 0
            match = SRC.fullmatch(str(child.attrs.get("src", "")))
            if match:
                yield match[1]


def _is_only_pictures(children: list[Token]) -> bool:
    return all(
        child.type in PICTURE_PARTS or (child.type == "text" and not child.content.strip())
        for child in children
    )
