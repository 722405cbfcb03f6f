"""Which changes of rows change what readers see, and reading on in the list of them.

Triggers write the list (`models.Change`) inside the transaction of the change: whoever makes it, by
whatever way, and is ended at whatever moment, there is no change without its line. Every process
reads on from where it stood. PostgreSQL's NOTIFY would come a little sooner, but one at a time: it
holds a lock of the whole database until the transaction is written to the disk.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.utils import CursorWrapper
from django.utils import timezone

from accounts.ingredients import APPLAUSE, POSTS
from blog import triggers
from blog.models import Authorship, Change, Post, PostTag

Ingredient = tuple[str, int]

PREFIX = f"{triggers.PREFIX}tells_"
# Whatever anybody has read may be another by now.
EVERYTHING = ("everything", 0)
# More at once (a whole archive was rendered anew) are not gone through one by one.
MAX_CHANGES = 10_000
KEPT_FOR = timedelta(hours=1)
PUBLISHED = "'published'"
# What a story's row has that no reader sees, or that changes together with what they see.
UNSEEN = {
    *("id", "renderer_version", "version", "status", "tells_followers"),
    *("announced_at", "withdrawn_at", "created_at", "updated_at", "response_hold"),
    *("writer_key", "begun_key"),
}
# Where a story stands, and in which lists.
PLACE = (
    *("status", "visibility", "published_at", "expires_at", "slug", "is_pinned"),
    *("series_id", "series_position", "work_id"),
)


# Apart, for an index each.
BY_THE_CLOCK = " UNION ".join(
    f"""SELECT id, series_id, work_id FROM blog_post
    WHERE status = {PUBLISHED} AND {moment} > %s AND {moment} <= %s"""  # noqa: S608 -- names of our own
    for moment in ("published_at", "expires_at")
)


@dataclass(frozen=True)
class Trigger:
    """What to write down when a row of `table` is inserted, updated or deleted.

    `says` are ingredients: a kind, and an expression for the key or a whole SELECT of keys, in
    which `{row}` is NEW and OLD (both in turn after an update that names `moves`). Of an update,
    only a change to one of `columns` counts; `{differs}` in `when` stands for "one of them really
    has another value".
    """

    table: str
    event: str
    says: tuple[tuple[str, str], ...]
    columns: tuple[str, ...] = ()
    when: str = ""
    name: str = ""

    @property
    def full_name(self) -> str:
        return f"{PREFIX}{self.table}_{self.event}{self.name}".lower()

    @property
    def rows(self) -> tuple[str, ...]:
        return {"INSERT": ("NEW",), "DELETE": ("OLD",)}.get(self.event, ("OLD", "NEW"))

    @property
    def moment(self) -> str:
        of = f" OF {', '.join(self.columns)}" if self.columns else ""
        return f"{self.event}{of}"

    def condition(self, differs: str) -> str:
        """`differs` is how this database says that two values, NULL among them, are not equal."""
        pairs = (f"OLD.{one} {differs} NEW.{one}" for one in self.columns)
        return self.when.replace("{differs}", f"({' OR '.join(pairs)})") if self.when else ""

    @property
    def body(self) -> str:
        """Each ingredient once, though a row names it as it was and as it is."""
        keys = dict.fromkeys(
            (kind, key.replace("{row}", row)) for row in self.rows for kind, key in self.says
        )
        selects = (
            f"SELECT '{kind}', {key}"
            if "FROM" in key
            else f"SELECT '{kind}', {key} WHERE {key} > 0"
            for kind, key in keys
        )
        return "".join(
            f"INSERT INTO blog_change (kind, key) {select}; " for select in dict.fromkeys(selects)
        )


def _on_each(table: str, *says: tuple[str, str], columns: tuple[str, ...] = ()) -> list[Trigger]:
    """`columns` are those whose update counts; all, where none are named."""
    return [
        Trigger(table, "INSERT", says),
        Trigger(table, "UPDATE", says, columns),
        Trigger(table, "DELETE", says),
    ]


def _on_words(table: str, kind: str, *columns: str) -> list[Trigger]:
    """A row that pages name: nothing was made of it before it was there."""
    says = ((kind, "{row}.id"),)
    return [Trigger(table, "UPDATE", says, columns), Trigger(table, "DELETE", says)]


def _story_triggers() -> list[Trigger]:
    lists = (
        ("posts", "1"),
        ("series-posts", "{row}.series_id"),
        ("work", "{row}.work_id"),
    )
    companions = (
        ("author-posts", "author_id FROM blog_authorship WHERE post_id = NEW.id"),
        ("tag-posts", "tag_id FROM blog_posttag WHERE post_id = NEW.id"),
    )
    seen = tuple(one.attname for one in Post._meta.concrete_fields if one.attname not in UNSEEN)
    is_out = f"OLD.status = {PUBLISHED} OR NEW.status = {PUBLISHED}"
    moved = f"({is_out}) AND {{differs}}"
    return [
        Trigger("blog_post", "INSERT", lists, when=f"NEW.status = {PUBLISHED}"),
        Trigger(
            "blog_post", "UPDATE", (("post", "{row}.id"),), (*seen, "status"), is_out, "_words"
        ),
        Trigger("blog_post", "UPDATE", (*lists, *companions), PLACE, moved, "_place"),
        # A series says how long it is, on each of its pages.
        Trigger(
            "blog_post",
            "UPDATE",
            (("series-posts", "{row}.series_id"),),
            ("reading_minutes",),
            moved,
            "_length",
        ),
        Trigger(
            "blog_post",
            "DELETE",
            (("post", "{row}.id"), *lists),
            when=f"OLD.status = {PUBLISHED}",
        ),
    ]


def _triggers() -> list[Trigger]:
    counts = ("clap_count", "comment_count")
    shown = """html status pinned_at locked_at edited_at created_at parent_id author_id guest_id
        taken_by post_id"""
    face = ("name", "handle", "tagline", "bio", "avatar", "links", "user_id")
    words = """token width height widths has_avif color alt is_decorative is_drawing caption
        credit_name credit_agency credit_url credit_license placement focus_x focus_y"""
    revision = (("post", "{row}.post_id"),)
    listed = ("posts", f"1 FROM blog_post WHERE id = {{row}}.post_id AND status = {PUBLISHED}")
    return [
        *_story_triggers(),
        *_on_each(
            "blog_authorship",
            ("post", "{row}.post_id"),
            ("author-posts", "{row}.author_id"),
            listed,
            columns=("post_id", "author_id", "position"),
        ),
        *_on_each(
            "blog_posttag",
            ("post", "{row}.post_id"),
            ("tag-posts", "{row}.tag_id"),
            # Pages of a subject say what else its stories are about.
            ("tag-posts", "tag_id FROM blog_posttag WHERE post_id = {row}.post_id"),
            listed,
            columns=("post_id", "tag_id", "position"),
        ),
        Trigger("blog_poststats", "INSERT", (("~post", "{row}.post_id"),)),
        Trigger("blog_poststats", "UPDATE", (("~post", "{row}.post_id"),), counts, "{differs}"),
        Trigger("blog_comment", "INSERT", (("talk", "{row}.post_id"),)),
        Trigger("blog_comment", "UPDATE", (("talk", "{row}.post_id"),), tuple(shown.split())),
        Trigger(
            "blog_comment",
            "UPDATE",
            (("~talk", "{row}.post_id"),),
            ("clap_count", "score"),
            "{differs}",
            "_counts",
        ),
        Trigger("blog_comment", "DELETE", (("talk", "{row}.post_id"),)),
        *_on_words("accounts_author", "author", *face),
        Trigger("accounts_author", "INSERT", (("user", "{row}.user_id"),)),
        Trigger("accounts_author", "UPDATE", (("user", "{row}.user_id"),), face, name="_face"),
        Trigger("accounts_author", "DELETE", (("user", "{row}.user_id"),), name="_face"),
        Trigger(
            "accounts_author",
            "UPDATE",
            (("~author", "{row}.id"),),
            ("follower_count",),
            "",
            "_soft",
        ),
        Trigger("accounts_author", "UPDATE", (("authors", "1"),), ("name", "handle"), name="_name"),
        Trigger("blog_tag", "UPDATE", (("tags", "1"),), ("name", "slug"), name="_name"),
        # Who has no name signs with the beginning of their address.
        *_on_words("accounts_user", "user", "name", "email", "is_active"),
        *_on_words("blog_guest", "guest", "name"),
        *_on_words("blog_tag", "tag", "name", "slug", "description"),
        *_on_words("blog_series", "series", "title", "slug", "description"),
        *_on_words("blog_image", "image", *words.split()),
        *_on_each("blog_publication", ("publication", "{row}.id")),
        *_on_each("blog_related", ("related", "{row}.post_id")),
        *_on_each("blog_note", ("post", "{row}.post_id")),
        Trigger("blog_revision", "INSERT", revision, when="NEW.is_public"),
        Trigger("blog_revision", "UPDATE", revision, ("is_public", "is_minor", "note", "changes")),
        Trigger("blog_revision", "DELETE", revision, when="OLD.is_public"),
        *_on_each("blog_sharedpassages", ("passages", "{row}.post_id")),
    ]


def follow_migration(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """After tables were made, changed or emptied."""
    install(using)


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Make the triggers, unless they are there as they should be."""
    connection = connections[using]
    differs = triggers.differs(connection)
    wanted = [
        triggers.Trigger(one.full_name, one.table, one.moment, one.body, one.condition(differs))
        for one in _triggers()
    ]
    if triggers.are_installed(PREFIX, wanted, using):
        return
    if Change._meta.db_table not in connection.introspection.table_names():
        # Migrated back to before there was a list.
        return
    # At once: whoever finds them made takes it that this was said.
    with transaction.atomic(using):
        triggers.install(PREFIX, wanted, using)
        # What changed without them stands nowhere.
        Change.objects.using(using).create(kind=EVERYTHING[0], key=EVERYTHING[1])


