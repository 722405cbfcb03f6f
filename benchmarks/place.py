"""A publication to measure: filled, in a folder and a database of its own, and served."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import psycopg

from benchmarks.choices import Choices, Engine
from benchmarks.missing import NotMeasured
from benchmarks.processes import SERVER_CORE, family, pin, release, settle
from tests import postgres
from tests.serving import ROOT, Serving, environment, free_port, wait_until

OWNER = {"OWNER_EMAIL": "olga@example.org", "OWNER_PASSWORD": "a long enough sentence"}
FILLED = "filled"
SQLITE_FILE = "longhand.sqlite3"
# What measurements ask of `benchmarks.story`. As many addresses as any of them needs: ten lists
# for ten seconds, of more than a server of ours answers in a second.
ENOUGH_A_SECOND = 800
USUAL, COOKIE, ADDRESSES = ("usual",), ("cookie",), ("addresses", str(100 * ENOUGH_A_SECOND))
ONCE = (USUAL, COOKIE, ADDRESSES)


@dataclass(frozen=True)
class Place:
    data: Path
    database: str
    # PID@URL of what serves it already.
    server: str = ""

    @property
    def environment(self) -> dict[str, str]:
        settings = {"DATABASE_URL": self.database, "DJANGO_SETTINGS_MODULE": "config.settings"}
        return environment(self.data, SITE_URL="http://127.0.0.1", **settings)

    def fill(self, stories: int) -> None:
        """Stories, authors, responses and claps in a given proportion; once.

        Filled by somebody else, it is found to be. Raises NotMeasured where there are others.
        """
        stamp = self.data / FILLED
        is_stamped = stamp.exists() and stamp.read_text(encoding="utf-8") == self._stamp(stories)
        # A database of that name may be another one by now; a file is where its stamp is.
        if is_stamped and not (self.database and stories):
            return
        found = self._holds()
        if found == "0":
            self.make(stories)
        elif found != str(stories):
            raise NotMeasured(self._not_ours(found))
        self.claim(stories)

    def make(self, stories: int) -> None:
        """Fill what is empty; without stories, not at all."""
        if stories:
            command = ["-m", "benchmarks.generate", "--database", self.database]
            self._python(*command, "--data", str(self.data), "--stories", str(stories))

    def claim(self, stories: int) -> None:
        """Write down that it is filled."""
        (self.data / FILLED).write_text(self._stamp(stories), encoding="utf-8")

    def _stamp(self, stories: int) -> str:
        return f"{self.database} {stories}"

    def _not_ours(self, found: str) -> str:
        where = self.database or str(self.data)
        if found == "others":
            return f"{where} holds stories that benchmarks.generate did not make; none is changed"
        return f"{where} holds {found} stories: name another place, or say --stories {found}"

    def _holds(self) -> str:
        """How many stories of ours there are, without making anything."""
        if not self.database and not (self.data / SQLITE_FILE).exists():
            return "0"
        return self.ask("story", "holds")[0]

    def bring_up_to_date(self) -> None:
        """The tables of a place that was filled some time ago."""
        self._python("manage.py", "migrate", "--verbosity", "0")

    def forget(self) -> None:
        """Leave nothing of what was measured."""
        for question in ONCE:
            self._answer_to(question).unlink(missing_ok=True)
        self.ask("story", "forget")

    def ask(self, noun: str, *arguments: str) -> list[str]:
        """The lines that a process of its own on this publication says: `benchmarks.<noun>`."""
        return self._python("-m", f"benchmarks.{noun}", *arguments).splitlines()

    def usual_story(self) -> str:
        """The address of a story of the usual length, made once."""
        return self._asked_once(USUAL)[0]

    def reader(self) -> tuple[str, str]:
        """The session of somebody with an account, and the address of what they clapped for."""
        session, path = self._asked_once(COOKIE)
        return session, path

    def addresses(self) -> list[str]:
        """Stories spread evenly over all there are, each once, up to a bound."""
        return self._asked_once(ADDRESSES)

    def ask_ahead(self) -> None:
        """All that measurements will ask for, made by one process instead of one each."""
        lines = iter(self.ask("story", *" + ".join(map(" ".join, ONCE)).split()))
        for question in ONCE:
            answer = "".join(f"{line}\n" for line in takewhile(bool, lines))
            self._answer_to(question).write_text(answer, encoding="utf-8")

    def _asked_once(self, question: tuple[str, ...]) -> list[str]:
        file = self._answer_to(question)
        if not file.exists():
            self.ask_ahead()
        return file.read_text(encoding="utf-8").splitlines()

    def _answer_to(self, question: tuple[str, ...]) -> Path:
        return self.data / f"asked-{question[0]}"

    def _python(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=self.environment,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            said = done.stderr.strip().splitlines() or ["without a word"]
            raise NotMeasured(f"python {' '.join(arguments[:2])} failed: {said[-1]}")
        return done.stdout

    @contextmanager
    def served(self, **settings: str) -> Iterator[Server]:
        """As `manage.py serve` starts it, on one core; what serves already, unless it differs."""
        if self.server and not settings:
            yield Running(self.server, self.database)
            return
        (self.data / "env").touch()
        one = Server(self.data, "--empty", DATABASE_URL=self.database, **OWNER, **settings)
        with one:
            one.wait_until_ready()
            wait_until(one.is_answering)
            settle(one.pid)
            one.pin(self.database)
            try:
                yield one
            finally:
                one.let_go()

    @contextmanager
    def second_server(self) -> Iterator[str]:
        """The address of another process that answers out of the same database."""
        port = free_port()
        command = [sys.executable, "-m", "config.server", "--port", str(port)]
        process = subprocess.Popen(command, cwd=ROOT, env=self.environment, start_new_session=True)
        try:
            url = f"http://127.0.0.1:{port}"
            wait_until(lambda: is_answering(url))
            yield url
        finally:
            process.terminate()
            process.wait()


class Server(Serving):
    """Longhand, the processes of which can be counted."""

    database_pid = 0

    @property
    def pids(self) -> list[int]:
        """All that works on an answer: the server's processes and those of its database."""
        return [self.pid, *([self.database_pid] if self.database_pid else [])]

    def pin(self, database: str) -> None:
        pin(self.pid, SERVER_CORE)
        if database:
            self.database_pid = _postmaster(database)
            pin(self.database_pid, SERVER_CORE)

    def pin_again(self) -> None:
        """PostgreSQL's processes come and go with the connections."""
        for one in self.pids:
            pin(one, SERVER_CORE)

    def let_go(self) -> None:
        """A database that was there before us gets its cores back."""
        if self.database_pid:
            release(self.database_pid)

    def is_answering(self) -> bool:
        return is_answering(self.url)

    def workers(self) -> list[int]:
        """The processes that answer or do later work, without those that only watch them."""
        return [one for one in family(self.pid) if not _children(one)]

    def body(self, path: str, **headers: str) -> tuple[bytes, dict[str, str]]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        request = urllib.request.Request(self.url + path, headers=named)  # noqa: S310 -- ours
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            found = {name.lower(): value for name, value in answer.headers.items()}
            return answer.read(), found


