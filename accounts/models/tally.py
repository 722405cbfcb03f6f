"""What has been counted for a limit, within one window of time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import connection, models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.statements import rows


class TallyQuerySet(models.QuerySet["Tally"]):
    def over(self, at: datetime | None = None) -> TallyQuerySet:
        return self.filter(ends_at__lte=at or timezone.now())

    def add(self, key: str, *, ends_at: datetime) -> int:
        """Count one more under `key`, kept until `ends_at`; how many there are now.

        One statement, so that many at once are all counted. It sees whether something is over, and
        the first under a key forgets that; mostly there is nothing.
        """
        adapted = connection.ops.adapt_datetimefield_value
        ((count, is_something_over),) = rows(
            """
            INSERT INTO accounts_tally (key, count, ends_at) VALUES (%s, 1, %s)
            ON CONFLICT (key) DO UPDATE SET count = accounts_tally.count + 1
            RETURNING count, EXISTS (SELECT 1 FROM accounts_tally old WHERE old.ends_at <= %s)
            """,
            [key, adapted(ends_at), adapted(timezone.now())],
        )
        if count == 1 and is_something_over:
            self.over().delete()
        return int(count)


class Tally(models.Model):
    """How often something was tried; the key names the limit, the client and the window."""

    key = models.CharField(max_length=150, primary_key=True)
    count = models.PositiveIntegerField()
    ends_at = models.DateTimeField()

    objects: ClassVar[Any] = TallyQuerySet.as_manager()

    class Meta:
        verbose_name = _("tally")
        verbose_name_plural = _("tallies")
        indexes = [
            # Sweeping what is over.
            models.Index(fields=["ends_at"], name="tally_ends_at"),
        ]

    def __str__(self) -> str:
        return f"{self.key}: {self.count}"