class Changes(NamedTuple):
    """What has changed since the last look; `is_all` when that cannot be said piece by piece."""

    ingredients: set[Ingredient]
    is_all: bool = False


class Reader:
    """Reads on in the list of changes of one database, in one process."""

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        self._using = using
        self._looked_at: datetime | None = None
        self._place: _Place | None = None

    def read(self) -> Changes:
        """What was committed since the last call; at the first, anything may have been."""
        now, before = timezone.now(), self._looked_at
        connection = connections[self._using]
        is_postgresql = connection.vendor == "postgresql"
        look = _read_postgresql if is_postgresql else _read_sqlite
        found, place = look(connection, self._place)
        is_lost = self._place is None or before is None or now - before > KEPT_FOR / 2
        if is_lost or found is None or before is None or EVERYTHING in found:
            self._place, self._looked_at = place, now
            return Changes(set(), is_all=True)
        if any(kind == "~post" for kind, _key in found):
            found.add((f"~{APPLAUSE[0]}", APPLAUSE[1]))
        changes = Changes(found | _by_the_clock(before, now, self._using))
        # Last: what was found before the database went away has to be found again.
        self._place, self._looked_at = place, now
        return changes


def read_from(
    position: int | None, since: datetime, using: str = DEFAULT_DB_ALIAS
) -> tuple[Changes, int]:
    """What was committed after a position that somebody wrote down, and the one to write down now.

    Of what was not over at the time, something may come twice.
    """
    now = timezone.now()
    connection = connections[using]
    look = _read_postgresql if connection.vendor == "postgresql" else _read_sqlite
    there = None if position is None else _Place(position, oldest=position)
    found, place = look(connection, there)
    is_lost = position is None or now - since > KEPT_FOR / 2
    if is_lost or found is None or EVERYTHING in found:
        return Changes(set(), is_all=True), place.oldest
    return Changes(found | _by_the_clock(since, now, using)), place.oldest


