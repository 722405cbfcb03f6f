"""Processes that serve one publication, one that changes it, and a judge of what they say."""

from __future__ import annotations

import contextlib
import difflib
import http.client
import json
import random
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest

from tests.serving import DEADLINE_SECONDS, Serving

# Whoever asks so long after a change never gets a page from before it. How busy the machine is does
# not matter: a process that looks late answers late.
SEEN_AFTER_SECONDS = 1.0
COUNTED_AFTER_SECONDS = 2.0
LOOK_AGAIN_AFTER_SECONDS = 0.03
# Until the short way knows the page and the request.
TIMES = 3
WATCHED = 10
READERS = 2
# What the connection says, or is said twice; the length is that of the body.
NOT_OF_THE_PAGE = {"date", "server", "connection", "content-length", "x-frame-options"}


class Page(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str


class Door:
    """Where one or several processes answer."""

    def __init__(self, port: int, host: str) -> None:
        self.port, self.host = port, host

    def ask(self, path: str, times: int = TIMES) -> list[Page]:
        """What is answered on one line, time after time; nothing by somebody who is not there."""
        line = http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_SECONDS)
        pages = []
        with contextlib.closing(line), contextlib.suppress(OSError, http.client.HTTPException):
            for _time in range(times):
                line.request("GET", path, headers={"Host": self.host})
                answer = line.getresponse()
                body = answer.read().decode("latin-1")
                pages.append(_page(answer.status, answer.getheaders(), body))
        return pages


def _page(status: int, headers: Iterable[tuple[str, str]], body: str) -> Page:
    said = {name.lower(): value for name, value in headers}
    return Page(status, {k: v for k, v in said.items() if k not in NOT_OF_THE_PAGE}, body)


@dataclass
class Walk:
    """What happens in `serving`'s publication, and what is answered at the doors meanwhile."""

    serving: Serving
    doors: list[Door]
    seed: int
    history: list[str] = field(default_factory=list)
    _watched: list[str] = field(default_factory=list)
    _seen: list[Any] = field(default_factory=lambda: [None, None])
    # When it was first seen that something is another than before; and something but counts.
    _changed_at: float = 0.0
    _changed_but_counts_at: float = 0.0

    def __post_init__(self) -> None:
        self.chance = random.Random(self.seed)

    def begin(self) -> None:
        self.tell(f"begin({self.seed})")

    def tell(self, what: str) -> Any:
        """Have the process that changes things do this; what it says."""
        said = self.serving.run(f"from tests.store import living\nliving.{what}")
        return json.loads(said) if said else None

    def step(self, *, is_killed: bool = False, blow: Callable[[], None] | None = None) -> None:
        """Something happens while others read; whoever asks then gets no old page.

        `blow` falls meanwhile. With `is_killed`, whoever makes the change does not live to its end.
        """
        verb = "be_killed" if is_killed else "go_on"
        self._choose()
        with self.readers(), ThreadPoolExecutor(1) as beside:
            falling = beside.submit(blow) if blow else None
            self.history += self.tell(f"{verb}('{self.seed} {len(self.history)}')")
            if blow and falling:
                falling.result()
                self.history.append(blow.__name__)
                # Of those that it keeps open some may have ended.
                self.tell("let_go()")
        self.judge()

    def _choose(self) -> None:
        """Most of what is watched has been asked for before, so it is kept."""
        known = self.tell("tell_addresses()")
        kept = self.chance.sample(self._watched, len(self._watched) * 2 // 3)
        self._watched = [path for path in kept if path in known]
        self._watched += self.chance.sample(known, WATCHED - len(self._watched))

    @property
    def _paths(self) -> list[str]:
        return sorted({"/", "/feed/", *self._watched})

    @contextlib.contextmanager
    def readers(self) -> Iterator[None]:
        """Some who ask at all doors, without an end, while things happen."""
        is_over = threading.Event()

        def read(chance: random.Random) -> None:
            while not is_over.is_set():
                chance.choice(self.doors).ask(chance.choice(self._paths))

        chances = [random.Random(self.chance.random()) for _ in range(READERS)]
        threads = [threading.Thread(target=read, args=[one]) for one in chances]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            is_over.set()
            for thread in threads:
                thread.join()

    def judge(self) -> None:
        """Until every door has given what is there now; nobody may get what is too old."""
        self._note(time.monotonic(), [None, None])
        left = {(door, path) for door in self.doors for path in self._paths}
        end_at, said = time.monotonic() + DEADLINE_SECONDS, ""
        while left:
            assert time.monotonic() < end_at, self._say(f"Not answered: {said}")
            asked = [(door, path, time.monotonic(), door.ask(path)) for door, path in left]
            fresh = self._fresh({path for _door, path, _at, pages in asked if pages})
            for door, path, asked_at, pages in asked:
                old = [page for page in pages if page != fresh[path]]
                if pages and not old:
                    left.remove((door, path))
                    continue
                said = difference(path, old[0], fresh[path]) if old else f"nobody at {door.port}"
                if old and self._must_be_seen(asked_at):
                    pytest.fail(self._say(said))
            if left:
                time.sleep(LOOK_AGAIN_AFTER_SECONDS)

    def _fresh(self, paths: set[str]) -> dict[str, Page]:
        host = self.doors[0].host
        found = self.tell(f"tell_pages('{host}', {sorted(paths)})")
        self._note(time.monotonic(), found["changed"] or [None, None])
        return {
            path: _page(page[0], page[1].items(), page[2]) for path, page in found["pages"].items()
        }

    def _note(self, now: float, changed: list[Any]) -> None:
        before, self._seen = self._seen, changed
        if changed[0] is None or changed[0] != before[0]:
            self._changed_but_counts_at = now
        if changed[1] is None or changed[1] != before[1]:
            self._changed_at = now

    def _must_be_seen(self, asked_at: float) -> bool:
        return (
            asked_at > self._changed_but_counts_at + SEEN_AFTER_SECONDS
            and asked_at > self._changed_at + COUNTED_AFTER_SECONDS
        )

    def _say(self, what: str) -> str:
        return f"Seed {self.seed}, after {self.history[-12:]}:\n{what}"


def difference(path: str, old: Page, fresh: Page) -> str:
    lines = difflib.unified_diff(
        *(
            [str(page.status), *map(str, sorted(page.headers.items())), *page.body.split("\n")]
            for page in (old, fresh)
        ),
        "given",
        "as it is",
        lineterm="",
        n=1,
    )
    return "\n".join([f"{path} is old", *list(lines)[:40]])
