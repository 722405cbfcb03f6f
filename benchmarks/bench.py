"""Measures everything that Longhand is held to, and writes it down.

Works through all of benchmarks/, one measurement after the other, each in a process of its own.
What cannot be measured here is said, with what it lacks; the rest goes on. The table is written to
benchmarks/results.md, the figures to benchmarks/results.json, and compared with those of last time.
Ends with 0 when all was measured, 1 when something could not be, 2 when it was asked wrongly.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import machine, readings
from benchmarks.choices import FULL_STORIES, QUICK_STORIES, Choices, Engine
from benchmarks.missing import NotMeasured, needs
from benchmarks.place import Place, opened
from benchmarks.processes import URGENT
from benchmarks.row import Kind, Row
from benchmarks.table import Results
from benchmarks.writes import new_database
from tests.serving import ROOT

RESULTS = Path(__file__).parent / "results.json"
TABLE = RESULTS.with_suffix(".md")


@dataclass(frozen=True)
class Measurement:
    """A module of benchmarks/, and the lines of "What it has to reach" that it answers."""

    noun: str
    numbers: tuple[int, ...]
    what: str
    # A table of figures that has nothing to do with which database it is.
    once: bool = False
    only_full: bool = False


MEASUREMENTS = (
    Measurement("warm", (1, 8), "what is asked for again and again, against nginx"),
    Measurement("unasked", (2, 8), "stories nobody asked for before, and the front page anew"),
    Measurement("signed_in", (3,), "a reader with an account"),
    Measurement("writes", (4, 7), "claps, responses, saving, uploading"),
    Measurement("fresh", (5,), "a change, seen by every process"),
    Measurement("growth", (6,), "pages among many stories"),
    Measurement("start", (8,), "starting, and memory at rest"),
    Measurement("day", (8,), "a day's mixed load, scaled down"),
    Measurement("weight", (9,), "what a page weighs in a browser", once=True),
    Measurement("lighthouse", (9,), "Lighthouse, and a slow phone", once=True, only_full=True),
)
NOUNS = [one.noun for one in MEASUREMENTS]
GROWTH_SMALL, GROWTH_QUICK = 1_000, 10_000
LONGEST_SECONDS = {True: 240, False: 3600}


def main() -> None:
    chosen = _options()
    engines = list(Engine) if chosen.database == "both" else [Engine(chosen.database)]
    if chosen.urgent:
        os.environ[URGENT] = "yes"
    for need in needs():
        if not need.is_there:
            _say(f"{need.name} is not there, for {need.what_for}. It comes with: {need.install}")
    results = Results(machine.describe(), machine.speed(), chosen.form, [])
    before = Results.read(RESULTS)
    for engine in engines:
        is_first = engine is engines[0] and not _has_what_is_once(before, engine, chosen.form)
        for row in _on(engine, chosen, is_first=is_first):
            results.rows.append(row)
            # At once: whoever stops it halfway keeps what was measured.
            _write(results, before, is_part=bool(chosen.only) or len(engines) == 1)
    _say(TABLE.read_text(encoding="utf-8"))
    sys.exit(1 if any(row.missing for row in results.rows) else 0)


def _write(results: Results, before: Results | None, *, is_part: bool) -> None:
    """What was not asked for this time keeps its last figures."""
    shown = results.compared_with(before)
    shown = shown.completed_by(before) if is_part else shown
    TABLE.write_text(shown.as_markdown(), encoding="utf-8")
    shown.write(RESULTS)


def _has_what_is_once(before: Results | None, engine: Engine, form: str) -> bool:
    """Whether the other database's run, of the same form, has measured what is the same on both."""
    once = {one.noun for one in MEASUREMENTS if one.once}
    rows = before.rows if before and before.form == form else []
    return any(row.measurement in once and row.database != engine.label for row in rows)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/bench",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog="measurements:\n" + "\n".join(f"  {one.noun:<11}{one.what}" for one in MEASUREMENTS),
    )
    parser.add_argument(
        "form",
        nargs="?",
        choices=["quick", "full"],
        default="quick",
        help="minutes, or hours (quick)",
    )
    parser.add_argument(
        "--only", type=_nouns, default=[], metavar="NAMES", help="these, with commas"
    )
    parser.add_argument(
        "--database",
        choices=["sqlite", "postgres", "both"],
        default="both",
        help="on one of the two (both)",
    )
    parser.add_argument("--stories", type=int, help="2,000 in the quick form, 1,000,000 in full")
    parser.add_argument(
        "--data",
        type=Path,
        metavar="FOLDER",
        help="publications that are filled, or are to be kept once they are: FOLDER/sqlite, "
        "FOLDER/postgres",
    )
    parser.add_argument(
        "--postgres",
        default="",
        metavar="URL",
        help="a PostgreSQL database that benchmarks.generate has filled, or may fill",
    )
    parser.add_argument(
        "--urgent",
        action="store_true",
        help="what is measured goes before the machine's other work (root)",
    )
    chosen = parser.parse_args()
    if chosen.postgres and chosen.database == "sqlite":
        parser.error("--postgres names a PostgreSQL, and --database sqlite leaves that out")
    return chosen


def _nouns(text: str) -> list[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in names if name not in NOUNS]
    if unknown or not names:
        raise argparse.ArgumentTypeError(
            f"{', '.join(unknown) or 'nothing'} is not measured here; there are {', '.join(NOUNS)}"
        )
    return names


