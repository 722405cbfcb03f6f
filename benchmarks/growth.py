"""How much longer pages take when there is a thousand times as much to choose from.

    .venv/bin/python -m benchmarks.growth --small postgres://…/small --large postgres://…/large

Both were filled by `benchmarks.generate`. Each page is asked for through Django's handler, without
whatever keeps finished pages before it, over many rows and by turns in the small and the large
publication. Where the small one has fewer rows than a page has room for (its drafts, its authors),
the large one shows no more of them either; and of no kind of page it is asked for more addresses.
What counts is processor time, ours and that of PostgreSQL's process for us; on another machine than
ours the latter is not known, and the waiting time is all there is.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from statistics import median, quantiles
from types import TracebackType
from typing import Any

from benchmarks.processes import end_when_told

MAX_RATIO = 1.3
SEARCH_BUDGET_MS = 80
SEARCH = "search"
# Among few stories most beginnings of words find nothing, among many all find something: what is
# proposed takes longer then, and has the budget of a search.
TIMED = (SEARCH, "search, suggestions")
# It names a file for every so many stories, and is longer the more there are.
LONGER = "sitemap"
# So many turns; in each, a page is asked for so often.
TURNS, TIMES = 12, 4
SEARCHES = 100


@dataclass(frozen=True)
class Figure:
    """One page in both publications; milliseconds."""

    page: str
    small_cpu: float
    large_cpu: float
    small_wall: float
    large_wall: float
    large_p95_cpu: float
    large_p95_wall: float
    small_queries: int
    large_queries: int

    @property
    def ratio(self) -> float:
        return self.large_cpu / self.small_cpu

    @property
    def held_to(self) -> str:
        """What of it has a bound: "ms", "times", or nothing ("")."""
        if self.page in TIMED:
            return "ms"
        return "" if self.page == LONGER else "times"

    @property
    def is_kept(self) -> bool:
        bounds = {"ms": self.large_p95_cpu <= SEARCH_BUDGET_MS, "times": self.ratio <= MAX_RATIO}
        return bounds.get(self.held_to, True)


class Asked:
    """A process that answers how long pages of one publication take."""

    def __init__(self, database: str, data: str, stories: int | None) -> None:
        command = [sys.executable, "-m", "benchmarks.growth_pages"]
        environment = {
            **os.environ,
            "DATABASE_URL": database,
            "SITE_URL": "http://127.0.0.1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
            "GROWTH_STORIES": str(stories or ""),
        }
        if data:
            environment["LONGHAND_DATA"] = data
        self._process = subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __enter__(self) -> Asked:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._process.communicate()

    def say(self, **question: Any) -> Any:
        """What it answers to one line."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("It was started without a way to ask it.")
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            sys.exit("A page could not be had; the reason stands above.")
        return json.loads(line)


def main() -> None:
    chosen = _options().parse_args()
    end_when_told()
    with (
        Asked(chosen.small, chosen.small_data, chosen.stories) as small,
        Asked(chosen.large, chosen.large_data, chosen.stories) as large,
    ):
        pages = small.say(ask="pages")
        if chosen.pages:
            pages = [page for page in pages if page in chosen.pages.split(";")]
        figures = [_compare(page, small, large, chosen.turns) for page in pages]
    if chosen.json:
        found = [{**asdict(one), "ratio": one.ratio, "held_to": one.held_to} for one in figures]
        _say(json.dumps({"max_ratio": MAX_RATIO, "pages": found}, indent=1))
    else:
        _print(figures)
    sys.exit(0 if all(one.is_kept for one in figures) else 1)


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    for size in ("small", "large"):
        options.add_argument(f"--{size}", default="", help="its DATABASE_URL; empty: SQLite")
        options.add_argument(f"--{size}-data", default="", help="its folder (LONGHAND_DATA)")
    options.add_argument("--turns", type=int, default=TURNS, help="more are steadier")
    options.add_argument("--stories", type=int, help="ask of so many rows each (by default 40)")
    options.add_argument("--pages", default="", help="only these, with semicolons between them")
    options.add_argument("--json", action="store_true", help="one JSON object, no table")
    return options


def _compare(page: str, small: Asked, large: Asked, turns: int) -> Figure:
    # A page of nine drafts and one of thirty would not tell how many there are to choose from.
    rows = min(one.say(ask="rows", page=page) for one in (small, large))
    for one in (small, large):
        one.say(ask="show", times=rows)
    # Asked for again, a page costs less: twenty authors, taken in turn, are not forty.
    addresses = min(one.say(ask="count", page=page) for one in (small, large))
    for one in (small, large):
        one.say(ask="keep", page=page, times=addresses)
        # Once uncounted: what is read for the first time is for `benchmarks.unasked` to measure.
        one.say(ask="times", page=page, times=addresses)
    queries = [one.say(ask="queries", page=page) for one in (small, large)]
    times = SEARCHES if page == SEARCH else TIMES
    taken: list[list[list[float]]] = [[], []]
    for _turn in range(max(1, turns // 4) if page == SEARCH else turns):
        for which, one in enumerate((small, large)):
            taken[which] += one.say(ask="times", page=page, times=times)
    cpu = [[first for first, _second in one] for one in taken]
    wall = [[second for _first, second in one] for one in taken]
    return Figure(
        page,
        small_cpu=median(cpu[0]),
        large_cpu=median(cpu[1]),
        small_wall=median(wall[0]),
        large_wall=median(wall[1]),
        large_p95_cpu=quantiles(cpu[1], n=20)[-1],
        large_p95_wall=quantiles(wall[1], n=20)[-1],
        small_queries=queries[0],
        large_queries=queries[1],
    )


def _print(figures: list[Figure]) -> None:
    _say("| page | small, ms | large, ms | ratio | kept | large, 95 of 100 | queries |")
    _say("|---|---|---|---|---|---|---|")
    for one in figures:
        kept = "yes" if one.is_kept else "**no**"
        _say(
            f"| {one.page} | {one.small_cpu:.1f} | {one.large_cpu:.1f} | {one.ratio:.2f} | {kept} "
            f"| {one.large_p95_cpu:.0f} | {one.small_queries}, {one.large_queries} |"
        )


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
