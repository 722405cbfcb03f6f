"""Abbreviations: `*[HTML]: HyperText Markup Language` says once what the letters stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from blog.markdown.typography import Style, set_line, written

MAX_ABBREVIATIONS = 100
MAX_MARKED = 1_000  # places in one text
DEFINITION = re.compile(r"\*\[([^\[\]\s](?:[^\[\]]{0,58}[^\[\]\s])?)\]:[ \t]+(\S.{0,199})")
# Scripts without spaces have letters on both sides of everything.
OPEN_SCRIPTS = r"\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef"


def install(md: MarkdownIt, style: Style) -> None:
    """Add abbreviations to a parser; what they stand for is set in `style`."""

    def mark(state: StateCore) -> None:
        known: dict[str, str] = state.env.get("abbreviations", {})
        if known:
            _mark(state, {short: set_line(full, style) for short, full in known.items()})

    md.block.ruler.before("reference", "abbreviation", _define)
    md.core.ruler.after("typography", "abbreviations", mark)


def _define(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    begin = state.bMarks[start_line] + state.tShift[start_line]
    if state.is_code_block(start_line) or state.src[begin : begin + 2] != "*[":
        return False
    match = DEFINITION.fullmatch(state.src[begin : state.eMarks[start_line]].rstrip())
    known = state.env.setdefault("abbreviations", {})
    if not match or len(known) >= MAX_ABBREVIATIONS:
        return False
    if not silent:
        known.setdefault(match[1], match[2])
        state.line = start_line + 1
    return True


def _mark(state: StateCore, known: dict[str, str]) -> None:
    longest_first = sorted(known, key=len, reverse=True)
    any_of_them = re.compile(
        rf"(?<![^\W{OPEN_SCRIPTS}])(?:{'|'.join(map(re.escape, longest_first))})"
        rf"(?![^\W{OPEN_SCRIPTS}])"
    )
    left = MAX_MARKED
    for block in state.tokens:
        children = list(_marked(block.children or [], any_of_them, known, left))
        if len(children) > len(block.children or ()):
            left -= sum(child.type == "abbr_open" for child in children)
            block.children = children


def _marked(
    children: list[Token], pattern: re.Pattern[str], known: dict[str, str], left: int
) -> Iterator[Token]:
    words = {id(token) for token in written(children)}
    for token in children:
        matches = list(pattern.finditer(token.content))[:left] if id(token) in words else []
        left -= len(matches)
        done = 0
        for match in matches:
            if match.start() > done:
                yield _text(token, token.content[done : match.start()])
            yield Token("abbr_open", "abbr", 1, attrs={"title": known[match[0]]})
            yield _text(token, match[0])
            yield Token("abbr_close", "abbr", -1)
            done = match.end()
        if not matches:
            yield token
        elif done < len(token.content):
            yield _text(token, token.content[done:])


def _text(token: Token, content: str) -> Token:
    return Token("text", "", 0, content=content, level=token.level)
