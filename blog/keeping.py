"""What was made of what the database told, kept for those to whom it tells the same.

Nothing kept is ever old: it is found again only under all that it was made of, word for word. What
is asked for once is not kept; most of a large publication is.
"""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock
from typing import Any, Generic, NamedTuple, TypeVar

from django.conf import settings

Thing = TypeVar("Thing")
# By their keys, so that the second asking is known for one.
REMEMBERED = 1_000

_EVERY: list[Keeping[Any]] = []


class Keeping(Generic[Thing]):
    """Things of one kind, which weigh `most` together; what was kept first goes first."""

    def __init__(self, most: int) -> None:
        self._most, self._weight = most, 0
        self._kept: dict[Any, _Kept[Thing]] = {}
        self._asked: set[Any] = set()
        # Of several threads, one at a time: else the weight would not be that of what is kept.
        self._keeper = Lock()
        _EVERY.append(self)

    def find(self, key: Any, told: Sequence[Any]) -> Thing | None:
        kept = self._kept.get(key)
        return kept.thing if kept and kept.told == told else None

    def is_asked_again(self, key: Any) -> bool:
        """Whether somebody has asked for it already; from now on, somebody has."""
        if key in self._asked:
            # While somebody works on templates, each page is as they are now.
            return not settings.DEBUG
        if len(self._asked) >= REMEMBERED:
            self._asked.clear()
        self._asked.add(key)
        return False

    def keep(self, key: Any, told: Sequence[Any], thing: Thing, *, weight: int = 1) -> None:
        with self._keeper:
            self._let_go(key)
            while self._kept and self._weight + weight > self._most:
                self._let_go(next(iter(self._kept)))
            self._weight += weight
            self._kept[key] = _Kept(told, thing, weight)

    def _let_go(self, key: Any) -> None:
        before = self._kept.pop(key, None)
        self._weight -= before.weight if before else 0

    def forget(self) -> None:
        with self._keeper:
            self._kept.clear()
            self._asked.clear()
            self._weight = 0


class _Kept(NamedTuple, Generic[Thing]):
    told: Sequence[Any]
    thing: Thing
    weight: int


def forget() -> None:
    """Whatever has words in it: another catalogue says them differently."""
    for one in _EVERY:
        one.forget()
