"""A secret address that shows a draft to somebody without an account."""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.models.post import Post

LASTS = timedelta(days=7)
MAX_OPEN_LINKS = 5


class TooManyLinks(Exception):
    """The story has as many open links as one can keep an eye on."""


def new_token() -> str:
    """192 bits that nobody guesses."""
    return secrets.token_urlsafe(24)


def end() -> datetime:
    return timezone.now() + LASTS


class ShareLinkQuerySet(models.QuerySet["ShareLink"]):
    def open(self, at: datetime | None = None) -> ShareLinkQuerySet:
        """Those that still lead somewhere.

        Whoever takes a story back from readers takes back the links that were given before.
        """
        at = at or timezone.now()
        withdrawn = Q(post__withdrawn_at__gte=F("created_at"))
        ran_out = Q(
            post__status=Post.Status.PUBLISHED,
            post__expires_at__gte=F("created_at"),
            post__expires_at__lte=at,
        )
        lasting = self.filter(revoked_at__isnull=True, expires_at__gt=at)
        return lasting.exclude(withdrawn).exclude(ran_out)

    def over(self, at: datetime | None = None) -> ShareLinkQuerySet:
        """Those that never lead anywhere again."""
        return self.filter(Q(revoked_at__isnull=False) | Q(expires_at__lte=at or timezone.now()))

    def named(self) -> ShareLinkQuerySet:
        """With who made them, newest first."""
        return self.select_related("by__author").order_by("-created_at", "-pk")

    @transaction.atomic
    def make(self, post: Post, *, by: User, at: datetime | None = None) -> ShareLink:
        """A new address for `post` as it stands now and later. Raises `TooManyLinks`."""
        at = at or timezone.now()
        # Held until the link is there: two who press at once are counted one after the other.
        Post.objects.select_for_update().only("pk").get(pk=post.pk)
        links = self.filter(post=post)
        links.over(at).delete()
        if links.open(at).count() >= MAX_OPEN_LINKS:
            raise TooManyLinks
        return self.create(post=post, by=by, created_at=at, expires_at=at + LASTS)


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

    @property
    def address(self) -> str:
        """The whole of it, to be sent to somebody."""
        return f"{settings.SITE_URL}{self.get_absolute_url()}"

    @property
    def from_whom(self) -> str:
        """The public name of who made it; "" when nobody goes by one any more."""
        face = self.by.author_or_none if self.by else None
        return face.name if face else ""

    def revoke(self, *, by: User, at: datetime | None = None) -> None:
        """Let it lead nowhere from now on; twice is once."""
        at = at or timezone.now()
        ShareLink.objects.filter(pk=self.pk, revoked_at__isnull=True).update(revoked_at=at)
        self.refresh_from_db(fields=["revoked_at"])
