"""What goes on beside the server, and is begun again."""

from __future__ import annotations

import logging

import pytest
from django.db import OperationalError

from blog.management import processes
from blog.management.processes import Beside

# It is the same whichever database does not answer.
pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.once]


@pytest.mark.parametrize("error", [OperationalError("server is away\nHINT"), OperationalError()])
def test_the_worker_is_begun_once_the_database_answers(monkeypatch, caplog, error):
    monkeypatch.setattr(processes, "FIRST_PAUSE_SECONDS", 0)
    errors = [error]

    def before() -> None:
        if errors:
            raise errors.pop()

    with caplog.at_level(logging.WARNING, "longhand.serve"):
        worker = Beside("The worker", "help", before=before)
    assert worker.process is None
    reason = str(error).partition("\n")[0] or "OperationalError"
    assert f"The worker cannot begin ({reason}); again in 0 s. Pages are served." in caplog.text
    worker.look()
    assert worker.process is not None
    processes.end([worker.process])


def test_the_log_says_how_a_process_has_ended():
    assert processes.how(1) == "exit code 1"
    assert processes.how(-9) == "by SIGKILL"
    assert processes.how(-37) == "by signal 37"
