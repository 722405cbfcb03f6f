"""A secret address that shows a draft to somebody without an account."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

LASTS = timedelta(days=7)


def new_token() -> str:
    """192 bits that nobody guesses."""
    return secrets.token_urlsafe(24)


def end() -> datetime:
    return timezone.now() + LASTS


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def open(self, at: datetime | None = None) -> ShareLinkQuerySet:
        return self.filter(revoked_at__isnull=True, expires_at__gt=at or timezone.now())


class ShareLink(models.Model):
    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE, related_name="share_links")
    token = models.CharField(max_length=32, unique=True, default=new_token)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=end)
    revoked_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = ShareLinkQuerySet.as_manager()

    class Meta:
        verbose_name = _("secret link")
        verbose_name_plural = _("secret links")

    def __str__(self) -> str:
        return f"{self.post_id}, {self.expires_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("blog:draft", args=[self.token])
