"""What is asked for again and again, against nginx that gives out the same bytes as a file.

    .venv/bin/python -m benchmarks.warm [--quick] [--engine sqlite|postgres] [--json]

Longhand as `manage.py serve` starts it has one core, wrk the other; the two servers take turns.
"""

from __future__ import annotations

import gzip
import urllib.request
from collections.abc import Iterator, Mapping
from functools import partial

from benchmarks.choices import Choices, run
from benchmarks.load import GZIP, Load, by_turns, load, middle
from benchmarks.missing import NotMeasured
from benchmarks.place import Server, opened
from benchmarks.plain_file import PlainFile, serving
from benchmarks.row import Kind, Row

MANY, CROWD = 16, 64
QUICK_SECONDS = 0.3
LEAST_OF_NGINX, LEAST_OF_NGINX_UNCHANGED = 0.5, 0.7
MOST_P99_MS = 10
MOST_FIRST_BYTE_MS = 0.5


def measure(chosen: Choices) -> Iterator[Row]:
    with opened(chosen) as place:
        story = place.usual_story()
        with place.served() as server:
            yield from _page("story", story, server, chosen)
            yield from _page("front page", "/", server, chosen)
            yield _one_reader(story, server, chosen)


def _page(name: str, path: str, server: Server, chosen: Choices) -> Iterator[Row]:
    """The rate, the slowest answers under a crowd, and what has not changed since."""
    gzipped, said = server.body(path, Accept_Encoding="gzip")
    plain, _said = server.body(path)
    if gzip.decompress(gzipped) != plain:
        raise NotMeasured(f"the {name} is not the same page with and without compression")
    more = {"bytes": len(plain), "gzipped": len(gzipped)}
    with serving(plain, gzipped) as file:
        both = _by_turns(path, server, file, chosen, connections=MANY)
        yield _ratio(f"{name}, warm", both, LEAST_OF_NGINX, more)
        crowd = _by_turns(path, server, file, chosen, connections=CROWD)
        yield _p99(name, crowd)
        etags = {"longhand": said["etag"], "nginx": _etag_of(file)}
        unchanged = _by_turns(path, server, file, chosen, connections=MANY, etags=etags)
        yield _ratio(f"{name}, unchanged (304)", unchanged, LEAST_OF_NGINX_UNCHANGED, {})


def _by_turns(
    path: str,
    server: Server,
    file: PlainFile,
    chosen: Choices,
    *,
    connections: int,
    etags: Mapping[str, str] | None = None,
) -> dict[str, list[Load]]:
    addresses = {
        "longhand": (server.url + path, [server.pid]),
        "nginx": (file.url, [file.pid]),
    }
    measures = {
        name: partial(
            load,
            url,
            connections=connections,
            # There are so many answers in a second that turns matter more than their length.
            seconds=QUICK_SECONDS if chosen.is_quick else chosen.seconds,
            servers=pids,
            headers=GZIP | ({"If-None-Match": etags[name]} if etags else {}),
        )
        for name, (url, pids) in addresses.items()
    }
    for one in measures.values():
        one()
    return by_turns(measures, rounds=chosen.rounds)


def _ratio(
    what: str, both: Mapping[str, list[Load]], least: float, more: Mapping[str, float]
) -> Row:
    rates = {name: middle(some, lambda one: one.rate) for name, some in both.items()}
    costs = {name: middle(some, lambda one: one.rate_a_core) for name, some in both.items()}
    figures = {
        "requests a second": round(rates["longhand"]),
        "nginx": round(rates["nginx"]),
        "by processor time": round(costs["longhand"] / costs["nginx"], 2),
        "p50 ms": round(middle(both["longhand"], lambda one: one.p50_ms), 2),
    }
    value = round(rates["longhand"] / rates["nginx"], 3)
    return Row(1, what, value, "of nginx", Kind.RATIO, least=least, more={**figures, **more})


def _p99(name: str, both: Mapping[str, list[Load]]) -> Row:
    ours, theirs = (middle(both[one], lambda load: load.p99_ms) for one in ("longhand", "nginx"))
    what = f"{name}, 99 of {CROWD} at once"
    return Row(1, what, ours, "ms", Kind.TIME, most=MOST_P99_MS, more={"nginx": theirs})


def _one_reader(path: str, server: Server, chosen: Choices) -> Row:
    seen = load(server.url + path, connections=1, seconds=chosen.seconds, servers=[server.pid])
    what = "first byte for one reader, warm"
    return Row(8, what, seen.p50_ms, "ms", Kind.TIME, most=MOST_FIRST_BYTE_MS)


def _etag_of(file: PlainFile) -> str:
    request = urllib.request.Request(file.url, headers=GZIP)  # noqa: S310 -- our own address
    with urllib.request.urlopen(request) as answer:  # noqa: S310
        return str(answer.headers["ETag"])


if __name__ == "__main__":
    run("warm", __doc__, measure)
