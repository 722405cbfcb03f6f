"""Up to which change the caches in front have been told."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class PurgePositionQuerySet(models.QuerySet["PurgePosition"]):
    def reach(self, cache: str, position: int, *, at: datetime) -> None:
        """It has heard of all up to there. Several may tell it, and say so in whatever order."""
        row = self.model(cache=cache, position=position, told_at=at)
        self.bulk_create([row], ignore_conflicts=True)
        self.filter(cache=cache, told_at__lte=at).update(position=position, told_at=at)


class PurgePosition(models.Model):
    # As PURGE names it.
    cache = models.CharField(max_length=300, primary_key=True)
    # In the list of changes (`blog.change_log`).
    position = models.BigIntegerField()
    told_at = models.DateTimeField()

    objects: ClassVar[Any] = PurgePositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("purge position")
        verbose_name_plural = _("purge positions")

    def __str__(self) -> str:
        return f"{self.cache}: {self.position}"
