"""What a page costs that nobody asked for before: processor time, by part.

    .venv/bin/python -m benchmarks.cold [--db postgres] [--stories 400] [--profile story]

Each request goes through the whole of the WSGI application, in this process, and asks for another
story. Processor time is told, not the clock's: so others on the machine matter less. It works in a
temporary database, or with `--here` in the one that the environment names (read only, but for the
session of its reader), made with `--fill` if it is empty.
"""

from __future__ import annotations

import argparse
import cProfile
import io
import os
import pstats
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from unittest import mock

from benchmarks.desk_list import AUTHORS, analyse, make_authors, prepare, say

TAGS = 60
READERS = 200
PARAGRAPHS, WORDS_A_PARAGRAPH = 10, 70
HEADINGS = ("Before the storm", "What the keeper knew", "The long watch", "Morning")
RESPONSES_A_STORY = 20
# Which response each one answers: eight begin a thread, the others are replies up to four deep.
ANSWERED = (None, None, 0, 0, 2, None, 5, None, 7, 8, None, None, 11, 11, None, 14, None, 0, 9, 1)
RELATED = 6
WORDS = """
    the lamp turns once in ten seconds and nobody has ever heard it stop while the sea below goes on
    saying what it said to those who built the tower out of granite and patience
""".split()  # noqa: SIM905 -- a sentence, not a list
BATCH = 100
ROUNDS = 5
WARM_UP = 20
PAGES = ("story", "front", "author", "tag", "signed in")
# What a browser sends.
HEADERS = {"HTTP_HOST": "127.0.0.1", "HTTP_ACCEPT_ENCODING": "gzip, deflate, br"}


def main() -> None:
    chosen = _options()
    with ExitStack() as stack:
        if not chosen.here:
            data = stack.enter_context(tempfile.TemporaryDirectory(prefix="longhand-benchmark-"))
            os.environ |= {"LONGHAND_DATA": data, "DATABASE_URL": ""}
            if chosen.db == "postgres":
                from tests import postgres

                os.environ["DATABASE_URL"] = stack.enter_context(postgres.server())
        os.environ |= {"DJANGO_SETTINGS_MODULE": "config.settings"}
        os.environ.setdefault("SITE_URL", "http://127.0.0.1")
        if chosen.fill or not chosen.here:
            prepare()
            fill(chosen.stories)
            analyse()
        else:
            import django

            django.setup()
        stack.callback(_close)
        _measure(chosen)


def _options() -> argparse.Namespace:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    options.add_argument("--stories", type=int, default=400, help="how many are made and asked for")
    options.add_argument("--db", choices=["sqlite", "postgres"], default="sqlite")
    options.add_argument("--here", action="store_true", help="the database of the environment")
    options.add_argument("--fill", action="store_true", help="with --here: it is empty, fill it")
    options.add_argument("--rounds", type=int, default=ROUNDS, help="the best of so many is told")
    options.add_argument("--pages", nargs="+", choices=PAGES, default=list(PAGES))
    options.add_argument("--profile", choices=PAGES, help="where its time goes, by function")
    options.add_argument("--queries", choices=PAGES, help="what it asks of the database")
    return options.parse_args()


def _close() -> None:
    from django.db import connection

    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()


def fill(count: int) -> None:
    """Stories of 700 words with pictures, tags, responses and what to read next."""
    from blog.models import Tag

    chance = random.Random(1)  # noqa: S311 -- the same stories each time
    authors = make_authors()
    tags = [Tag.objects.create(name=f"Subject {n}", slug=f"subject-{n}") for n in range(TAGS)]
    readers = _make_readers()
    for start in range(0, count, BATCH):
        numbers = range(start, min(start + BATCH, count))
        posts = _make_stories(numbers, chance, authors, tags)
        _make_talk(posts, chance, readers)
    _relate(chance)


def _make_readers() -> list[int]:
    from accounts.models import User

    return [
        one.pk
        for one in User.objects.bulk_create(
            User(email=f"reader{n}@example.org", name=f"Reader {n}", password="!")  # noqa: S106
            for n in range(READERS)
        )
    ]


