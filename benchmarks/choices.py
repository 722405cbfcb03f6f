"""How one measurement is asked for, and how it answers: the same for all of them."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path

from benchmarks.missing import NotMeasured
from benchmarks.processes import URGENT, end_when_told
from benchmarks.row import Row


class Engine(StrEnum):
    SQLITE = "sqlite"
    POSTGRES = "postgres"

    @property
    def label(self) -> str:
        return {"sqlite": "SQLite", "postgres": "PostgreSQL"}[self.value]


QUICK_STORIES, FULL_STORIES = 10_000, 1_000_000


@dataclass(frozen=True)
class Choices:
    is_quick: bool
    engine: Engine
    stories: int
    # A place that is there already; made, and gone afterwards, when left empty.
    data: Path | None = None
    database: str = ""
    # One that serves it already, for several measurements: its process and its address.
    server: str = ""

    @property
    def is_kept(self) -> bool:
        """Whether the place is somebody's, and there afterwards."""
        return bool(self.data or self.database)

    @property
    def seconds(self) -> float:
        """How long one load lasts."""
        return 1 if self.is_quick else 4

    @property
    def rounds(self) -> int:
        """So often each is measured, by turns; the middle one counts."""
        return 3 if self.is_quick else 5


Measure = Callable[[Choices], Iterable[Row]]


def run(noun: str, purpose: str, measure: Measure) -> None:
    """The command line of `python -m benchmarks.<noun>`."""
    parser = argparse.ArgumentParser(prog=f"python -m benchmarks.{noun}", description=purpose)
    parser.add_argument("--json", action="store_true", help="one list of rows, no table")
    parser.add_argument("--quick", action="store_true", help="seconds instead of minutes")
    parser.add_argument("--engine", type=Engine, choices=list(Engine), default=Engine.SQLITE)
    parser.add_argument("--database", default="", help="a PostgreSQL that is filled already")
    parser.add_argument("--data", type=Path, help="the folder of a publication to keep")
    parser.add_argument("--server", default="", help="PID@URL of one that serves it already")
    parser.add_argument("--stories", type=int, help="how many there are")
    parser.add_argument(
        "--urgent", action="store_true", help="before the machine's other work; needs root"
    )
    given = parser.parse_args()
    end_when_told()
    if given.urgent:
        os.environ[URGENT] = "yes"
    stories = given.stories or (QUICK_STORIES if given.quick else FULL_STORIES)
    chosen = Choices(given.quick, given.engine, stories, given.data, given.database, given.server)
    try:
        rows = [_completed(row, noun, chosen) for row in measure(chosen)]
    except NotMeasured as reason:
        sys.exit(str(reason))
    if given.json:
        sys.stdout.write(json.dumps([row.as_json() for row in rows], indent=1) + "\n")
    else:
        sys.stdout.write("".join(f"{_line(row)}\n" for row in rows))


def command_for(noun: str, chosen: Choices) -> str:
    """How to measure the same again, by itself."""
    parts = [f".venv/bin/python -m benchmarks.{noun}", f"--engine {chosen.engine}"]
    parts += [f"--stories {chosen.stories}"] if chosen.stories != FULL_STORIES else []
    return " ".join([*parts, *(["--quick"] if chosen.is_quick else [])])


def _completed(row: Row, noun: str, chosen: Choices) -> Row:
    return replace(row, database=chosen.engine.label, command=command_for(noun, chosen))


def _line(row: Row) -> str:
    verdict = {True: "reached", False: "NOT REACHED", None: ""}[row.is_reached]
    value = "not measured: " + row.missing if row.value is None else f"{row.value:,.4g}"
    more = ", ".join(f"{name} {one}" for name, one in row.more.items())
    return f"{row.number}  {row.what}: {value} {row.unit}  ({row.target}) {verdict}  [{more}]"
