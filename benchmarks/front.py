"""The front page as often as it would have to be made anew: nothing finished is kept.

.venv/bin/python -m benchmarks.front [--quick] [--engine sqlite|postgres] [--json]
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.choices import Choices, run
from benchmarks.load import BROWSER, load, middle
from benchmarks.place import opened
from benchmarks.row import Kind, Row
from benchmarks.unasked import SEVERAL, seconds_of, wake

LEAST_A_SECOND = 400


def measure(chosen: Choices) -> Iterator[Row]:
    with opened(chosen) as place, place.served(PAGE_STORE_MB="0") as server:
        wake(server, "/")
        ask = partial(load, connections=SEVERAL, servers=server.pids, headers=BROWSER)
        rounds = 1 if chosen.is_quick else 3
        loads = [ask(server.url + "/", seconds=seconds_of(chosen)) for _round in range(rounds)]
        rate = round(middle(loads, lambda one: one.rate_a_core))
        more = {"requests a second by the clock": round(middle(loads, lambda one: one.rate))}
        row = partial(Row, 8, "front page, cold", rate, "a second a core", Kind.RATE)
        yield row(least=LEAST_A_SECOND, more=more)


if __name__ == "__main__":
    run("front", __doc__, measure)
