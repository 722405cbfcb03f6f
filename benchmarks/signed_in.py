"""A reader with an account, on a story they have clapped for, with the bell of their inbox.

.venv/bin/python -m benchmarks.signed_in [--quick] [--engine sqlite|postgres] [--json]
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from benchmarks.choices import Choices, run
from benchmarks.load import GZIP, load, middle
from benchmarks.place import opened
from benchmarks.row import Kind, Row

AT_ONCE = 4
LEAST_A_SECOND = 200
ROUNDS = 3


def measure(chosen: Choices) -> Iterator[Row]:
    with opened(chosen) as place:
        session, path = place.reader()
        headers = GZIP | {"Cookie": f"sessionid={session}"}
        with place.served() as server:
            server.body(path, Cookie=headers["Cookie"])
            # The first opens connections; PostgreSQL has a process for each.
            ask = partial(load, server.url + path, connections=AT_ONCE, headers=headers)
            ask(seconds=1, servers=server.pids)
            server.pin_again()
            loads = [ask(seconds=chosen.seconds, servers=server.pids) for _round in range(ROUNDS)]
        rate = round(middle(loads, lambda one: one.rate_a_core))
        more = {
            "requests a second by the clock": round(middle(loads, lambda one: one.rate)),
            "p99 ms": round(middle(loads, lambda one: one.p99_ms), 1),
        }
        what = "story, signed in"
        yield Row(3, what, rate, "a second a core", Kind.RATE, least=LEAST_A_SECOND, more=more)


if __name__ == "__main__":
    run("signed_in", __doc__, measure)
