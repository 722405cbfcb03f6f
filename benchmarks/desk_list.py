"""How long the desk's list and its search take with ten thousand stories.

    .venv/bin/python -m benchmarks.desk_list [--stories 10000] [--db postgres] [--explain]

It works in a temporary database and prints the table that benchmarks/README.md records.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

WORDS_A_STORY = 800
WORDS_KNOWN = 20_000
BEGINNINGS = ["b", "c", "d", "f", "g", "h", "k", "l", "m", "n", "p", "r", "s", "s", "t", "th", "v"]
VOWELS = ["a", "a", "e", "e", "e", "i", "i", "o", "o", "u", "ea", "ou"]
ENDINGS = ["", "", "s", "ed", "ing", "n", "r", "st"]
AUTHORS, TAGS = 40, 200
REPEATS = 7
BATCH = 500
# The budget for a page.
BUDGET_MS = 300

LIST = "/admin/blog/post/"
QUESTIONS = {
    "the list": "",
    "page 8": "?p=8",
    "sort: title": "?o=title",
    "sort: status": "?o=state",
    "sort: published": "?o=-published",
    "sort: claps": "?o=-claps",
    "sort: responses": "?o=-responses",
    "status: draft": "?state=draft",
    "status: published": "?state=published",
    "status: scheduled": "?state=scheduled",
    "author": "?author=author7",
    "tag": "?tag=subject%207",
    "language": "?language=de",
    "published in a month": "?dated=published&since=2026-01-01&until=2026-01-31",
    "many at once": "?state=published&author=author7&language=en&o=title",
    "search: one rare word": "?q={rare}",
    "search: a word in all": "?q={first}",
    "search: two words": "?q={some}+{more}",
    "search: a letter": "?q=s",
    "search: four letters": "?q={four}",
    "search: ten words": "?q={ten}",
    "search: nothing": "?q=nothinglikeit",
    "search + status + sort": "?q={first}&state=published&o=-claps",
}


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--stories", type=int, default=10_000)
    options.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    options.add_argument("--explain", action="store_true", help="print the slow pages' plans")
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
        measure(chosen.explain)
        from django.db import connection

        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def prepare() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def fill(count: int) -> float:
    """Make the stories by bulk; seconds taken."""
    from blog.models import Authorship, Post, PostStats, PostTag, Tag

    began = time.perf_counter()
    chance = random.Random(1)  # noqa: S311 -- the same stories each time
    authors = make_authors()
    tags = [Tag.objects.create(name=f"Subject {n}", slug=f"subject-{n}") for n in range(TAGS)]
    vocabulary = make_vocabulary()
    # As in a language: the first words are in every text, the last ones in few.
    weights = [1 / (n + 1) for n in range(len(vocabulary))]
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        posts = Post.objects.bulk_create(
            make_story(n, chance, " ".join(chance.choices(vocabulary, weights, k=WORDS_A_STORY)))
            for n in numbers
        )
        Authorship.objects.bulk_create(
            Authorship(post=post, author=chance.choice(authors)) for post in posts
        )
        PostTag.objects.bulk_create(
            PostTag(post=post, tag=tag, position=place)
            for post in posts
            for place, tag in enumerate(chance.sample(tags, 3))
        )
        PostStats.objects.bulk_create(
            PostStats(post=p, clap_count=chance.randrange(500), comment_count=chance.randrange(40))
            for p in posts
        )
    return time.perf_counter() - began


def make_vocabulary(known: int = WORDS_KNOWN) -> list[str]:
    """Words that can be spoken, so that they begin as differently as words do."""
    chance = random.Random(2)  # noqa: S311 -- the same words each time
    words: dict[str, None] = {}
    while len(words) < known:
        syllables = range(chance.choice([1, 2, 2, 3, 3, 4]))
        word = "".join(chance.choice(BEGINNINGS) + chance.choice(VOWELS) for _one in syllables)
        words[word + chance.choice(ENDINGS)] = None
    return list(words)


def make_authors() -> list[Any]:
    from accounts.models import Author, User
    from accounts.roles import Role, grant

    authors = []
    for number in range(AUTHORS):
        user = User.objects.create_user(f"a{number}@example.org", name=f"Author {number}")
        grant(user, Role.EDITOR if number == 0 else Role.AUTHOR)
        Author.objects.filter(user=user).update(handle=f"author{number}")
        authors.append(user.author)
    return authors


def make_story(number: int, chance: random.Random, text: str) -> Any:
    from django.utils import timezone

    from blog.models import Post

    now = timezone.now()
    status = chance.choices(list(Post.Status), [10, 3, 1, 1, 85])[0]
    touched = now - timedelta(hours=chance.randrange(20_000))
    return Post(
        title=f"{text[:40].title()} {number}",
        subtitle=text[40:120],
        slug=f"story-{number}",
        source=text,
        text=text,
        html=f"<p>{text}</p>",
        language=chance.choice(["en", "en", "en", "de"]),
        status=status,
        visibility=chance.choices(["public", "unlisted"], [19, 1])[0],
        published_at=touched if status == Post.Status.PUBLISHED else None,
        created_at=touched,
        updated_at=touched,
        version=1,
    )


def index() -> float:
    from blog import search

    began = time.perf_counter()
    search.index(list(search.missing().values_list("pk", flat=True)))
    return time.perf_counter() - began


def analyse() -> None:
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")


def measure(explain: bool) -> None:
    from django.test import Client

    from accounts.models import User

    clients = {}
    for who, number in (("editor", 0), ("author", 1)):
        clients[who] = Client(headers={"host": "127.0.0.1"})
        clients[who].force_login(User.objects.get(email=f"a{number}@example.org"))
    say(f"\n| page | {' | '.join(f'{who}, ms' for who in clients)} | queries, ms |")
    say("|---|---|---|---|")
    words = make_vocabulary()
    sought = {"rare": words[-1], "first": words[0], "some": words[40], "more": words[90]}
    sought |= {"four": words[300][:4], "ten": "+".join(words[:10])}
    for name, asked in QUESTIONS.items():
        query = asked.format(**sought)
        taken = {who: timed(lambda c=c, q=query: look(c, q)) for who, c in clients.items()}
        slow = [f"**{ms:.0f}**" if ms > BUDGET_MS else f"{ms:.0f}" for ms in taken.values()]
        say(f"| {name} | {' | '.join(slow)} | {slowest_queries(clients['editor'], query)} |")
        if explain and max(taken.values()) > BUDGET_MS / 3:
            explain_slowest(clients["editor"], query)


def look(client: Any, query: str) -> None:
    answer = client.get(LIST + query)
    if answer.status_code != 200:
        sys.exit(f"{query} answers {answer.status_code}.")


def timed(action: Callable[[], None]) -> float:
    """Milliseconds: the quickest of several, because others work on the machine as well."""
    taken = []
    for _time in range(REPEATS):
        began = time.perf_counter()
        action()
        taken.append((time.perf_counter() - began) * 1000)
    return min(taken)


def queries_of(client: Any, query: str) -> list[dict[str, str]]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as context:
        look(client, query)
    return sorted(context.captured_queries, key=lambda row: -float(row["time"]))


def slowest_queries(client: Any, query: str) -> str:
    return " + ".join(f"{float(q['time']) * 1000:.0f}" for q in queries_of(client, query)[:3])


def explain_slowest(client: Any, query: str) -> None:
    from django.db import connection

    slowest = queries_of(client, query)[0]["sql"]
    how = "ANALYZE" if connection.vendor == "postgresql" else "QUERY PLAN"
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN {how} {slowest}")
        say(slowest)
        for row in cursor.fetchall():
            say(f"    {row[-1]}")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
