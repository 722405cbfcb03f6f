"""Measures everything that Longhand is held to, and writes it down.

Works through all of benchmarks/, one measurement after the other, each in a process of its own.
What cannot be measured here is said, with what it lacks; the rest goes on. The table is written to
benchmarks/results.md, the figures to benchmarks/results.json, and compared with those of last time.
Ends with 0 when all was measured, 1 when something could not be, 2 when it was asked wrongly.

The quick form takes three minutes on two quiet cores, and three more when its publications have to
be filled, which are kept for the next time. It leaves out what seconds cannot say: whether memory
grows in a day, Lighthouse, and the growth of pages that the goals do not name. The full
form takes about 25 minutes a database, in a publication of a million stories that is there:

    script/bench full --database sqlite --data FOLDER
    script/bench full --database postgres --data FOLDER --postgres postgres://…/name

FOLDER/sqlite has been filled by `benchmarks.generate`, and so has the PostgreSQL database; what is
not filled yet is filled first, which takes long. Nothing of what is measured stays there.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import kept, machine, readings
from benchmarks.choices import FULL_STORIES, QUICK_STORIES, Choices, Engine
from benchmarks.kept import Copies
from benchmarks.missing import NotMeasured, needs
from benchmarks.place import Place, opened
from benchmarks.processes import URGENT, end_when_told
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
    # In the quick form one server, started once, is enough for all of these.
    is_shared: bool = False


# In this order: a server's memory at rest comes before anybody has asked it for anything.
MEASUREMENTS = (
    Measurement("start", (8,), "starting, and memory at rest", is_shared=True),
    Measurement("unasked", (2, 8), "stories nobody asked for before", is_shared=True),
    Measurement("signed_in", (3,), "a reader with an account", is_shared=True),
    Measurement("warm", (1, 8), "what is asked for again and again, against nginx", is_shared=True),
    Measurement("weight", (9,), "what a page weighs in a browser", once=True, is_shared=True),
    Measurement("fresh", (5,), "a change, seen by every process", is_shared=True),
    Measurement("front", (8,), "the front page, made anew each time"),
    Measurement("writes", (4, 7), "claps, responses, saving, uploading"),
    Measurement("growth", (6,), "pages among many stories"),
    Measurement("day", (8,), "a day's mixed load, scaled down", only_full=True),
    Measurement("lighthouse", (9,), "Lighthouse, and a slow phone", once=True, only_full=True),
)
NOUNS = [one.noun for one in MEASUREMENTS]
GROWTH_SMALL, GROWTH_QUICK = 1_000, QUICK_STORIES
# Those that "What it has to reach" names; the full form has three times as many.
GROWTH_PAGES = (
    *("front page", "author", "tag", "archive", "feed", "sitemap chunk, 1,000 addresses", "story"),
    *("story with 5,000 responses", "search", "desk: stories"),
)
LONGEST_SECONDS = {True: 240, False: 3600}
ENDS_WITHIN_SECONDS = 30


def main() -> None:
    chosen = _options()
    end_when_told()
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
        help="three minutes, or an hour (quick)",
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
    parser.add_argument("--stories", type=int, help="10,000 in the quick form, 1,000,000 in full")
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
    chosen = Choices(is_quick, engine, stories, data, url)
    plan = _plan(asked, is_first=is_first)
    with ExitStack() as stack:
        try:
            grounds = stack.enter_context(_grounds(chosen))
        except NotMeasured as reason:
            yield from (_missing(one, chosen, str(reason)) for one in plan)
            return
        for is_shared, group in groupby(plan, lambda one: is_quick and one.is_shared):
            with grounds.place.served() if is_shared else nullcontext() as server:
                running = f"{server.pid}@{server.url}" if server else ""
                for one in group:
                    yield from _timed(one, replace(chosen, server=running), grounds)


def _plan(asked: argparse.Namespace, *, is_first: bool) -> list[Measurement]:
    """What was asked for; those that share a server follow each other."""
    if asked.only:
        plan = [one for one in MEASUREMENTS if one.noun in asked.only]
    else:
        plan = [
            one
            for one in MEASUREMENTS
            if not (asked.form == "quick" and one.only_full) and (is_first or not one.once)
        ]
    return sorted(plan, key=lambda one: not one.is_shared)


@dataclass(frozen=True)
class Grounds:
    """Where it is measured. In the quick form, copies of what is kept are at hand."""

    place: Place
    small: Place | None = None
    copies: Copies | None = None


@contextmanager
def _grounds(chosen: Choices) -> Iterator[Grounds]:
    label, stories = chosen.engine.label, f"{chosen.stories:,} stories"
    with ExitStack() as stack:
        is_usual = chosen.is_quick and not chosen.is_kept and chosen.stories == QUICK_STORIES
        if is_usual and (chosen.engine is Engine.SQLITE or kept.can_be()):
            if not kept.is_kept(chosen.engine):
                _say(f"{label}: filling a publication with {stories}, to be kept for next time …")
            copies = stack.enter_context(kept.copied(chosen.engine))
            large, small = stack.enter_context(copies.opened())
            grounds = Grounds(large, small, copies)
        else:
            _say(f"{label}: a publication with {stories}, filled first where it is not …")
            place = stack.enter_context(opened(chosen))
            grounds = Grounds(place)
            if chosen.is_kept:
                place.bring_up_to_date()
                stack.callback(place.forget)
        yield grounds


def _timed(one: Measurement, chosen: Choices, grounds: Grounds) -> Iterator[Row]:
    began = time.monotonic()
    try:
        yield from _measured(one, chosen, grounds)
    except NotMeasured as reason:
        _say(f"{chosen.engine.label}: {one.noun} was not measured: {reason}")
        yield _missing(one, chosen, str(reason))
    else:
        _say(f"{chosen.engine.label}: {one.noun} took {time.monotonic() - began:.0f} s")


def _measured(one: Measurement, chosen: Choices, grounds: Grounds) -> Iterator[Row]:
    if one.noun == "growth":
        rows = _growth(chosen, grounds)
    elif one.noun == "writes":
        rows = _writes(chosen, grounds)
    elif one.noun == "lighthouse":
        _report, code = _said([one.noun], chosen)
        what = "Lighthouse's marks and the slow phone's budgets"
        rows = iter([Row(9, what, float(bool(code)), "missed", Kind.SIZE, most=0)])
    else:
        place = grounds.place
        arguments = [one.noun, "--json", "--engine", chosen.engine.value, "--data", str(place.data)]
        arguments += ["--database", place.database, "--stories", str(chosen.stories)]
        arguments += ["--server", chosen.server, *(["--quick"] if chosen.is_quick else [])]
        rows = _rows_of(*_said(arguments, chosen))
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


def _growth(chosen: Choices, grounds: Grounds) -> Iterator[Row]:
    """The same pages in a small and in a large publication."""
    with ExitStack() as stack:
        small, large = grounds.small, grounds.place
        if small is None:
            small = stack.enter_context(_beside(large, chosen, GROWTH_SMALL))
        if chosen.is_quick and chosen.stories != GROWTH_QUICK:
            large = stack.enter_context(_beside(large, chosen, GROWTH_QUICK))
        most = GROWTH_QUICK if chosen.is_quick else chosen.stories
        arguments = ["growth", "--json", "--small", small.database, "--large", large.database]
        arguments += ["--small-data", str(small.data), "--large-data", str(large.data)]
        arguments += ["--turns", "3", "--pages", ";".join(GROWTH_PAGES)] if chosen.is_quick else []
        said, _code = _said(arguments, chosen)
    yield from readings.growth(said, GROWTH_SMALL, most)


@contextmanager
def _beside(place: Place, chosen: Choices, stories: int) -> Iterator[Place]:
    """Another publication; in the same PostgreSQL, because its settings count as well."""
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="longhand-growth-"))
        url = stack.enter_context(new_database(place.database)) if place.database else ""
        other = replace(chosen, stories=stories, data=Path(folder), database=url)
        yield stack.enter_context(opened(other))


def _writes(chosen: Choices, grounds: Grounds) -> Iterator[Row]:
    """In a publication of their own, which is not a large one."""
    seconds = "1" if chosen.is_quick else "10"
    arguments = ["writes", "--json", "--db", chosen.engine.value, "--seconds", seconds]
    with ExitStack() as stack:
        if grounds.copies:
            (bare,) = stack.enter_context(grounds.copies.opened(kept.SLOW))
            arguments += ["--bare", str(bare.data), "--database-url", bare.database]
        yield from readings.writes(_said(arguments, chosen)[0], chosen.engine)


def _said(arguments: list[str], chosen: Choices) -> tuple[str, int]:
    """What a measurement prints, and how it ends."""
    process = subprocess.Popen(
        [sys.executable, "-m", f"benchmarks.{arguments[0]}", *arguments[1:]],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        said, why = process.communicate(timeout=LONGEST_SECONDS[chosen.is_quick])
    except subprocess.TimeoutExpired as error:
        raise NotMeasured(f"it took longer than {error.timeout:.0f} s") from error
    finally:
        # So that no server stays behind.
        _end(process)
    if process.returncode and not said.strip():
        lines = why.strip().splitlines() or ["it ended without a word"]
        raise NotMeasured(lines[-1])
    return said, process.returncode


def _end(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(ENDS_WITHIN_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


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
