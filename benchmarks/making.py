"""Makes a publication of some size, batch by batch, each a transaction."""

from __future__ import annotations

import math
import random
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.db import connection, transaction

from accounts.models import Author, Follow, Notification, User
from accounts.roles import Role
from benchmarks.bulk import Loader, Row, Table, loader, moment
from benchmarks.generate import Sizes
from benchmarks.wording import (
    FULL_WORDS,
    SHORT_WORDS,
    Wording,
    Words,
    make_bodies,
    make_said,
)
from blog import markdown, relating
from blog.models import (
    Authorship,
    Clap,
    Comment,
    CommentClap,
    Image,
    Post,
    PostStats,
    PostTag,
    ReadNext,
    Related,
    SearchEntry,
    SearchWord,
    Series,
    Tag,
)
from blog.models.best import TENFOLD_DAYS
from blog.models.related import MAX_PLACES
from blog.models.search_word import halves
from blog.models.tag import fold
from blog.search import TITLE_KEY_CHARS, postgres, sqlite
from blog.search.entry import OUT, Entry
from blog.search.words import RULES, plain, words_of

BATCH = 2_000
DAY_SECONDS = 86_400
TAGS_A_STORY = 3
IMAGES = 60
BY_THE_SAME = 4
SERIES_EVERY, PARTS = 10, 5
FOLLOWS_A_READER = 3
TOLD_A_READER, TOLD_MOST = 5, 2_000
# The rest of a story's claps are from readers without an account.
WITH_ACCOUNT = 0.6
# One clap in so many is for a response.
FOR_RESPONSE = 20
HELD = 60
HIDDEN_EVERY = 100
# What makes one story better read than another: most have little, few have much.
SHARES = 1_000

KINDS: list[Any] = [
    *(Author, Follow, Notification, User, User.groups.through, Tag, Series, Image, Post),
    *(Post.images.through, Authorship, PostTag, PostStats, Clap, Comment, CommentClap),
    *(SearchEntry, SearchWord, ReadNext, Related),
]


