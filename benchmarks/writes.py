"""How many claps and responses a second a server takes, and what saving and uploading cost.

    .venv/bin/python -m benchmarks.writes [--db postgres | --database-url URL] [--json]

It starts a server of its own, as `manage.py serve` does, on throw-away data: the server on one core
of the machine, what sends on another. PostgreSQL keeps to its defaults, so what it says is on the
disk is there. At the end all that was answered is compared with the rows and the counters.
"""

from __future__ import annotations

import argparse
import io
import json
import os
import platform
import random
import resource
import secrets
import selectors
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

from benchmarks.desk_list import make_vocabulary, say
from benchmarks.processes import cpu_seconds, end_when_told, settle

ROOT = Path(__file__).resolve().parent.parent
PEOPLE, AUTHORS, STORIES = 400, 20, 1_000
START_WITHIN_SECONDS = 180
WARM_UP_REQUESTS = 200
# So many have clapped for each of the thousand: authors hear of the first few one by one.
EARLIER = 20
WORDS_A_RESPONSE, WORDS_SAVED = 30, 2_000
SAVES = 9
PHOTO_PX = (4_000, 3_000)
PARTS = ("claps_one_story", "claps_many_stories", "responses", "save", "upload")
CSRF = "b" * 32


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    options.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    options.add_argument("--database-url", default="", help="of a server; a database is made there")
    options.add_argument("--bare", type=Path, help="a folder with tables and nobody in them")
    options.add_argument("--seconds", type=float, default=8, help="for each kind of request")
    options.add_argument("--connections", type=int, default=16)
    options.add_argument("--only", choices=PARTS, action="append", help="may be said again")
    options.add_argument("--json", action="store_true", help="print one JSON object")
    chosen = options.parse_args()
    end_when_told()
    parts = chosen.only or PARTS
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="longhand-benchmark-"))
        data, url = chosen.bare or Path(folder), chosen.database_url
        if chosen.db == "postgres" and not url:
            url = stack.enter_context(durable_postgres())
        if url and not chosen.bare:
            url = stack.enter_context(new_database(url))
        prepare(data, url)
        found: dict[str, Any] = {"database": database(), "machine": machine()}
        stack.callback(let_go)
        if {"claps_one_story", "claps_many_stories", "responses"} & set(parts):
            with serving(data) as (port, server):
                # After its start, which would put off a picture for each of a thousand stories.
                world = World.make()
                settle(server)
                load = Load(port, chosen.connections, chosen.seconds, server)
                for part in parts:
                    if part in SENT:
                        found |= SENT[part](world, load)
        if "save" in parts:
            found |= save()
        if "upload" in parts:
            found |= upload()
    if chosen.json:
        say(json.dumps(found))
    else:
        for name, value in found.items():
            say(f"{name:32} {value}")


# The place.


@contextmanager
def durable_postgres() -> Iterator[str]:
    """A throw-away server that waits for the disk as every other does."""
    from tests import postgres

    quick, postgres.SPEED = postgres.SPEED, ("max_connections=100",)  # type: ignore[assignment]
    try:
        with postgres.server() as url:
            yield url
    finally:
        postgres.SPEED = quick


@contextmanager
def new_database(url: str) -> Iterator[str]:
    import psycopg

    name = f"longhand_{secrets.token_hex(6)}"
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        try:
            yield urlsplit(url)._replace(path=f"/{name}").geturl()
        finally:
            connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def prepare(data: Path, url: str) -> None:
    os.environ |= {
        "LONGHAND_DATA": str(data),
        "DATABASE_URL": url,
        "SITE_URL": "http://127.0.0.1",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "OWNER_EMAIL": "olga@example.org",
        "OWNER_PASSWORD": "a long enough sentence",
        # Everybody sends from an address of their own, and as fast as they can.
        "TRUSTED_PROXY_COUNT": "1",
        "RESPONSE_SECONDS_AT_LEAST": "0",
    }
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    call_command("createcachetable", verbosity=0)
    call_command("collectstatic", verbosity=0, interactive=False)


