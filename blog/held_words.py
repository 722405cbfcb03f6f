"""Words and phrases that an owner has listed, found in a text whatever their case and accents."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from blog.search.words import DENSE, plain

MAX_LINES = 1_000
# In a dense script words have no ends; beside one of its letters another word has.
LETTER = re.compile(rf"[^\W_{DENSE}]")
BETWEEN = r"[\W_]+"


class Line(NamedTuple):
    """What was listed, and its words as texts are compared."""

    listed: str
    words: Sequence[str]


def find(listed: str, text: str, *, most: int = 3) -> list[str]:
    """The lines of `listed` that stand in `text` as whole words, as they were listed."""
    lines = _lines(listed)
    if not lines:
        return []
    folded = plain(text)
    found: list[str] = []
    for line in lines:
        # Hardly any line passes this, and it takes a hundredth of the time.
        if all(word in folded for word in line.words) and _stands_in(folded, line.words):
            found.append(line.listed)
            if len(found) == most:
                break
    return found


def lines_of(listed: str) -> list[str]:
    """What is listed, once each, without empty lines."""
    return list(dict.fromkeys(line.strip() for line in listed.splitlines() if line.strip()))


@lru_cache(maxsize=4)
def _lines(listed: str) -> list[Line]:
    lines = [Line(line, plain(line).split()) for line in lines_of(listed)]
    return [line for line in lines if line.words][:MAX_LINES]


def _stands_in(folded: str, words: Sequence[str]) -> bool:
    """Whether the words stand there one after the other, and none is a part of another."""
    for match in re.finditer(BETWEEN.join(map(re.escape, words)), folded):
        start, end = match.span()
        is_begun = _is_one_word(folded[start - 1 : start], words[0][0])
        is_ended = _is_one_word(words[-1][-1], folded[end : end + 1])
        if not is_begun and not is_ended:
            return True
    return False


def _is_one_word(before: str, after: str) -> bool:
    """Whether two signs that stand side by side belong to one word."""
    return bool(LETTER.match(before) and LETTER.match(after))
