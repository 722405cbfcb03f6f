"""Longhand as a person meets it: the command that serves, as a process of its own."""

from __future__ import annotations

import contextlib
import http.cookiejar
import json
import os
import pty
import re
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any

import psycopg
import pytest

from tests import prepared

ROOT = Path(__file__).resolve().parents[1]
# Only a start that hangs takes this long; nothing waits when there is nothing to wait for.
DEADLINE_SECONDS = 120
LOOK_EVERY_SECONDS = 0.05
# Below those that Linux and macOS give to whoever calls.
PORTS = range(10_000, 30_000)
# For aiosmtpd, which looks up the name of this machine otherwise, and waits for itself for 5 s.
MAIL_SERVER: dict[str, Any] = {
    "hostname": "127.0.0.1",
    "server_hostname": "localhost",
    "ready_timeout": DEADLINE_SECONDS,
}
# Runs what it is told in lines of JSON, each on its own, and tells what that has printed.
LISTEN = """
import contextlib, io, json, sys
from django.db import connection
for line in sys.stdin:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(json.loads(line), dict(globals()))
    connection.close()
    print(json.dumps(printed.getvalue()), flush=True)
"""
# What the run of the tests, or the person who runs them, has set for themselves.
SETTINGS = {"DATABASE_URL", "DEBUG", "EMAIL_URL", "LONGHAND_DATA", "SECRET_KEY", "SITE_URL"}
SETTINGS |= {"OWNER_EMAIL", "OWNER_PASSWORD", "DJANGO_SETTINGS_MODULE", "PYTHONWARNINGS"}


def environment(data: Path, **settings: str) -> dict[str, str]:
    inherited = {key: value for key, value in os.environ.items() if key not in SETTINGS}
    return {**inherited, "LONGHAND_DATA": str(data), **settings}


def free_port() -> int:
    """One that stays free until a server has it, also while that is away for a moment.

    Of those that the system gives away itself, somebody who calls could get it in between. Chance
    is the system's, because that of a test is the same in every process.
    """
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as door, contextlib.suppress(OSError):
            door.bind(("127.0.0.1", port))
            return port


@contextlib.contextmanager
def installed(data: Path) -> Iterator[str]:
    """A data folder in which everything is prepared, as a second start finds it; as below."""
    prepared.lay_out(data)
    with new_database(like=prepared.template) as url:
        yield url


@contextlib.contextmanager
def new_database(*, like: Callable[[], str] | None = None) -> Iterator[str]:
    """A DATABASE_URL of the kind this run tests on; empty for SQLite in the data folder.

    It is empty too, unless there is another one to make it like.
    """
    url = os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield ""
        return
    name = f"longhand_{secrets.token_hex(6)}"
    template = f" TEMPLATE {like()}" if like else ""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}{template}")
        try:
            yield urllib.parse.urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextlib.contextmanager
def make_stranger(url: str) -> Iterator[str]:
    """The same PostgreSQL database, as somebody who may only connect."""
    name, password = f"stranger_{secrets.token_hex(6)}", secrets.token_hex(12)
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE ROLE {name} LOGIN PASSWORD '{password}'")
        try:
            parts = urllib.parse.urlsplit(url)
            place = parts.netloc.rpartition("@")[2]
            yield parts._replace(netloc=f"{name}:{password}@{place}").geturl()
        finally:
            connection.execute(f"DROP ROLE {name}")


def refusal(data: Path, *arguments: str, **settings: str) -> str:
    """What a start that cannot be says before it ends."""
    command = [sys.executable, "manage.py", "serve", "--port", str(free_port()), *arguments]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment(data, **settings),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=DEADLINE_SECONDS,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1, done.stderr
    return done.stderr.strip()


