"""What every first start makes, made once for a whole run: tables and collected files.

Only tests that are about a first start make it anew; to the others it is ten seconds of nothing.
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
from collections.abc import Iterator
from pathlib import Path

import psycopg

ROOT = Path(__file__).resolve().parents[1]
PREPARE = (
    "from blog import installation; installation.prepare_database(); installation.collect_static()"
)
# Made once more for each installation: nobody else shall know it.
OWN = {"secret_key"}


def lay_out(data: Path) -> None:
    """Put the tables (on SQLite) and the collected files into a data folder."""
    with _prepared() as home:
        shutil.copytree(home, data, ignore=shutil.ignore_patterns(*OWN), dirs_exist_ok=True)


def template() -> str:
    """The name of a database of the run's PostgreSQL server that has the tables and no rows."""
    with _prepared():
        return _template()


def forget() -> None:
    """Leave nothing of it on a server that goes on after the run."""
    url = os.environ.get("DATABASE_URL", "")
    if url.startswith("postgres"):
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {_template()}")


def _template() -> str:
    # Of this run alone: others may use the same server.
    return re.sub(r"\W", "_", f"prepared_{_run().name}").lower()


def _run() -> Path:
    return Path(os.environ["LONGHAND_DATA"])


@contextlib.contextmanager
def _prepared() -> Iterator[Path]:
    """The folder with all of it; held, because copying and making must not meet."""
    home = _run() / "prepared"
    home.mkdir(exist_ok=True)
    with (_run() / "prepared.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (home / "static").exists():
            _prepare(home)
        yield home


def _prepare(home: Path) -> None:
    url = os.environ.get("DATABASE_URL", "")
    if url:
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {_template()}")
        url = urllib.parse.urlsplit(url)._replace(path=f"/{_template()}").geturl()
    environment = {**os.environ, "LONGHAND_DATA": str(home), "DATABASE_URL": url}
    command = [sys.executable, "manage.py", "shell", "--verbosity", "0", "--command", PREPARE]
    subprocess.run(command, cwd=ROOT, env=environment, check=True, capture_output=True)
