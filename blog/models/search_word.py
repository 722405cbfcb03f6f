"""The words that published stories have, so that one typed wrongly can be set right."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import ClassVar

from django.db import models, router
from django.utils.translation import gettext_lazy as _

from accounts.statements import rows

MIN_CHARS, MAX_CHARS = 5, 24
MAX_LOOKED_AT = 1_000
BATCH = 500
# By one of its halves, of three lengths: a slip may have lost a letter, or brought one in.
HALF = "OR (length = %s AND head = %s) OR (length = %s AND tail = %s)"
NEAR = (
    f"SELECT word FROM blog_searchword WHERE word = %s {' '.join([HALF] * 3)} LIMIT {MAX_LOOKED_AT}"  # noqa: S608 -- our own
)
LETTERS = re.compile(r"[^\W\d_]+")


class SearchWordQuerySet(models.QuerySet["SearchWord"]):
    def learn(self, words: Iterable[str]) -> None:
        """Remember those that may be proposed one day. In one order: nobody waits for another."""
        wanted = sorted({word for word in words if SearchWord.may_be_wrong(word)})
        for start in range(0, len(wanted), BATCH):
            some = wanted[start : start + BATCH]
            known = set(self.filter(pk__in=some).values_list("pk", flat=True))
            new = [word for word in some if word not in known]
            self.bulk_create(
                [self.model(word=word, length=len(word), **halves(word)) for word in new],
                ignore_conflicts=True,
            )

    def near(self, word: str) -> list[str]:
        """Words one letter away from this one: one more, one less, another, or two changed round.

        One wrong letter spoils one half of a word: the other half is looked for, exactly.
        """
        # Two letters that changed round may lie in different halves.
        middle = len(word) // 2
        turned = word[: middle - 1] + word[middle] + word[middle - 1] + word[middle + 1 :]
        looked_for: list[int | str] = [turned]
        for length in (len(word) - 1, len(word), len(word) + 1):
            middle = length // 2
            head, tail = word[:middle], word[len(word) - (length - middle) :]
            looked_for += [length, head, length, tail]
        found = rows(NEAR, looked_for, using=router.db_for_read(self.model))
        near = [other for (other,) in found if is_one_letter_away(word, other)]
        # Whoever types a word wrongly seldom begins it wrongly.
        return sorted(near, key=lambda other: (other[0] != word[0], len(other) != len(word), other))


class SearchWord(models.Model):
    """A word without case and accents, and its halves.

    It stays when the last story that has it goes, which does no harm: before a word is proposed,
    search is asked whether readers find anything by it. So no counts are kept, which every save
    would have to set right for every word of a story.
    """

    word = models.CharField(max_length=MAX_CHARS, primary_key=True)
    length = models.PositiveSmallIntegerField()
    head = models.CharField(max_length=MAX_CHARS)
    tail = models.CharField(max_length=MAX_CHARS)

    objects: ClassVar[SearchWordQuerySet] = SearchWordQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("word of search")
        verbose_name_plural = _("words of search")
        indexes = [
            # Words that may have been meant: `near`.
            models.Index(fields=["length", "head"], name="search_word_head"),
            models.Index(fields=["length", "tail"], name="search_word_tail"),
        ]

    def __str__(self) -> str:
        return self.word

    @staticmethod
    def may_be_wrong(word: str) -> bool:
        """Whether a slip of one letter can be told from another word."""
        return MIN_CHARS <= len(word) <= MAX_CHARS and bool(LETTERS.fullmatch(word))


def halves(word: str) -> dict[str, str]:
    middle = len(word) // 2
    return {"head": word[:middle], "tail": word[middle:]}


def is_one_letter_away(one: str, other: str) -> bool:
    if len(one) > len(other):
        one, other = other, one
    start = next((n for n, letter in enumerate(one) if letter != other[n]), len(one))
    if len(other) - len(one) == 1:
        return one[start:] == other[start + 1 :]
    if len(other) != len(one) or one == other:
        return False
    if one[start + 1 :] == other[start + 1 :]:
        return True
    is_turned = one[start : start + 2] == other[start : start + 2][::-1]
    return is_turned and one[start + 2 :] == other[start + 2 :]
