"""A day of mixed reading in minutes: whether a server holds more at its end than when it was warm.

    .venv/bin/python -m benchmarks.day [--quick] [--engine sqlite|postgres] [--json]

The store of pages is kept small, so that it is full soon: what grows afterwards is not the store.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.choices import Choices, run
from benchmarks.load import GZIP, load
from benchmarks.place import Server, opened
from benchmarks.processes import memory_mb
from benchmarks.row import Kind, Row

STORE_MB = "4"
MOST_GROWTH_MB = 5.0
STRETCHES = 6
WARM, COLD, READER = 8, 4, 2
KINDS = 3


def measure(chosen: Choices) -> Iterator[Row]:
    seconds = 2 if chosen.is_quick else 20
    with opened(chosen) as place, TemporaryDirectory(prefix="longhand-addresses-") as folder:
        session, story = place.reader()
        file = Path(folder) / "addresses-day"
        file.write_text("\n".join(place.addresses()) + "\n")
        with place.served(PAGE_STORE_MB=STORE_MB) as server:
            held, requests = [], 0
            for _stretch in range(STRETCHES):
                reader = GZIP | {"Cookie": f"sessionid={session}"}
                for connections, path, paths, headers in (
                    (WARM, story, None, GZIP),
                    (COLD, "", file, GZIP),
                    (READER, story, None, reader),
                ):
                    requests += load(
                        server.url + path,
                        connections=connections,
                        seconds=seconds,
                        servers=server.pids,
                        headers=headers,
                        paths=paths,
                    ).requests
                held.append(_megabytes(server))
        growth = round(held[-1] - held[STRETCHES // 2 - 1], 1)
        more = {"requests": requests, "MB at the end": round(held[-1])}
        whole = STRETCHES * KINDS * seconds
        what = f"growth of memory over a day's mixed load, scaled down to {whole:.0f} s"
        yield Row(8, what, growth, "MB", Kind.SIZE, most=MOST_GROWTH_MB, more=more)


def _megabytes(server: Server) -> float:
    return sum(memory_mb(pid)["Pss"] for pid in server.workers())


if __name__ == "__main__":
    run("day", __doc__, measure)
