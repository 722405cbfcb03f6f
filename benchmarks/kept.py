"""Small publications for the quick form: filled once, kept in a cache, measured as copies.

Filling them takes longer than measuring them. They are filled anew when what fills them has
changed, or when they are so old that their newest stories are no longer new.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from benchmarks.choices import QUICK_STORIES, Engine
from benchmarks.place import Place
from tests import postgres
from tests.serving import ROOT

CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "longhand" / "filled"
LARGE, SMALL, BARE = "large", "small", "bare"
# The bare one has tables and no story: `benchmarks.writes` makes its own.
STORIES = {LARGE: QUICK_STORIES, SMALL: 1_000, BARE: 0}
MADE_BY = (
    "benchmarks/kept.py",
    "benchmarks/story.py",
    "tests/making.py",
    *(f"benchmarks/{noun}.py" for noun in ("generate", "making", "bulk", "wording", "desk_list")),
    "*/migrations/*.py",
    "blog/markdown*",
    "blog/models/*.py",
    "blog/relating.py",
    "blog/search/*.py",
    "accounts/models/*.py",
)
OLDEST_DAYS = 3
DAY_SECONDS = 86_400
# One server for those that readers ask for, and one that waits for the disk as others do.
QUICK, SLOW = "quick", "durable"
SERVERS = {QUICK: (LARGE, SMALL), SLOW: (BARE,)}
DURABLE = ("max_connections=100",)
# While it is filled: leaves no more behind than there is.
LEAN = ("wal_level=minimal", "max_wal_senders=0", "max_wal_size=64MB", "min_wal_size=32MB")


@dataclass(frozen=True)
class Copies:
    """Copies of all that is kept, in a folder that is gone afterwards."""

    home: Path
    engine: Engine

    @contextmanager
    def opened(self, server: str = QUICK, *, is_new: bool = False) -> Iterator[list[Place]]:
        """Those of one server, in the order above."""
        with ExitStack() as stack:
            url = ""
            if self.engine is Engine.POSTGRES:
                settings = postgres.SPEED if server == QUICK else DURABLE
                settings = (*settings, *LEAN) if is_new else settings
                stop = "fast" if is_new else "immediate"
                folder = self.home / server
                url = stack.enter_context(postgres.running(folder, settings, stop=stop))
            places = []
            for name in SERVERS[server]:
                named = url and url.removesuffix("postgres") + name
                places.append(Place(self.home / name, named))
                places[-1].claim(STORIES[name])
            yield places


def can_be() -> bool:
    """Whether there is a PostgreSQL here whose files can be copied."""
    return postgres.binaries() is not None and not os.environ.get("TEST_DATABASE_URL")


def is_kept(engine: Engine) -> bool:
    folder = _folder(engine)
    return folder.exists() and time.time() - folder.stat().st_mtime < OLDEST_DAYS * DAY_SECONDS


@contextmanager
def copied(engine: Engine) -> Iterator[Copies]:
    """Copies of what is kept; it is filled first where nothing is."""
    if not is_kept(engine):
        _keep(engine)
    with tempfile.TemporaryDirectory(prefix="longhand-bench-") as folder:
        home = Path(folder)
        # The person who runs PostgreSQL has to get to their files below.
        home.chmod(0o711)
        shutil.copytree(_folder(engine), home, dirs_exist_ok=True)
        yield Copies(home, engine)


def _keep(engine: Engine) -> None:
    CACHE.mkdir(parents=True, exist_ok=True)
    for old in CACHE.glob(f"{engine}-*"):
        shutil.rmtree(old)
    with tempfile.TemporaryDirectory(prefix="longhand-filling-") as folder:
        home = Path(folder)
        home.chmod(0o711)
        _fill(Copies(home, engine))
        # Under its name only once it is whole.
        unfinished = CACHE / f"{engine}-unfinished"
        shutil.copytree(home, unfinished)
        unfinished.rename(_folder(engine))
        os.utime(_folder(engine))


def _fill(copies: Copies) -> None:
    """With what measurements will ask for; and served once, so that no work is put off."""
    static = copies.home / LARGE / "static"
    for server, names in SERVERS.items():
        for name in names:
            (copies.home / name).mkdir()
        with copies.opened(server, is_new=True) as places:
            for place, name in zip(places, names, strict=True):
                if place.database:
                    _make_database(place.database, name)
                if static.exists():
                    shutil.copytree(static, place.data / "static")
                place.make(STORIES[name])
                if name == LARGE:
                    place.ask_ahead()
                # Of the small one, pages are only asked for within a process.
                if name != SMALL:
                    with place.served():
                        pass


def _make_database(url: str, name: str) -> None:
    with psycopg.connect(url.removesuffix(name) + "postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")


def _folder(engine: Engine) -> Path:
    """Named by all that decides what is in it."""
    seen = hashlib.sha256()
    for pattern in MADE_BY:
        for file in sorted(ROOT.glob(pattern)):
            if file.is_file():
                seen.update(file.read_bytes())
    return CACHE / f"{engine}-{seen.hexdigest()[:16]}"
