"""What somebody looks for: words, what was quoted, and what the search is narrowed to."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from blog.search.words import Term, terms_of

MAX_QUERY_CHARS = 200
# What quotes in any language's manner; it is quoted anew where it is shown.
QUOTES = '"“”„«» '
QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]+)[\"“”«»]")
ENDS_QUOTED = re.compile(r"[\"“”«»]\s*$")


@dataclass(frozen=True)
class Question:
    """`query` as it was typed; `terms` that a story must have, `phrases` in this very order."""

    query: str
    terms: tuple[Term, ...]
    phrases: tuple[str, ...] = ()
    facets: tuple[str, ...] = ()

    @classmethod
    def asked(cls, query: str, facets: tuple[str, ...] = ()) -> Question:
        phrases = [phrase for phrase in QUOTED.findall(query) if len(terms_of(phrase)) > 1]
        is_finished = bool(ENDS_QUOTED.search(query)) and bool(QUOTED.search(query))
        return cls(query, tuple(terms_of(query, is_finished=is_finished)), tuple(phrases), facets)

    def corrected(self, right: Mapping[str, str]) -> Question:
        """The same with other words in place of those that are keys of `right`."""
        chunks = []
        for chunk in self.query.split():
            words = [term.word for term in terms_of(chunk)]
            is_wrong = len(words) == 1 and words[0] in right
            chunks.append(right[words[0]] if is_wrong else chunk)
        return Question.asked(" ".join(chunks), self.facets)

    @property
    def loose_words(self) -> list[str]:
        """The words outside of quotes, as they are compared."""
        return [term.word for term in terms_of(QUOTED.sub(" ", self.query))]


def tidy(query: str) -> str:
    """What was typed, on one line and no longer than anybody needs."""
    return " ".join(query.replace("\0", " ").split())[:MAX_QUERY_CHARS].strip()
