"""The words of one story, by where they stand."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Entry:
    pk: int
    title: list[str]
    subtitle: list[str]
    names: list[str]
    text: list[str]
