"""A passage of a story: its words, and those around it by which it is found again.

A quote is looked for without regard to spaces and line breaks, because a browser and a renderer
put them in different places. Browsers do the same in `js/quotes.js`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from itertools import accumulate, pairwise
from urllib.parse import quote as percent

MIN_CHARS = 10
MAX_CHARS = 2_000
MAX_CONTEXT_CHARS = 64
MAX_PLACES = 100  # a quote that stands in more places than this has no place of its own
FRAGMENT_WORDS = 5
MAX_WHOLE_CHARS = 80


@dataclass(frozen=True)
class Quote:
    """A TextQuoteSelector, as the W3C's Web Annotation model has it."""

    exact: str
    prefix: str = ""
    suffix: str = ""


@dataclass(frozen=True)
class SharedPassage:
    """A passage that `readers` people have highlighted."""

    quote: Quote
    readers: int


class Text:
    """What a story says, and where its letters stand when spaces are left out."""

    def __init__(self, html: str) -> None:
        reader = _Words()
        reader.feed(html)
        reader.close()
        self.plain = " ".join("".join(reader.words).split())
        self._places = [place for place, letter in enumerate(self.plain) if letter != " "]
        self.bare = self.plain.replace(" ", "")

    def find(self, quote: Quote) -> tuple[int, int] | None:
        """From where to where, among the letters, the quote stands; the place with its neighbours.

        None when it stands nowhere.
        """
        exact = _bare(quote.exact)
        places = list(self._occurrences(exact))
        if not places:
            return None
        before, after = _bare(quote.prefix), _bare(quote.suffix)
        best = max(places, key=lambda at: self._likeness(at, at + len(exact), before, after))
        return best, best + len(exact)

    def quote(self, start: int, end: int) -> Quote:
        """The letters from `start` to `end` with the spaces between them, and what is around."""
        first, last = self._places[start], self._places[end - 1] + 1
        return Quote(
            exact=self.plain[first:last],
            prefix=self.plain[max(0, first - MAX_CONTEXT_CHARS) : first],
            suffix=self.plain[last : last + MAX_CONTEXT_CHARS],
        )

    def _occurrences(self, exact: str) -> Iterator[int]:
        at = -1
        for _number in range(MAX_PLACES if exact else 0):
            at = self.bare.find(exact, at + 1)
            if at < 0:
                return
            yield at

    def _likeness(self, start: int, end: int, before: str, after: str) -> int:
        ahead = self.bare[max(0, start - len(before)) : start]
        behind = self.bare[end : end + len(after)]
        return _alike(reversed(ahead), reversed(before)) + _alike(behind, after)


def shared_passages(
    text: Text, quotes: Iterable[tuple[int, Quote]], *, at_least: int, most: int
) -> list[SharedPassage]:
    """The stretches of `text` that at least so many readers have in common.

    `quotes` come with the key of their reader; a reader who marked a word twice counts once.
    The `most` popular ones are given, in the order of the text.
    """
    steps = [0] * (len(text.bare) + 1)
    for start, end in _stretches(text, quotes):
        steps[start] += 1
        steps[end] -= 1
    readers = list(accumulate(steps))
    found = [
        (start, end, max(readers[start:end]))
        for start, end in _runs(readers, at_least)
        if end - start >= MIN_CHARS
    ]
    found = sorted(sorted(found, key=lambda run: -run[2])[:most])
    return [SharedPassage(text.quote(start, end), count) for start, end, count in found]


def fragment(quote: Quote) -> str:
    """The end of an address that leads a browser to the quote."""
    words = quote.exact.split()
    if len(words) > 2 * FRAGMENT_WORDS and len(quote.exact) > MAX_WHOLE_CHARS:
        ends = (words[:FRAGMENT_WORDS], words[-FRAGMENT_WORDS:])
        return ":~:text=" + ",".join(_encoded(" ".join(end)) for end in ends)
    return f":~:text={_encoded(quote.exact)}"


def _stretches(text: Text, quotes: Iterable[tuple[int, Quote]]) -> Iterator[tuple[int, int]]:
    """Where each reader's quotes stand; those of one reader that touch are one stretch."""
    of_readers: dict[int, list[tuple[int, int]]] = {}
    for reader, quote in quotes:
        place = text.find(quote)
        if place:
            of_readers.setdefault(reader, []).append(place)
    for places in of_readers.values():
        places.sort()
        start, end = places[0]
        for next_start, next_end in places[1:]:
            if next_start > end:
                yield start, end
                start, end = next_start, next_end
            end = max(end, next_end)
        yield start, end


def _runs(counts: list[int], at_least: int) -> Iterator[tuple[int, int]]:
    """From where to where the count is never below `at_least`."""
    edges = [
        place
        for place, (one, next_one) in enumerate(pairwise([0, *counts, 0]))
        if (one >= at_least) != (next_one >= at_least)
    ]
    return zip(edges[::2], edges[1::2], strict=True)


def _bare(text: str) -> str:
    return "".join(text.split())


def _alike(one: Iterable[str], other: Iterable[str]) -> int:
    """How many letters two texts have in common before they part."""
    count = 0
    for letter, other_letter in zip(one, other, strict=False):
        if letter != other_letter:
            break
        count += 1
    return count


def _encoded(text: str) -> str:
    # A dash would be read as the end of what stands before the quote.
    return percent(text, safe="").replace("-", "%2D")


class _Words(HTMLParser):
    """The text of rendered HTML; where a block begins or ends there is a space."""

    INLINE = frozenset(
        {"a", "abbr", "b", "code", "del", "em", "i", "ins", "kbd", "mark"}
        | {"q", "s", "small", "span", "strong", "sub", "sup"}
    )

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in self.INLINE:
            self.words.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.INLINE:
            self.words.append(" ")

    def handle_data(self, data: str) -> None:
        self.words.append(data)