def let_go() -> None:
    from django.db import connection

    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()


def database() -> str:
    from django.db import connection

    with connection.cursor() as cursor:
        is_postgres = connection.vendor == "postgresql"
        cursor.execute("SHOW server_version" if is_postgres else "SELECT sqlite_version()")
        return f"{connection.display_name} {cursor.fetchone()[0]}"


def machine() -> str:
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    return f"{os.cpu_count()} cores, load {load}, Python {platform.python_version()}"


@contextmanager
def serving(data: Path) -> Iterator[tuple[int, int]]:
    """Port and process of a server that answers, on the first core; we stay on the last."""
    cores = sorted(os.sched_getaffinity(0))
    port = free_port()
    command = [sys.executable, "manage.py", "serve", "--empty", "--port", str(port)]
    with (data / "server.log").open("wb") as log:
        server = subprocess.Popen(
            command,
            cwd=ROOT,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=lambda: os.sched_setaffinity(0, cores[:1]),
        )
    os.sched_setaffinity(0, cores[-1:])
    try:
        wait_for(port, server, data / "server.log")
        yield port, server.pid
    finally:
        os.sched_setaffinity(0, cores)
        server.send_signal(signal.SIGTERM)
        server.wait()


def free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])


def wait_for(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    end_at = time.monotonic() + START_WITHIN_SECONDS
    while time.monotonic() < end_at and server.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"The server did not start:\n{log.read_text()}")


# The people.


@dataclass
class World:
    """Who sends, with their sessions, and below which stories."""

    readers: list[tuple[int, str]] = field(default_factory=list)
    stories: list[tuple[int, str]] = field(default_factory=list)

    @classmethod
    def make(cls) -> World:
        from accounts.roles import Role
        from tests.making import make_person, make_post

        authors = [make_person(f"Author {number}", Role.AUTHOR) for number in range(AUTHORS)]
        first = make_post(by=authors[0])
        return cls(make_readers(), [(first.pk, first.slug), *make_stories(authors)])

    @property
    def busiest(self) -> tuple[int, str]:
        return self.stories[0]


def make_readers() -> list[tuple[int, str]]:
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
    from django.contrib.sessions.backends.db import SessionStore

    from tests.making import make_person

    readers = []
    for number in range(PEOPLE):
        person, session = make_person(f"Reader {number}"), SessionStore()
        session[SESSION_KEY] = str(person.pk)
        session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
        session[HASH_SESSION_KEY] = person.get_session_auth_hash()
        session.save()
        readers.append((person.pk, str(session.session_key)))
    return readers


def make_stories(authors: list[Any]) -> list[tuple[int, str]]:
    from django.utils import timezone

    from blog.models import Authorship, Clap, Post, PostStats

    at = timezone.now()
    posts = Post.objects.bulk_create(
        Post(
            title=f"Story {number}",
            slug=f"story-{number}",
            source="It was a quiet morning.",
            html="<p>It was a quiet morning.</p>",
            text="It was a quiet morning.",
            status=Post.Status.PUBLISHED,
            published_at=at,
            version=1,
        )
        for number in range(1, STORIES)
    )
    PostStats.objects.bulk_create(
        PostStats(post=post, clap_count=EARLIER, clapper_count=EARLIER) for post in posts
    )
    Clap.objects.bulk_create(
        (Clap(post=post, visitor=f"{n:032x}", count=1) for post in posts for n in range(EARLIER)),
        batch_size=5_000,
    )
    Authorship.objects.bulk_create(
        Authorship(post=post, author=authors[place % AUTHORS].author)
        for place, post in enumerate(posts)
    )
    return [(post.pk, post.slug) for post in posts]


# What is sent.


@dataclass(frozen=True)
class Request:
    """What goes over the wire, and what it is about."""

    wire: bytes
    reader: int
    story: int


