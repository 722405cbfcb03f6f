"""What readers looked for and did not find, for those who may write about it."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

MAX_WORDS_CHARS = 80
MAX_ROWS = 1_000
# Addresses, numbers of telephones and cards: not a subject, and nobody's business.
PERSONAL = re.compile(r"@|\d{5}|\d(?:[\s().+/-]*\d){6}|://|www\.", re.IGNORECASE)


class FailedSearchQuerySet(models.QuerySet["FailedSearch"]):
    def count_one(self, words: str, *, at: datetime | None = None) -> None:
        """Somebody looked for `words`, as they typed them, in vain. Who did is not kept."""
        key = self.model.normal(words)
        if not key:
            return
        now = at or timezone.now()
        self.bulk_create([self.model(words=key, last_at=now)], ignore_conflicts=True)
        self.filter(words=key).update(count=F("count") + 1, last_at=now)
        self._forget_what_is_too_much()

    def most_wanted(self) -> FailedSearchQuerySet:
        return self.order_by("-count", "-last_at", "pk")

    def _forget_what_is_too_much(self) -> None:
        """What was looked for seldom and long ago."""
        over = list(self.most_wanted().values_list("pk", flat=True)[MAX_ROWS : MAX_ROWS + 50])
        if over:
            self.filter(pk__in=over).delete()


class FailedSearch(models.Model):
    """Words and how often they were looked for; nothing of who looked."""

    words = models.CharField(_("looked for"), max_length=MAX_WORDS_CHARS, unique=True)
    count = models.PositiveIntegerField(_("times"), default=0)
    last_at = models.DateTimeField(_("last"))

    objects: ClassVar[Any] = FailedSearchQuerySet.as_manager()

    class Meta:
        verbose_name = _("missed search")
        verbose_name_plural = _("missed searches")
        indexes = [
            # The desk's list, and what is forgotten first.
            models.Index(fields=["-count", "-last_at", "id"], name="failed_search_wanted"),
        ]

    def __str__(self) -> str:
        return self.words

    @staticmethod
    def normal(words: str) -> str:
        """One spelling for all who looked for the same; "" for what is not kept."""
        key = " ".join(words.replace("\0", " ").casefold().split())
        if not key or len(key) > MAX_WORDS_CHARS or PERSONAL.search(key):
            return ""
        return key if any(letter.isalpha() for letter in key) else ""
