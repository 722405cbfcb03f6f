"""Words and phrases that an owner has listed, found in a text whatever their case and accents."""

from __future__ import annotations

import re
from functools import lru_cache

from blog.search.words import DENSE, plain

MAX_LINES = 1_000
# In a dense script words have no ends; beside one of its letters another word has.
LETTER = rf"[^\W_{DENSE}]"


def find(listed: str, text: str, *, most: int = 3) -> list[str]:
    """The lines of `listed` that stand in `text` as whole words, as they were listed."""
    pattern, lines = _pattern(listed)
    if not lines:
        return []
    found: dict[str, None] = {}
    for match in pattern.finditer(plain(text)):
        found[lines[int(match.lastindex or 1) - 1]] = None
        if len(found) == most:
            break
    return list(found)


def lines_of(listed: str) -> list[str]:
    """What is listed, once each, without empty lines."""
    return list(dict.fromkeys(line.strip() for line in listed.splitlines() if line.strip()))


@lru_cache(maxsize=4)
def _pattern(listed: str) -> tuple[re.Pattern[str], list[str]]:
    lines = [line for line in lines_of(listed) if plain(line).strip()][:MAX_LINES]
    # The longest first: "online casino" says more than "casino".
    lines.sort(key=len, reverse=True)
    return re.compile("|".join(f"({_of(line)})" for line in lines)), lines


def _of(line: str) -> str:
    """What a line matches. Any space may stand for its spaces, and a part of a word is none."""
    words = plain(line).split()
    middle = r"[\W_]+".join(map(re.escape, words))
    before = rf"(?<!{LETTER})" if re.match(LETTER, words[0][0]) else ""
    after = rf"(?!{LETTER})" if re.match(LETTER, words[-1][-1]) else ""
    return before + middle + after
