"""What every test may ask for."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.conf import settings
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.db import connection
from django.http import HttpRequest
from django.test import Client, signals
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.limits import Limit
from blog import installation, traps
from blog.jinja.backend import Page
from blog.views import porter
from config.static import StaticFiles
from tests import prepared
from tests.clock import Clock

NEEDS_DATABASE = {"db", "transactional_db"}
# Allocations between two looks for garbage; Python's own number suits a small program.
GARBAGE_AFTER = 50_000
# Longer than any test: limits of real time count in windows of this length.
AGE_SECONDS = 10**9
# What takes long: the first worker begins with these, the second with those.
LONG = (
    ("tests/commands/test_serve.py", "tests/browser/test_everybody.py"),
    ("tests/abuse/", "tests/browser/test_desk_saving.py", "tests/browser/test_talk.py"),
)
# They start a server of their own, whose database the tests do not see.
STARTS_SERVER = (
    *("tests/browser/", "tests/commands/test_serve.py", "tests/store/test_killed.py"),
    *("tests/server/test_served.py", "tests/store/test_processes.py"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--second-database",
        action="store_true",
        help="leave out what no database can change: it has run on the first",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--second-database"):
        left_out = [item for item in items if not _depends_on_database(item)]
        items[:] = [item for item in items if _depends_on_database(item)]
        config.hook.pytest_deselected(items=left_out)
    workers = getattr(config, "workerinput", {}).get("workercount", 1)
    items[:] = _long_ones_first(items, max(workers, len(LONG)))


def _long_ones_first(items: list[pytest.Item], workers: int) -> list[pytest.Item]:
    """In an order in which no worker begins something long when the others are done.

    Each gets as many as the others, and takes from the others' end when it is done.
    """
    first = [item for item in items if item.nodeid.startswith(LONG[0])]
    second = [item for item in items if item.nodeid.startswith(LONG[1])]
    others = [item for item in items if not item.nodeid.startswith((*LONG[0], *LONG[1]))]
    share = max(-(-len(items) // workers) - len(first), 0)
    return [*first, *others[:share], *second, *others[share:]]


def _depends_on_database(item: pytest.Item) -> bool:
    if item.get_closest_marker("once"):
        return False
    if item.nodeid.startswith(STARTS_SERVER) or item.get_closest_marker("django_db"):
        return True
    return bool(NEEDS_DATABASE.intersection(getattr(item, "fixturenames", ())))


def pytest_configure(config: pytest.Config) -> None:
    """Look through fewer of the many things that live as long as the run does."""
    gc.freeze()
    gc.set_threshold(GARBAGE_AFTER, 50, 50)
    # How long an example takes says how busy the machine is, and nothing about the code.
    hypothesis.settings.register_profile(
        "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
    )
    hypothesis.settings.load_profile("untimed")


def pytest_sessionstart(session: pytest.Session) -> None:
    """Collect static files once, as a start does: a page that names a missing one fails."""
    is_worker = hasattr(session.config, "workerinput")
    if not is_worker:
        installation.collect_static()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix) -> None:
    """Tables that are there: to make them took five seconds of every process."""
    if not prepared.is_offered():
        return
    test = connection.settings_dict["TEST"]
    if connection.vendor == "postgresql":
        test["TEMPLATE"] = prepared.template()
    else:
        prepared.copy_tables(Path(test["NAME"]))


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """What was just copied on SQLite; it goes with the folder of the run."""
    return prepared.is_offered() and connection.vendor == "sqlite"


@pytest.fixture(scope="session", autouse=True)
def _static_files_are_looked_for_once() -> Iterator[None]:
    """A new client has middlewares of its own; looking for static files took most of its time."""
    found: dict[tuple[str, str | None], dict[str, Any]] = {}
    look = StaticFiles.add_files

    def add_files(self: StaticFiles, root: str, prefix: str | None = None) -> None:
        place = (str(root), prefix)
        if place not in found:
            look(self, root, prefix)
            found[place] = dict(self.files)
        self.files.update(found[place])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(StaticFiles, "add_files", add_files)
        yield


@pytest.fixture(scope="session", autouse=True)
def _passwords_cost_little() -> Iterator[None]:
    """By the same algorithm: at its usual price, whoever signs in waits for a fifth of a second."""
    with pytest.MonkeyPatch.context() as patch:
        for cost, least in (("time_cost", 1), ("memory_cost", 8), ("parallelism", 1)):
            patch.setattr(Argon2PasswordHasher, cost, least)
        yield


@pytest.fixture(scope="session", autouse=True)
def _no_window_ends_by_chance() -> Iterator[None]:
    """Attempts count anew at the full hour; a test that is about that has a clock of its own."""
    count, real_time = Limit._count, timezone.now

    def count_on(self: Limit, client: str) -> bool:
        is_real = timezone.now is real_time
        return count(replace(self, per_seconds=AGE_SECONDS) if is_real else self, client)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Limit, "_count", count_on)
        yield


@pytest.fixture(scope="session", autouse=True)
def _forms_were_open_for_a_while() -> Iterator[None]:
    """Most tests send a form at once, and without its page; what has `opened` is looked at."""

    def look(sent: Mapping[str, str], *, story: int) -> traps.Traps:
        found = traps.look(sent, story=story)
        return found if traps.OPENED in sent else replace(found, opened=traps.Opened.IN_TIME)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settings, "RESPONSE_SECONDS_AT_LEAST", 0)
        patch.setattr(porter, "look", look)
        yield


@pytest.fixture(scope="session", autouse=True)
def _pages_tell_what_they_were_made_of() -> Iterator[None]:
    """As Django's templates do in tests: `answer.context` is there for both."""
    look = Page.names

    def names(self: Page, given: dict[str, Any], request: HttpRequest | None) -> dict[str, Any]:
        known = look(self, given, request)
        signals.template_rendered.send(sender=self, template=self, context=known)
        return known

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Page, "names", names)
        yield


@pytest.fixture(scope="session", autouse=True)
def _files_are_sent_to_their_end() -> Iterator[None]:
    """As a server sends them, and closes them then; a test may look at nothing but the headers."""
    ask = Client.request

    def request(self: Client, **environment: Any) -> Any:
        answer = ask(self, **environment)
        if answer.streaming:
            answer.streaming_content = list(answer.streaming_content)
        return answer

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Client, "request", request)
        yield


@pytest.fixture
def media(settings, tmp_path: Path) -> Path:
    """An empty folder for uploaded files."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return settings.MEDIA_ROOT


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time of the test: noon of a day in winter, until it passes by."""
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock)
    return clock


@pytest.fixture
def do_waiting_work():
    """What the worker beside the server does, on the connection of the test."""

    def work():
        for row in DBTaskResult.objects.ready():
            row.claim("the test")
            row.task.call(*row.task_result.args, **row.task_result.kwargs)
            row.set_successful(None)

    return work
