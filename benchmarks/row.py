"""One figure that was measured, what it has to be, and how to measure it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a figure is of; decides how it is compared with that of another day or machine."""

    RATIO = "ratio"  # of two things measured by turns: the same everywhere
    RATE = "rate"  # a second: more on a faster machine
    TIME = "time"  # less on a faster machine
    SIZE = "size"  # bytes, queries: the same everywhere


@dataclass(frozen=True)
class Row:
    """`number` is the line of "What it has to reach" that asks for it."""

    number: int
    what: str
    value: float | None
    unit: str
    kind: Kind
    least: float | None = None
    most: float | None = None
    database: str = ""
    command: str = ""
    # The module of benchmarks/ that measured it.
    measurement: str = ""
    # Why there is no value.
    missing: str = ""
    # By how much it has changed since it was measured the time before, in percent.
    change: float | None = None
    # Whatever else was seen on the way, for who wants to know more.
    more: Mapping[str, float | str] = field(default_factory=dict)

    @classmethod
    def from_json(cls, found: dict[str, Any]) -> Row:
        return cls(**{**found, "kind": Kind(found["kind"])})

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @property
    def is_reached(self) -> bool | None:
        """None where nothing was measured or nothing is asked for."""
        if self.value is None or (self.least is None and self.most is None):
            return None
        above = self.least is None or self.value >= self.least
        return above and (self.most is None or self.value <= self.most)

    @property
    def target(self) -> str:
        if self.least is not None:
            return f"at least {self.least:,g}"
        return f"at most {self.most:,g}" if self.most is not None else ""

    @property
    def key(self) -> tuple[int, str, str]:
        return self.number, self.what, self.database

    def comparable(self, speed: float) -> float | None:
        """The figure as a machine of speed 1 would have it."""
        if self.value is None or not speed:
            return None
        if self.kind is Kind.RATE:
            return self.value / speed
        return self.value * speed if self.kind is Kind.TIME else self.value


def change_in_percent(
    now: Row, before: Row | None, *, speed: float, speed_before: float
) -> float | None:
    """By how much a figure has changed since, the machines' speeds taken out of it."""
    ours = now.comparable(speed)
    theirs = before.comparable(speed_before) if before else None
    if ours is None or not theirs:
        return None
    return 100 * (ours / theirs - 1)
