"""What changed between two versions of a story, as readers read them: words and not marks."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Protocol

from django.utils import translation
from django.utils.translation import gettext as _
from markdown_it.token import Token

from blog import diff, markdown
from blog.diff import Line, Piece, Thing, Word, words
from blog.figures import SRC, Picture

# Of one update, so much is kept; the rest of a text written anew is for nobody to read.
MAX_SHOWN_CHARS = 24_000
PARAGRAPH_END = "\n\n"
LINE_END = "\n"
CELL_END = " | "

PictureFinder = Callable[[Collection[str]], Mapping[str, Picture]]


class Version(Protocol):
    """What a story said at one time."""

    title: str
    subtitle: str
    source: str


def between(
    before: Version, after: Version, *, language: str, find_pictures: PictureFinder
) -> dict[str, Any]:
    """Each field that differs, and how: `[kind, text]` for each piece, ready to be stored as JSON.

    An empty list says that no word of a field changed: only its marks did, such as emphasis.
    `is_cut` is there when the way was too long to be kept whole.
    """
    found: dict[str, list[Piece]] = {}
    for name in ("title", "subtitle"):
        old, new = (markdown.typeset(getattr(it, name), language) for it in (before, after))
        if old != new:
            found[name] = diff.compare(old, new)
    if before.source != after.source:
        old_lines, new_lines = _readable(before, after, language, find_pictures)
        found["text"] = _changed(diff.compare_lines(old_lines, new_lines))
    return _bounded(found)


def _changed(pieces: list[Piece]) -> list[Piece]:
    if all(piece.kind == "same" for piece in pieces):
        return []
    *others, last = diff.shorten(pieces)
    return [*others, replace(last, text=last.text.rstrip())]


def _bounded(found: Mapping[str, list[Piece]]) -> dict[str, Any]:
    left = MAX_SHOWN_CHARS
    kept: dict[str, Any] = {}
    for name, pieces in found.items():
        kept[name] = []
        for piece in pieces:
            if left <= 0:
                break
            kept[name].append([piece.kind, piece.text[:left]])
            left -= len(piece.text)
    return kept if left >= 0 else {**kept, "is_cut": True}


def _readable(
    before: Version, after: Version, language: str, find_pictures: PictureFinder
) -> tuple[list[Line], list[Line]]:
    try:
        old, new = (markdown.parse(it.source, language=language) for it in (before, after))
    except markdown.MarkdownError:
        # What may not be rendered any more is compared as it was typed.
        old_text, new_text = (it.source.splitlines(keepends=True) for it in (before, after))
        return [words(line) for line in old_text], [words(line) for line in new_text]
    mentioned = {*_picture_tokens(old), *_picture_tokens(new)}
    pictures = find_pictures(mentioned) if mentioned else {}
    with translation.override(language):
        return list(_Reader(pictures).lines(old)), list(_Reader(pictures).lines(new))


def _picture_tokens(tokens: Sequence[Token]) -> Iterator[str]:
    for token in tokens:
        for child in token.children or ():
            match = (
                SRC.fullmatch(str(child.attrs.get("src", ""))) if child.type == "image" else None
            )
            if match:
                yield match[1]


class _Reader:
    """Reads parsed Markdown aloud: its words line by line, and what stands between them."""

    def __init__(self, pictures: Mapping[str, Picture]) -> None:
        self._pictures = pictures
        self._bullets: list[str] = []
        self._row: list[Word] = []
        self._is_in_row = False

    def lines(self, tokens: Sequence[Token]) -> Iterator[Line]:
        for token in tokens:
            if token.type == "inline":
                yield from self._paragraph(token)
            elif token.type == "hr":
                yield (Thing("rule", "* * *", "* * *"), PARAGRAPH_END)
            elif token.content:
                code = token.content.rstrip().splitlines(keepends=True)
                yield from (words(line) for line in code)
                yield (PARAGRAPH_END,)
            elif token.type == "list_item_open":
                self._bullets.append(f"{token.info}{token.markup} " if token.info else "• ")
            elif token.type == "list_item_close":
                self._bullets.clear()
            elif token.type == "tr_open":
                self._is_in_row = True
            elif token.type == "tr_close":
                yield (*self._row[:-1], PARAGRAPH_END)
                self._row, self._is_in_row = [], False

    def _paragraph(self, token: Token) -> Iterator[Line]:
        spoken = tuple(self._words(token.children or ()))
        if self._is_in_row:
            self._row += [*spoken, CELL_END]
            return
        bullets = tuple(self._bullets)
        self._bullets.clear()
        yield (*bullets, *spoken, PARAGRAPH_END)

    def _words(self, children: Sequence[Token]) -> Iterator[Word]:
        address = ""
        for child in children:
            if child.type == "image":
                yield self._picture(child)
            elif child.type == "softbreak":
                yield " "
            elif child.type == "hardbreak":
                yield LINE_END
            elif child.type == "footnote_ref":
                yield f"[{child.meta['number']}]"
            elif child.type == "link_open":
                address = str(child.attrs.get("href", ""))
            elif child.type == "link_close":
                # An address is read out where it changed, and else in nobody's way.
                yield Thing(address, f" ‹{_short(address)}›")
            elif child.content:
                yield from words(child.content)

    def _picture(self, child: Token) -> Thing:
        src = str(child.attrs.get("src", ""))
        match = SRC.fullmatch(src)
        picture = self._pictures.get(match[1]) if match else None
        said = (picture.alt if picture else "") or child.content
        text = _("[Picture: %s]") % said if said else _("[Picture]")
        return Thing(f"{src} {child.content}", text, text)


def _short(address: str) -> str:
    return address.partition("://")[2].rstrip("/") or address
