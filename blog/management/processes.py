"""What `serve` starts: the server, and what goes on beside it and is begun again when it ends."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable

from django.conf import settings
from django.db import DatabaseError, connection
from psycopg_pool import PoolTimeout

CONNECT_WITHIN_SECONDS = 1
END_WITHIN_SECONDS = 10
LOOK_EVERY_SECONDS = 0.05
# Each time that it ends soon after it began, twice as long.
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1, 32
# Whoever ends after that had begun well.
STEADY_AFTER_SECONDS = 60

Process = subprocess.Popen[bytes]

logger = logging.getLogger("longhand.serve")


def server(host: str, port: int, workers: int) -> Process:
    address = ("--host", host, "--port", str(port))
    return _start("-m", "config.server", *address, "--workers", str(workers))


class Beside:
    """A command of `manage.py` that readers can do without for a while; `what` it is, for the log.

    `before` each time it begins something is to be done, which may fail for want of a database.
    """

    def __init__(
        self, what: str, *arguments: str, before: Callable[[], object] = lambda: None
    ) -> None:
        self._what, self._arguments, self._before = what, arguments, before
        self._pause = FIRST_PAUSE_SECONDS
        self.process: Process | None = None
        self._begin()

    def look(self) -> None:
        """Begin it again if it has ended, and its time has come."""
        if self.process is None:
            if time.monotonic() >= self._begin_at:
                self._begin()
        elif self.process.poll() is not None:
            if time.monotonic() - self._begun_at > STEADY_AFTER_SECONDS:
                self._pause = FIRST_PAUSE_SECONDS
            self._wait(f"has ended ({how(self.process.returncode)})")

    def _begin(self) -> None:
        self._begun_at = time.monotonic()
        try:
            self._before()
            self.process = _start("manage.py", *self._arguments)
        except (DatabaseError, PoolTimeout, OSError) as error:
            reason = str(error).strip() or type(error).__name__
            self._wait(f"cannot begin ({reason.splitlines()[0]})")
        finally:
            connection.close()

    def _wait(self, why: str) -> None:
        logger.warning("%s %s; again in %d s. Pages are served.", self._what, why, self._pause)
        self.process = None
        self._begin_at = time.monotonic() + self._pause
        self._pause = min(2 * self._pause, LONGEST_PAUSE_SECONDS)


def how(code: int) -> str:
    """As a log says that a process has ended; `code` is what `subprocess` says."""
    if code >= 0:
        return f"exit code {code}"
    with contextlib.suppress(ValueError):
        return f"by {signal.Signals(-code).name}"
    return f"by signal {-code}"


def _start(*arguments: str) -> Process:
    # A session of its own: Ctrl-C reaches us alone, and we end all in order.
    command = [sys.executable, *arguments]
    return subprocess.Popen(command, cwd=settings.BASE_DIR, start_new_session=True)


def answers(host: str, port: int) -> bool:
    """Whether a server takes connections there by now."""
    nearest = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    try:
        socket.create_connection((nearest, port), timeout=CONNECT_WITHIN_SECONDS).close()
    except OSError:
        return False
    return True


def end(processes: Iterable[Process]) -> None:
    """In order, and whatever they have started."""
    running = list(processes)
    for process in running:
        process.terminate()
    for process in running:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(END_WITHIN_SECONDS)
        # Whoever is ended while it starts leaves behind what it has started.
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
