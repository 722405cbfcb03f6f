"""Who hears of a response when readers can read it for the first time."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from blog.models.comment import Comment


def tell_of(comment: Comment) -> None:
    """Write the inbox rows of everybody whom `comment` concerns."""
