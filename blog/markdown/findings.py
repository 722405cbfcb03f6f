"""What an author still has to see to in a text: places to come, silent pictures, dead links."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from itertools import accumulate, islice, pairwise
from operator import itemgetter
from typing import Any
from urllib.parse import unquote

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token

from blog.figures import SRC
from blog.markdown.limits import MAX_SOURCE_BYTES, check_length, check_lines, too_deep
from blog.markdown.parser import story_parser
from blog.markdown.typography import Style, style_for

MAX_FINDINGS = 200
MAX_SENTENCE_CHARS = 140
MAX_MARK_CHARS = 400  # quote marks, bullets and spaces before the words of a line

# Journalists' "to come". TKTK is the same said twice; ATK, STKs and TK_NAME are words, _TK_ is not.
TO_COME = re.compile(r"(?<![^\W_])(?<![^\W_]_)(?:TK)+(?!_?[^\W_])")
NOTE = re.compile(r"(?<!\\)\[\^([^\]\s\^\[]{1,64})\]")
REFERENCE = re.compile(r"(?<![\\\]])\[[^\[\]]{1,200}\]\[[^\[\]]{0,200}\]")
NOWHERE = re.compile(r"(?:https?:/*|mailto:|#)?", re.IGNORECASE)
SENTENCE_END = re.compile(r"[.!?…](?=[\s\"'”’»)*_\]])|[。！？]|\n\n")

NO_WORDS = ("code_inline", "math_inline")
PLACED = (*NO_WORDS, "link_open", "image")


class Kind(StrEnum):
    """What is missing at the place."""

    TO_COME = "to_come"
    UNDESCRIBED = "undescribed"
    NOWHERE = "nowhere"


@dataclass(frozen=True)
class Finding:
    """A place of the source: `start` and `end` count its characters, `line` from 0.

    `sentence` is the source around it, short enough for a list. `picture` is the token of a
    picture without description.
    """

    kind: Kind
    sentence: str
    line: int
    start: int
    end: int
    picture: str = ""


def find(source: str, *, language: str, undescribed_tokens: Collection[str] = ()) -> list[Finding]:
    """Everything of `Kind` in a story's Markdown, in the order of the text.

    A picture counts when its token is among `undescribed_tokens` and the text says nothing of
    its own about it. Code is left alone. The list ends after MAX_FINDINGS. Raises MarkdownError
    for what `render` does not take either.
    """
    check_length(source, most_bytes=MAX_SOURCE_BYTES)
    check_lines(source)
    # As the parser does; every character keeps its place.
    readable = source.encode("utf-8", "replace").decode("utf-8")
    env: dict[str, Any] = {}
    try:
        tokens = _parser(style_for(language)).parse(readable, env)
    except RecursionError as error:
        raise too_deep() from error
    text = _Text(readable, tokens, env, frozenset(undescribed_tokens))
    found = sorted(islice(text.findings(), MAX_FINDINGS), key=lambda finding: finding.start)
    return list(dict.fromkeys(found))


@lru_cache(maxsize=32)
def _parser(style: Style) -> MarkdownIt:
    """One that notes where things stood. The shared parsers are not ours to change."""
    md = story_parser.__wrapped__(style)
    for rule in md.inline.ruler.__rules__:
        if rule.name in ("backticks", "formula", "link", "image"):
            md.inline.ruler.at(rule.name, _placed(rule.fn))
    return md


def _placed(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    def note_place(state: StateInline, silent: bool) -> bool:
        start, count = state.pos, len(state.tokens)
        if not rule(state, silent):
            return False
        if not silent:
            for token in state.tokens[count:]:
                if token.type in PLACED:
                    token.meta["at"] = (start, state.pos)
                    break
        return True

    return note_place


@dataclass
class _Passage:
    """The words of one block: `content` without the marks at the start of its lines."""

    content: str
    children: list[Token]
    places: list[tuple[int, int]]  # where a line begins in content, and where in the source

    def in_source(self, position: int) -> int:
        index = bisect_right(self.places, position, key=itemgetter(0)) - 1
        begin, place = self.places[index]
        return place + position - begin

    def without(self, *types: str) -> str:
        """The content with these elements blanked, so that every other letter keeps its place."""
        parts: list[str] = []
        done = 0
        for child in self.children:
            start, end = child.meta.get("at", (0, 0)) if child.type in types else (0, 0)
            if end > done:
                start = max(start, done)
                parts += (self.content[done:start], " " * (end - start))
                done = end
        return "".join((*parts, self.content[done:]))


@dataclass
class _Text:
    source: str
    tokens: list[Token]
    env: dict[str, Any]
    undescribed: frozenset[str]

    def __post_init__(self) -> None:
        self.lines = self.source.split("\n")
        lengths = (len(line) + 1 for line in self.lines)
        self.offsets = list(accumulate(lengths, initial=0))
        self.notes = self.env.get("footnotes", {}).get("refs", {})
        self.ids = {"top", *_ids(self.tokens)}

    def findings(self) -> Iterator[Finding]:
        for passage in self._passages():
            yield from self._to_come(passage)
            yield from self._lost(passage)
            yield from self._children(passage)

    def _passages(self) -> Iterator[_Passage]:
        # Several cells of a table stand on one line: each is looked for after the one before.
        line_before, column = -1, 0
        for before, token in pairwise(self.tokens):
            if token.type != "inline" or not token.map or not token.content:
                continue
            places, begin = [], 0
            for number, part in enumerate(token.content.split("\n"), start=token.map[0]):
                if number != line_before:
                    line_before, column = number, 0
                whole = self.lines[number] if number < len(self.lines) else ""
                at = _place(part, whole, column, is_cell=before.type in ("th_open", "td_open"))
                column = at + len(part)
                places.append((begin, self.offsets[min(number, len(self.lines))] + at))
                begin += len(part) + 1
            yield _Passage(token.content, token.children or [], places)

    def _to_come(self, passage: _Passage) -> Iterator[Finding]:
        if "TK" not in passage.content:
            return
        for match in TO_COME.finditer(passage.without(*NO_WORDS)):
            yield self._finding(Kind.TO_COME, passage, *match.span())

    def _lost(self, passage: _Passage) -> Iterator[Finding]:
        """Notes and references that nothing in the text belongs to."""
        if "[" not in passage.content:
            return
        for match in NOTE.finditer(passage.without(*NO_WORDS)):
            if f":{match[1]}" not in self.notes:
                yield self._finding(Kind.NOWHERE, passage, *match.span())
        if "][" in passage.content:
            for match in REFERENCE.finditer(passage.without(*PLACED)):
                if not match[0].startswith("[^"):
                    yield self._finding(Kind.NOWHERE, passage, *match.span())

    def _children(self, passage: _Passage) -> Iterator[Finding]:
        for child in passage.children:
            if "at" not in child.meta:
                continue
            start, end = child.meta["at"]
            if child.type == "link_open" and self._leads_nowhere(str(child.attrGet("href") or "")):
                yield self._finding(Kind.NOWHERE, passage, start, end)
            elif child.type == "image":
                src = str(child.attrGet("src") or "")
                picture = SRC.fullmatch(src)
                if not src:
                    yield self._finding(Kind.NOWHERE, passage, start, end)
                elif picture and picture[1] in self.undescribed and not child.content.strip():
                    kind = Kind.UNDESCRIBED
                    yield self._finding(kind, passage, start, end, picture=picture[1])

    def _leads_nowhere(self, href: str) -> bool:
        if NOWHERE.fullmatch(href.strip()):
            return True
        return href.startswith("#") and unquote(href[1:]) not in self.ids

    def _finding(
        self, kind: Kind, passage: _Passage, start: int, end: int, picture: str = ""
    ) -> Finding:
        first, last = passage.in_source(start), passage.in_source(end - 1) + 1
        line = bisect_right(self.offsets, first) - 1
        return Finding(kind, _sentence(passage.content, start, end), line, first, last, picture)


def _place(part: str, line: str, column: int, *, is_cell: bool) -> int:
    """Where a line of a block's words begins in the line of the source, which has marks too."""
    written = line.rstrip()
    if not is_cell and written.endswith(part):
        return len(written) - len(part)
    at = line.find(part, column, column + len(part) + MAX_MARK_CHARS)
    return column if at < 0 else at


def _ids(tokens: Iterable[Token]) -> Iterator[str]:
    for token in tokens:
        if token.attrs and "id" in token.attrs:
            yield str(token.attrs["id"])
        if token.type == "footnote_open":
            number = token.meta["number"]
            yield from (f"fn-{number}", f"fnref-{number}")


def _sentence(text: str, start: int, end: int) -> str:
    """The sentence around a place, or as much of it as a list can show."""
    begin, stop = max(0, start - MAX_SENTENCE_CHARS), end + MAX_SENTENCE_CHARS
    before = list(SENTENCE_END.finditer(text, begin, start))
    after = SENTENCE_END.search(text, end, stop)
    begin = before[-1].end() if before else begin
    sentence = " ".join(text[begin : after.end() if after else stop].split())
    if len(sentence) <= MAX_SENTENCE_CHARS:
        return sentence
    lead = len(" ".join(text[begin:start].split()))
    cut = max(0, min(lead - MAX_SENTENCE_CHARS // 2, len(sentence) - MAX_SENTENCE_CHARS))
    shown = sentence[cut : cut + MAX_SENTENCE_CHARS].strip()
    return f"{'…' if cut else ''}{shown}{'…' if cut + MAX_SENTENCE_CHARS < len(sentence) else ''}"