class Running(Server):
    """One that was started for several measurements, and is ended after them."""

    def __init__(self, said: str, database: str) -> None:
        pid, _at, self.url = said.partition("@")
        self._pid = int(pid)
        self.pin(database)

    @property
    def pid(self) -> int:
        return self._pid


@contextmanager
def opened(chosen: Choices) -> Iterator[Place]:
    """The place that was named, or a new one; filled in any case."""
    with ExitStack() as stack:
        data = chosen.data or Path(
            stack.enter_context(tempfile.TemporaryDirectory(prefix="longhand-bench-"))
        )
        data.mkdir(parents=True, exist_ok=True)
        database = chosen.database
        if chosen.engine is Engine.POSTGRES and not database:
            if postgres.binaries() is None:
                raise NotMeasured("PostgreSQL is not there: apt-get install postgresql")
            database = stack.enter_context(postgres.server())
        place = Place(data, database, chosen.server)
        place.fill(chosen.stories)
        yield place


def is_answering(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/robots.txt", timeout=5) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False


def _postmaster(database: str) -> int:
    """The first process of a PostgreSQL on this machine; 0 when it will not tell."""
    try:
        with psycopg.connect(database) as connection:
            row = connection.execute("SELECT pg_read_file('postmaster.pid')").fetchone()
    except psycopg.Error:
        return 0
    pid = int(str(row[0]).split()[0]) if row else 0
    return pid if pid and os.path.exists(f"/proc/{pid}") else 0  # noqa: PTH110 -- not a file


def _children(pid: int) -> list[int]:
    return family(pid)[1:]
