"""What blocks and mutes mean together: whom somebody does not read, and does not hear of."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from accounts.models import Block, Mute, User
from accounts.statements import Statement

# More than anybody will ever have; no page reads more.
MAX_UNSEEN = 1_000


def unseen_by(user: User, *, is_host: bool = False) -> set[int]:
    """The keys of those whose responses `user` does not see.

    Whoever answers for a page (`is_host`) sees what people say there who have blocked them:
    else one could block an author, and then say anything below their story.
    """
    known = user.read_before.get("kept_away" if is_host else "unseen")
    if known is not None:
        return set(known)
    return {pk for (pk,) in (KEPT_AWAY if is_host else UNSEEN).values(user=user.pk)}


def _kept_away(user: int) -> QuerySet[Any]:
    """Those whom `user` has chosen not to read."""
    blocked = Block.objects.filter(blocker=user).values_list("blocked_id")
    return blocked.union(Mute.objects.filter(muter=user).values_list("muted_id"))


def _unseen(user: int) -> QuerySet[Any]:
    blocked = Block.objects.filter(blocker=user).values_list("blocked_id")
    muted = Mute.objects.filter(muter=user).values_list("muted_id")
    return blocked.union(muted, Block.objects.filter(blocked=user).values_list("blocker_id"))


KEPT_AWAY: Statement[Any] = Statement(lambda user: _kept_away(user)[:MAX_UNSEEN])
UNSEEN: Statement[Any] = Statement(lambda user: _unseen(user)[:MAX_UNSEEN])


def deaf_to(person: int, keys: list[int]) -> QuerySet[Any]:
    """Those with these `keys` whom it shall not reach what `person` does.

    Who has blocked or muted them, and whom they have blocked.
    """
    blocked = Block.objects.filter(blocker=person, blocked__in=keys).values_list("blocked_id")
    return blocked.union(
        Block.objects.filter(blocked=person, blocker__in=keys).values_list("blocker_id"),
        Mute.objects.filter(muted=person, muter__in=keys).values_list("muter_id"),
    )
