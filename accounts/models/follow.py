"""That somebody wants to hear of an author's new stories."""

from __future__ import annotations

from typing import Any, ClassVar

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.author import Author
from accounts.models.user import User
from accounts.statements import Statement


class OwnFace(Exception):
    """Somebody tried to follow themselves."""


class FollowQuerySet(models.QuerySet["Follow"]):
    def newest_first(self) -> FollowQuerySet:
        return self.order_by("-pk")

    def followed_of(self, user: User, authors: list[Author]) -> set[int]:
        """The keys of those among `authors` whom `user` follows."""
        if not authors:
            return set()
        keys = [author.pk for author in authors]
        asked, followed = user.read_before.get("followed", ((), ()))
        if asked and asked >= set(keys):
            return set(followed)
        return {key for (key,) in FOLLOWED.values(user=user.pk, authors=keys)}

    @transaction.atomic
    def follow(self, author: Author, *, by: User) -> None:
        """Let `by` hear of this author's stories; asked twice it is one. Raises `OwnFace`."""
        if author.user_id == by.pk:
            raise OwnFace
        with connection.cursor() as cursor:
            cursor.execute(
                """
                INSERT INTO accounts_follow (user_id, author_id, followed_at) VALUES (%s, %s, %s)
                ON CONFLICT (user_id, author_id) DO NOTHING
                """,
                [by.pk, author.pk, timezone.now()],
            )
            added = cursor.rowcount
        self._count(author.pk, added)

    @transaction.atomic
    def unfollow(self, author: Author, *, by: User) -> None:
        with connection.cursor() as cursor:
            # By hand, so that of two requests at once only one takes away from the counter.
            cursor.execute(
                "DELETE FROM accounts_follow WHERE user_id = %s AND author_id = %s",
                [by.pk, author.pk],
            )
            gone = cursor.rowcount
        self._count(author.pk, -gone)

    @staticmethod
    def _count(author_id: int, difference: int) -> None:
        """Last in the transaction: it locks the row that everybody wants."""
        if difference:
            Author.objects.filter(pk=author_id).update(
                follower_count=F("follower_count") + difference
            )


class Follow(models.Model):
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="follows"
    )
    author = models.ForeignKey(Author, on_delete=models.CASCADE, related_name="follows")
    followed_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = FollowQuerySet.as_manager()

    class Meta:
        verbose_name = _("follower")
        verbose_name_plural = _("followers")
        constraints = [
            models.UniqueConstraint(fields=["user", "author"], name="follow_once"),
        ]
        indexes = [
            # Whom somebody follows, newest first.
            models.Index(fields=["user", "-id"], name="follow_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.author_id}"


FOLLOWED: Statement[Any] = Statement(
    lambda user, authors: Follow.objects.filter(user=user, author__in=authors).values_list(
        "author_id"
    )
)