def _make_stories(
    numbers: range, chance: random.Random, authors: list[Any], tags: list[Any]
) -> list[Any]:
    from django.utils import timezone

    from blog import markdown
    from blog.models import Authorship, Image, Post, PostStats, PostTag

    now = timezone.now()
    images = Image.objects.bulk_create(
        Image(
            token=f"picture{n:09d}",
            width=1920,
            height=1280,
            widths=[480, 960, 1440, 1920],
            has_avif=True,
            alt=f"The lighthouse, seen from the sea on day {n}",
            credit_name="Ada Moss",
        )
        for n in numbers
    )
    posts = Post.objects.bulk_create(
        Post(
            title=f'The keeper\'s "log", part {n}',
            subtitle="What was written down in the tower, and what was not",
            slug=f"story-{n}",
            source="",
            text=" ".join(WORDS * 23),
            html=_body(images[n - numbers.start].facts, chance),
            word_count=PARAGRAPHS * WORDS_A_PARAGRAPH,
            reading_minutes=3,
            lead_image=images[n - numbers.start] if n % 2 else None,
            renderer_version=markdown.VERSION,
            status=Post.Status.PUBLISHED,
            published_at=now - timedelta(minutes=n + 1),
            version=1,
        )
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
        PostStats(
            post=post,
            clap_count=chance.randrange(5_000),
            clapper_count=100,
            comment_count=RESPONSES_A_STORY,
        )
        for post in posts
    )
    return posts


