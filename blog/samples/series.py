"""Which sample stories are parts of one."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SampleSeries:
    """`stories` are the addresses of its parts, in their order."""

    title: str
    slug: str
    description: str
    stories: tuple[str, ...]


SERIES = (
    SampleSeries(
        title="The last ten miles",
        slug="the-last-ten-miles",
        description=(
            "What it takes to bring a ship in: somebody who knows the way, a light to steer by,"
            " and enough water."
        ),
        stories=(
            "nine-metres-of-rope",
            "a-lens-made-of-steps",
            "the-machine-that-added-up-the-sea",
        ),
    ),
)