class _Place(NamedTuple):
    """Where a reader stands: what came before `floor` is read, but for what was not over then.

    On SQLite `floor` is a key. On PostgreSQL it is the first transaction that had not begun;
    `running` are those that had and were not over, and `oldest` is the first of both. `seen` has
    the transactions of keys that are found again, and shall not be told again. `run` is when
    PostgreSQL began to count what it does: another one after it was killed. What came last before
    that may be gone (claps do not wait for the disk), and the numbers of both be given once more.
    """

    floor: int
    running: frozenset[int] = frozenset()
    oldest: int = 0
    run: datetime | None = None
    seen: Mapping[int, int] = MappingProxyType({})

    def is_another_than(self, before: _Place) -> bool:
        """Whether what was read up to `before` says nothing of this database any more."""
        is_another_run = before.run is not None and before.run != self.run
        return is_another_run or self.floor < before.oldest


def _read_sqlite(
    connection: BaseDatabaseWrapper, place: _Place | None
) -> tuple[set[Ingredient] | None, _Place]:
    """Only one writes at a time, so keys come in the order in which changes are seen.

    None for too many, and when the file is another one than before.
    """
    with connection.cursor() as cursor:
        if place is None:
            return set(), _newest(cursor)
        cursor.execute(
            "SELECT id, kind, key FROM blog_change WHERE id > %s ORDER BY id LIMIT %s",
            [place.floor, MAX_CHANGES + 1],
        )
        rows = cursor.fetchall()
        newest = _newest(cursor) if not rows or len(rows) > MAX_CHANGES else None
        if newest and newest.floor != place.floor:
            # Passed over together; or a backup was put in the place of what we have read.
            return None, newest
    floor = rows[-1][0] if rows else place.floor
    return {(kind, key) for _id, kind, key in rows}, _Place(floor, oldest=floor)


