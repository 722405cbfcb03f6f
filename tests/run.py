"""What script/test does once everything is installed."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests import chromium, nu, postgres, prepared

ROOT = Path(__file__).resolve().parent.parent
BROWSER = "tests/browser"
MAX_WORKERS = 4

HELP = """Usage: script/test [unit | PATH… | pytest options] [--db sqlite|postgres]

  script/test                    everything: checks, all tests on SQLite, those
                                 that a database can change on PostgreSQL too,
                                 with and without a browser
  script/test unit               all but the browser tests, on SQLite
  script/test tests/blog -k clap some, on SQLite
  script/test --db postgres …    the same, on PostgreSQL

TEST_DATABASE_URL names a PostgreSQL server, CHROMIUM a browser; without them
those of this machine are used, or fetched.
"""


def main(arguments: list[str]) -> int:
    if arguments in (["-h"], ["--help"]):
        sys.stdout.write(HELP)
        return 0
    database, arguments = _database(arguments)
    if not arguments and database is None:
        return everything()
    if arguments[:1] == ["unit"]:
        arguments = ["tests", f"--ignore={BROWSER}", *arguments[1:]]
    if _may_open_browser(arguments):
        os.environ["CHROMIUM"] = chromium.provide()
    server = postgres.server() if database == "postgres" else contextlib.nullcontext("")
    with server as url, surroundings(url) as environment:
        return run_pytest(arguments, environment)


def everything() -> int:
    """Checks first, then each database with and without a browser; 1 if anything failed."""
    with (
        ThreadPoolExecutor(1) as beside,
        surroundings() as sqlite,
        postgres.server() as url,
        surroundings(url) as second,
    ):
        browser = beside.submit(bring)
        if subprocess.run([str(ROOT / "script/check")], cwd=ROOT).returncode:
            return 1
        os.environ["CHROMIUM"] = browser.result()
        failed = 0
        for name, environment, more in (
            ("SQLite", sqlite, []),
            ("PostgreSQL", second, ["--second-database"]),
        ):
            for what, arguments in (
                ("all but the browser", ["tests", f"--ignore={BROWSER}"]),
                ("in the browser", [BROWSER]),
            ):
                sys.stdout.write(f"\n== {name}, {what}\n")
                sys.stdout.flush()
                failed |= run_pytest([*arguments, *more], environment)
    return failed


def bring() -> str:
    """Fetch what the tests need and this machine lacks, one thing after the other; the browser."""
    nu.java()
    nu.jar()
    return chromium.provide()


@contextlib.contextmanager
def surroundings(database_url: str = "") -> Iterator[dict[str, str]]:
    """What runs on one database share: a data folder, in which tables are made meanwhile."""
    with (
        tempfile.TemporaryDirectory(prefix="longhand-tests-") as data,
        ThreadPoolExecutor(1) as beside,
    ):
        making = beside.submit(prepared.make, Path(data), database_url)
        try:
            yield {
                "LONGHAND_DATA": data,
                prepared.OFFER: data,
                "DATABASE_URL": database_url,
                "SITE_URL": "http://127.0.0.1:8000",
                "PYTHONWARNINGS": "default",
                # Processes by the dozen read the same modules.
                "PYTHONDONTWRITEBYTECODE": "",
                # The line that sums up a failure has room for its reason.
                "COLUMNS": "200",
            }
        finally:
            making.result()
            prepared.forget(Path(data), database_url)


def run_pytest(arguments: list[str], environment: dict[str, str]) -> int:
    """Run pytest in these surroundings; its exit code."""
    workers = min(os.cpu_count() or 1, MAX_WORKERS)
    command = [sys.executable, "-m", "pytest", "-n", str(workers), "--dist", "worksteal"]
    return subprocess.run(
        [*command, *arguments], cwd=ROOT, env={**os.environ, **environment}
    ).returncode


def _may_open_browser(arguments: list[str]) -> bool:
    """Whether browser tests can be among those that these arguments choose."""
    if f"--ignore={BROWSER}" in " ".join(arguments).replace("--ignore ", "--ignore=").split():
        return False
    browser = ROOT / BROWSER
    paths = [(ROOT / word.partition("::")[0]).resolve() for word in arguments if word]
    named = [path for path in paths if path.is_relative_to(browser.parent) and path.exists()]
    # Without a path pytest takes them all.
    return not named or any(
        path.is_relative_to(browser) or browser.is_relative_to(path) for path in named
    )


def _database(arguments: list[str]) -> tuple[str | None, list[str]]:
    """Take `--db NAME` out of the arguments."""
    if "--db" not in arguments:
        return None, arguments
    at = arguments.index("--db")
    name = arguments[at + 1] if at + 1 < len(arguments) else ""
    if name not in {"sqlite", "postgres"}:
        sys.exit("--db is sqlite or postgres.")
    return name, arguments[:at] + arguments[at + 2 :]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
