"""All that was measured at one time, as a table and as JSON, against what was measured before."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path

from benchmarks.choices import Engine
from benchmarks.row import Row, change_in_percent

ASKED = {
    1: "A story and the front page, warm, for a reader without an account",
    2: "A story nobody asked for before",
    3: "A reader who is signed in",
    4: "Claps and responses",
    5: "A change is seen",
    6: "A thousand times as many stories",
    7: "Saving and uploading",
    8: "Starting, memory, first byte",
    9: "The reader's browser",
}
INTRODUCTION = """# What was measured

Written by `script/bench`. Ratios say the same on every machine, the other figures do not. "Change"
is the change since the time before: of rates and times, what it would be on a machine as fast as
this one (a fixed piece of Python is timed beside them). In the commands, FOLDER is where the filled
publications are kept, and URL a PostgreSQL database that is filled (benchmarks/README.md).

What follows is of the last run. What that left out has the figures of an earlier one, in whichever
form its command says.

{machine}
"""
COLUMNS = ("what", "on", "measured", "to reach", "reached", "change", "again with")
HEAD = f"| {' | '.join(COLUMNS)} |\n{'|---' * len(COLUMNS)}|"
# Changes smaller than this are the weather.
SAME_PERCENT = 1.0


@dataclass(frozen=True)
class Results:
    """`speed` is that of the machine's Python, by which rates and times are compared."""

    machine: dict[str, str]
    speed: float
    form: str
    rows: list[Row]

    @classmethod
    def read(cls, path: Path) -> Results | None:
        """Those of last time; None when there are none, or they are of another kind."""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
            rows = [Row.from_json(row) for row in found["rows"]]
            return cls(found["machine"], float(found["speed"]), found["form"], rows)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def write(self, path: Path) -> None:
        found = {"machine": self.machine, "speed": self.speed, "form": self.form}
        rows = [row.as_json() for row in self.rows]
        text = json.dumps({**found, "rows": rows}, indent=1, ensure_ascii=False)
        path.write_text(f"{text}\n", encoding="utf-8")

    def completed_by(self, before: Results | None) -> Results:
        """With the rows of last time, of measurements that were left out now.

        What was measured now stands in the place of all that the same measurement said then on the
        same database, be it in the quick form or in the full one.
        """
        if before is None:
            return self
        ours = {(row.measurement, row.database) for row in self.rows}
        known = {row.key for row in self.rows}
        kept = [
            row
            for row in before.rows
            if (row.measurement, row.database) not in ours and row.key not in known
        ]
        order = [engine.label for engine in Engine]
        rows = sorted([*self.rows, *kept], key=lambda row: order.index(row.database))
        return replace(self, rows=rows)

    def compared_with(self, before: Results | None) -> Results:
        """With the change of each figure since."""
        if before is None:
            return self
        then = {row.key: row for row in before.rows}
        speeds = {"speed": self.speed, "speed_before": before.speed}
        rows = [
            replace(row, change=change_in_percent(row, then.get(row.key), **speeds))
            for row in self.rows
        ]
        return replace(self, rows=rows)

    def as_markdown(self) -> str:
        machine = "\n".join(f"- {name}: {said}" for name, said in self.machine.items())
        parts = [INTRODUCTION.format(machine=f"{machine}\n- form: {self.form}"), self._summary()]
        for number, asked in ASKED.items():
            rows = [row for row in self.rows if row.number == number]
            parts.append(f"\n## {number}. {asked}\n")
            lines = [HEAD, *map(_line, rows)]
            parts.append("\n".join(lines) if rows else "Not measured yet.")
            parts += [f"\n{note}" for note in _notes(rows)]
        return "\n".join(parts) + "\n"

    def _summary(self) -> str:
        verdicts = [row.is_reached for row in self.rows]
        missing = sum(1 for row in self.rows if row.missing)
        return (
            f"{verdicts.count(True)} reached, {verdicts.count(False)} not reached, "
            f"{missing} not measured."
        )


def _line(row: Row) -> str:
    measured = f"{_figure(row.value)} {row.unit}"
    if row.missing:
        measured = f"not measured: {row.missing}"
    reached = {True: "yes", False: "**no**", None: ""}[row.is_reached]
    cells = [row.what, row.database, measured, row.target, reached]
    cells += [_change(row), f"`{row.command}`" if row.command else ""]
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"


def _change(row: Row) -> str:
    if row.change is None:
        return ""
    return "the same" if abs(row.change) < SAME_PERCENT else f"{row.change:+.0f} %"


def _notes(rows: list[Row]) -> list[str]:
    """What else was seen, a line for each figure that has something beside it."""
    return [
        f"- {row.what} ({row.database}): "
        + ", ".join(f"{name} {_figure(one)}" for name, one in row.more.items())
        for row in rows
        if row.more
    ]


def _figure(value: float | str | None) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.3g}"
