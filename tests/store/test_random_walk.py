"""A random life of a publication, read through several processes: no kept page is an old one."""

from __future__ import annotations

import difflib
import math
import random
from datetime import UTC, datetime

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.db import transaction

from config import page_store
from tests.store.addresses import addresses
from tests.store.asking import ask, new_process
from tests.store.changes import Life

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
PROCESSES = 3
STEPS = 40
PAGES_A_STEP = 6
# Longer than any page may lag behind, and than the time between two looks.
BETWEEN_SECONDS = 1.3


class Watch:
    """The clock of the processes: it goes on with every request."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        self.now += BETWEEN_SECONDS
        return self.now


@pytest.fixture
def seed() -> int:
    seed = random.randrange(10**6)
    print(f"seed {seed}")  # noqa: T201 -- shown when it fails
    return seed


def test_a_kept_page_is_always_what_a_fresh_one_would_be(
    seed, clock, monkeypatch, django_capture_on_commit_callbacks
):
    walk(seed, clock, monkeypatch, django_capture_on_commit_callbacks)


def walk(seed, clock, monkeypatch, capture, steps=STEPS):
    # A page that nobody has told of a change would otherwise be saved by its age.
    monkeypatch.setattr(page_store, "MAX_AGE_SECONDS", math.inf)
    clock.now = datetime.now(UTC)
    chance = random.Random(seed)
    life = Life(chance, clock)
    with capture(execute=True):
        life.begin()
    django = WSGIHandler()
    watch = Watch()
    processes = [new_process(django, watch) for _ in range(PROCESSES)]
    history: list[str] = []
    for _ in range(steps):
        with capture(execute=True), transaction.atomic():
            history.append(life.go_on())
        look(chance, processes, django, history)
    kept = [process.store.numbers for process in processes]
    assert sum(numbers.hits for numbers in kept) > 0


def look(chance, processes, django, history):
    known = sorted(set(addresses()))
    pages = chance.sample(known, min(PAGES_A_STEP, len(known)))
    # Those that most depend on are asked for every time.
    for path in {"/", *pages}:
        process = chance.choice(processes)
        kept, fresh = ask(process, path), ask(django, path)
        if kept != fresh:
            pytest.fail(difference(path, history, kept, fresh))


def difference(path, history, kept, fresh):
    lines = difflib.unified_diff(
        [kept.status, *map(str, kept.headers.items()), *kept.body.decode("latin-1").split("\n")],
        [fresh.status, *map(str, fresh.headers.items()), *fresh.body.decode("latin-1").split("\n")],
        "kept",
        "fresh",
        lineterm="",
        n=1,
    )
    return "\n".join([f"{path} is old after {history[-8:]}", *list(lines)[:40]])
