"""Applause for a story."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.models.acclaim import tell_of_claps
from blog.models.applause import (
    AccountNeeded,
    Applause,
    ApplauseQuerySet,
    ApplauseRow,
    Clapper,
    OwnWork,
)
from blog.models.post import Authorship, Post
from blog.models.stats import Applauded, PostStats


class ClapQuerySet(ApplauseQuerySet):
    column = "post_id"

    def mine(self, post: Post, clapper: Clapper) -> int:
        """How many claps `clapper` has given `post`."""
        return self._mine(post.pk, clapper)

    def give(self, *, post: Post, clapper: Clapper, wanted: int) -> Applause:
        """Raise the clapper's claps for `post` to `wanted`, never above 50 and never down.

        `wanted` is a total, so a request that arrives twice does no harm. Raises `OwnWork` or
        `AccountNeeded`.
        """
        if not clapper.may_clap:
            raise AccountNeeded
        if clapper.user and Authorship.objects.by(clapper.user).filter(post=post).exists():
            raise OwnWork
        with transaction.atomic():
            mine, added = self._raise(post.pk, clapper, wanted)
            # Nobody has a row with 0 claps, so only a new row has gained all that it holds.
            is_new = mine == added
            counted = self._count(post.pk, claps=added, clappers=int(is_new))
            if is_new:
                tell_of_claps(post, people=counted.clappers)
        return Applause(mine=mine, total=counted.claps)

    @transaction.atomic
    def withdraw(self, *, post: Post, clapper: Clapper) -> Applause:
        """Take back all claps that `clapper` gave `post`."""
        taken = self._take_back(post.pk, clapper)
        counted = self._count(post.pk, claps=-taken, clappers=-int(taken > 0))
        return Applause(mine=0, total=counted.claps)

    def _own(self, user: User, keys: Iterable[int]) -> set[int]:
        theirs = Authorship.objects.by(user).filter(post__in=keys)
        return set(theirs.values_list("post_id", flat=True))

    def _count(self, key: int, *, claps: int, clappers: int) -> Applauded:
        return PostStats.add(key, claps=claps, clappers=clappers)


class Clap(ApplauseRow):
    """One reader's claps for one story."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="claps")

    objects: ClassVar[Any] = ClapQuerySet.as_manager()

    class Meta(ApplauseRow.Meta):
        verbose_name = _("clap")
        verbose_name_plural = _("claps")
        constraints = [
            *ApplauseRow.Meta.constraints,
            models.UniqueConstraint(fields=["post", "user"], name="clap_once_per_user"),
            models.UniqueConstraint(fields=["post", "visitor"], name="clap_once_per_visitor"),
        ]
        indexes = [
            *ApplauseRow.Meta.indexes,
            # Who clapped, whoever came last first.
            models.Index(
                fields=["post", "-id"], name="clap_people", condition=~models.Q(user=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.post_id}"