def refusal_at_a_terminal(data: Path, question: str, **settings: str) -> str:
    """The last thing said to somebody who answers this question with Ctrl-D."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "manage.py", "serve", "--port", str(free_port()), "--empty"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment(data, **settings),
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    ) as process:
        os.close(theirs)
        assert process.stdout
        heard = b""
        while question.encode() not in heard:
            heard += process.stdout.read1() or pytest.fail(heard.decode())
        os.write(ours, b"\x04")
        heard += process.stdout.read()
    os.close(ours)
    assert process.returncode == 1
    assert b"Traceback" not in heard, heard.decode()
    return heard.decode().strip().splitlines()[-1]


class Serving:
    """A started `serve`; leaving the block ends it."""

    def __init__(self, data: Path, *arguments: str, **settings: str) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        settings.setdefault("LONGHAND_ADDRESS", self.url)
        self.environment = environment(data, **settings)
        self._arguments = arguments
        self._has_more = threading.Condition()
        self._beside: subprocess.Popen[str] | None = None
        self.start()

    def start(self) -> None:
        """Start, or start again on the same port and data what has ended."""
        self._lines: list[str] = []
        self._is_over = False
        self._process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(self.port), *self._arguments],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> Serving:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._end_beside()
        if self._process.poll() is None:
            self.stop()

    def _end_beside(self) -> None:
        if self._beside:
            with self._beside:
                self._beside.terminate()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def output(self) -> str:
        return "".join(self._lines)

    @property
    def is_over(self) -> bool:
        """Whether it has ended, by itself or not."""
        return self._is_over

    def wait_for(self, words: str) -> None:
        """Until these words have been printed."""
        with self._has_more:
            found = self._has_more.wait_for(
                lambda: words in self.output or self._is_over, DEADLINE_SECONDS
            )
        assert found, self.output
        assert words in self.output, self.output

    def wait_until_ready(self) -> None:
        self.wait_for("Ctrl-C stops it.")

    def get(self, path: str) -> tuple[int, str]:
        """The status and the text of an answer to somebody unknown."""
        return _open(urllib.request.build_opener(), self.url + path)

    def sign_in(self, email: str, password: str) -> bool:
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        browser = urllib.request.build_opener(jar)
        address = f"{self.url}/accounts/login/"
        _status, form = _open(browser, address)
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form)
        fields = {"login": email, "password": password, "next": "/robots.txt"}
        data = {**fields, "csrfmiddlewaretoken": token[1] if token else ""}
        status, page = _open(browser, address, urllib.parse.urlencode(data).encode())
        # Whoever gets in is sent on; whoever does not sees the form again.
        return status == 200 and 'name="password"' not in page

    def run(self, code: str) -> str:
        """What Python code prints that another process runs on the same installation.

        It is one process for all that a test asks: to start one takes longer than what it does.
        """
        self._beside = self._beside or subprocess.Popen(
            [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", LISTEN],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._beside.stdin
        assert self._beside.stdout
        self._beside.stdin.write(f"{json.dumps(code)}\n")
        self._beside.stdin.flush()
        answer = self._beside.stdout.readline()
        assert answer, f"This failed, as is said above:\n{code}"
        return json.loads(answer).strip()

    def run_and_be_killed(self, code: str) -> None:
        """Run Python code in another process that kills itself."""
        done = subprocess.run(
            [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", code],
            cwd=ROOT,
            env=self.environment,
        )
        assert done.returncode == -signal.SIGKILL

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send a signal; the exit code, once nothing is left that was started."""
        self._process.send_signal(number)
        # Server and worker hold this very pipe, so it ends with the last of them.
        self._reader.join(DEADLINE_SECONDS)
        if self._reader.is_alive():
            self._process.terminate()
            raise AssertionError(f"Something still runs.\n{self.output}")
        return self._process.wait(DEADLINE_SECONDS)

    def wait(self) -> int:
        """Until it has ended by itself; its exit code."""
        self._reader.join(DEADLINE_SECONDS)
        return self._process.wait(DEADLINE_SECONDS)

    def kill(self) -> None:
        """What a machine does that crashes: all that was started ends at once, saying nothing."""
        for pid in [self._process.pid, *_descendants(self._process.pid)]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._process.wait(DEADLINE_SECONDS)
        self._reader.join(DEADLINE_SECONDS)
        assert not self._reader.is_alive(), "Something still runs."

    def _read(self) -> None:
        assert self._process.stdout
        with self._process.stdout as output:
            for line in output:
                with self._has_more:
                    self._lines.append(line)
                    self._has_more.notify_all()
        with self._has_more:
            self._is_over = True
            self._has_more.notify_all()


class Running(Serving):
    """One that somebody else has started (script/stack): `facts` is a file that says where."""

    def __init__(self, facts: Path) -> None:
        found = json.loads(facts.read_text())
        self.url = found["url"]
        self.environment = found["environment"]
        self._beside = None

    def __exit__(self, *_error: object) -> None:
        # The server is not ours to end.
        self._end_beside()


class Server:
    """`python -m config.server` alone, beside another on the same data; leaving ends it."""

    def __init__(self, environment: dict[str, str], workers: int) -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self._environment, self._workers = environment, workers
        self.start()

    def start(self) -> None:
        """Start, or start again on the same port what has ended."""
        command = [sys.executable, "-m", "config.server", "--port", str(self.port)]
        command += ["--workers", str(self._workers)]
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=self._environment, start_new_session=True
        )

    def __enter__(self) -> Server:
        return self

    def __exit__(self, *_error: object) -> None:
        self.process.terminate()
        self.process.wait(DEADLINE_SECONDS)

    def kill(self) -> None:
        """Only the one that watches; those that answer end after it, by themselves."""
        started = answering(self.process.pid)
        self.process.kill()
        self.process.wait(DEADLINE_SECONDS)
        wait_until(lambda: not any(is_running(pid) for pid in started))

    def is_answering(self) -> bool:
        try:
            return _open(urllib.request.build_opener(), f"{self.url}/robots.txt")[0] == 200
        except OSError:
            return False


def _open(
    browser: urllib.request.OpenerDirector, url: str, data: bytes | None = None
) -> tuple[int, str]:
    try:
        with browser.open(url, data, timeout=DEADLINE_SECONDS) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def _descendants(pid: int) -> list[int]:
    """The processes that a process has started, and those that these have."""
    table = subprocess.run(
        ["ps", "-axo", "pid=,ppid="], check=True, capture_output=True, text=True
    ).stdout
    children: dict[int, list[int]] = {}
    for line in table.splitlines():
        child, parent = map(int, line.split())
        children.setdefault(parent, []).append(child)
    found, waiting = [], [pid]
    while waiting:
        born = children.get(waiting.pop(), [])
        found += born
        waiting += born
    return found


def answering(pid: int) -> list[int]:
    """The processes that answer, of all that a process has started."""
    return started_as("spawn_main", pid)


def started_as(words: str, pid: int) -> list[int]:
    """Those whose command has these words, of all that a process has started."""
    table = subprocess.run(
        ["ps", "-axwwo", "pid=,args="], check=True, capture_output=True, text=True
    ).stdout
    commands = dict(line.split(maxsplit=1) for line in table.splitlines())
    return [one for one in _descendants(pid) if words in commands.get(str(one), "")]


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(is_so: Callable[[], bool]) -> None:
    end_at = time.monotonic() + DEADLINE_SECONDS
    while not is_so():
        assert time.monotonic() < end_at
        time.sleep(LOOK_EVERY_SECONDS)
