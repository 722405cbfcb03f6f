"""Applause for a response."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.models.applause import (
    AccountNeeded,
    Applause,
    ApplauseQuerySet,
    ApplauseRow,
    Clapper,
    OwnWork,
)
from blog.models.comment import Comment


class OutOfSight(Exception):
    """Readers cannot read the response (any more)."""


class CommentClapQuerySet(ApplauseQuerySet):
    column = "comment_id"

    def mine(self, comment: Comment, clapper: Clapper) -> int:
        """How many claps `clapper` has given `comment`."""
        return self._mine(comment.pk, clapper)

    def give(self, *, comment: Comment, clapper: Clapper, wanted: int) -> Applause:
        """Raise the clapper's claps for `comment` to `wanted`, never above 50 and never down.

        Raises `OwnWork`, `AccountNeeded`, or `OutOfSight` when it was taken away meanwhile.
        """
        if not clapper.may_clap:
            raise AccountNeeded
        if clapper.user and comment.author_id == clapper.user.pk:
            raise OwnWork
        with transaction.atomic():
            mine, added = self._raise(comment.pk, clapper, wanted)
            counted = self._count(comment.pk, claps=added, clappers=int(mine == added))
            # Looked at when the counting holds its row, so that it cannot go out of sight between.
            total = counted.visible().values_list("clap_count", flat=True).first()
            if total is None:
                raise OutOfSight
        return Applause(mine=mine, total=total)

    @transaction.atomic
    def withdraw(self, *, comment: Comment, clapper: Clapper) -> Applause:
        """Take back all claps that `clapper` gave `comment`."""
        taken = self._take_back(comment.pk, clapper)
        counted = self._count(comment.pk, claps=-taken, clappers=-int(taken > 0))
        total = counted.values_list("clap_count", flat=True).first()
        return Applause(mine=0, total=total or 0)

    def _own(self, user: User, keys: Iterable[int]) -> set[int]:
        theirs = Comment.objects.filter(author=user, pk__in=keys)
        return set(theirs.values_list("pk", flat=True))

    def _count(self, key: int, *, claps: int, clappers: int) -> Any:
        """The one row it counted in."""
        row = Comment.objects.filter(pk=key)
        row.update(clap_count=F("clap_count") + claps, clapper_count=F("clapper_count") + clappers)
        row.rescore()
        return row


class CommentClap(ApplauseRow):
    """One reader's claps for one response."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="claps")

    objects: ClassVar[Any] = CommentClapQuerySet.as_manager()

    class Meta(ApplauseRow.Meta):
        verbose_name = _("clap for a response")
        verbose_name_plural = _("claps for responses")
        constraints = [
            *ApplauseRow.Meta.constraints,
            models.UniqueConstraint(fields=["comment", "user"], name="commentclap_once_per_user"),
            models.UniqueConstraint(
                fields=["comment", "visitor"], name="commentclap_once_per_visitor"
            ),
        ]
        indexes = [
            *ApplauseRow.Meta.indexes,
            # Who clapped, whoever came last first.
            models.Index(
                fields=["comment", "-id"], name="commentclap_people", condition=~models.Q(user=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.comment_id}"
