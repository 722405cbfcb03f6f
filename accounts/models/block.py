"""That somebody wants no talk with somebody else."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.follow import Follow
from accounts.models.user import User
from accounts.statements import Statement


class Oneself(Exception):
    """Somebody tried to keep away from themselves."""


class BlockQuerySet(models.QuerySet["Block"]):
    def of(self, user: User) -> BlockQuerySet:
        return self.filter(blocker=user)

    def newest_first(self) -> BlockQuerySet:
        return self.order_by("-pk")

    def between(self, person: User, people: Collection[int]) -> list[Block]:
        """What stands between `person` and the people of these keys, in both directions."""
        return _BETWEEN.ask(person=person.pk, people=sorted(people))

    @transaction.atomic
    def block(self, person: User, *, by: User) -> None:
        """Keep `person` and `by` apart from now on; asked twice it is one.

        Neither follows the other any more, and `person` is not told. Raises `Oneself`.
        """
        if person.pk == by.pk:
            raise Oneself
        self.bulk_create([self.model(blocker=by, blocked=person)], ignore_conflicts=True)
        follows = [(one.author_or_none, other) for one, other in ((person, by), (by, person))]
        # In one order, so that two who block each other at once wait for one another.
        known = [(author, follower) for author, follower in follows if author]
        for author, follower in sorted(known, key=lambda pair: pair[0].pk):
            Follow.objects.unfollow(author, by=follower)

    def unblock(self, pk: int, *, by: User) -> None:
        """Take one's own block back; what is gone, or somebody else's, stays as it is."""
        self.filter(pk=pk, blocker=by).delete()


class Block(models.Model):
    """Neither responds to the other nor reads what the other says in threads.

    A moderator who was blocked moderates all the same: rights do not look here.
    """

    blocker = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocks"
    )
    blocked = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="blocked_by"
    )
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = BlockQuerySet.as_manager()

    class Meta:
        verbose_name = _("blocked person")
        verbose_name_plural = _("blocked people")
        constraints = [
            models.UniqueConstraint(fields=["blocker", "blocked"], name="block_once"),
            models.CheckConstraint(condition=~Q(blocker=F("blocked")), name="block_not_oneself"),
        ]
        indexes = [
            # Whom somebody has blocked, newest first.
            models.Index(fields=["blocker", "-id"], name="block_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.blocker_id} → {self.blocked_id}"


def _between(person: int, people: Collection[int]) -> BlockQuerySet:
    either = Q(blocker=person, blocked__in=people) | Q(blocked=person, blocker__in=people)
    found: BlockQuerySet = Block.objects.filter(either).select_related("blocked")
    return found


_BETWEEN: Statement[Block] = Statement(_between)
