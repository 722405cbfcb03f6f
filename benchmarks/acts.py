"""What readers who do something cost: processor time of each, in one process, without a server.

    .venv/bin/python -m benchmarks.acts [--db postgres] [--only response] [--profile | --queries]

A response and a clap as a browser sends them, and a story's page for somebody signed in, each
through the whole of the WSGI application. Processor time is told, not the clock's, and without
PostgreSQL's own: so others on the machine matter less. `benchmarks.writes` counts with a server.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import itertools
import os
import pstats
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from benchmarks import writes
from benchmarks.desk_list import make_vocabulary, say

ACTS = ("response", "clap", "story", "anonymous")
TIMES, ROUNDS, WARM_UP = 150, 5, 30
# Of a reader, more than the responses that are measured: each may say so much in ten minutes.
RESPONSES_A_TALK = 20
PROFILED_LINES = 60

Environ = dict[str, Any]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    options.add_argument("--only", choices=ACTS, action="append", help="may be said again")
    options.add_argument("--profile", action="store_true", help="where its time goes, by function")
    options.add_argument("--queries", action="store_true", help="what it asks of the database")
    chosen = options.parse_args()
    with ExitStack() as stack:
        data = stack.enter_context(tempfile.TemporaryDirectory(prefix="longhand-benchmark-"))
        url = ""
        if chosen.db == "postgres":
            from tests import postgres

            url = stack.enter_context(writes.new_database(stack.enter_context(postgres.server())))
        writes.prepare(Path(data), url)
        stack.callback(writes.let_go)
        world = writes.World.make()
        make_talk(world)
        measure(world, chosen)


def make_talk(world: writes.World) -> None:
    """Something to read below the story that is asked for."""
    from blog.models import Post
    from tests.making import make_response

    post = Post.objects.get(pk=world.busiest[0])
    for _number in range(RESPONSES_A_TALK):
        make_response(post)


def measure(world: writes.World, chosen: argparse.Namespace) -> None:
    from config.wsgi import django as application

    ways: dict[str, Iterator[Environ]] = {
        "response": responses(world),
        "clap": claps(world),
        "story": pages(world, signed_in=True),
        "anonymous": pages(world, signed_in=False),
    }
    send = sender(application)
    if not (chosen.profile or chosen.queries):
        say("| act | ms of processor time | queries |\n|---|---|---|")
    for name in chosen.only or ACTS:
        for environ in itertools.islice(ways[name], WARM_UP):
            send(environ)
        if chosen.queries:
            say("\n".join(f"{name}: {sql}" for sql in asked(ways[name], send)))
        elif chosen.profile:
            profile(ways[name], send)
        else:
            best = min(seconds(ways[name], send) for _round in range(ROUNDS))
            many = len(asked(ways[name], send))
            say(f"| {name} | {best / TIMES * 1000:.2f} | {many} |")


# What is sent.


def responses(world: writes.World) -> Iterator[Environ]:
    from blog import traps

    chance, words = random.Random(2), make_vocabulary()  # noqa: S311
    for number in itertools.count():
        reader, session = world.readers[number % len(world.readers)]
        story, slug = chance.choice(world.stories[1:])
        fields = {"source": " ".join(chance.choices(words, k=writes.WORDS_A_RESPONSE))}
        fields |= {"parent": "", "opened": traps.token(story=story), "writer": str(reader)}
        yield environ(f"/{slug}/responses/", session, "text/html", number, fields)


def claps(world: writes.World) -> Iterator[Environ]:
    chance = random.Random(1)  # noqa: S311
    for number in itertools.count():
        (_reader, session), (_story, slug) = (
            chance.choice(world.readers),
            chance.choice(world.stories[1:]),
        )
        fields = {"wanted": str(number % 50 + 1)}
        yield environ(f"/{slug}/claps/", session, "application/json", number, fields)


def pages(world: writes.World, *, signed_in: bool) -> Iterator[Environ]:
    for number in itertools.count():
        _reader, session = world.readers[number % len(world.readers)]
        asker = session if signed_in else ""
        yield environ(f"/{world.busiest[1]}/", asker, "text/html", number)


def environ(
    path: str, session: str, accept: str, number: int, fields: dict[str, str] | None = None
) -> Environ:
    """What a server makes of what a browser sends."""
    body = urlencode(fields).encode() if fields else b""
    places = [number >> place & 255 for place in (16, 8, 0)]
    sent: Environ = {
        "REQUEST_METHOD": "POST" if fields else "GET",
        "SCRIPT_NAME": "",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "HTTP_HOST": "127.0.0.1",
        "HTTP_ACCEPT": accept,
        "HTTP_ACCEPT_ENCODING": "gzip, deflate, br",
        "HTTP_X_FORWARDED_FOR": "10.{}.{}.{}".format(*places),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
    }
    if session:
        sent["HTTP_COOKIE"] = f"sessionid={session}; csrftoken={writes.CSRF}"
    if fields:
        sent["CONTENT_TYPE"] = "application/x-www-form-urlencoded"
        sent["CONTENT_LENGTH"] = str(len(body))
        sent["HTTP_X_CSRFTOKEN"] = writes.CSRF
        sent["HTTP_ORIGIN"] = "http://127.0.0.1"
    return sent


Send = Callable[[Environ], None]


def sender(application: Any) -> Send:
    statuses: list[str] = []

    def start(status: str, headers: Any, exc_info: Any = None) -> Any:
        statuses.append(status)

    def send(environ: Environ) -> None:
        statuses.clear()
        answer = application(environ, start)
        body = b"".join(answer)
        answer.close()
        if statuses[0][:3] not in {"200", "303"}:
            sys.exit(f"{environ['PATH_INFO']} answers {statuses[0]}.\n{body[:2000].decode()}")

    return send


# What it takes.


def seconds(way: Iterator[Environ], send: Send) -> float:
    # Made beforehand: to sign a form's time is not the server's work.
    every = list(itertools.islice(way, TIMES))
    began = time.process_time()
    for environ in every:
        send(environ)
    return time.process_time() - began


def profile(way: Iterator[Environ], send: Send) -> None:
    profiler = cProfile.Profile(time.process_time)
    profiler.runcall(seconds, way, send)
    told = pstats.Stats(profiler, stream=sys.stdout)
    for order in ("tottime", "cumtime"):
        told.sort_stats(order).print_stats(PROFILED_LINES)


def asked(way: Iterator[Environ], send: Send) -> list[str]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        send(next(way))
    return [query["sql"] for query in captured.captured_queries]


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    main()
