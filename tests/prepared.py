"""What every first start makes, made once for a whole run: tables and collected files.

Only tests that are about a first start make it anew; to the others it is ten seconds of nothing.
It is made in the run's own data folder: the files before a test is looked for (tests/conftest.py),
because modules ask for them, the tables meanwhile. Whoever needs them waits.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import shutil
import subprocess
import sys
import urllib.parse
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
PREPARE = (
    "from blog import installation; from django.db import connection;"
    "installation.prepare_database(); connection.close()"
)
TABLES, STATIC, DONE = "longhand.sqlite3", "static", "prepared"
# Names the data folder of a run of script/test; whatever else pytest is run in stays as it is.
OFFER = "LONGHAND_TESTS"


def make(data: Path, url: str) -> None:
    """Make the tables in the data folder of a run, unless they are there; at `url`, a template."""
    with (data / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if (data / DONE).exists():
            return
        if url:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute(f"CREATE DATABASE {_template_of(data)}")
            url = urllib.parse.urlsplit(url)._replace(path=f"/{_template_of(data)}").geturl()
        environment = {**os.environ, "LONGHAND_DATA": str(data), "DATABASE_URL": url}
        command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", PREPARE]
        subprocess.run(command, cwd=ROOT, env=environment, check=True)
        (data / DONE).touch()


def forget(data: Path, url: str) -> None:
    """Leave nothing of it on a server that goes on after the run."""
    if url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {_template_of(data)}")


def is_offered() -> bool:
    """Whether this is a run of script/test."""
    return OFFER in os.environ


def wait() -> None:
    """Until the tables are there for the tests of this process."""
    make(_data(), os.environ.get("DATABASE_URL", ""))


def lay_out(data: Path) -> None:
    """Put the tables (on SQLite) and the collected files into another data folder."""
    wait()
    data.mkdir(parents=True, exist_ok=True)
    shutil.copytree(_data() / STATIC, data / STATIC, dirs_exist_ok=True)
    with contextlib.suppress(FileNotFoundError):
        copy_tables(data / TABLES)


def copy_tables(file: Path) -> None:
    """Make a SQLite database that has the tables and no rows."""
    wait()
    shutil.copyfile(_data() / TABLES, file)


def template() -> str:
    """The name of a database of the run's PostgreSQL server that has the tables and no rows."""
    wait()
    return _template_of(_data())


def _template_of(data: Path) -> str:
    # Of this run alone: others may use the same server.
    return re.sub(r"\W", "_", f"prepared_{data.name}").lower()


def _data() -> Path:
    return Path(os.environ[OFFER])
