"""What changed between two texts, word by word, for people to read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal, NamedTuple, TypeAlias

Kind = Literal["same", "added", "removed"]

# Beyond these, words of one passage or lines of one text are no longer paired: they stand as
# removed and added whole.
MAX_WORDS_COMPARED = 4_000
MAX_LINES_COMPARED = 5_000
# Of all passages together: past it, what is left of them stands whole as well.
MAX_WORDS_IN_ALL = 120_000
# How often a word of one passage is a word of the other, in all: that is what matching costs.
# Beyond it the most frequent are not looked for; a text that is no text of few words stays below.
MAX_PAIRS = 300_000
# Of what stayed, this much is shown around what changed.
CONTEXT_CHARS = 300

# Signs that belong to the letter before them: accents, vowels of Hebrew, Arabic and Indic scripts,
# joiners, and what says how an emoji looks.
MARKS = (
    r"\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    r"\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    r"\u0900-\u0903\u093a-\u094f\u0951-\u0957\u0962\u0963"
    r"\u0981-\u0983\u09bc-\u09cd\u09d7\u0a01-\u0a03\u0a3c-\u0a51\u0a70\u0a71\u0a75"
    r"\u0a81-\u0a83\u0abc-\u0acd\u0b01-\u0b03\u0b3c-\u0b57\u0b82\u0bbe-\u0bcd\u0bd7"
    r"\u0c00-\u0c04\u0c3c-\u0c56\u0c81-\u0c83\u0cbc-\u0cd6\u0d00-\u0d03\u0d3b-\u0d57"
    r"\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    r"\u102b-\u103e\u17b4-\u17d3\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\u3099\u309a"
    r"\ufe00-\ufe0f\ufe20-\ufe2f\u200c\u200d\U0001f3fb-\U0001f3ff"
)
# Scripts that put no space between words: each of their letters is a word.
UNSPACED = (
    r"\u0e01-\u0e30\u0e32\u0e33\u0e40-\u0e46\u0e81-\u0eb0\u0eb2\u0eb3\u0ec0-\u0ec6"
    r"\u1000-\u102a\u103f-\u109f\u1780-\u17b3"
    r"\u3005-\u3007\u3040-\u3098\u309b-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff"
)
WORD = re.compile(
    rf"\s+|[{UNSPACED}][{MARKS}]*|(?:(?![{UNSPACED}])[^\W_][{MARKS}]*)+"
    rf"|[\U0001f1e6-\U0001f1ff]{{2}}|\S(?:\u200d\S|[{MARKS}])*"
)
LINE = re.compile(r"[^\n]*\n|[^\n]+")


class Thing(NamedTuple):
    """Something in a text that is no word, such as a picture: one is another by its `key`.

    `text` is shown where it came or went, `stayed` where it did not.
    """

    key: str
    text: str
    stayed: str = ""


Word: TypeAlias = str | Thing
Line: TypeAlias = tuple[Word, ...]


@dataclass(frozen=True)
class Piece:
    """A passage that stayed, came or went."""

    kind: Kind
    text: str


class _Change(NamedTuple):
    """What went, what came in its place, and what stayed after both."""

    removed: Line
    added: Line
    same: Line


def compare(before: str, after: str) -> list[Piece]:
    """The way from `before` to `after`, in the order of the text; neighbours differ in kind."""
    return compare_lines(*([words(line) for line in LINE.findall(it)] for it in (before, after)))


def words(text: str) -> Line:
    """The text in its words, spaces and signs; in scripts without spaces, in its letters."""
    return tuple(WORD.findall(text))


def compare_lines(before: Sequence[Line], after: Sequence[Line]) -> list[Piece]:
    """The same for texts that are in their words already.

    Lines are paired first and then the words of lines that changed, so that a long text takes
    no longer than its changes do.
    """
    return list(_joined(_pieces(change) for change in _by_lines(before, after)))


def shorten(pieces: Sequence[Piece], mark: str = "…") -> list[Piece]:
    """The same with long passages that stayed cut in their middle, or at the text's end."""
    last = len(pieces) - 1
    return [_cut(piece, mark, place == 0, place == last) for place, piece in enumerate(pieces)]


