"""What changed between two texts, word by word, for people to read."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

Kind = Literal["same", "added", "removed"]

# Beyond these, words of one passage or lines of one text are no longer paired: they stand as
# removed and added whole.
MAX_WORDS_COMPARED = 4_000
MAX_LINES_COMPARED = 5_000
# Of what stayed, this much is shown around what changed.
CONTEXT_CHARS = 300

WORD = re.compile(r"\s+|[^\W_]+|[^\s]")
LINE = re.compile(r"[^\n]*\n|[^\n]+")


@dataclass(frozen=True)
class Piece:
    """A passage that stayed, came or went."""

    kind: Kind
    text: str


def compare(before: str, after: str) -> list[Piece]:
    """The way from `before` to `after`, in the order of the text; neighbours differ in kind.

    Lines are paired first and then the words of lines that changed, so that a long text takes
    no longer than its changes do.
    """
    return list(_joined(_by_lines(before, after)))


def shorten(pieces: Sequence[Piece], mark: str = "…") -> list[Piece]:
    """The same with long passages that stayed cut in their middle."""
    return [_cut(piece, mark) for piece in pieces]


def _by_lines(before: str, after: str) -> Iterator[Piece]:
    old, new = LINE.findall(before), LINE.findall(after)
    if max(len(old), len(new)) > MAX_LINES_COMPARED and before != after:
        yield Piece("removed", before)
        yield Piece("added", after)
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[a:b]))
        else:
            yield from _by_words("".join(old[a:b]), "".join(new[c:d]))


def _by_words(before: str, after: str) -> Iterator[Piece]:
    old, new = WORD.findall(before), WORD.findall(after)
    if len(old) > MAX_WORDS_COMPARED or len(new) > MAX_WORDS_COMPARED:
        yield Piece("removed", before)
        yield Piece("added", after)
        return
    for tag, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(old[a:b]))
            continue
        yield Piece("removed", "".join(old[a:b]))
        yield Piece("added", "".join(new[c:d]))


def _joined(pieces: Iterator[Piece]) -> Iterator[Piece]:
    last: Piece | None = None
    for piece in pieces:
        if not piece.text:
            continue
        if last and last.kind == piece.kind:
            last = Piece(last.kind, last.text + piece.text)
            continue
        if last:
            yield last
        last = piece
    if last:
        yield last


def _cut(piece: Piece, mark: str) -> Piece:
    if piece.kind != "same" or len(piece.text) <= 2 * CONTEXT_CHARS:
        return piece
    # Between words, unless there is no such place.
    begin = re.sub(r"(?<=\s)\S+$", "", piece.text[:CONTEXT_CHARS]).rstrip()
    end = re.sub(r"^\S+(?=\s)", "", piece.text[-CONTEXT_CHARS:]).lstrip()
    return Piece("same", f"{begin} {mark}\n\n{mark} {end}")
