"""What the talk below a story is to who reads it: what they may do, and what is folded."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import User
from blog.models import MutedThread, Post


@dataclass(frozen=True)
class Ways:
    """By default those of somebody without an account: to everybody it is the same talk."""

    is_host: bool = False  # tends these responses
    muted_threads: frozenset[int] = frozenset()  # by the keys of their first responses


def ways_of(reader: User | None, post: Post) -> Ways:
    if reader is None:
        return Ways()
    return Ways(
        is_host=post.can_host(reader),
        muted_threads=frozenset(MutedThread.objects.roots(reader, post)),
    )
