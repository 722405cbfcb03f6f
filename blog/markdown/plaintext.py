"""The words of a text without its marks: for search, excerpts and counting."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markdown_it.token import Token

SPACES = re.compile(r"[ \t\n]+")  # the spaces that typography made stay
WORDS = ("text", "mention", "code_inline", "math_inline")


def plain_text(tokens: Iterable[Token]) -> str:
    """One line a block, code and footnotes included; descriptions of pictures are left out."""
    lines = (_line(token) for token in tokens)
    return "\n".join(line for line in lines if line)


def outside_quotations(tokens: Iterable[Token]) -> Iterator[Token]:
    depth = 0
    for token in tokens:
        if token.type in ("blockquote_open", "blockquote_close"):
            depth += token.nesting
        elif not depth:
            yield token


def inline_text(children: Iterable[Token]) -> str:
    """The words of one block."""
    return "".join(_words(child) for child in children)


def _line(token: Token) -> str:
    if token.type == "inline":
        return SPACES.sub(" ", inline_text(token.children or ())).strip()
    return token.content.rstrip() if token.type in ("fence", "code_block", "math_block") else ""


def _words(token: Token) -> str:
    if token.type in ("softbreak", "hardbreak"):
        return " "
    return token.content if token.type in WORDS else ""


# Scripts that put no space between words. A Chinese or Japanese word has about two characters,
# one of Thai, Lao, Khmer or Burmese about five with its vowel signs.
CJK = re.compile(
    r"[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
)
SOUTH_EAST_ASIAN = re.compile(r"[\u0e01-\u0e4e\u0e81-\u0ecd\u1000-\u104a\u1780-\u17d3]")
BETWEEN_WORDS = re.compile(r"[\s–—…/]+")
LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def count_words(text: str) -> int:
    """How many words a reader reads.

    Words stand between spaces, dashes and slashes and have a letter or a digit. A Chinese or
    Japanese character is half a word, a Thai one a fifth.
    """
    spaced, cjk = CJK.subn(" ", text)
    spaced, south_east_asian = SOUTH_EAST_ASIAN.subn(" ", spaced)
    words = sum(1 for word in BETWEEN_WORDS.split(spaced) if LETTER_OR_DIGIT.search(word))
    return words + -(-cjk // 2) + -(-south_east_asian // 5)
