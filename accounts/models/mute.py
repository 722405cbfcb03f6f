"""That somebody would rather not read somebody else."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.block import Oneself
from accounts.models.user import User


class MuteQuerySet(models.QuerySet["Mute"]):
    def of(self, user: User) -> MuteQuerySet:
        return self.filter(muter=user)

    def newest_first(self) -> MuteQuerySet:
        return self.order_by("-pk")

    def mute(self, person: User, *, by: User) -> None:
        """Show `by` no responses of `person` from now on; asked twice it is one.

        Raises `Oneself`.
        """
        if person.pk == by.pk:
            raise Oneself
        self.bulk_create([self.model(muter=by, muted=person)], ignore_conflicts=True)

    def unmute(self, pk: int, *, by: User) -> None:
        """Listen again; what is gone, or somebody else's, stays as it is."""
        self.filter(pk=pk, muter=by).delete()


class Mute(models.Model):
    """Known to `muter` alone: for everybody else, and for `muted`, nothing changes."""

    muter = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="mutes"
    )
    muted = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="muted_by"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = MuteQuerySet.as_manager()

    class Meta:
        verbose_name = _("muted person")
        verbose_name_plural = _("muted people")
        constraints = [
            models.UniqueConstraint(fields=["muter", "muted"], name="mute_once"),
            models.CheckConstraint(condition=~Q(muter=F("muted")), name="mute_not_oneself"),
        ]
        indexes = [
            # Whom somebody has muted, newest first.
            models.Index(fields=["muter", "-id"], name="mute_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.muter_id} → {self.muted_id}"
