"""How long the pages of a story take with few responses and with five thousand.

    .venv/bin/python -m benchmarks.talk [--db postgres] [--noise 200000]

Around the stories stand `--noise` responses to others. It works in a temporary database and prints
the table that benchmarks/README.md records.
"""

from __future__ import annotations

import argparse
import os
import random
import tempfile
import time
from contextlib import ExitStack
from datetime import timedelta
from typing import Any

from benchmarks.desk_list import analyse, prepare, say, timed

READERS = 200
BATCH = 5_000
OTHER_STORIES = 200
TEXT = "The lamp turns once in ten seconds, and nobody has ever heard it stop. " * 4


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--noise", type=int, default=200_000)
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
        stories = {str(count): make_talk(count) for count in (50, 500, 5_000)}
        make_noise(chosen.noise)
        say(f"{score():.1f} s to score them all anew")
        if chosen.db == "postgres":
            # It does so by itself; SQLite never does where Longhand runs.
            analyse()
        measure(stories)
        from django.db import connection

        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def make_talk(count: int) -> Any:
    """Two fifths in one thread, a fifth in a chain, the others anywhere, one in ten hidden."""
    from tests.making import make_post

    chance = random.Random(count)  # noqa: S311 -- the same talk each time
    talk = Talk(make_post(title=f"{count} responses"), chance)
    busy, last = talk.add(None), talk.add(None)
    for _number in range(count * 2 // 5):
        talk.add(busy)
    for _number in range(count // 5):
        last = talk.add(last)
    for _number in range(count - count * 3 // 5):
        talk.add(chance.choice([None, *talk.rows[-50:]]), hidden=chance.random() < 0.1)
    talk.keep()
    return talk.post


def make_noise(count: int) -> None:
    """Responses to other stories, so that the tables are as large as those of a busy place."""
    from tests.making import make_post

    posts = [make_post() for _number in range(OTHER_STORIES)]
    for start in range(0, count, BATCH):
        talk = Talk(posts[start // BATCH % OTHER_STORIES], random.Random(start))  # noqa: S311
        for _number in range(BATCH):
            talk.add(talk.chance.choice([None, *talk.rows[-20:]]))
        talk.keep()


class Talk:
    """Responses to one story, made by bulk: keys are given here, so that replies know them."""

    last_key = 0

    def __init__(self, post: Any, chance: random.Random) -> None:
        from django.utils import timezone

        from accounts.models import User

        self.post, self.chance, self.rows = post, chance, []
        self.began_at = timezone.now() - timedelta(days=60)
        self.readers = list(User.objects.values_list("pk", flat=True)[:READERS]) or [None]

    def add(self, parent: Any, *, hidden: bool = False) -> Any:
        from blog.models import Comment

        Talk.last_key += 1
        row = Comment(
            pk=Talk.last_key,
            post=self.post,
            author_id=self.chance.choice(self.readers),
            parent=parent,
            root_id=(parent.root_id or parent.pk) if parent else None,
            source=TEXT,
            html=f"<p>{TEXT}</p>",
            status=Comment.Status.HIDDEN if hidden else Comment.Status.PUBLISHED,
            clapper_count=self.chance.choice([0, 0, 0, 1, 3, 40]),
            created_at=self.began_at + timedelta(minutes=len(self.rows)),
        )
        if parent and not hidden:
            parent.reply_count += 1
        self.rows.append(row)
        return row

    def keep(self) -> None:
        from blog.models import Comment

        Comment.objects.bulk_create(self.rows, batch_size=1_000)


def score() -> float:
    from blog.models import Comment, PostStats

    for post in Comment.objects.order_by().values_list("post", flat=True).distinct():
        said = Comment.objects.visible().filter(post=post).count()
        PostStats.objects.update_or_create(post_id=post, defaults={"comment_count": said})
    began = time.perf_counter()
    Comment.objects.all().rescore()
    return time.perf_counter() - began


def measure(stories: dict[str, Any]) -> None:
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from accounts.models import User

    eve, rita = (Client(headers={"host": "127.0.0.1"}) for _one in range(2))
    rita.force_login(User.objects.order_by("pk").first())
    say(f"\n| page | {' | '.join(stories)} | queries | of it the database | signed in, queries |")
    say("|---|" + "---|" * (len(stories) + 3))
    for name in addresses(next(iter(stories.values()))):
        urls = [addresses(story)[name] for story in stories.values()]
        taken = [timed(lambda url=url: look(eve, url)) for url in urls]
        with CaptureQueriesContext(connection) as asked:
            look(eve, urls[-1])
        database = sum(float(query["time"]) for query in asked.captured_queries) * 1000
        with CaptureQueriesContext(connection) as personal:
            look(rita, urls[-1])
        figures = " | ".join(f"{ms:.0f}" for ms in taken)
        say(f"| {name} | {figures} | {len(asked)} | {database:.0f} | {len(personal)} |")


def addresses(post: Any) -> dict[str, str]:
    from django.urls import reverse

    from blog.models import Comment
    from blog.orders import Order

    every = Comment.objects.filter(post=post)
    url = reverse("blog:comments", args=[post.slug])
    roots = every.filter(parent=None)
    last = every.visible().filter(root=every.order_by("pk")[1]).last()
    middle = roots.order_by("-score", "-pk")[roots.count() // 2]
    return {
        "the story": post.get_absolute_url(),
        "its responses": url,
        "newest": f"{url}?order=newest",
        "oldest": f"{url}?order=oldest",
        "half way through the best": f"{url}?after={Order.BEST.cursor(middle)}",
        "the busiest thread": every.order_by("-reply_count").first().get_absolute_url(),
        "the last of the chain": last.get_absolute_url(),
    }


def look(client: Any, url: str) -> None:
    answer = client.get(url)
    if answer.status_code != 200:
        raise SystemExit(f"{url} answers {answer.status_code}.")


if __name__ == "__main__":
    main()
