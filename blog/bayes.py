"""How much a text resembles those called spam before: naive Bayes over the words it has.

Each word that was seen before speaks for or against, by how much more often it stood in one kind
than in the other; the plainest of them are added up. How much spam there is altogether says
nothing here: a publication that has seen a lot of it is not to suspect everybody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log

# Before it has seen this many texts of both kinds, it knows nothing.
MIN_TEXTS_OF_EACH = 10
# A word seen once may have stood anywhere; as if each had stood in two more texts, one of each.
MIN_SEEN = 2
DOUBT = 2.0
# A long text is judged by its plainest words: the many that say little would add up to something.
MAX_TELLING = 15
MIN_STRENGTH = log(1.5)
# What `Opinion.words` names at most, and only of what speaks for spam.
MAX_NAMED = 3


@dataclass(frozen=True)
class Seen:
    """In how many texts of each kind: a word, or all of them."""

    spam: int = 0
    ham: int = 0

    @property
    def least(self) -> int:
        return min(self.spam, self.ham)


@dataclass(frozen=True)
class Opinion:
    """How probably a text is spam (0 to 1), and the words that say so, the plainest first."""

    spam: float
    words: tuple[str, ...] = ()


UNDECIDED = Opinion(0.5)


def judge(words: Mapping[str, Seen], *, texts: Seen) -> Opinion:
    """What `words`, with what was seen of each, say of the text they stand in.

    `texts` is how many of each kind there were altogether.
    """
    if texts.least < MIN_TEXTS_OF_EACH:
        return UNDECIDED
    strengths = {word: _strength(seen, texts) for word, seen in words.items()}
    plainest = sorted(strengths, key=lambda word: (-abs(strengths[word]), word))
    telling = [word for word in plainest if abs(strengths[word]) >= MIN_STRENGTH][:MAX_TELLING]
    named = [word for word in telling if strengths[word] > 0][:MAX_NAMED]
    return Opinion(_share(sum(strengths[word] for word in telling)), tuple(named))


def _strength(seen: Seen, texts: Seen) -> float:
    """How plainly a word speaks for spam; below 0 it speaks against."""
    times = seen.spam + seen.ham
    if times < MIN_SEEN:
        return 0.0
    in_spam, in_ham = seen.spam / texts.spam, seen.ham / texts.ham
    share = in_spam / (in_spam + in_ham)
    # The less it was seen, the nearer to neither.
    doubted = (DOUBT / 2 + times * share) / (DOUBT + times)
    return log(doubted / (1 - doubted))


def _share(strength: float) -> float:
    return 1 / (1 + exp(-strength))
