"""What every test may ask for."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import call_command
from django.http import HttpRequest
from django.test import signals
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from blog import traps
from blog.jinja.backend import Page
from blog.views import porter
from config.static import StaticFiles
from tests import prepared
from tests.clock import Clock

NEEDS_DATABASE = {"db", "transactional_db"}
# Allocations between two looks for garbage; Python's own number suits a small program.
GARBAGE_AFTER = 50_000
# What takes long, and with which of two workers it begins.
LONG = (
    ("tests/commands/test_serve.py", "tests/browser/test_everybody.py"),
    ("tests/abuse/", "tests/browser/test_desk_saving.py", "tests/browser/test_talk.py"),
)
# They start a server of their own, whose database the tests do not see.
STARTS_SERVER = (
    *("tests/browser/", "tests/commands/test_serve.py", "tests/store/test_killed.py"),
    "tests/server/test_served.py",
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
    items[:] = _long_ones_first(items)


def _long_ones_first(items: list[pytest.Item]) -> list[pytest.Item]:
    """In an order in which no worker begins something long when the others are done.

    Two workers get a half each, and then take from each other's end.
    """
    first = [item for item in items if item.nodeid.startswith(LONG[0])]
    second = [item for item in items if item.nodeid.startswith(LONG[1])]
    others = [item for item in items if not item.nodeid.startswith((*LONG[0], *LONG[1]))]
    half = max((len(items) + 1) // 2 - len(first), 0)
    return [*first, *others[:half], *second, *others[half:]]


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


def pytest_sessionstart(session: pytest.Session) -> None:
    """Collect static files once, as a start does: a page that names a missing one fails."""
    is_worker = hasattr(session.config, "workerinput")
    if not is_worker:
        call_command("collectstatic", interactive=False, verbosity=0)


def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        prepared.forget()


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