def form(path: str, session: str, accept: str, address: int, **fields: object) -> bytes:
    """A form as a browser's script or its button sends it."""
    body = urlencode(fields).encode()
    parts = [address >> place & 255 for place in (16, 8, 0)]
    return (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\n"
        f"Cookie: sessionid={session}; csrftoken={CSRF}\r\nX-CSRFToken: {CSRF}\r\n"
        f"Origin: http://127.0.0.1\r\nX-Forwarded-For: 10.{parts[0]}.{parts[1]}.{parts[2]}\r\n"
        "Content-Type: application/x-www-form-urlencoded\r\n"
        f"Content-Length: {len(body)}\r\n\r\n"
    ).encode() + body


def clapping(world: World, stories: list[tuple[int, str]]) -> Iterator[Request]:
    """Each reader one clap more each time they come, as people press; at most fifty."""
    chance = random.Random(1)  # noqa: S311 -- the same claps each time
    given: dict[tuple[int, int], int] = {}
    while len(given) < len(stories) * PEOPLE or min(given.values()) < 50:
        (reader, session), (story, slug) = chance.choice(world.readers), chance.choice(stories)
        wanted = min(given.get((reader, story), 0) + 1, 50)
        given[reader, story] = wanted
        wire = form(f"/{slug}/claps/", session, "application/json", reader, wanted=wanted)
        yield Request(wire, reader, story)


def responding(world: World) -> Iterator[Request]:
    from blog import traps
    from blog.models.comment import MAX_RECENT

    chance, words = random.Random(2), make_vocabulary()  # noqa: S311
    for number in range(PEOPLE * MAX_RECENT):
        reader, session = world.readers[number % PEOPLE]
        story, slug = chance.choice(world.stories)
        fields = {"source": " ".join(chance.choices(words, k=WORDS_A_RESPONSE)), "parent": ""}
        fields |= {"opened": traps.token(story=story), "writer": str(reader)}
        wire = form(f"/{slug}/responses/", session, "text/html", number, **fields)
        yield Request(wire, reader, story)


@dataclass
class Answered:
    """One answer: what for, its status, its body, and how long it took."""

    request: Request
    status: int
    body: bytes
    seconds: float