def _newest(cursor: CursorWrapper) -> _Place:
    """After the last key that was ever given, whether or not it is still there."""
    cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = 'blog_change'")
    row = cursor.fetchone()
    floor = row[0] if row else 0
    return _Place(floor, oldest=floor)


def _read_postgresql(
    connection: BaseDatabaseWrapper, place: _Place | None
) -> tuple[set[Ingredient] | None, _Place]:
    """What was committed by transactions that were not over at the last look.

    Keys are given before a transaction ends, so they say nothing of what has been seen. None for
    too many, and when the database is another one than before.
    """
    before = place or _Place(2**62)
    with connection.cursor() as cursor:
        cursor.execute(
            """
            SELECT now.snapshot::text, now.own, pg_is_in_recovery(), now.run,
                id, kind, key, transaction
            FROM (
                SELECT pg_current_snapshot() AS snapshot,
                    pg_current_xact_id_if_assigned()::text::bigint AS own,
                    pg_stat_get_bgwriter_stat_reset_time() AS run
            ) now
            LEFT JOIN blog_change ON (transaction >= %s OR transaction = ANY(%s))
                AND NOT id = ANY(%s)
            LIMIT %s
            """,
            [before.floor, list(before.running), list(before.seen), MAX_CHANGES + 1],
        )
        rows = cursor.fetchall()
        now = _place_of(*rows[0][:4])
        found = [row[4:] for row in rows if row[4] is not None]
        is_another = place is not None and now.is_another_than(place)
        if len(found) > MAX_CHANGES or is_another:
            # Passed over together, with what would be found again.
            again = "SELECT id, transaction FROM blog_change WHERE transaction >= %s"
            cursor.execute(f"{again} OR transaction = ANY(%s)", [now.floor, list(now.running)])
            return None, now._replace(seen=dict(cursor.fetchall()))
    read = {**before.seen, **{key: transaction for key, _kind, _number, transaction in found}}
    seen = {
        key: transaction
        for key, transaction in read.items()
        if transaction >= now.floor or transaction in now.running
    }
    return {(kind, number) for _key, kind, number, _t in found}, now._replace(seen=seen)


def _place_of(snapshot: str, own: int | None, is_replica: bool, run: datetime | None) -> _Place:
    """`snapshot` is xmin:xmax:those running (PostgreSQL's manual, 9.27.8)."""
    oldest, floor, running = snapshot.split(":")
    if is_replica:
        # There it does not say which are running.
        return _Place(int(oldest), oldest=int(oldest), run=run)
    open_now = {int(one) for one in running.split(",") if one}
    # One's own is not among them; whoever reads while writing reads on in it.
    open_now |= {own} if own else set()
    return _Place(int(floor), frozenset(open_now), int(oldest), run)


def _by_the_clock(after: datetime, now: datetime, using: str) -> set[Ingredient]:
    """What changes by the clock: the stories that came out in this time, or whose time ended.

    A list need not have loaded a story to have counted it.
    """
    connection = connections[using]
    adapt = connection.ops.adapt_datetimefield_value
    with connection.cursor() as cursor:
        # Four times a second: Django would take longer to write this than to ask it.
        cursor.execute(BY_THE_CLOCK, [adapt(after), adapt(now)] * 2)
        rows = cursor.fetchall()
    if not rows:
        return set()
    found: set[Ingredient] = {POSTS}
    for pk, series, work in rows:
        found |= {("post", pk), ("series-posts", series or 0), ("work", work or 0)}
    stories = [pk for pk, _series, _work in rows]
    by = Authorship.objects.using(using).filter(post__in=stories).values_list("author", flat=True)
    on = PostTag.objects.using(using).filter(post__in=stories).values_list("tag", flat=True)
    return found | {("author-posts", pk) for pk in by} | {("tag-posts", pk) for pk in on}


def prune(using: str = DEFAULT_DB_ALIAS) -> int:
    """Forget some of what every process has read long ago, the oldest first; how many lines."""
    changes = Change.objects.using(using)
    oldest = changes.order_by("pk").values_list("pk", flat=True).first()
    if oldest is None:
        return 0
    few = changes.filter(pk__lt=oldest + MAX_CHANGES, at__lt=timezone.now() - KEPT_FOR)
    return few.delete()[0]
