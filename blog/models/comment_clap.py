"""Applause for a response."""

from __future__ import annotations

from collections.abc import Collection, Iterable
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
from blog.models.stats import PostStats


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
            # Held before its claps, as by whoever takes it away: it cannot go out of sight between.
            if not self._held([comment.pk]).filter(status=Comment.Status.PUBLISHED).first():
                raise OutOfSight
            mine, added = self._raise(comment.pk, clapper, wanted)
            counted = self._count(comment.pk, claps=added, clappers=int(mine == added))
            total = counted.values_list("clap_count", flat=True).get()
        return Applause(mine=mine, total=total)

    @transaction.atomic
    def withdraw(self, *, comment: Comment, clapper: Clapper) -> Applause:
        """Take back all claps that `clapper` gave `comment`."""
        self._held([comment.pk]).first()
        taken = self._take_back(comment.pk, clapper)
        counted = self._count(comment.pk, claps=-taken, clappers=-int(taken > 0))
        total = counted.values_list("clap_count", flat=True).first()
        return Applause(mine=0, total=total or 0)

    def _hold(self, keys: Collection[int]) -> None:
        # Several at once only when nobody else has one of them and waits for another.
        found = Comment.objects.filter(pk__in=keys).order_by("post").values_list("post", flat=True)
        for story in found.distinct():
            PostStats.hold(story)
        list(self._held(keys))

    def _held(self, keys: Collection[int]) -> Any:
        """The keys of those that are there, held until the transaction ends."""
        rows = Comment.objects.filter(pk__in=keys).select_for_update(no_key=True).order_by("pk")
        return rows.values_list("pk", flat=True)

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
