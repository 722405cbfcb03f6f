"""Responses as a tree: who answered whom, as deep as a page can show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

MAX_DEPTH = 4

T = TypeVar("T")


class Step(NamedTuple):
    """A response on the way through a thread, and where the way goes on from it."""

    id: int
    parent_id: int | None
    next_id: int | None = None  # the reply beside it
    first_id: int | None = None  # the first reply to it


@dataclass
class Node(Generic[T]):
    """One response and the replies shown under it.

    `depth` counts from 1. `continues` says that there are replies which are not shown here;
    `more_url` is for whoever knows where they are. What is not `is_seen` is an empty place.
    """

    comment: T
    depth: int
    replies: list[Node[T]] = field(default_factory=list)
    continues: bool = False
    more_url: str = ""
    is_seen: bool = True


def grow(steps: Iterable[Step]) -> list[Node[Step]]:
    """The steps as trees, in the order in which they were taken.

    Whatever a step answers was taken before it, or is not among them: then it is a root.
    """
    tops: list[Node[Step]] = []
    known: dict[int | None, Node[Step]] = {}
    for step in steps:
        above = known.get(step.parent_id)
        known[step.id] = node = Node(step, above.depth + 1 if above else 1)
        (above.replies if above else tops).append(node)
    for node in known.values():
        last = node.replies[-1].comment.next_id if node.replies else node.comment.first_id
        node.continues = last is not None
    return tops


def walk(nodes: list[Node[T]]) -> Iterator[Node[T]]:
    """Every node in the order in which one reads them."""
    waiting = nodes[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.replies))
