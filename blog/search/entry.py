"""What the index holds of one story, and by which of its parts one may ask."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import Enum

# A text is about the words that it says so often, at most so many of them.
SAID_OFTEN = 3
MAX_LEADING = 40
# A facet begins with a sign that no word begins with.
OUT = "#out"


class Part(Enum):
    """How near to its name a story has the words: each part has those of the parts before."""

    TITLE = "title"
    NAMES = "names"
    LEADING = "leading"
    ANYWHERE = "anywhere"


@dataclass(frozen=True)
class Entry:
    """The words of a story by where they stand, and its facets: #out, #y2023, #len, #a1, #t2."""

    pk: int
    title: list[str]
    names: list[str]
    subtitle: list[str]
    text: list[str]
    facets: list[str]

    @property
    def leading(self) -> list[str]:
        """The subtitle, and what the text says most.

        By this, and not by weighing every text at every search, a story about the sea comes
        before one that mentions it.
        """
        often = Counter(self.text).most_common(MAX_LEADING)
        return self.subtitle + [word for word, count in often if count >= SAID_OFTEN]

    @property
    def all_words(self) -> list[str]:
        """Each once."""
        words = (*self.title, *self.names, *self.subtitle, *self.text)
        return list(dict.fromkeys(words))

    @property
    def is_out(self) -> bool:
        return OUT in self.facets
