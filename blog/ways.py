"""What the talk below a story is to who reads it: what they may do, and what they do not see."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.distance import unseen_by
from accounts.models import User
from blog.models import Comment, MutedThread, Post
from blog.threads import Node


@dataclass(frozen=True)
class Ways:
    """By default those of somebody without an account: to everybody it is the same talk."""

    is_host: bool = False  # tends these responses
    unseen: frozenset[int] = frozenset()  # the people whose responses are not shown
    muted_threads: frozenset[int] = frozenset()  # by the keys of their first responses

    def seen(self, nodes: list[Node[Comment]]) -> list[Node[Comment]]:
        """Without what this reader does not see, but where something to read hangs from it."""
        if not self.unseen:
            return nodes
        kept = []
        for node in nodes:
            node.replies = self.seen(node.replies)
            if node.comment.author_id not in self.unseen or node.replies or node.continues:
                kept.append(node)
        return kept

    def seen_below(self, nodes: list[Node[Comment]]) -> list[Node[Comment]]:
        """As `seen`, of a page about one response: that one keeps its place."""
        for node in nodes:
            node.replies = self.seen(node.replies)
        return nodes


def ways_of(reader: User | None, post: Post) -> Ways:
    if reader is None:
        return Ways()
    is_host = post.can_host(reader)
    return Ways(
        is_host=is_host,
        unseen=frozenset(unseen_by(reader, is_host=is_host)),
        muted_threads=frozenset(MutedThread.objects.roots(reader, post)),
    )