def _on(engine: Engine, asked: argparse.Namespace, *, is_first: bool) -> Iterator[Row]:
    """Every measurement on one kind of database."""
    is_quick = asked.form == "quick"
    stories = asked.stories or (QUICK_STORIES if is_quick else FULL_STORIES)
    data = asked.data.resolve() / engine.value if asked.data else None
    url = asked.postgres if engine is Engine.POSTGRES else ""
    plan = [
        one
        for one in MEASUREMENTS
        if (one.noun in asked.only if asked.only else not (is_quick and one.only_full))
        and (is_first or not one.once or one.noun in asked.only)
    ]
    chosen = Choices(is_quick, engine, stories, data, url)
    with ExitStack() as stack:
        try:
            _say(f"{engine.label}: filling a publication with {stories:,} stories …")
            place = stack.enter_context(opened(chosen))
            if chosen.is_kept:
                place.bring_up_to_date()
                stack.callback(place.forget)
        except NotMeasured as reason:
            yield from (_missing(one, chosen, str(reason)) for one in plan)
            return
        for one in plan:
            began = time.monotonic()
            try:
                yield from _measured(one, chosen, place)
            except NotMeasured as reason:
                _say(f"{engine.label}: {one.noun} was not measured: {reason}")
                yield _missing(one, chosen, str(reason))
            else:
                _say(f"{engine.label}: {one.noun} took {time.monotonic() - began:.0f} s")


def _measured(one: Measurement, chosen: Choices, place: Place) -> Iterator[Row]:
    if one.noun == "growth":
        rows = _growth(chosen, place)
    elif one.noun == "writes":
        seconds = "2" if chosen.is_quick else "10"
        arguments = [one.noun, "--json", "--db", chosen.engine.value, "--seconds", seconds]
        rows = readings.writes(_said(arguments, chosen)[0], chosen.engine)
    elif one.noun == "lighthouse":
        _report, code = _said([one.noun], chosen)
        what = "Lighthouse's marks and the slow phone's budgets"
        rows = iter([Row(9, what, float(bool(code)), "missed", Kind.SIZE, most=0)])
    else:
        arguments = [one.noun, "--json", "--engine", chosen.engine.value, "--data", str(place.data)]
        arguments += ["--database", place.database, "--stories", str(chosen.stories)]
        rows = _rows_of(*_said([*arguments, *(["--quick"] if chosen.is_quick else [])], chosen))
    for row in rows:
        yield _signed(row, one, chosen)


def _signed(row: Row, one: Measurement, chosen: Choices) -> Row:
    """With what measured it, where, and how to do so again."""
    again = _again(one, chosen)
    return replace(row, measurement=one.noun, database=chosen.engine.label, command=again)


def _rows_of(said: str, code: int) -> Iterator[Row]:
    try:
        return iter([Row.from_json(found) for found in json.loads(said)])
    except (ValueError, TypeError, KeyError) as error:
        raise NotMeasured(f"it ended with {code}, without rows") from error


def _growth(chosen: Choices, place: Place) -> Iterator[Row]:
    """The same pages in a small and in a large publication."""
    most = GROWTH_QUICK if chosen.is_quick else chosen.stories
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="longhand-growth-")))
        # In one PostgreSQL, because its settings count as well.
        few, many = (
            replace(
                chosen,
                stories=stories,
                data=folder / str(stories),
                database=stack.enter_context(new_database(place.database))
                if place.database
                else "",
            )
            for stories in (GROWTH_SMALL, most)
        )
        small = stack.enter_context(opened(few))
        large = place if chosen.stories == most else stack.enter_context(opened(many))
        arguments = ["growth", "--json", "--small", small.database, "--large", large.database]
        arguments += ["--small-data", str(small.data), "--large-data", str(large.data)]
        arguments += ["--turns", "4"] if chosen.is_quick else []
        said, _code = _said(arguments, chosen)
    yield from readings.growth(said, GROWTH_SMALL, most)


def _said(arguments: list[str], chosen: Choices) -> tuple[str, int]:
    """What a measurement prints, and how it ends."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", f"benchmarks.{arguments[0]}", *arguments[1:]],
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=LONGEST_SECONDS[chosen.is_quick],
        )
    except subprocess.TimeoutExpired as error:
        raise NotMeasured(f"it took longer than {error.timeout:.0f} s") from error
    if done.returncode and not done.stdout.strip():
        lines = done.stderr.strip().splitlines() or ["it ended without a word"]
        raise NotMeasured(lines[-1])
    return done.stdout, done.returncode


def _missing(one: Measurement, chosen: Choices, why: str) -> Row:
    row = Row(one.numbers[0], one.what, None, "", Kind.SIZE, missing=why)
    return _signed(row, one, chosen)


def _again(one: Measurement, chosen: Choices) -> str:
    """The command that measures the same again."""
    if one.noun == "lighthouse":
        return "script/lighthouse"
    form, usual = ("quick", QUICK_STORIES) if chosen.is_quick else ("full", FULL_STORIES)
    parts = [f"script/bench {form} --only {one.noun} --database {chosen.engine}"]
    parts += [f"--stories {chosen.stories}"] if chosen.stories != usual else []
    # Not where they are on this machine: the table is for others, too.
    parts += ["--data FOLDER"] if chosen.data else []
    return " ".join([*parts, *(["--postgres URL"] if chosen.database else [])])


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
