"""A life of the publication in a process of its own, beside those that serve it.

`tests.store.walking` has it run: in lines of code, each with an answer in JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.db import OperationalError, connection
from django.db.models import Count, Max
from django.utils import timezone

from blog.models import Change, Post
from config.wsgi import django
from tests.clock import Clock
from tests.store.addresses import addresses
from tests.store.asking import ask
from tests.store.changes import Life

# Somebody waits for it.
MINUTE = timedelta(seconds=1.5)


class RealClock(Clock):
    """Goes by itself."""

    @property
    def now(self) -> datetime:
        return timezone.now()

    @now.setter
    def now(self, at: datetime) -> None:
        """Nobody sets it."""


life = Life(random.Random(), RealClock(), minute=MINUTE)


def begin(seed: int) -> None:
    life.chance = random.Random(seed)
    life.begin()


def go_on(seed: str) -> None:
    """Two things happen, one after the other; says which."""
    life.chance = random.Random(seed)
    happened = []
    for _ in range(2):
        try:
            happened.append(life.go_on())
        except OperationalError:
            let_go()
            happened.append("connection lost")
    say(happened)


def be_killed(seed: str) -> None:
    """The same, but for an end at one of the questions to the database: by another, who is like us.

    A process that begins anew would take longer than all that it does.
    """
    let_go()
    child = os.fork()
    if child == 0:
        left = random.Random(seed).randint(1, 80)
        with connection.execute_wrapper(Ending(left)):
            go_on(seed)
        die()
    _pid, status = os.waitpid(child, 0)
    say([f"killed by {os.WTERMSIG(status)}"])


class Ending:
    """Ends the process before the question that is the last."""

    def __init__(self, left: int) -> None:
        self._left = left

    def __call__(self, execute: Callable[..., Any], *question: Any) -> Any:
        self._left -= 1
        if not self._left:
            die()
        return execute(*question)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def let_go() -> None:
    """Two processes cannot share what is open to the database."""
    connection.close()
    if connection.vendor == "postgresql":
        connection.close_pool()


def tell_addresses() -> None:
    say(sorted(set(addresses())))


def tell_pages(host: str, paths: list[str]) -> None:
    """How these pages are when they are made anew, and what has changed so far."""
    before = _changed()
    pages = {path: ask(django, path, HTTP_HOST=host) for path in paths}
    is_of_one_moment = _changed() == before
    say(
        {
            "changed": before if is_of_one_moment else None,
            "pages": {
                path: [int(page.status[:3]), page.headers, page.body.decode("latin-1")]
                for path, page in pages.items()
            },
        }
    )


def _changed() -> list[Any]:
    """Is another list after every change; its first part does not count what may wait a moment."""
    changes = Change.objects.order_by()
    heads = [
        list(some.aggregate(Count("pk"), Max("pk")).values())
        for some in (changes.exclude(kind__startswith="~"), changes)
    ]
    found = list(Post.objects.published().order_by("pk").values_list("pk", flat=True))
    return [[heads[0], found], heads[1]]


def say(what: Any) -> None:
    sys.stdout.write(json.dumps(what))