def _by_lines(old: Sequence[Line], new: Sequence[Line]) -> Iterator[_Change]:
    if max(len(old), len(new)) > MAX_LINES_COMPARED and old != new:
        yield _Change(_flat(old), _flat(new), ())
        return
    words_left, pairs_left = MAX_WORDS_IN_ALL, MAX_PAIRS
    for tag, a, b, c, d in SequenceMatcher(None, old, new).get_opcodes():
        if tag == "equal":
            yield _Change((), (), _flat(old[a:b]))
            continue
        for removed, added in _passages(old[a:b], new[c:d]):
            words_left -= len(removed) + len(added)
            if words_left < 0 or max(len(removed), len(added)) > MAX_WORDS_COMPARED:
                yield _Change(removed, added, ())
                continue
            # With its space each word is one: a space of its own would match every other.
            before, after = _with_spaces(removed), _with_spaces(added)
            pairs_left -= _pair_count(before, after)
            yield from _swept(_matched(before, after, is_long=pairs_left < 0))


def _passages(old: Sequence[Line], new: Sequence[Line]) -> Iterator[tuple[Line, Line]]:
    """What of these lines is compared with what: each with the one opposite, or all with all."""
    removed, added = _flat(old), _flat(new)
    if len(old) == len(new):
        yield from zip(old, new, strict=True)
    else:
        yield removed, added


def _matched(before: list[Line], after: list[Line], *, is_long: bool) -> Iterator[_Change]:
    matcher = SequenceMatcher(None, before, after, autojunk=is_long)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield _Change((), (), _flat(before[a:b]))
        else:
            yield from _trimmed(_flat(before[a:b]), _flat(after[c:d]))


def _with_spaces(line: Line) -> list[Line]:
    out: list[Line] = []
    for word in line:
        if out and isinstance(word, str) and word.isspace():
            out[-1] += (word,)
        else:
            out.append((word,))
    return out


def _pair_count(before: list[Line], after: list[Line]) -> int:
    theirs = Counter(after)
    return sum(count * theirs[word] for word, count in Counter(before).items())


def _trimmed(old: Line, new: Line) -> Iterator[_Change]:
    """Of a change, what both begin and end with stayed."""
    most = min(len(old), len(new))
    begin = next((n for n in range(most) if old[n] != new[n]), most)
    most -= begin
    end = next((n for n in range(most) if old[-1 - n] != new[-1 - n]), most)
    yield _Change((), (), old[:begin])
    yield _Change(old[begin : len(old) - end], new[begin : len(new) - end], ())
    yield _Change((), (), old[len(old) - end :])


def _swept(changes: Iterator[_Change]) -> Iterator[_Change]:
    """Where little stayed between two changes they are one: words that read in one go."""
    last = _Change((), (), ())
    for change in changes:
        if change.same:
            last = last._replace(same=last.same + change.same)
        elif _is_little(last, change):
            removed = last.removed + last.same + change.removed
            last = _Change(removed, last.added + last.same + change.added, ())
        else:
            yield last
            last = change
    yield last


def _is_little(last: _Change, following: _Change) -> bool:
    stayed = _size(last.same)
    return stayed <= min(
        max(_size(change.removed), _size(change.added)) for change in (last, following)
    )


def _size(line: Line) -> int:
    return sum(len(word if isinstance(word, str) else word.text) for word in line)


def _flat(lines: Sequence[Line]) -> Line:
    return tuple(word for line in lines for word in line)


def _pieces(change: _Change) -> tuple[Piece, Piece, Piece]:
    return (
        Piece("removed", _text(change.removed)),
        Piece("added", _text(change.added)),
        Piece("same", _text(change.same, stayed=True)),
    )


def _text(line: Line, *, stayed: bool = False) -> str:
    return "".join(
        word if isinstance(word, str) else word.stayed if stayed else word.text for word in line
    )


def _joined(changes: Iterator[tuple[Piece, ...]]) -> Iterator[Piece]:
    last: Piece | None = None
    for piece in (piece for change in changes for piece in change):
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


def _cut(piece: Piece, mark: str, is_first: bool, is_last: bool) -> Piece:
    if piece.kind != "same" or len(piece.text) <= 2 * CONTEXT_CHARS:
        return piece
    # Between words, unless there is no such place.
    begin = re.sub(r"(?<=\s)\S+$", "", piece.text[:CONTEXT_CHARS]).rstrip()
    end = re.sub(r"^\S+(?=\s)", "", piece.text[-CONTEXT_CHARS:]).lstrip()
    if is_first and is_last:
        return Piece("same", f"{begin} {mark}")
    if is_first:
        return Piece("same", f"{mark} {end}")
    return Piece("same", f"{begin} {mark}" if is_last else f"{begin} {mark}\n\n{mark} {end}")
