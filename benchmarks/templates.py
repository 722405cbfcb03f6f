"""What the template of a page costs, without anything below it: milliseconds of processor time.

    .venv/bin/python -m benchmarks.templates [--rounds 30] [--profile story]

A page is asked for once; what its view gave to the template is then rendered again and again. It
works in a temporary database and prints the table that docs/performance.md records.
"""

from __future__ import annotations

import argparse
import cProfile
import os
import pstats
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from unittest import mock

RESPONSES = (0, 20, 60)
STORIES = 30
PARAGRAPH = (
    "It was a quiet morning, and the sea was as flat as a table that nobody had laid yet. " * 4
)
REPEATS = 10


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("--rounds", type=int, default=30, help="the best of so many is told")
    options.add_argument("--profile", help="where the time of such a page goes, by function")
    chosen = options.parse_args()
    with tempfile.TemporaryDirectory(prefix="longhand-benchmark-") as data:
        os.environ |= {
            "LONGHAND_DATA": data,
            "DATABASE_URL": "",
            "SITE_URL": "http://127.0.0.1",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        from benchmarks.desk_list import prepare

        prepare()
        _tell(chosen)


def _tell(chosen: argparse.Namespace) -> None:
    reader = _fill()
    sys.stdout.write("| page | anonymous | signed in |\n|---|---|---|\n")
    for name, path in _pages():
        times = []
        for who in (None, reader):
            render = _renderer(path, who)
            if chosen.profile and chosen.profile in name:
                _profile(render)
            times.append(_milliseconds(render, chosen.rounds))
        sys.stdout.write(f"| {name} | {times[0]:.2f} | {times[1]:.2f} |\n")


def _pages() -> list[tuple[str, str]]:
    stories = [(f"story, {count} responses", f"/with-{count}/") for count in RESPONSES]
    return [*stories, ("front page", "/"), ("author", "/@ada/"), ("tag", "/tag/sea/")]


def _fill() -> Any:
    from django.utils import timezone

    from accounts.models import Author
    from accounts.roles import Role
    from blog.models import Comment, Post, Publication, Tag
    from tests.making import make_person, make_post

    Publication(name="The Measured Mile", tagline="Stories").save()
    ada = make_person("Ada", Role.AUTHOR)
    Author.objects.filter(user=ada).update(handle="ada")
    ada.refresh_from_db()
    tags = Tag.objects.named(["Sea", "Wind", "Light"])
    source = "\n\n".join([f"## Part\n\n{PARAGRAPH}"] * 10)
    now = timezone.now()
    for number in range(STORIES):
        at = now - timedelta(days=number + 1)
        make_post(ada, title=f"Story {number}", subtitle="Sub", published_at=at).set_topics(tags)
    people = [make_person(f"Reader {number}") for number in range(10)]
    for count in RESPONSES:
        post = make_post(ada, slug=f"with-{count}", subtitle="Sub", source=source)
        post.set_topics(tags)
        rows: list[Any] = []
        for number in range(count):
            parent = rows[number - 1] if number % 3 else None
            rows.append(
                Comment.objects.create(
                    post=post,
                    author=people[number % 10],
                    parent=parent,
                    root=(parent.root or parent) if parent else None,
                    source="Well said.",
                    html="<p>Well said.</p>",
                )
            )
    assert Post.objects.listed().count() == STORIES + len(RESPONSES)
    return people[0]


def _renderer(path: str, who: Any) -> Callable[[], Any]:
    """Renders what the view of this page gave to its template."""
    from django.template import loader
    from django.test import Client
    from django.utils import timezone

    from blog.models import Publication

    given: list[Any] = []
    render = loader.render_to_string

    def watched(*args: Any, using: Any = None) -> str:
        given.append(args)
        return render(*args)

    client = Client(headers={"host": "127.0.0.1"})
    if who:
        client.force_login(who)
    with mock.patch.object(loader, "render_to_string", watched):
        answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    name, context, request = given[0]

    def again() -> None:
        with Publication.read_once(), timezone.override(who.clock if who else None):
            Publication.current()
            _best(lambda: render(name, dict(context), request))

    return again


_times: list[float] = []


def _best(render: Callable[[], Any]) -> None:
    for _ in range(REPEATS):
        began = time.process_time()
        render()
        _times.append(time.process_time() - began)


def _milliseconds(render: Callable[[], Any], rounds: int) -> float:
    render()
    _times.clear()
    for _ in range(rounds):
        render()
    return min(_times) * 1_000


def _profile(render: Callable[[], Any]) -> None:
    render()
    profiler = cProfile.Profile(time.process_time)
    for _ in range(10):
        profiler.runcall(render)
    pstats.Stats(profiler).sort_stats("tottime").print_stats(35)


if __name__ == "__main__":
    main()