@dataclass
class Story:
    """What other rows have to know of a story."""

    pk: int
    title: str
    subtitle: str
    wording: Wording
    status: str
    visibility: str
    at: float
    expires_at: float | None
    authors: list[int]
    tags: list[int]
    claps: int = 0
    clappers: int = 0
    said: int = 0

    @property
    def is_out(self) -> bool:
        """Whether readers can have met it."""
        return self.status == Post.Status.PUBLISHED and self.at < self.now

    now: float = field(default=0.0, repr=False)

    @property
    def is_listed(self) -> bool:
        public = self.visibility == Post.Visibility.PUBLIC
        return self.is_out and public and self.expires_at is None

    @property
    def listed_at(self) -> str | None:
        """When readers find it in lists, now or later: what triggers would keep."""
        is_public = self.visibility == Post.Visibility.PUBLIC
        return moment(self.at) if is_public and self.status == Post.Status.PUBLISHED else None

    @property
    def ends_at(self) -> str | None:
        """Until when it is to be seen."""
        is_ending = self.status == Post.Status.PUBLISHED and self.expires_at
        return moment(max(self.expires_at or 0, self.at + 1)) if is_ending else None

    @property
    def part(self) -> tuple[int | None, int]:
        """The key of its series, and which part it is of it."""
        number = self.pk // SERIES_EVERY
        in_series = self.pk % SERIES_EVERY == 0
        return (number // PARTS + 1, number % PARTS + 1) if in_series else (None, 0)

    @property
    def saved_at(self) -> str:
        """What comes out later was touched before now."""
        return moment(min(self.at, self.now - 60))


class Shares:
    """Cuts a sum into uneven shares; whoever may have none leaves theirs to the next."""

    def __init__(self, chance: random.Random, whole: float, among: int) -> None:
        weights = [chance.lognormvariate(0, 1.2) for _one in range(max(1, min(among, SHARES)))]
        mean = whole / max(1, among)
        self._shares = [weight * mean * len(weights) / sum(weights) for weight in weights]
        self._left, self._next = 0.0, 0

    def take(self, *, may: bool = True) -> int:
        self._left += self._shares[self._next % len(self._shares)]
        self._next += 1
        if not may:
            return 0
        taken = int(self._left + 1e-6)
        self._left -= taken
        return taken


class Making:
    """One publication: whoever makes it twice with one seed gets the same."""

    def __init__(self, sizes: Sizes, *, say: Callable[[str], None]) -> None:
        self.sizes, self._say = sizes, say
        self.chance = random.Random(sizes.seed)  # noqa: S311 -- the same each time
        self.now = float(int(time.time()))
        self.loader: Loader = loader()
        self.words = Words(self.chance, min(200_000, 5_000 + 20 * sizes.stories))
        # The owner may be here already, with a face.
        self.first_user = _next_key(User)
        self.first_author = _next_key(Author)
        self.names: list[str] = []
        self.tag_names: list[str] = []
        self.known_words: set[str] = set()
        self.recent: deque[int] = deque(maxlen=400)
        self.newest_by: dict[int, deque[int]] = {}

    def make(self, *, bare: bool = False) -> None:
        """Everything; `bare` of indexes meanwhile. Raises ValueError where there are stories."""
        if Post.objects.exists():
            raise ValueError("There are stories in this database. Name one that has none.")
        with self.loader.filling(KINDS, bare=bare):
            with transaction.atomic():
                self._people()
                self._subjects()
                self._pictures()
            self._stories()
            with transaction.atomic():
                self._write(SearchWord, WORD, self._search_words())
                self._inboxes()
            self._say("All rows are in; indexes are next.")

    def _write(self, kind: Any, columns: tuple[str, ...], rows: Any, last: Any = ()) -> None:
        self.loader.write(Table(kind, *columns), rows, last)

    # Who is here.

    def _people(self) -> None:
        authors, readers = self.sizes.authors, self.sizes.readers
        self.names = [self.words.name() for _one in range(authors + readers)]
        joined = moment(self.now - (self.sizes.years + 1) * 365 * DAY_SECONDS)
        password = make_password(None)
        self._write(
            User,
            ("id", "email", "name", "password", "is_staff", "joined_at"),
            (
                (self.first_user + n, f"p{n}@example.org", name, password, n < authors, joined)
                for n, name in enumerate(self.names)
            ),
        )
        groups = dict(Group.objects.values_list("name", "pk"))
        self._write(
            User.groups.through,
            ("id", "user_id", "group_id"),
            (
                (_next + n, self.first_user + n, groups[Role.AUTHOR if n else Role.EDITOR])
                for _next in [_next_key(User.groups.through)]
                for n in range(authors)
            ),
        )
        follows = self._follows()
        followers = [0] * authors
        for _pk, _user, author, _at in follows:
            followers[author - self.first_author] += 1
        self._write(
            Author,
            ("id", "user_id", "name", "handle", "tagline", "bio", "follower_count"),
            (
                (
                    self.first_author + n,
                    self.first_user + n,
                    self.names[n],
                    f"author{n}",
                    self.words.line(6),
                    self.words.line(20),
                    followers[n],
                )
                for n in range(authors)
            ),
        )
        self._write(Follow, ("id", "user_id", "author_id", "followed_at"), follows)

    def _follows(self) -> list[Row]:
        rows: list[Row] = []
        wanted = min(FOLLOWS_A_READER, self.sizes.authors)
        at = moment(self.now - 30 * DAY_SECONDS)
        for n in range(self.sizes.readers):
            followed = {self._some_author() for _one in range(wanted)}
            for author in sorted(followed):
                user = self.first_user + self.sizes.authors + n
                rows.append((len(rows) + 1, user, self.first_author + author, at))
        return rows

    def _some_author(self) -> int:
        """Some write much more than others."""
        return int(self.sizes.authors * self.chance.random() ** 2)

    def _subjects(self) -> None:
        count = self.sizes.tags
        self.tag_names = [f"{self.words.all[n].capitalize()} {n}" for n in range(count)]
        self._tag_weights = list(accumulate(1 / (n + 1) ** 0.8 for n in range(count)))
        self._write(
            Tag,
            ("id", "name", "key", "slug"),
            ((n + 1, name, fold(name), f"subject-{n}") for n, name in enumerate(self.tag_names)),
        )
        series = self.sizes.stories // (SERIES_EVERY * PARTS) + 1
        self._write(
            Series,
            ("id", "title", "slug"),
            ((n + 1, self.words.line(3), f"series-{n}") for n in range(series)),
        )

    def _pictures(self) -> None:
        at = moment(self.now - 365 * DAY_SECONDS)
        self._write(
            Image,
            IMAGE,
            (
                (
                    *(n + 1, f"picture{n:09}", 1920, 1280, "[640, 1280, 1920]", 400_000, True),
                    *(self.words.line(6), self.first_user + n % self.sizes.authors, at),
                )
                for n in range(IMAGES)
            ),
        )
        images = list(Image.objects.order_by("pk"))
        sizes = self.sizes
        self.short = make_bodies(self.words, images, length=SHORT_WORDS, at_most=sizes.stories)
        self.full = make_bodies(self.words, images, length=FULL_WORDS, at_most=sizes.full)
        self.said = make_said(self.words)

    # Stories, and all that hangs on them.

    def _stories(self) -> None:
        sizes, began = self.sizes, time.perf_counter()
        talks = Talks(self)
        for start in range(1, sizes.stories + 1, BATCH):
            keys = range(start, min(start + BATCH, sizes.stories + 1))
            stories = [self._story(pk) for pk in keys]
            with transaction.atomic():
                self._keep(stories)
                talks.keep(stories)
                self._keep_counters(stories)
            if keys[-1] % (50 * BATCH) == 0:
                self._say(f"{keys[-1]} stories, {time.perf_counter() - began:.0f} s")

    def _story(self, pk: int) -> Story:
        chance, sizes = self.chance, self.sizes
        span = sizes.years * 365 * DAY_SECONDS
        # As stories come: one after the other, some written long before they came out.
        at = self.now - 3_600 - span * (1 - pk / sizes.stories)
        if pk % 7 == 0:
            at = max(at - chance.random() * 5 * DAY_SECONDS, self.now - span)
        bodies = self.full if sizes.is_full(pk) else self.short
        story = Story(
            pk=pk,
            title=self.words.line(chance.choice([3, 4, 5, 6])),
            subtitle=self.words.line(8) if pk % 3 else "",
            wording=Wording(chance.choice(bodies), self.words.sentence()),
            status=chance.choices(STATUSES, cum_weights=STATUS_WEIGHTS)[0],
            visibility=Post.Visibility.PUBLIC if pk % 50 else Post.Visibility.UNLISTED,
            at=at,
            expires_at=self.now - 60 if pk % 401 == 0 else None,
            authors=self._byline(),
            tags=self._tags(),
            now=self.now,
        )
        if pk % 211 == 0:
            story.at, story.expires_at = self.now + pk % 28 * DAY_SECONDS + 3_600, None
        if pk == sizes.busy_pk:
            story.title, story.status, story.expires_at = "A busy story", "published", None
            story.visibility, story.at = Post.Visibility.PUBLIC, at
        return story

    def _byline(self) -> list[int]:
        first = self._some_author()
        second = self._some_author() if self.chance.random() < 0.15 else first
        return [first] if first == second else [first, second]

    def _tags(self) -> list[int]:
        picked = self.chance.choices(
            range(self.sizes.tags), cum_weights=self._tag_weights, k=2 * TAGS_A_STORY
        )
        return list(dict.fromkeys(picked))[:TAGS_A_STORY]

    def _keep(self, stories: list[Story]) -> None:
        self._write(Post, POST, map(self._post, stories))
        shown = (story for story in stories if story.wording.body.image)
        self._write(
            Post.images.through,
            ("id", "post_id", "image_id"),
            ((story.pk, story.pk, story.wording.body.image) for story in shown),
        )
        self._write(
            Authorship,
            (
                *("id", "post_id", "author_id", "position"),
                *("listed_at", "listed_until", "series_key", "saved_at"),
            ),
            (
                (
                    *(2 * story.pk + place, story.pk, self.first_author + author, place),
                    *(story.listed_at, story.ends_at, story.part[0], story.saved_at),
                )
                for story in stories
                for place, author in enumerate(story.authors)
            ),
        )
        self._write(
            PostTag,
            ("id", "post_id", "tag_id", "position", "listed_at", "listed_until"),
            (
                (
                    *(TAGS_A_STORY * story.pk + place, story.pk, tag + 1, place),
                    *(story.listed_at, story.ends_at),
                )
                for story in stories
                for place, tag in enumerate(story.tags)
            ),
        )
        self._index(stories)
        self._relate(stories)

    def _post(self, story: Story) -> Row:
        pk, wording = story.pk, story.wording
        out = story.status == Post.Status.PUBLISHED
        touched = story.saved_at
        return (
            *(pk, story.title, story.subtitle, f"story-{pk}"),
            *(wording.source, wording.html, wording.text, wording.word_count, wording.minutes),
            *(markdown.VERSION, story.status, story.visibility),
            moment(story.at) if out else None,
            story.ends_at,
            *(touched, touched, touched if out else None, 1),
            pk % IMAGES + 1 if pk % 10 < 7 else None,
            *story.part,
            pk == self.sizes.stories - 1,
            "de" if pk % 9 == 0 else "en",
        )

    def _index(self, stories: list[Story]) -> None:
        entries = [self._entry(story) for story in stories]
        for entry in entries:
            if entry.is_out:
                self.known_words.update(entry.all_words)
        rows = (
            (story.pk, plain(story.title).strip()[:TITLE_KEY_CHARS], RULES, 1) for story in stories
        )
        given = ("post_id", "title_key", "rules", "version")
        if connection.vendor == "postgresql":
            table = Table(SearchEntry, *given).with_columns("words", "heads")
            self.loader.write(table, rows, map(postgres.columns, entries))
        else:
            self._write(SearchEntry, given, rows)
            sqlite.store(entries)

    def _entry(self, story: Story) -> Entry:
        names = [self.names[n] for n in story.authors] + [self.tag_names[n] for n in story.tags]
        facets = [f"#a{self.first_author + n}" for n in story.authors]
        facets += [f"#t{n + 1}" for n in story.tags]
        facets.append("#lde" if story.pk % 9 == 0 else "#len")
        if story.status == Post.Status.PUBLISHED:
            facets.append(f"#y{moment(story.at)[:4]}")
            if story.visibility == Post.Visibility.PUBLIC:
                facets.append(OUT)
        body = story.wording.body
        return Entry(
            story.pk,
            title=words_of(story.title),
            names=words_of("\n".join(names)),
            subtitle=words_of(story.subtitle),
            text=body.words + words_of(story.wording.sentence),
            facets=facets,
        )

    def _search_words(self) -> Iterator[Row]:
        known = (word for word in sorted(self.known_words) if SearchWord.may_be_wrong(word))
        for word in known:
            yield word, len(word), *halves(word).values()

    def _relate(self, stories: list[Story]) -> None:
        """A few by the same author, the rest from among those that came lately."""
        pairs: list[Row] = []
        known: list[Row] = []
        for story in stories:
            # Whoever may be read has a list; the worker would make those that are missing.
            if story.is_out:
                known.append((story.pk, relating.RULES, 1))
            if not story.is_listed:
                continue
            theirs = self.newest_by.setdefault(story.authors[0], deque(maxlen=BY_THE_SAME))
            others = list(theirs) + self.chance.sample(
                list(self.recent), min(MAX_PLACES, len(self.recent))
            )
            for place, other in enumerate(list(dict.fromkeys(others))[:MAX_PLACES]):
                pairs.append((MAX_PLACES * story.pk + place, story.pk, other, place))
            theirs.append(story.pk)
            self.recent.append(story.pk)
        self._write(Related, ("id", "post_id", "other_id", "place"), pairs)
        self._write(ReadNext, ("post_id", "rules", "version"), known)

    def _keep_counters(self, stories: list[Story]) -> None:
        self._write(
            PostStats,
            ("post_id", "clap_count", "clapper_count", "comment_count"),
            ((one.pk, one.claps, one.clappers, one.said) for one in stories),
        )

    # What people were told.

    def _inboxes(self) -> None:
        self._write(Notification, TOLD, self._told())

    def _told(self) -> Iterator[Row]:
        pk = 0
        for n in range(self.sizes.readers):
            for number in range(TOLD_MOST if n == 0 else TOLD_A_READER):
                pk += 1
                story = 1 + pk % self.sizes.stories
                at = moment(self.now - number * 3_000 - 60)
                yield (
                    *(pk, self.first_user + self.sizes.authors + n, "claps"),
                    *(f"{self.words.line(5)}", f"/story-{story}/", f"told-{pk}"),
                    *(at, at if number % 3 else None),
                )


class Talks:
    """Responses and claps of one story after the other."""

    def __init__(self, making: Making) -> None:
        sizes = making.sizes
        self._making, self._chance = making, making.chance
        for_responses = sizes.claps // FOR_RESPONSE
        self._claps = Shares(self._chance, sizes.claps - for_responses, sizes.stories)
        self._responses = Shares(self._chance, sizes.responses, sizes.stories)
        self._for_response = Shares(self._chance, for_responses, sizes.responses)
        self._first_reader = making.first_user + sizes.authors
        self._held_every = max(1, sizes.responses // HELD)
        self._last_clap = self._last_response = self._last_response_clap = 0

    def keep(self, stories: list[Story]) -> None:
        write = self._making._write
        write(Clap, CLAP, [row for story in stories for row in self._applaud(story)])
        said = [row for story in stories for row in self._talk(story)]
        write(CommentClap, RESPONSE_CLAP, [clap for row in said for clap in self._clap_for(row)])
        write(Comment, RESPONSE, map(self._scored, said))

    def _applaud(self, story: Story) -> Iterator[Row]:
        story.clappers = self._claps.take(may=story.is_out)
        for who, visitor, count, at in self._clappers(story.clappers, story.at):
            story.claps += count
            self._last_clap += 1
            yield self._last_clap, story.pk, who, visitor, count, count, at

    def _clappers(
        self, count: int, since: float
    ) -> Iterator[tuple[int | None, str | None, int, str]]:
        readers, chance = self._making.sizes.readers, self._chance
        known = min(int(count * WITH_ACCOUNT + chance.random()), readers)
        first = chance.randrange(readers)
        at = moment(min(since + 3_600, self._making.now))
        for number in range(count):
            claps = CLAPS_GIVEN[chance.randrange(len(CLAPS_GIVEN))]
            if number < known:
                yield self._first_reader + (first + number) % readers, None, claps, at
            else:
                yield None, f"{chance.getrandbits(128):032x}", claps, at

    def _talk(self, story: Story) -> Iterator[list[Any]]:
        """Half of them begin a thread, the others answer one of those before."""
        is_busy = story.pk == self._making.sizes.busy_pk
        count = self._responses.take(may=story.is_out)
        count = self._making.sizes.busy if is_busy else count
        rows: list[list[Any]] = []
        chance, said = self._chance, self._making.said
        first, readers = self._first_reader, self._making.sizes.readers
        span = max(self._making.now - story.at - 60, 1)
        step = min(span / (count + 1), 3_600)
        for number in range(count):
            self._last_response += 1
            pk = self._last_response
            parent = rows[-1 - chance.randrange(min(20, len(rows)))] if number % 2 else None
            source, html = said[chance.randrange(len(said))]
            seconds = story.at + (number + 1) * step
            status = self._status(pk)
            seen = status == Comment.Status.PUBLISHED
            if seen:
                story.said += 1
                if parent:
                    parent[REPLIES] += 1
            at = moment(seconds)
            rows.append(
                [
                    *(pk, story.pk, first + chance.randrange(readers)),
                    *((parent[PK], parent[ROOT] or parent[PK]) if parent else (None, None)),
                    *(source, html, markdown.VERSION, status, at, at if seen else None),
                    *(0, 0, 0, float(int(seconds))),
                ]
            )
        yield from rows

    def _status(self, pk: int) -> str:
        if pk % self._held_every == 0:
            return Comment.Status.HELD
        return Comment.Status.HIDDEN if pk % HIDDEN_EVERY == 0 else Comment.Status.PUBLISHED

    def _clap_for(self, row: list[Any]) -> Iterator[Row]:
        count = self._for_response.take(may=row[STATUS] == Comment.Status.PUBLISHED)
        row[CLAPPERS] = count
        for who, visitor, claps, at in self._clappers(count, row[SCORE]):
            row[CLAPPED] += claps
            self._last_response_clap += 1
            yield self._last_response_clap, row[PK], who, visitor, claps, claps, at

    def _scored(self, row: list[Any]) -> Row:
        """As `blog.models.best.score`; until now its time stood in its place."""
        applause = math.log10(1 + row[CLAPPERS] + row[REPLIES])
        row[SCORE] = applause + row[SCORE] / DAY_SECONDS / TENFOLD_DAYS
        return row


STATUSES = list(Post.Status)
STATUS_WEIGHTS = list(accumulate([15, 3, 1, 1, 980]))
CLAPS_GIVEN = [1, 1, 1, 1, 2, 2, 3, 5, 8, 13, 21, 50]
PK, ROOT, STATUS, REPLIES, CLAPPED, CLAPPERS, SCORE = 0, 4, 8, 11, 12, 13, 14
IMAGE = (
    *("id", "token", "width", "height", "widths", "byte_count", "has_avif", "alt"),
    *("uploaded_by_id", "created_at"),
)
POST = (
    *("id", "title", "subtitle", "slug", "source", "html", "text", "word_count"),
    *("reading_minutes", "renderer_version", "status", "visibility", "published_at"),
    *("expires_at", "created_at", "updated_at", "announced_at", "version", "lead_image_id"),
    *("series_id", "series_position", "is_pinned", "language"),
)
CLAP = ("id", "post_id", "user_id", "visitor", "count", "added", "clapped_at")
RESPONSE_CLAP = ("id", "comment_id", *CLAP[2:])
RESPONSE = (
    *("id", "post_id", "author_id", "parent_id", "root_id", "source", "html"),
    *("renderer_version", "status", "created_at", "appeared_at", "reply_count", "clap_count"),
    *("clapper_count", "score"),
)
WORD = ("word", "length", "head", "tail")
TOLD = ("id", "recipient_id", "kind", "text", "url", "key", "created_at", "read_at")


def _next_key(kind: Any) -> int:
    last = kind.objects.order_by("-pk").values_list("pk", flat=True).first()
    return int(last or 0) + 1