class Load:
    """Sends over so many connections that are kept, for so long, each waiting for its answer."""

    def __init__(self, port: int, connections: int, seconds: float, server: int) -> None:
        self.port, self.connections, self.seconds = port, connections, seconds
        self.server = server

    def send(self, requests: Iterator[Request]) -> tuple[list[Answered], dict[str, float]]:
        """All that was answered, and of all but some first ones how fast it was."""
        warm, _rate = self._send(requests, time.monotonic() + self.seconds, WARM_UP_REQUESTS)
        before = cpu_seconds(self.server)
        measured, rate = self._send(requests, time.monotonic() + self.seconds, None)
        if not measured:
            raise SystemExit("There was nothing left to send.")
        core_ms = (cpu_seconds(self.server) - before) * 1000 / len(measured)
        took = sorted(answer.seconds for answer in measured)
        return [*warm, *measured], {
            "per_s": round(rate),
            "p50_ms": round(took[len(took) // 2] * 1000, 1),
            "p99_ms": round(took[len(took) * 99 // 100] * 1000, 1),
            # Of the server's processes without PostgreSQL's: what a busy machine does not change
            # much.
            "server_cpu_ms": round(core_ms, 2),
        }

    def _send(
        self, requests: Iterator[Request], end_at: float, most: int | None
    ) -> tuple[list[Answered], float]:
        answers: list[Answered] = []
        began = time.monotonic()
        sent = 0
        with selectors.DefaultSelector() as selector:
            for _number in range(self.connections):
                wire = Wire(self.port)
                selector.register(wire.socket, selectors.EVENT_READ, wire)
                sent += wire.send(next(requests, None))
            while len(answers) < sent:
                for key, _mask in selector.select(timeout=30) or self._silence():
                    answer = key.data.read()
                    if answer is None:
                        continue
                    answers.append(answer)
                    if time.monotonic() < end_at and (most is None or sent < most):
                        sent += key.data.send(next(requests, None))
            for key in list(selector.get_map().values()):
                key.data.socket.close()
        return answers, len(answers) / (time.monotonic() - began)

    def _silence(self) -> list[Any]:
        raise SystemExit("The server has not answered for 30 seconds.")


class Wire:
    """A connection that is kept."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request: Request | None = None
        self.began = 0.0
        self.got = b""

    def send(self, request: Request | None) -> bool:
        if request is None:
            return False
        self.request, self.got, self.began = request, b"", time.perf_counter()
        self.socket.sendall(request.wire)
        return True

    def read(self) -> Answered | None:
        """The answer, once it is whole."""
        part = self.socket.recv(65_536)
        if not part:
            raise SystemExit("The server has hung up.")
        self.got += part
        head, blank, body = self.got.partition(b"\r\n\r\n")
        length = head.lower().partition(b"content-length:")[2].split(b"\r\n")[0]
        if not blank or len(body) < int(length or 0) or self.request is None:
            return None
        took = time.perf_counter() - self.began
        return Answered(self.request, int(head.split(b" ", 2)[1]), body, took)


# What is found.


def claps_one_story(world: World, load: Load) -> dict[str, Any]:
    return claps("claps_one_story", world, load, [world.busiest])


def claps_many_stories(world: World, load: Load) -> dict[str, Any]:
    return claps("claps_many_stories", world, load, world.stories[1:])


def claps(name: str, world: World, load: Load, stories: list[tuple[int, str]]) -> dict[str, Any]:
    answers, speed = load.send(clapping(world, stories))
    said = [json.loads(answer.body) for answer in answers if answer.status == 200]
    given: dict[tuple[int, int], int] = {}
    for answer, one in zip(answers, said, strict=False):
        place = (answer.request.reader, answer.request.story)
        given[place] = max(given.get(place, 0), one["mine"])
    is_exact = len(said) == len(answers) and claps_are_exact(given)
    return figures(name, speed, is_exact)


def claps_are_exact(given: dict[tuple[int, int], int]) -> bool:
    """Whether rows, counters and what readers were told say the same."""
    from django.db.models import Count, Sum

    from blog.models import Clap, PostStats

    stories = {story for _reader, story in given}
    earlier = Clap.objects.filter(post__in=stories, user=None).order_by().values_list("post")
    told = {story: [0, 0] for story in stories}
    told |= {post: [people, people] for post, people in earlier.annotate(Count("pk"))}
    for (_reader, story), claps in given.items():
        told[story][0] += claps
        told[story][1] += 1
    rows = Clap.objects.filter(post__in=stories).values_list("post")
    summed = {
        post: [claps, people] for post, claps, people in rows.annotate(Sum("count"), Count("pk"))
    }
    stats = PostStats.objects.filter(post__in=stories)
    counted = {one.post_id: [one.clap_count, one.clapper_count] for one in stats}
    return told == summed == counted


def responses(world: World, load: Load) -> dict[str, Any]:
    from django.db.models import Sum

    from blog.models import Comment, PostStats

    answers, speed = load.send(responding(world))
    took = sum(answer.status == 303 for answer in answers)
    counted = PostStats.objects.aggregate(said=Sum("comment_count"))["said"]
    is_exact = took == len(answers) == Comment.objects.visible().count() == counted
    return figures("responses", speed, is_exact)


SENT: dict[str, Callable[[World, Load], dict[str, Any]]] = {
    "claps_one_story": claps_one_story,
    "claps_many_stories": claps_many_stories,
    "responses": responses,
}


def figures(name: str, speed: dict[str, float], is_exact: bool) -> dict[str, Any]:
    return {f"{name}_{kind}": figure for kind, figure in speed.items()} | {
        f"{name}_exact": is_exact
    }


def save() -> dict[str, Any]:
    """Saving a story of 2,000 words in the desk, each time with other words: the median."""
    from accounts.roles import Role
    from tests.desk import change_url, read
    from tests.making import make_person, make_post

    ada = make_person("Ada", Role.AUTHOR)
    post = make_post(by=ada, published=False, source=long_text(0))
    desk = at_the_desk(ada)
    walls, cores = [], []
    for number in range(1, SAVES + 1):
        page = read(desk.get(change_url(post)), "post_form")
        fields = {**page.fields, "source": long_text(number), "_continue": "1"}
        wall, core = time.perf_counter(), time.process_time()
        answer = desk.post(change_url(post), fields)
        walls.append(time.perf_counter() - wall)
        cores.append(time.process_time() - core)
        if answer.status_code != 302:
            raise SystemExit(f"Saving answers {answer.status_code}.")
    return {"save_ms": milliseconds(walls), "save_cpu_ms": milliseconds(cores)}


def milliseconds(taken: list[float]) -> float:
    return round(sorted(taken)[len(taken) // 2] * 1000, 1)


def long_text(number: int) -> str:
    """Two thousand words with what stories have; each number is another version of the same."""
    chance, words = random.Random(3), make_vocabulary()  # noqa: S311
    paragraphs = []
    for place in range(WORDS_SAVED // 80):
        said = chance.choices(words, k=80)
        said[20] = f"[{said[20]}](https://example.org/{place})"
        said[40] = f"**{said[40]}**"
        paragraphs += [f"## {said[0]} {said[1]}"] if place % 6 == 0 else []
        paragraphs.append(" ".join(said))
    paragraphs[number % len(paragraphs)] += f" And this was added in version {number}."
    return "\n\n".join(paragraphs)


def at_the_desk(person: Any) -> Any:
    from django.test import Client

    client = Client(headers={"host": "127.0.0.1", "origin": "http://127.0.0.1"})
    client.force_login(person)
    return client


def upload() -> dict[str, Any]:
    """A photo of 12 megapixels until it can be seen in the text, in a process of its own."""
    command = [sys.executable, "-c", "from benchmarks.writes import upload_here; upload_here()"]
    done = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True)
    return dict(json.loads(done.stdout))


def upload_here() -> None:
    """Send it, and print what that took of a core, and the most memory there was."""
    import django

    django.setup()
    from django.core.files.uploadedfile import SimpleUploadedFile

    from accounts.models import User

    photo = subprocess.run(
        [sys.executable, "-c", "from benchmarks.writes import print_photo; print_photo()"],
        cwd=ROOT,
        check=True,
        capture_output=True,
    ).stdout
    writer = User.objects.filter(author__isnull=False).earliest("pk")
    desk = at_the_desk(writer)
    desk.get("/admin/blog/post/add/")
    file = SimpleUploadedFile("pier.jpg", photo, "image/jpeg")
    began = time.process_time()
    answer = desk.post("/admin/markdownx/upload/", {"image": file})
    took = time.process_time() - began
    if answer.status_code != 200:
        raise SystemExit(f"Uploading answers {answer.status_code}.")
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    say(json.dumps({"upload_cpu_s": round(took, 2), "upload_rss_mb": round(most / 1024)}))
    let_go()


def print_photo() -> None:
    """A JPEG with the noise of a sensor and the slopes of a sky."""
    from PIL import Image

    grain = Image.effect_noise(PHOTO_PX, 18)
    slopes = [Image.linear_gradient("L"), Image.radial_gradient("L"), Image.linear_gradient("L")]
    slopes = [slope.rotate(90 * turn).resize(PHOTO_PX) for turn, slope in enumerate(slopes)]
    channels = [Image.blend(slope, grain, 0.35) for slope in slopes]
    file = io.BytesIO()
    Image.merge("RGB", channels).save(file, "JPEG", quality=92)
    sys.stdout.buffer.write(file.getvalue())


if __name__ == "__main__":
    main()
