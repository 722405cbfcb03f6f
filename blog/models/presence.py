"""Who has a story open in the desk, so that two people do not write past each other."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User

if TYPE_CHECKING:
    from blog.models.post import Post

# A page says every 20 seconds that it is still open; two of these may get lost.
GONE_AFTER = timedelta(seconds=70)


class PresenceQuerySet(models.QuerySet["Presence"]):
    def recent(self, at: datetime | None = None) -> PresenceQuerySet:
        return self.filter(seen_at__gt=(at or timezone.now()) - GONE_AFTER)

    def see(self, post: Post, user: User, key: str) -> None:
        """`user` has `post` open in the page named by `key`."""
        now = timezone.now()
        self.bulk_create(
            [self.model(post=post, user=user, key=key, opened_at=now, seen_at=now)],
            update_conflicts=True,
            unique_fields=["post", "user", "key"],
            update_fields=["seen_at"],
        )

    def beside(self, post: Post, user: User, key: str) -> PresenceQuerySet:
        """Every other page in which `post` is open now."""
        others = self.recent().filter(post=post).exclude(user=user, key=key)
        return others.select_related("user")

    def leave(self, post: Post, user: User, key: str) -> None:
        """`user` has closed the page named by `key`."""
        self.filter(post=post, user=user, key=key).delete()

    def forgotten(self, at: datetime | None = None) -> PresenceQuerySet:
        """Rows that say nothing any more."""
        return self.filter(seen_at__lte=(at or timezone.now()) - GONE_AFTER)


class Presence(models.Model):
    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE, related_name="presences")
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    key = models.CharField(max_length=32)
    opened_at = models.DateTimeField(default=timezone.now)
    seen_at = models.DateTimeField(db_index=True)

    objects: ClassVar[Any] = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = [
            models.UniqueConstraint(fields=["post", "user", "key"], name="presence_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} at {self.post_id}"