def _body(picture: Any, chance: random.Random) -> str:
    """What the renderer would have stored: four headings, ten paragraphs, a picture."""
    from blog import figures

    blocks = []
    for number in range(PARAGRAPHS):
        if number and number % 2 == 0:
            words = HEADINGS[number // 2 - 1]
            blocks.append(f'<h2 id="h-{number}">{words}</h2>')
        if number == 3:
            blocks.append(figures.figure_html(picture))
        text = " ".join(chance.choices(WORDS, k=WORDS_A_PARAGRAPH))
        blocks.append(f"<p>{text.capitalize()}.</p>")
    return "\n".join(blocks)


def _make_talk(posts: list[Any], chance: random.Random, readers: list[int]) -> None:
    from django.utils import timezone

    from blog import markdown
    from blog.models import Comment

    last = Comment.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    rows: list[Any] = []
    for post in posts:
        mine: list[Any] = []
        for number, above in enumerate(ANSWERED):
            parent = None if above is None else mine[above]
            text = " ".join(chance.choices(WORDS, k=40)).capitalize()
            last += 1
            one = Comment(
                pk=last,
                post=post,
                author_id=chance.choice(readers),
                parent=parent,
                root_id=(parent.root_id or parent.pk) if parent else None,
                source=text,
                html=f"<p>{text}.</p>",
                renderer_version=markdown.VERSION,
                clap_count=chance.randrange(40),
                clapper_count=1,
                score=chance.random() * 10,
                created_at=timezone.now() - timedelta(minutes=60 - number),
            )
            mine.append(one)
        rows += mine
    Comment.objects.bulk_create(rows, batch_size=500)
    _mend_keys()


def _mend_keys() -> None:
    """PostgreSQL gives the next key by itself, and has not heard of those given here."""
    from django.core.management.color import no_style
    from django.db import connection

    from blog.models import Comment

    with connection.cursor() as cursor:
        for sql in connection.ops.sequence_reset_sql(no_style(), [Comment]):
            cursor.execute(sql)


def _relate(chance: random.Random) -> None:
    from blog.models import Post, Related

    keys = list(Post.objects.values_list("pk", flat=True))
    Related.objects.bulk_create(
        (
            Related(post_id=key, other_id=other, place=place)
            for key in keys
            for place, other in enumerate(chance.sample(keys, RELATED + 1), start=1)
            if other != key
        ),
        batch_size=500,
    )


@dataclass
class Page:
    """One sort of page: the addresses of some, and the cookies of who asks."""

    name: str
    paths: list[str]
    cookies: str = ""

    def environ(self, path: str) -> dict[str, Any]:
        return {
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": path,
            "QUERY_STRING": "",
            "SERVER_NAME": "127.0.0.1",
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            **HEADERS,
            **({"HTTP_COOKIE": self.cookies} if self.cookies else {}),
        }


@dataclass
class Parts:
    """Seconds of processor time within some functions."""

    template: float = 0.0
    database: float = 0.0
    queries: int = 0
    within: list[str] = field(default_factory=list)


def _pages(count: int) -> list[Page]:
    from accounts.models import Author
    from blog.models import Post, Tag

    keys = list(Post.objects.listed().newest_first()[:100_000].values_list("slug", flat=True))
    slugs = random.Random(3).sample(keys, min(count, len(keys)))  # noqa: S311
    stories = [f"/{slug}/" for slug in slugs]
    authors = [author.get_absolute_url() for author in Author.objects.all()[:AUTHORS]]
    tags = [tag.get_absolute_url() for tag in Tag.objects.all()[:TAGS]]
    return [
        Page("story", stories),
        Page("front", ["/"] * 40),
        Page("author", authors),
        Page("tag", tags),
        Page("signed in", stories, _sign_in()),
    ]


def _sign_in() -> str:
    """The cookies of a reader; the session is taken away again at the end."""
    from django.conf import settings
    from django.test import Client

    from accounts.models import User

    reader = User.objects.filter(author=None, is_staff=False, is_active=True).first()
    client = Client(headers={"host": "127.0.0.1"})
    client.force_login(reader or User.objects.earliest("pk"))
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def _sign_out(cookies: str) -> None:
    from django.contrib.sessions.models import Session

    Session.objects.filter(pk=cookies.partition("=")[2]).delete()


def _measure(chosen: argparse.Namespace) -> None:
    # Behind the pages that are kept: each is to be made.
    from config.wsgi import django as application

    pages = {page.name: page for page in _pages(chosen.stories)}
    ask = _asker(application)
    if chosen.queries:
        _tell_queries(pages[chosen.queries], ask)
    elif chosen.profile:
        _profile(pages[chosen.profile], ask)
    else:
        say("| page | ms | a second | template | database | the rest | queries | KB |")
        say("|---|---|---|---|---|---|---|---|")
        for name in chosen.pages:
            _tell(pages[name], ask, chosen.rounds)
    _sign_out(pages["signed in"].cookies)


Ask = Callable[[Page, str], int]


def _asker(application: Any) -> Ask:
    """Asks for a page as a server would, and says how many bytes were the answer."""
    answered: list[str] = []

    def start(status: str, headers: Any, exc_info: Any = None) -> Any:
        answered.append(status)

    def ask(page: Page, path: str) -> int:
        answered.clear()
        response = application(page.environ(path), start)
        size = sum(len(chunk) for chunk in response)
        response.close()
        if answered != ["200 OK"]:
            sys.exit(f"{path} answers {answered}.")
        return size

    return ask


def _tell(page: Page, ask: Ask, rounds: int) -> None:
    for path in page.paths[:WARM_UP]:
        size = ask(page, path)
    whole = min(_seconds(page, ask) for _round in range(rounds)) / len(page.paths)
    with _watched() as parts:
        watched = _seconds(page, ask) / len(page.paths)
    count = len(page.paths)
    # Watching costs a little itself; the parts are told as shares of what it takes unwatched.
    template, database = (
        share / count / watched * whole * 1_000 for share in (parts.template, parts.database)
    )
    rest = whole * 1_000 - template - database
    say(
        f"| {page.name} | {whole * 1_000:.2f} | {1 / whole:.0f} | {template:.2f} | {database:.2f} "
        f"| {rest:.2f} | {parts.queries / count:.1f} | {size / 1024:.1f} |"
    )


def _seconds(page: Page, ask: Ask) -> float:
    began = time.process_time()
    for path in page.paths:
        ask(page, path)
    return time.process_time() - began


@contextmanager
def _watched() -> Iterator[Parts]:
    """Counts what is spent in templates and in the database's driver, each without the other."""
    from django.db.backends.utils import CursorWrapper
    from django.template.backends.django import Template

    parts = Parts()
    targets = [(Template, "render"), (CursorWrapper, "execute")]
    targets += [(CursorWrapper, name) for name in ("fetchone", "fetchmany", "fetchall")]
    try:
        from django.template.backends.jinja2 import Template as Jinja
    except ImportError:
        pass
    else:
        targets.append((Jinja, "render"))
    with ExitStack() as stack:
        for owner, name in targets:
            what = "template" if name == "render" else "database"
            stack.enter_context(
                mock.patch.object(owner, name, _counted(owner, name, what, parts), create=True)
            )
        yield parts


def _counted(owner: Any, name: str, what: str, parts: Parts) -> Callable[..., Any]:
    # `fetchmany` and its like are found by `__getattr__` in the driver's own cursor.
    inner = getattr(owner, name, None) or (lambda self, *args: getattr(self.cursor, name)(*args))

    def counted(self: Any, *args: Any, **kwargs: Any) -> Any:
        if what in parts.within:
            return inner(self, *args, **kwargs)
        parts.within.append(what)
        parts.queries += name == "execute"
        began = time.process_time()
        try:
            return inner(self, *args, **kwargs)
        finally:
            spent = time.process_time() - began
            parts.within.pop()
            setattr(parts, what, getattr(parts, what) + spent)
            if parts.within:
                above = parts.within[-1]
                setattr(parts, above, getattr(parts, above) - spent)

    return counted


def _profile(page: Page, ask: Ask) -> None:
    for path in page.paths[:WARM_UP]:
        ask(page, path)
    profiler = cProfile.Profile(time.process_time)
    profiler.runcall(_seconds, page, ask)
    told = pstats.Stats(profiler, stream=sys.stdout)
    for order in ("tottime", "cumtime"):
        told.sort_stats(order).print_stats(70)


def _tell_queries(page: Page, ask: Ask) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    ask(page, page.paths[0])
    with CaptureQueriesContext(connection) as asked:
        ask(page, page.paths[1])
    for query in asked.captured_queries:
        say(f"{float(query['time']) * 1_000:.0f} ms  {query['sql']}\n")


if __name__ == "__main__":
    main()
