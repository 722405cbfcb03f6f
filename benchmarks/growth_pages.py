"""Asked by `benchmarks.growth`, line by line: how long pages of one publication take.

A process of its own, because Django has one database from its start to its end.
"""

from __future__ import annotations

import json
import os
import random
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from typing import Any

import django

ROWS = 40
SEARCHES = 100
NS_A_MS = 1_000_000


def main() -> None:
    django.setup()
    from django.core.management import call_command

    call_command("collectstatic", verbosity=0, interactive=False)
    pages = Pages(int(os.environ.get("GROWTH_STORIES") or ROWS))
    for line in sys.stdin:
        question = json.loads(line)
        answer = {
            "pages": lambda _page, _times: list(pages.addresses),
            "rows": lambda page, _times: pages.rows_of(page),
            "show": lambda _page, rows: pages.show(rows),
            "count": lambda page, _times: len(pages.addresses[page]),
            "keep": lambda page, count: pages.keep(page, count),
            "queries": lambda page, _times: pages.queries(page),
            "times": lambda page, times: [pages.take(page) for _time in range(times)],
        }[question["ask"]](question.get("page", ""), question.get("times", 0))
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()
    from django.db import connection

    connection.close()
    if hasattr(connection, "close_pool"):
        connection.close_pool()


class Pages:
    """The addresses of every kind of page, and how long one takes."""

    def __init__(self, rows: int) -> None:
        from django.test import Client

        from accounts.models import User
        from blog.pages import NAMES_PER_PAGE

        # No page of those whose rows are counted has room for more.
        self.room = NAMES_PER_PAGE
        self.rows, self.chance = rows, random.Random(5)  # noqa: S311 -- the same each time
        self.clients = {who: Client(headers={"host": "127.0.0.1"}) for who in ("", "desk", "inbox")}
        editor = User.objects.get(email="p0@example.org")
        self.clients["desk"].force_login(editor)
        from accounts.models import Notification

        told = Notification.objects.order_by("pk").first()
        self.clients["inbox"].force_login(told.recipient if told else editor)
        self.addresses = self._addresses()
        self._next = {page: cycle(urls) for page, urls in self.addresses.items()}

    def take(self, page: str) -> tuple[float, float]:
        """Processor time and waiting time for the next address of this kind, in milliseconds.

        A chunk of the sitemap has as many rows as there are stories in it: for one address each.
        """
        url = next(self._next[page])
        client = self._client(page)
        cpu, wall = time.process_time_ns() + _of_database(), time.perf_counter_ns()
        answer = client.get(url)
        wall = time.perf_counter_ns() - wall
        cpu = time.process_time_ns() + _of_database() - cpu
        if answer.status_code != 200:
            sys.exit(f"{url} answers {answer.status_code}.")
        share = answer.content.count(b"<url>") / 1_000 if page.startswith("sitemap chunk") else 1
        return cpu / NS_A_MS / share, wall / NS_A_MS / share

    def keep(self, page: str, count: int) -> None:
        """From now on, ask for no more addresses of this kind."""
        self._next[page] = cycle(self.addresses[page][:count])

    def rows_of(self, page: str) -> int:
        """How many rows this page shows: there may be fewer than it has room for."""
        from blog.models import Post

        if page == "authors":
            listed = Post.objects.listed().values("authors").distinct()
            return min(int(listed.count()), self.room)
        if page == "desk: drafts":
            return min(Post.objects.in_state("draft").count(), self.room)
        return self.room

    def show(self, rows: int) -> None:
        """From now on, no more rows on pages of stories in the desk and of names."""
        from django.contrib import admin

        from blog import pages
        from blog.admin.post_list import STORIES_A_PAGE
        from blog.models import Post

        admin.site.get_model_admin(Post).list_per_page = min(rows, STORIES_A_PAGE)
        pages.NAMES_PER_PAGE = rows

    def queries(self, page: str) -> int:
        """How many it asks, once what is the same for all pages is known."""
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        url, client = self.addresses[page][0], self._client(page)
        client.get(url)
        with CaptureQueriesContext(connection) as asked:
            client.get(url)
        return len(asked)

    def _client(self, page: str) -> Any:
        return self.clients[next((who for who in ("desk", "inbox") if page.startswith(who)), "")]

    def _addresses(self) -> dict[str, list[str]]:
        from blog.models import Post

        last = Post.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
        handles = [f"author{n}" for n in range(self._some_of(self._author_count()))]
        tags = [f"subject-{n}" for n in range(self.rows)]
        month = self._dates()
        busy = Post.objects.get(title="A busy story").get_absolute_url()
        return {
            "front page": ["/"],
            "front page, older": self._older("/", Post.objects.listed()),
            "author": [f"/@{handle}/" for handle in handles],
            "author, older": self._older_of(
                f"/@{handles[0]}/", authorships__author__handle="author0"
            ),
            "tag": self._with_stories(f"/tag/{slug}/" for slug in tags),
            "tag, older": self._older_of("/tag/subject-0/", post_tags__tag__slug="subject-0"),
            "authors": ["/authors/"],
            "tags": ["/tags/"],
            "archive": ["/archive/"],
            "archive, a year": [f"/archive/{at.year}/" for at in month],
            "archive, a month": [f"/archive/{at.year}/{at.month}/" for at in month],
            "series": [f"/series/series-{n}/" for n in self._spread(last // 50, first=1)],
            "feed": ["/feed/"],
            "feed of an author": [f"/@{handle}/feed/" for handle in handles],
            "feed of a tag": self._with_stories(f"/tag/{slug}/feed/" for slug in tags),
            "sitemap": ["/sitemap.xml"],
            "sitemap chunk, 1,000 addresses": self._chunks(last),
            "story": self._stories(last),
            "story with 5,000 responses": [busy],
            "its responses": [f"{busy}responses/", f"{busy}responses/?order=newest"],
            "who clapped": [f"{url}claps/people/" for url in self._stories(last)],
            SEARCH: self._searches(),
            "search, suggestions": [f"/search/suggestions/?q={word[:4]}" for word in self._words()],
            "desk: stories": ["/admin/blog/post/"],
            "desk: drafts": ["/admin/blog/post/?state=draft"],
            "desk: an author": [f"/admin/blog/post/?author={handle}" for handle in handles],
            "desk: by title": ["/admin/blog/post/?o=title"],
            "desk: by status": ["/admin/blog/post/?o=state"],
            "desk: by date": ["/admin/blog/post/?o=-published"],
            "desk: by claps": ["/admin/blog/post/?o=-claps"],
            "desk: moderation": ["/admin/blog/comment/queue/"],
            "inbox": ["/accounts/inbox/"],
        }

    def _author_count(self) -> int:
        from accounts.models import Author

        return int(Author.objects.count())

    def _some_of(self, count: int) -> int:
        return min(self.rows, count)

    def _spread(self, last: int, *, first: int = 1) -> list[int]:
        """Keys from one end to the other."""
        rows = self._some_of(max(1, last - first))
        return [first + number * (last - first) // rows for number in range(rows)]

    def _dates(self) -> list[Any]:
        from blog.models import Post

        dates = Post.objects.listed().newest_first().values_list("published_at", flat=True)
        oldest = dates.reverse().first()
        newest = dates.first()
        # Whole years: neither the first nor the last.
        steps = range(2, 12)
        return [oldest + (newest - oldest) * step / 14 for step in steps]

    def _stories(self, last: int) -> list[str]:
        """Long ones, wherever they stand."""
        from benchmarks.generate import Sizes
        from blog.models import Post

        sizes = Sizes.scaled(last)
        full = [pk for pk in range(1, last + 1 - sizes.full // 2) if sizes.is_full(pk)]
        full = full or list(range(1, last + 1))
        picked = self.chance.sample(full, self._some_of(len(full)))
        slugs = Post.objects.published().filter(pk__in=picked, stats__comment_count__gt=0)
        return [f"/{slug}/" for slug in slugs.values_list("slug", flat=True)]

    def _chunks(self, last: int) -> list[str]:
        whole = range(1, last // 2_000 + 1) or [1]
        picked = self.chance.sample(list(whole), min(6, len(whole)))
        return [f"/sitemaps/stories-{number}.xml" for number in picked]

    def _with_stories(self, urls: Iterator[str]) -> list[str]:
        return [url for url in urls if self.clients[""].get(url).status_code == 200]

    def _older_of(self, path: str, **about: str) -> list[str]:
        from blog.models import Post

        return self._older(path, Post.objects.listed().filter(**about))

    def _older(self, path: str, posts: Any) -> list[str]:
        """Pages further back: one finds them from the archive, or page by page.

        More than one: by chance, one has more to show than another.
        """
        from blog import keyset

        dates = posts.order_by("published_at")
        first, last = dates.first().published_at, dates.last().published_at
        places = [first + (last - first) * step / 12 for step in range(3, 12)]
        return [f"{path}?older={keyset.encode(place, 1)}" for place in places]

    def _words(self) -> list[str]:
        from benchmarks.desk_list import make_vocabulary

        return make_vocabulary(5_000)[:: 5_000 // SEARCHES]

    def _searches(self) -> list[str]:
        """One word, two, three; frequent and rare; phrases; slips; an author; narrowed."""
        from benchmarks.desk_list import make_vocabulary

        words = make_vocabulary(20_000)
        weights = [1 / (place + 1) for place in range(len(words))]
        urls = []
        for number in range(SEARCHES):
            asked = self.chance.choices(words, weights, k=1 + number % 3)
            if number % 10 == 7:
                asked = [f'"{asked[0]}', f'{words[number]}"']
            if number % 10 == 8:
                long = self.chance.choice([word for word in words[:5_000] if len(word) > 7])
                asked = [long[:3] + "x" + long[4:]]
            if number % 10 == 9:
                asked = [self.chance.choice(words[10_000:])]
            narrowed = "&author=author0" if number % 10 == 6 else ""
            urls.append(f"/search/?q={'+'.join(asked)}{narrowed}".replace('"', "%22"))
        return urls


SEARCH = "search"


def _of_database() -> int:
    """Nanoseconds that PostgreSQL's process for us has had; 0 where it cannot be seen."""
    from django.db import connection

    if connection.vendor != "postgresql" or connection.connection is None:
        return 0
    process = Path(f"/proc/{connection.connection.info.backend_pid}/schedstat")
    with suppress(OSError, ValueError):
        return int(process.read_text(encoding="ascii").split()[0])
    return 0


if __name__ == "__main__":
    main()
