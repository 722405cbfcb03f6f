"""Fill a database with a publication of any size, up to a million stories.

    .venv/bin/python -m benchmarks.generate --database postgres://…/name [--small] [--stories N] …

The database has to be empty of stories; its tables are made when they are not there. What is
counted or found beforehand (counters, subjects, what to read next, the index of search) is as the
product would have it. The same seed makes the same publication, newest story an hour old.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from dataclasses import dataclass, replace

SMALL_AT = 1_000
# Fewer rows are added as fast with their indexes in place.
BARE_FROM = 20_000


@dataclass(frozen=True)
class Sizes:
    """How much there is of everything."""

    stories: int = 1_000_000
    responses: int = 10_000_000
    claps: int = 30_000_000
    authors: int = 20_000
    tags: int = 3_000
    readers: int = 50_000
    # Stories as long as stories are, half of them the newest; the others are short.
    full: int = 2_000
    # Responses to the one story that has most.
    busy: int = 5_000
    years: int = 4
    seed: int = 1

    @classmethod
    def scaled(cls, stories: int) -> Sizes:
        """As much of the rest to each story as in a million."""
        whole = cls()
        share = stories / whole.stories
        return replace(
            whole,
            stories=stories,
            responses=round(whole.responses * share),
            claps=round(whole.claps * share),
            authors=max(3, round(whole.authors * share)),
            tags=max(8, round(whole.tags * share**0.5)),
            readers=max(60, round(whole.readers * share**0.5)),
        )

    @property
    def busy_pk(self) -> int:
        """The key of the story with most responses."""
        return self.stories // 2 + 1

    def is_full(self, pk: int) -> bool:
        newest = pk > self.stories - self.full // 2
        return newest or pk % max(1, self.stories // max(1, self.full // 2)) == 0


def main() -> None:
    chosen = _options().parse_args()
    os.environ |= {"DATABASE_URL": chosen.database, "DJANGO_SETTINGS_MODULE": "config.settings"}
    if chosen.data:
        os.environ["LONGHAND_DATA"] = chosen.data
    sizes = Sizes.scaled(SMALL_AT) if chosen.small else Sizes()
    if chosen.stories:
        sizes = Sizes.scaled(chosen.stories)
    given = {name: getattr(chosen, name) for name in vars(sizes)}
    sizes = replace(sizes, **{name: value for name, value in given.items() if value is not None})
    began = time.perf_counter()
    _prepare()
    from benchmarks.making import Making

    try:
        Making(sizes, say=_say).make(bare=sizes.stories >= BARE_FROM)
    except ValueError as error:
        sys.exit(str(error))
    _say(f"All of it took {time.perf_counter() - began:.0f} s.")
    _close()


def _options() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument(
        "--database",
        default=os.environ.get("DATABASE_URL", ""),
        help="postgres://…; left empty: SQLite, in --data (by default DATABASE_URL)",
    )
    options.add_argument("--data", default="", help="the publication's folder (LONGHAND_DATA)")
    options.add_argument("--small", action="store_true", help=f"{SMALL_AT} stories, all in scale")
    options.add_argument("--stories", type=int, help="so many, and of the rest in scale")
    for name, said in (
        ("responses", "to all stories together"),
        ("claps", "rows of claps: what readers gave to one thing each"),
        ("authors", "who write"),
        ("tags", "subjects, the first on many stories, the last on few"),
        ("readers", "with an account, who clap and respond"),
        ("full", "stories of 700 words; the others have 120"),
        ("busy", "responses to the story that has most"),
        ("years", "over which they came out"),
        ("seed", "another one makes another publication"),
    ):
        options.add_argument(f"--{name}", type=int, help=said)
    return options


def _prepare() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)


def _close() -> None:
    from django.db import connection

    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
