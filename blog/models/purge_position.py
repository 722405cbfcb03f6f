"""Up to which change the caches in front have been told."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class PurgePositionQuerySet(models.QuerySet["PurgePosition"]):
    def of(self, cache: str) -> int | None:
        """The last change a cache has heard of; None for one that is new to us."""
        found: int | None = self.filter(cache=cache).values_list("change", flat=True).first()
        return found

    def reach(self, cache: str, change: int) -> None:
        """It has heard of all up to this one. Two workers may say so in whatever order."""
        self.bulk_create([self.model(cache=cache, change=change)], ignore_conflicts=True)
        self.filter(cache=cache, change__lt=change).update(change=change)


class PurgePosition(models.Model):
    # As PURGE names it.
    cache = models.CharField(max_length=300, primary_key=True)
    change = models.BigIntegerField()

    objects: ClassVar[Any] = PurgePositionQuerySet.as_manager()

    class Meta:
        verbose_name = _("purge position")
        verbose_name_plural = _("purge positions")

    def __str__(self) -> str:
        return f"{self.cache}: {self.change}"
