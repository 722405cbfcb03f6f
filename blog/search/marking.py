"""The words of a search in a text: where they stand, and the passage that has most of them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

from blog.search.words import APOSTROPHE, DENSE, Term, plain

EXTRACT_CHARS = 240
# Words further back are not looked for; of a text so long, the beginning says what it is about.
MAX_LOOKED_AT_CHARS = 200_000
MAX_SPANS = 500
LETTER = r"[^\W_]"
BETWEEN = r"[\W_]*"
SPACE = re.compile(r"\s+")

Span = tuple[int, int, int]


@dataclass(frozen=True)
class Piece:
    """Some of a text; `is_marked` where it is what was looked for."""

    text: str
    is_marked: bool = False


class _Folds(dict[int, str]):
    """Each letter as it is compared, found out once."""

    def __missing__(self, code: int) -> str:
        self[code] = folded = plain(chr(code))
        return folded


FOLDS = _Folds()


class Marker:
    """Finds the words of one search in the texts of its hits."""

    def __init__(self, terms: Sequence[Term], phrases: Sequence[str] = ()) -> None:
        self._patterns = [re.compile(_term_pattern(term)) for term in terms]
        self._phrases = [re.compile(_phrase_pattern(phrase)) for phrase in phrases]

    def has_phrases(self, texts: Sequence[str]) -> bool:
        """Whether each phrase stands in one of `texts`."""
        folded = [_plainly(text) for text in texts]
        return all(any(phrase.search(text) for text in folded) for phrase in self._phrases)

    def marked(self, text: str) -> list[Piece]:
        """All of `text` with the words marked."""
        return _pieces(text, self._spans(text), 0, len(text))

    def extract(self, text: str) -> list[Piece]:
        """The passage of `text` with most of the words; its beginning when it has none."""
        text = text[:MAX_LOOKED_AT_CHARS]
        spans = self._spans(text)
        start, end = _window(text, spans)
        pieces = _pieces(text, spans, start, end)
        before = [Piece("… ")] if start > 0 else []
        after = [Piece(" …")] if end < len(text.rstrip()) else []
        return before + pieces + after

    def _spans(self, text: str) -> list[Span]:
        """Where the phrases stand, or else the words, and which they are."""
        folded, places = _folded(text)
        spans = _found(self._phrases, folded) or _found(self._patterns, folded)
        if places:
            spans = [
                (places[start], _past_accents(text, places[end - 1] + 1), which)
                for start, end, which in spans
            ]
        return sorted(spans)


def _found(patterns: list[re.Pattern[str]], folded: str) -> list[Span]:
    return [
        (*match.span(1), which)
        for which, pattern in enumerate(patterns)
        for match in islice(pattern.finditer(folded), MAX_SPANS)
    ]


def _folded(text: str) -> tuple[str, list[int]]:
    """`text` as it is compared; for each of its letters the place in `text`, where they differ."""
    if text.isascii() or all(len(FOLDS[ord(letter)]) == 1 for letter in set(text)):
        return _plainly(text), []
    letters = [FOLDS[ord(letter)] for letter in text]
    places = [place for place, letter in enumerate(letters) for _one in letter]
    return "".join(letters), places


def _plainly(text: str) -> str:
    # To look each letter up takes twenty times as long.
    return text.lower() if text.isascii() else text.translate(FOLDS)


def _past_accents(text: str, end: int) -> int:
    """Behind the marks that belong to the letter before `end`."""
    while end < len(text) and not FOLDS[ord(text[end])]:
        end += 1
    return end


def _term_pattern(term: Term) -> str:
    """The word itself in group 1; with apostrophes in it, too, which terms are without."""
    if re.match(f"[{DENSE}]", term.word):
        return f"(?=({re.escape(term.word)}))"
    first, *rest = map(re.escape, term.word)
    # What stood before is asked afterwards: what begins with a letter is looked for quickly.
    word = f"{APOSTROPHE}?".join([f"{first}(?<!{LETTER}{first})", *rest])
    more = f"(?:{LETTER}|{APOSTROPHE}(?={LETTER}))*" if term.is_prefix else f"(?!{LETTER})"
    return f"({word}{more})"


def _phrase_pattern(phrase: str) -> str:
    words = re.findall(rf"[{DENSE}]+|(?:(?![{DENSE}])[\w{APOSTROPHE}+#])+", plain(phrase))
    joined = BETWEEN.join(
        re.escape(word) if re.match(f"[{DENSE}]", word) else _whole_word(word) for word in words
    )
    return f"({joined})"


def _whole_word(word: str) -> str:
    # As above.
    return f"{re.escape(word)}(?<!{LETTER}{re.escape(word)})(?!{LETTER})"


def _window(text: str, spans: list[Span]) -> tuple[int, int]:
    """From where to where: most different words, then those that are said seldom."""
    if not spans:
        return 0, _end_of_word(text, EXTRACT_CHARS)
    said = Counter(which for _start, _end, which in spans)
    counts: dict[int, int] = {}
    best, at, first = (0, 0.0), 0, 0
    for last, (_start, end, number) in enumerate(spans):
        counts[number] = counts.get(number, 0) + 1
        while first < last and end - spans[first][0] > EXTRACT_CHARS * 2 // 3:
            gone = spans[first][2]
            counts[gone] -= 1
            if not counts[gone]:
                del counts[gone]
            first += 1
        # In "the lighthouse", one lighthouse is worth all that "the" stands for.
        score = (len(counts), sum(count / said[which] for which, count in counts.items()))
        if score > best:
            best, at = score, first
    start = _start_of_word(text, spans[at][0] - EXTRACT_CHARS // 4)
    return start, _end_of_word(text, start + EXTRACT_CHARS)


def _start_of_word(text: str, place: int) -> int:
    if place <= 0:
        return 0
    # A script without spaces is cut where it is.
    space = text.find(" ", place, place + EXTRACT_CHARS // 8)
    return space + 1 if space >= 0 else place


def _end_of_word(text: str, place: int) -> int:
    if place >= len(text):
        return len(text)
    space = text.rfind(" ", place - EXTRACT_CHARS // 8, place)
    return space if space >= 0 else place


def _pieces(text: str, spans: list[Span], start: int, end: int) -> list[Piece]:
    pieces: list[Piece] = []
    place = start
    for mark_start, mark_end in _merged(spans):
        if mark_end <= start or mark_start >= end:
            continue
        mark_start, mark_end = max(mark_start, start), min(mark_end, end)
        if mark_start > place:
            pieces.append(Piece(SPACE.sub(" ", text[place:mark_start])))
        pieces.append(Piece(SPACE.sub(" ", text[mark_start:mark_end]), is_marked=True))
        place = mark_end
    if place < end:
        pieces.append(Piece(SPACE.sub(" ", text[place:end])))
    return pieces


def _merged(spans: list[Span]) -> list[tuple[int, int]]:
    """Without overlaps: of a dense script's pairs, the run that they make."""
    merged: list[tuple[int, int]] = []
    for start, end, _number in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged
