"""What every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tests.clock import Clock


def pytest_sessionstart(session: pytest.Session) -> None:
    """Collect static files once, as a start does: a page that names a missing one fails."""
    is_worker = hasattr(session.config, "workerinput")
    if not is_worker:
        call_command("collectstatic", interactive=False, verbosity=0)


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
