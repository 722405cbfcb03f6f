"""How soon a started server answers, and what its processes hold before anybody has come.

.venv/bin/python -m benchmarks.start [--quick] [--engine sqlite|postgres] [--json]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator

from benchmarks.choices import Choices, run
from benchmarks.missing import NotMeasured
from benchmarks.place import Place, Server, is_answering, opened
from benchmarks.processes import command_of, memory_mb, put_first
from benchmarks.row import Kind, Row
from tests.serving import ROOT, free_port

MOST_SECONDS = 2.0
MOST_MEMORY_MB = 130
GIVEN_UP_AFTER_SECONDS = 60
LOOK_EVERY_SECONDS = 0.01


def measure(chosen: Choices) -> Iterator[Row]:
    with opened(chosen) as place:
        with place.served() as server:
            # A first answer brings in what a process needs once.
            server.body("/")
            yield from _memory(server)
        times = [_seconds_to_answer(place) for _time in range(chosen.rounds)]
        what = "start of a server, to its first answer"
        yield Row(8, what, round(statistics.median(times), 2), "s", Kind.TIME, most=MOST_SECONDS)


def _seconds_to_answer(place: Place) -> float:
    """One server, as serve starts it once the database and the files are ready."""
    port = free_port()
    command = [sys.executable, "-m", "config.server", "--port", str(port)]
    began = time.monotonic()
    process = subprocess.Popen(command, cwd=ROOT, env=place.environment, start_new_session=True)
    put_first(process.pid)
    try:
        while not is_answering(f"http://127.0.0.1:{port}"):
            if time.monotonic() - began > GIVEN_UP_AFTER_SECONDS:
                raise NotMeasured("the server did not answer")
            time.sleep(LOOK_EVERY_SECONDS)
        return time.monotonic() - began
    finally:
        process.terminate()
        process.wait()


def _memory(server: Server) -> Iterator[Row]:
    """The largest of its processes; the shares of all of them beside it."""
    held = {pid: memory_mb(pid) for pid in server.workers()}
    largest = max(held, key=lambda pid: held[pid]["Rss"])
    more: dict[str, float | str] = {
        "share of it (PSS)": round(held[largest]["Pss"]),
        "which": " ".join(command_of(largest).split()[1:4]),
        "all processes together (PSS)": round(sum(one["Pss"] for one in held.values())),
    }
    value = round(held[largest]["Rss"])
    what = "memory at rest, the largest process"
    yield Row(8, what, value, "MB", Kind.SIZE, most=MOST_MEMORY_MB, more=more)


if __name__ == "__main__":
    run("start", __doc__, measure)
