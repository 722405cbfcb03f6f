"""How long readers wait for search with ten thousand stories.

    .venv/bin/python -m benchmarks.search [--stories 10000] [--db postgres]

It works in a temporary database and prints the table that benchmarks/README.md records.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from contextlib import ExitStack
from statistics import quantiles
from typing import Any

from benchmarks.desk_list import analyse, fill, index, make_vocabulary, prepare, say, timed

# The budget for a page, for 95 of 100.
BUDGET_MS = 80
MIXED = 300

QUESTIONS = {
    "without a question": "",
    "one rare word": "q={rare}",
    "a word in all": "q={first}",
    "two words": "q={some}+{more}",
    "ten words": "q={ten}",
    "a letter": "q=s",
    "a beginning": "q={four}",
    "quoted": "q=%22{first}+{some}%22",
    "an author": "q=author+7",
    "narrowed to an author": "q={first}&author=author7",
    "narrowed to four": "q={first}&author=author7&tag=subject-7&year=2026&language=en",
    "with a slip": "q={slip}",
    "three slips": "q={slip}+{slips}",
    "nothing": "q=qqqqqqqq",
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--stories", type=int, default=10_000)
    options.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    chosen = options.parse_args()
    with ExitStack() as stack:
        data = stack.enter_context(tempfile.TemporaryDirectory(prefix="longhand-benchmark-"))
        os.environ |= {"LONGHAND_DATA": data, "DATABASE_URL": "", "SITE_URL": "http://127.0.0.1"}
        os.environ["DJANGO_SETTINGS_MODULE"] = "config.settings"
        if chosen.db == "postgres":
            from tests import postgres

            os.environ["DATABASE_URL"] = stack.enter_context(postgres.server())
        prepare()
        say(f"{fill(chosen.stories):.0f} s to make {chosen.stories} stories")
        say(f"{index():.0f} s to take them into the index")
        analyse()
        measure()
        from django.db import connection

        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def measure() -> None:
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1"})
    words = make_vocabulary()
    long = [word for word in words if len(word) > 7]
    sought = {"rare": words[-1], "first": words[0], "some": words[40], "more": words[90]}
    sought |= {"four": words[300][:4], "ten": "+".join(words[:10])}
    sought |= {"slip": slip(long[0]), "slips": "+".join(map(slip, long[1:3]))}
    say("\n| page | ms | queries |\n|---|---|---|")
    for name, asked in QUESTIONS.items():
        url = f"/search/?{asked.format(**sought)}"
        ms = timed(lambda url=url: look(client, url))
        said = f"**{ms:.0f}**" if ms > BUDGET_MS else f"{ms:.0f}"
        say(f"| {name} | {said} | {queries(client, url)} |")
    ms = timed(lambda: look(client, f"/search/suggestions/?q={words[300][:3]}"))
    say(f"| suggestions | {ms:.0f} | {queries(client, '/search/suggestions/?q=s')} |")
    mixed(client, words)


def mixed(client: Any, words: list[str]) -> None:
    """As readers search: one to three words, common and rare, each once."""
    chance = random.Random(3)  # noqa: S311 -- the same questions each time
    weights = [1 / (n + 1) for n in range(len(words))]
    taken = []
    for _time in range(MIXED):
        asked = "+".join(chance.choices(words, weights, k=chance.choice([1, 2, 2, 3])))
        began = time.perf_counter()
        look(client, f"/search/?q={asked}")
        taken.append((time.perf_counter() - began) * 1000)
    cuts = quantiles(taken, n=100)
    say(f"| {MIXED} mixed: half, 95 of 100 | {cuts[49]:.0f}, {cuts[94]:.0f} | |")


def slip(word: str) -> str:
    """The word with two letters changed round."""
    return word[:3] + word[4] + word[3] + word[5:]


def look(client: Any, url: str) -> None:
    if client.get(url).status_code != 200:
        raise SystemExit(f"{url} fails.")


def queries(client: Any, url: str) -> int:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as context:
        look(client, url)
    return len(context)


if __name__ == "__main__":
    main()
