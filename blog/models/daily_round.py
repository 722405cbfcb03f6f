"""What is done once a day, by one of all workers."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class DailyRoundQuerySet(models.QuerySet["DailyRound"]):
    def claim(self, name: str, on: date) -> bool:
        """Take it on oneself to make the round of this day: True for one of all who try."""
        self.bulk_create([self.model(name=name, last_on=date.min)], ignore_conflicts=True)
        return bool(self.filter(name=name, last_on__lt=on).update(last_on=on))


class DailyRound(models.Model):
    name = models.CharField(max_length=40, primary_key=True)
    last_on = models.DateField()

    objects: ClassVar[Any] = DailyRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("daily round")
        verbose_name_plural = _("daily rounds")

    def __str__(self) -> str:
        return f"{self.name}, {self.last_on}"
