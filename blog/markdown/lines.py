"""Which line of the source a block came from: for the desk's preview, which follows the text.

The mark is text, set between the blocks before sanitising and turned into an attribute after it.
So no rule of the sanitiser is wider for it, and stored HTML never has it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it.token import Token

# Two of the characters that stand for nothing in Unicode, for use inside a program.
OPEN, CLOSE = "\ufdd0", "\ufdd1"
MARKED_TAG = re.compile(
    rf"(?:{OPEN}[0-9]+{CLOSE}\s*){{0,3}}{OPEN}([0-9]+){CLOSE}(\s*<[a-z][a-z0-9]*)"
)
MARK = re.compile(rf"{OPEN}[0-9]+{CLOSE}")
DEEPEST_LEVEL = 1  # blocks of the text, and those right inside a list, a quote or an aside
# Text does not stand between the parts of a table.
UNMARKED = {"inline", "tr_open", "th_open", "td_open", "thead_open", "tbody_open"}


def mark(tokens: list[Token], source: str) -> list[Token]:
    """The tokens with a mark before each block."""
    return tokens if OPEN in source or CLOSE in source else list(_marked(tokens))


def show(html: str) -> str:
    """The marks as `data-line` of the element that follows, counted from 0."""
    return MARK.sub("", MARKED_TAG.sub(r'\2 data-line="\1"', html))


def _marked(tokens: list[Token]) -> Iterator[Token]:
    for index, token in enumerate(tokens):
        line = _line(tokens, index)
        if line is not None:
            yield Token("text", "", 0, content=f"{OPEN}{line}{CLOSE}")
        yield token


def _line(tokens: list[Token], index: int) -> int | None:
    token = tokens[index]
    if token.type == "footnote_open":
        body = next((inner for inner in tokens[index + 1 : index + 4] if inner.map), None)
        return body.map[0] if body and body.map else None
    if token.nesting < 0 or token.hidden or token.level > DEEPEST_LEVEL or not token.map:
        return None
    return None if token.type in UNMARKED else token.map[0]
