"""The words of a text, and those of a query, as both databases compare them.

All that could differ between the databases happens here: case, accents, and where one word ends.
They are given words of letters and digits only, with spaces between them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

# Raise it when a text is taken into other words than before: the index is made anew.
RULES = 2
MAX_WORD_CHARS = 40
MAX_TERMS = 16
MAX_QUERY_CHARS = 1_000
# PostgreSQL holds a megabyte of words and places for a story, and no text comes near it: but
# some letters of three bytes stand for eighteen.
MAX_TEXT_BYTES = 400_000

# Written without spaces between words (Thai, Lao, Burmese, Khmer, Chinese, Japanese), or with what
# belongs to the next word on their end (Korean): of these, every two letters are a word.
DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1100-\u11ff\u3005-\u3007\u3040-\u30ff\u3100-\u318f"
    "\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff"
)
# Accents, the points of Hebrew and Arabic, and what shows nothing: read without them.
DROPPED = re.compile(
    "[\u00ad\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e8\u06ea-\u06ed"
    "\u1ab0-\u1aff\u1dc0-\u1dff\u200b-\u200f\u2060\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f]+"
)
# Letters with a stroke through them, or grown together: no accent that Unicode would take off.
# And one apostrophe for all.
GROWN = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "ħ": "h", "ı": "i", "æ": "ae", "œ": "oe", "þ": "th"}
    | {"’": "'", "ʼ": "'"}
)
SIGNS = "\u2600-\u27bf\U0001f1e6-\U0001f1ff\U0001f300-\U0001faff"
APOSTROPHE = "'"


@dataclass(frozen=True)
class Term:
    """A word that a story has to have, or the beginning of one."""

    word: str
    is_prefix: bool = False


def words_of(text: str) -> list[str]:
    """What is kept of `text`: its words in their order.

    Of `l'eau` and `it's` both the whole and its parts, of a word of a dense script each pair of
    letters, and its last letter by itself, so that every letter begins something.
    """
    room = MAX_TEXT_BYTES
    found: list[str] = []
    for word in _kept(text):
        room -= (len(word) if word.isascii() else len(word.encode())) + 1
        if room < 0:
            break
        found.append(word)
    return found


def terms_of(query: str, *, is_finished: bool = False) -> list[Term]:
    """What a story must have to be found by `query`; the last word may go on, if not finished."""
    matches = list(_pattern().finditer(plain(query[:MAX_QUERY_CHARS])))
    terms: dict[Term, None] = {}
    for match in matches:
        run = match["dense"]
        if run and len(run) > 1:
            found = [Term(pair) for pair in _pairs(run)]
        elif run:
            found = [Term(run, is_prefix=True)]
        else:
            is_open = match is matches[-1] and match["sign"] is None and not is_finished
            found = [Term(_whole(match[0]), is_prefix=is_open)]
        terms.update(dict.fromkeys(found))
    return list(terms)[:MAX_TERMS]


def plain(text: str) -> str:
    """`text` without case and accents."""
    if text.isascii():
        return text.lower()
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = DROPPED.sub("", apart).casefold().translate(GROWN)
    return unicodedata.normalize("NFC", bare)


def _kept(text: str) -> Iterator[str]:
    for match in _pattern().finditer(plain(text)):
        word = match[0]
        if match.lastgroup == "dense":
            yield from _pairs(word)
            yield word[-1]
        elif APOSTROPHE in word:
            yield _whole(word)
            parts = word.split(APOSTROPHE)
            yield from (part[:MAX_WORD_CHARS] for part in parts if len(part) > 1)
        else:
            yield word[:MAX_WORD_CHARS]


def _whole(word: str) -> str:
    return word.replace(APOSTROPHE, "")[:MAX_WORD_CHARS]


def _pairs(run: str) -> Iterator[str]:
    return (run[at : at + 2] for at in range(len(run) - 1))


@cache
def _pattern() -> re.Pattern[str]:
    letter = rf"[^\W_{DENSE}]"
    word = rf"{letter}+(?:[{_marks()}]+{letter}*)*"
    return re.compile(
        rf"(?P<dense>[{DENSE}]+)|(?P<sign>[{SIGNS}])"
        # C++ and C# are other words than C.
        rf"|{word}(?:{APOSTROPHE}{word})*(?:(?:\+\+|\#)(?!{letter}))?"
    )


def _marks() -> str:
    """The marks that are part of a letter where they stand, in the scripts of India above all."""
    marks = (chr(code) for code in range(0x0300, 0x12000))
    return "".join(
        mark
        for mark in marks
        if unicodedata.category(mark)[0] == "M"
        and not DROPPED.match(mark)
        and not re.match(f"[{DENSE}]", mark)
    )
