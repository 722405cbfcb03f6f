"""Stories nobody asked for before: each is asked for once, spread evenly over all there are.

    .venv/bin/python -m benchmarks.unasked [--quick] [--engine sqlite|postgres] [--stories N]

The server has one core, and on PostgreSQL so has its database, the same; wrk has the other.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.choices import Choices, Engine, run
from benchmarks.load import BROWSER, Load, load, middle
from benchmarks.missing import NotMeasured
from benchmarks.place import ENOUGH_A_SECOND, Place, Server, opened
from benchmarks.row import Kind, Row

ALONE, SEVERAL = 1, 4
LEAST_A_SECOND = {Engine.SQLITE: 300, Engine.POSTGRES: 250}
MOST_P99_MS, MOST_FIRST_BYTE_MS = 40, 4
MOST_QUERIES, LOOKED_AT = 8, 30


def measure(chosen: Choices) -> Iterator[Row]:
    with opened(chosen) as place, TemporaryDirectory(prefix="longhand-addresses-") as folder:
        rounds = 1 if chosen.is_quick else chosen.rounds
        lists = _lists(place, Path(folder), 2 * rounds, ENOUGH_A_SECOND * seconds_of(chosen))
        first = lists[0].read_text(encoding="utf-8").partition("\n")[0]
        found: dict[int, list[Load]] = {ALONE: [], SEVERAL: []}
        with place.served() as server:
            wake(server, first)
            for number, paths in enumerate(lists):
                connections = (SEVERAL, ALONE)[number % 2]
                found[connections].append(_walk(server, paths, connections, chosen))
        yield from _rows(found, chosen)
        (queries,) = place.ask("story", "queries", str(LOOKED_AT))
        what = f"queries of a story, the most of {LOOKED_AT} not asked for before"
        yield Row(2, what, float(queries), "queries", Kind.SIZE, most=MOST_QUERIES)


def seconds_of(chosen: Choices) -> int:
    return 2 if chosen.is_quick else 10


def _lists(place: Place, folder: Path, count: int, length: int) -> list[Path]:
    """So many files of addresses, none of which stands in two of them."""
    addresses = place.addresses()
    share = min(length, len(addresses) // count)
    files = []
    for number in range(count):
        file = folder / f"addresses-{number}"
        some = addresses[number * share : (number + 1) * share]
        file.write_text("\n".join(some) + "\n", encoding="utf-8")
        files.append(file)
    return files


def wake(server: Server, path: str) -> None:
    """What a process, and each of its threads, does once in its life is not a page's."""
    server.body(path)
    for _time in range(8):
        server.body("/archive/")
    server.pin_again()


def _walk(server: Server, paths: Path, connections: int, chosen: Choices) -> Load:
    server.pin_again()
    seen = load(
        server.url,
        connections=connections,
        seconds=seconds_of(chosen),
        servers=server.pids,
        headers=BROWSER,
        paths=paths,
    )
    if seen.requests > len(paths.read_text(encoding="utf-8").splitlines()):
        raise NotMeasured("it was asked for some stories twice; ask with more --stories")
    return seen


def _rows(found: dict[int, list[Load]], chosen: Choices) -> Iterator[Row]:
    several, alone = found[SEVERAL], found[ALONE]
    what = "story, not asked for before"
    rate = middle(several, lambda one: one.rate_a_core)
    more = {"requests a second by the clock": round(middle(several, lambda one: one.rate))}
    row = partial(Row, 2, what)
    least = LEAST_A_SECOND[chosen.engine]
    yield row(round(rate), "a second a core", Kind.RATE, least=least, more=more)
    p99 = middle(several, lambda one: one.p99_ms)
    what = f"{what}, 99 of {SEVERAL} at once"
    yield Row(2, what, p99, "ms", Kind.TIME, most=MOST_P99_MS)
    first = middle(alone, lambda one: one.p50_ms)
    what = "first byte for one reader, cold"
    yield Row(8, what, first, "ms", Kind.TIME, most=MOST_FIRST_BYTE_MS)


if __name__ == "__main__":
    run("unasked", __doc__, measure)
