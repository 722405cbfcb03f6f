"""That a reader has had enough of a thread; and whom a new response reaches at all."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.distance import deaf_to
from accounts.models import User
from accounts.statements import Statement
from blog.models.post import Post

if TYPE_CHECKING:
    from blog.models.comment import Comment


def hears_from(recipients: Iterable[User], comment: Comment) -> list[User]:
    """Those of `recipients` whom it may reach that `comment` was written.

    Not who keeps away from its writer, or the writer from them, nor who has muted its thread.
    """
    people = list(recipients)
    if not people:
        return []
    asked = {"root": comment.root_id or comment.pk, "people": [one.pk for one in people]}
    if comment.author_id:
        asked["writer"] = comment.author_id
    deaf = {key for (key,) in _DEAF.values(**asked)}
    return [one for one in people if one.pk not in deaf]


class MutedThreadQuerySet(models.QuerySet["MutedThread"]):
    def of(self, user: User) -> MutedThreadQuerySet:
        return self.filter(user=user)

    def newest_first(self) -> MutedThreadQuerySet:
        return self.order_by("-pk")

    def roots(self, user: User, post: Post) -> set[int]:
        """The keys of the responses below `post` whose threads `user` has muted."""
        known = user.read_before.get(("muted", post.pk))
        if known is not None:
            return set(known)
        return {key for (key,) in MUTED.values(user=user.pk, post=post.pk)}

    def mute(self, root: Comment, *, by: User) -> None:
        """Fold a thread for `by`, who hears no more of it; asked twice it is one."""
        self.bulk_create([self.model(user=by, root=root)], ignore_conflicts=True)

    def unmute(self, root_id: int, *, by: User) -> None:
        """Unfold it again; what is not muted stays as it is."""
        self.of(by).filter(root=root_id).delete()


class MutedThread(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="muted_threads"
    )
    # The response that began it.
    root = models.ForeignKey("blog.Comment", on_delete=models.CASCADE, related_name="mutes")
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = MutedThreadQuerySet.as_manager()

    class Meta:
        verbose_name = _("muted thread")
        verbose_name_plural = _("muted threads")
        constraints = [
            models.UniqueConstraint(fields=["user", "root"], name="muted_thread_once"),
        ]
        indexes = [
            # What somebody has muted, newest first.
            models.Index(fields=["user", "-id"], name="muted_thread_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.root_id}"


def _deaf(root: int, people: list[int], writer: int | None = None) -> models.QuerySet[Any]:
    muted = MutedThread.objects.filter(root=root, user__in=people).values_list("user_id")
    return muted.union(deaf_to(writer, people)) if writer else muted


_DEAF: Statement[Any] = Statement(_deaf)
MUTED: Statement[Any] = Statement(
    lambda user, post: MutedThread.objects.filter(user=user, root__post=post).values_list("root_id")
)
