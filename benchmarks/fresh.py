"""How long a change that one process makes is not seen in another.

    .venv/bin/python -m benchmarks.fresh [--quick] [--engine sqlite|postgres] [--json]

Two servers on one database are asked for a story, which a third process changes.
"""

from __future__ import annotations

import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack

from benchmarks.choices import Choices, run
from benchmarks.missing import NotMeasured
from benchmarks.place import Place, opened
from benchmarks.row import Kind, Row
from tests.serving import ROOT

MOST_SECONDS = 1.0
CHANGES, CHANGES_QUICK = 50, 12
LOOK_EVERY_SECONDS = 0.005
GIVEN_UP_AFTER_SECONDS = 30
# Says so before and after each title that it was given.
WRITER = """
import sys
from blog.models import Post
post = Post.objects.get(slug=input())
for title in sys.stdin:
    post.title = title.strip()
    post.write(by=post.authors.first().user)
    print("done", flush=True)
"""


def measure(chosen: Choices) -> Iterator[Row]:
    with ExitStack() as stack:
        place = stack.enter_context(opened(chosen))
        path = place.usual_story()
        first = stack.enter_context(place.served())
        second = stack.enter_context(place.second_server())
        urls = [first.url + path, second + path]
        times = _changes(place, path, urls, CHANGES_QUICK if chosen.is_quick else CHANGES)
        longest = max(max(one) for one in times)
        more = {
            "changes": len(times),
            "middle": round(sorted(max(one) for one in times)[len(times) // 2], 2),
        }
        what = "a change is seen by every process"
        yield Row(5, what, round(longest, 2), "s", Kind.SIZE, most=MOST_SECONDS, more=more)


def _changes(place: Place, path: str, urls: list[str], count: int) -> list[list[float]]:
    """For each change: after how many seconds each server has given out what is new."""
    writer = subprocess.Popen(
        [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", WRITER],
        cwd=ROOT,
        env=place.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    if writer.stdin is None or writer.stdout is None:
        raise NotMeasured("the process that changes a story cannot be told to")
    writer.stdin.write(f"{path.strip('/')}\n")
    found = []
    try:
        for number in range(count):
            for url in urls:
                _page(url)
            title = f"Changed for the time {number}"
            writer.stdin.write(f"{title}\n")
            writer.stdin.flush()
            if not writer.stdout.readline():
                raise NotMeasured("the story could not be changed; the reason stands above")
            found.append(_seen(title, urls))
    finally:
        writer.stdin.close()
        writer.wait()
    return found


def _seen(title: str, urls: list[str]) -> list[float]:
    began = time.monotonic()
    seen: dict[str, float] = {}
    while len(seen) < len(urls):
        if time.monotonic() - began > GIVEN_UP_AFTER_SECONDS:
            raise NotMeasured(f"a change was not seen within {GIVEN_UP_AFTER_SECONDS} s")
        for url in urls:
            if url not in seen and title.encode() in _page(url):
                seen[url] = time.monotonic() - began
        time.sleep(LOOK_EVERY_SECONDS)
    return list(seen.values())


def _page(url: str) -> bytes:
    with urllib.request.urlopen(url, timeout=30) as answer:  # noqa: S310 -- our own address
        found: bytes = answer.read()
    return found


if __name__ == "__main__":
    run("fresh", __doc__, measure)
