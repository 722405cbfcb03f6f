"""From whom a story and a response take an answer."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from accounts.models import Block, User

if TYPE_CHECKING:
    from blog.models.comment import Comment


class Unwelcome(Exception):
    """Somebody answers a person who wants no talk with them."""


class OwnBlock(Exception):
    """Somebody answers a person whom they have blocked."""

    def __init__(self, blocked: User) -> None:
        super().__init__(blocked)
        self.blocked = blocked


def check_welcome(by: User, writers: Iterable[int | None], parent: Comment | None) -> None:
    """Raise `Unwelcome` or `OwnBlock` where a block stands between `by` and whom they answer.

    Those are the `writers` of the story, by their keys, and whoever said what is answered.
    It holds in both directions: else one could block somebody, and then say below their story
    what they would not see.
    """
    answered = [*writers, parent and parent.author_id]
    people = {pk for pk in answered if pk and pk != by.pk}
    between = Block.objects.between(by, people) if people else []
    if any(block.blocked_id == by.pk for block in between):
        raise Unwelcome
    for block in between:
        raise OwnBlock(block.blocked)
