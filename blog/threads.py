"""Responses as a tree: who answered whom, as deep as a page can show it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Generic, Protocol, TypeVar

MAX_DEPTH = 4


class Row(Protocol):
    """What a response must tell about itself to find its place."""

    @property
    def id(self) -> int: ...
    @property
    def parent_id(self) -> int | None: ...
    @property
    def created_at(self) -> datetime: ...
    @property
    def is_visible(self) -> bool: ...


R = TypeVar("R", bound=Row)
T = TypeVar("T")


@dataclass
class Node(Generic[T]):
    """One response and the replies shown under it.

    `depth` counts from 1. `continues` says that there are replies which are not shown here;
    `more_url` is for whoever knows where they are.
    """

    comment: T
    depth: int
    replies: list[Node[T]] = field(default_factory=list)
    continues: bool = False
    more_url: str = ""


def standing(rows: Iterable[R]) -> list[R]:
    """What a page shows: visible rows, and the empty places that lead to one of them."""
    every = list(rows)
    known = {row.id: row for row in every}
    kept: set[int] = set()
    for row in every:
        above: R | None = row if row.is_visible else None
        while above is not None and above.id not in kept:
            kept.add(above.id)
            above = None if above.parent_id is None else known.get(above.parent_id)
    return [row for row in every if row.id in kept]


def build(rows: Iterable[R], *, max_depth: int = MAX_DEPTH) -> list[Node[R]]:
    """The rows as trees.

    Roots keep the order in which they came (the query decides it), replies stand oldest first.
    A row whose parent is not among the rows is a root, and so is the oldest of a circle: nothing
    that was asked for is lost.
    """
    every = list(rows)
    known = {row.id for row in every}
    replies = _by_parent(every, known)
    roots = [row for row in every if row.parent_id is None or row.parent_id not in known]
    reached = _reach(roots, replies)
    for row in sorted(every, key=_age):
        if row.id not in reached:
            roots.append(row)
            reached |= _reach([row], replies)
    return _grow(roots, replies, max_depth)


def walk(nodes: list[Node[T]]) -> Iterator[Node[T]]:
    """Every node in the order in which one reads them."""
    waiting = nodes[::-1]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(reversed(node.replies))


def cut(tops: list[Node[T]], limit: int) -> None:
    """Leave `limit` replies in all: each thread its first ones, the same number if it has them."""
    ranked: list[tuple[int, Node[T]]] = []
    for top in tops:
        # In the order of reading, a thread is cut in one place.
        ranked.extend(enumerate(walk(top.replies)))
    ranked.sort(key=lambda rank_and_node: rank_and_node[0])
    kept = {id(node) for _rank, node in ranked[:limit]}
    for node in walk(tops):
        stay = [reply for reply in node.replies if id(reply) in kept]
        node.continues = node.continues or len(stay) < len(node.replies)
        node.replies = stay


def _age(row: Row) -> tuple[datetime, int]:
    return row.created_at, row.id


def _by_parent(rows: list[R], known: set[int]) -> dict[int, list[R]]:
    grouped: dict[int, list[R]] = {}
    for row in sorted(rows, key=_age):
        if row.parent_id is not None and row.parent_id in known:
            grouped.setdefault(row.parent_id, []).append(row)
    return grouped


def _reach(roots: list[R], replies: dict[int, list[R]]) -> set[int]:
    reached: set[int] = set()
    waiting = list(roots)
    while waiting:
        row = waiting.pop()
        if row.id not in reached:
            reached.add(row.id)
            waiting.extend(replies.get(row.id, ()))
    return reached


def _grow(roots: list[R], replies: dict[int, list[R]], max_depth: int) -> list[Node[R]]:
    """Level by level, because a thread may be deeper than Python's stack."""
    tops = [Node(row, 1) for row in roots]
    seen = {row.id for row in roots}
    level = tops
    while level:
        below: list[Node[R]] = []
        for node in level:
            answers = [row for row in replies.get(node.comment.id, ()) if row.id not in seen]
            if node.depth >= max_depth:
                node.continues = bool(answers)
                continue
            seen.update(row.id for row in answers)
            node.replies = [Node(row, node.depth + 1) for row in answers]
            below.extend(node.replies)
        level = below
    return tops
