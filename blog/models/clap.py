"""Applause: 1 to 50 claps of one reader for one story."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.conf import settings
from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.models.post import Authorship, Post
from blog.models.stats import PostStats

MAX_CLAPS = 50


class OwnStory(Exception):
    """Somebody tried to applaud a story of theirs."""


@dataclass(frozen=True)
class Clapper:
    """Who claps: a person with an account, or a visitor known by a signed cookie."""

    user: User | None = None
    visitor: str | None = None

    def rows(self) -> Q:
        return Q(user=self.user) if self.user else Q(visitor=self.visitor, user=None)


@dataclass(frozen=True)
class Applause:
    """A reader's own claps for a story, and everybody's."""

    mine: int
    total: int


class ClapQuerySet(models.QuerySet["Clap"]):
    def of(self, clapper: Clapper) -> ClapQuerySet:
        return self.filter(clapper.rows())

    def mine(self, post: Post, clapper: Clapper) -> int:
        """How many claps `clapper` has given `post`."""
        row = self.of(clapper).filter(post=post).values_list("count", flat=True).first()
        return row or 0

    def give(self, *, post: Post, clapper: Clapper, wanted: int) -> Applause:
        """Raise the clapper's claps for `post` to `wanted`, never above 50 and never down.

        `wanted` is a total, so a request that arrives twice does no harm. Raises `OwnStory`.
        """
        if clapper.user and Authorship.objects.by(clapper.user).filter(post=post).exists():
            raise OwnStory
        with transaction.atomic():
            mine, added = self._upsert(post.pk, clapper, min(max(wanted, 1), MAX_CLAPS))
            # Nobody has a row with 0 claps, so only a new row has gained all that it holds.
            total = PostStats.add(post.pk, claps=added, clappers=int(mine == added))
        return Applause(mine=mine, total=total)

    @transaction.atomic
    def withdraw(self, *, post: Post, clapper: Clapper) -> Applause:
        """Take back all claps that `clapper` gave `post`."""
        column, value = _identity(clapper)
        with connection.cursor() as cursor:
            cursor.execute(
                f"DELETE FROM blog_clap WHERE post_id = %s AND {column} = %s RETURNING count",  # noqa: S608  (a column of ours)
                [post.pk, value],
            )
            row = cursor.fetchone()
        taken = row[0] if row else 0
        total = PostStats.add(post.pk, claps=-taken, clappers=-int(bool(row)))
        return Applause(mine=0, total=total)

    @transaction.atomic
    def adopt(self, *, visitor: str, user: User) -> None:
        """Make a visitor's claps those of `user`: added up, at most 50, none for own stories."""
        rows = self.select_for_update().filter(visitor=visitor, user=None).order_by("post_id")
        own = set(Authorship.objects.by(user).values_list("post_id", flat=True))
        for row in rows:
            row.delete()
            kept = 0
            joined = False
            if row.post_id not in own:
                before = self.mine(row.post, Clapper(user=user))
                mine, kept = self._upsert(
                    row.post_id, Clapper(user=user), min(before + row.count, MAX_CLAPS)
                )
                joined = mine == kept
            PostStats.add(row.post_id, claps=kept - row.count, clappers=int(joined) - 1)

    def _upsert(self, post_id: int, clapper: Clapper, wanted: int) -> tuple[int, int]:
        """Write first and in one statement: (claps now, claps added by this)."""
        column, value = _identity(clapper)
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                INSERT INTO blog_clap (post_id, {column}, count, added, clapped_at)
                VALUES (%s, %s, %s, %s, %s)
                ON CONFLICT (post_id, {column}) DO UPDATE SET
                    count = CASE WHEN excluded.count > blog_clap.count
                        THEN excluded.count ELSE blog_clap.count END,
                    added = CASE WHEN excluded.count > blog_clap.count
                        THEN excluded.count - blog_clap.count ELSE 0 END,
                    clapped_at = excluded.clapped_at
                RETURNING count, added
                """,  # noqa: S608  (a column of ours)
                [post_id, value, wanted, wanted, timezone.now()],
            )
            count, added = cursor.fetchone()
        return count, added


def _identity(clapper: Clapper) -> tuple[str, Any]:
    return ("user_id", clapper.user.pk) if clapper.user else ("visitor", clapper.visitor)


class Clap(models.Model):
    """One reader's claps for one story.

    A reader who was deleted leaves a row with neither user nor visitor: the story keeps its
    applause.
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="claps")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="claps"
    )
    # NULL and not "": the unique constraint lets any number of NULLs stand side by side.
    visitor = models.CharField(max_length=32, null=True, editable=False)  # noqa: DJ001
    count = models.PositiveSmallIntegerField()
    # What the last statement added; read back by the statement that wrote it (see `_upsert`).
    added = models.PositiveSmallIntegerField(default=0, editable=False)
    clapped_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = ClapQuerySet.as_manager()

    class Meta:
        verbose_name = _("clap")
        verbose_name_plural = _("claps")
        constraints = [
            models.UniqueConstraint(fields=["post", "user"], name="clap_once_per_user"),
            models.UniqueConstraint(fields=["post", "visitor"], name="clap_once_per_visitor"),
            models.CheckConstraint(
                condition=Q(count__gte=1, count__lte=MAX_CLAPS), name="clap_count_1_to_50"
            ),
            models.CheckConstraint(
                condition=Q(user=None) | Q(visitor=None), name="clap_of_user_or_visitor"
            ),
        ]
        indexes = [
            # A visitor signs in: all that is theirs.
            models.Index(fields=["visitor"], name="clap_visitor", condition=~Q(visitor=None)),
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.post_id}"
