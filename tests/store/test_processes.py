"""A random life of a publication that several processes serve, some of which are killed.

They are real ones, asked over HTTP. What is compared with is made anew by the process that changes
things, after each answer; so whether a page is too old does not depend on how busy the machine is
(`Walk.judge`). How soon a change is seen, in seconds, is measured by `benchmarks.fresh`.
"""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import psycopg
import pytest

from tests.serving import Server, Serving, answering, installed, started_as, wait_until
from tests.store.walking import Door, Walk

OWNER = {"OWNER_EMAIL": "ada@example.org", "OWNER_PASSWORD": "a long enough sentence"}
# Of these somebody is killed in some, and whoever makes a change does not live to its end in some.
STEPS = 15
KILLED_WHILE_WRITING = 0.25
END_CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


@pytest.fixture
def database(tmp_path) -> Iterator[str]:
    """The address of a PostgreSQL that is all prepared; empty for SQLite."""
    with installed(tmp_path) as url:
        (tmp_path / "env").write_text(f"DATABASE_URL={url}\n")
        yield url


@pytest.fixture
def serving(tmp_path: Path, database) -> Iterator[Serving]:
    with Serving(tmp_path, "--empty", **OWNER) as serving:
        serving.wait_until_ready()
        yield serving


@pytest.fixture
def server(serving) -> Iterator[Server]:
    """Another on the same database."""
    with Server(serving.environment, workers=1) as server:
        yield server


@pytest.fixture
def walk(serving, server) -> Walk:
    host = f"127.0.0.1:{serving.port}"
    doors = [Door(serving.port, host), Door(server.port, host)]
    walk = Walk(serving, doors, random.randrange(10**6))
    walk.begin()
    return walk


@pytest.fixture
def blows(walk, serving, server, database) -> list[Callable[[], None]]:
    """What befalls those who serve."""

    def one_that_answers() -> None:
        watching = walk.chance.choice([serving.pid, server.process.pid])
        wait_until(lambda: bool(answering(watching)))
        os.kill(answering(watching)[0], signal.SIGKILL)

    def the_one_that_watches() -> None:
        server.kill()
        server.start()

    def the_worker() -> None:
        wait_until(lambda: bool(started_as("db_worker", serving.pid)))
        os.kill(*started_as("db_worker", serving.pid), signal.SIGKILL)

    def all_that_was_started() -> None:
        serving.kill()
        serving.start()

    def connections_to_the_database() -> None:
        # As when PostgreSQL is restarted.
        with psycopg.connect(database) as own:
            own.execute(END_CONNECTIONS)

    # A whole start takes long: one of these.
    ends = connections_to_the_database if database else all_that_was_started
    return [one_that_answers, the_one_that_watches, walk.chance.choice([the_worker, ends])]


def test_nobody_gets_an_old_page_whatever_happens_and_whoever_is_killed(walk, blows):
    falls = dict(zip(walk.chance.sample(range(STEPS), len(blows)), blows, strict=True))
    for step in range(STEPS):
        is_killed = walk.chance.random() < KILLED_WHILE_WRITING
        walk.step(is_killed=is_killed, blow=falls.get(step))
