"""When a story is listed, kept beside each of its authors and tags; and beside each author, when it
was saved and what series it is a part of.

So the newest of an author or of a tag, and what an author touched last, are read in the order of
one index, however many there are; and of which series or about what else they are, in that index
alone. Triggers keep the copies: no verb can forget them, and a row that is saved with an old one is
set right. Whether a story's time has come, or is over, is a question of the moment that asks.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from blog import triggers
from blog.triggers import Trigger

PREFIX = f"{triggers.PREFIX}lists_"
# What each of them has copies of: for readers' lists, and for the desk's.
JOINS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "blog_authorship": ("listed_at", "listed_until", "series_key", "saved_at"),
        "blog_posttag": ("listed_at", "listed_until"),
    }
)
# What of a story's row they are made of.
SOURCES = ("status", "visibility", "published_at", "expires_at", "series_id", "updated_at")


def follow_migration(using: str = DEFAULT_DB_ALIAS, **_signal: Any) -> None:
    """After tables were made, changed or emptied."""
    install(using)


def install(using: str = DEFAULT_DB_ALIAS) -> None:
    """Make the triggers, unless they are there; what happened without them is made up for."""
    connection = connections[using]
    wanted = [*_of_joins(connection), *_of_stories(connection)]
    if triggers.are_installed(PREFIX, wanted, using) or not _has_copies(connection):
        return
    with transaction.atomic(using):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                # Nobody changes a story between the two.
                cursor.execute(f"LOCK blog_post, {', '.join(JOINS)} IN SHARE ROW EXCLUSIVE MODE")
        triggers.install(PREFIX, wanted, using)
        settle(using)


def settle(using: str = DEFAULT_DB_ALIAS) -> int:
    """Set right every copy that is wrong; how many rows were."""
    connection, count = connections[using], 0
    with connection.cursor() as cursor:
        for join, columns in JOINS.items():
            # One question for all of them: row by row, a million stories take their time.
            is_wrong = _is_wrong(connection, "beside", _of_row("post", columns))
            wrong = (
                f"SELECT beside.id FROM {join} beside JOIN blog_post post"  # noqa: S608 -- our names
                f" ON post.id = beside.post_id WHERE {is_wrong}"
            )
            cursor.execute(_copy(join, _looked_up(f"{join}.post_id", columns), f"id IN ({wrong})"))
            count += cursor.rowcount
    return count


def _of_joins(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """A row that comes, goes to another story, or is saved with what it had when it was read."""
    made = []
    for join, columns in JOINS.items():
        right = _looked_up("NEW.post_id", columns)
        body = _copy(join, right, f"id = NEW.id AND {_is_wrong(connection, join, right)}")
        own = ""
        if connection.vendor == "postgresql":
            # Whoever brings the story out at the same moment waits, and finds this row.
            hold = "PERFORM 1 FROM blog_post WHERE id = NEW.post_id FOR NO KEY UPDATE; "
            body = hold + body
            # Not what another of these has just set right.
            own = "pg_trigger_depth() = 0"
        update = f"UPDATE OF post_id, {', '.join(columns)}"
        made += [
            Trigger(f"{PREFIX}{join}_insert", join, "INSERT", body),
            Trigger(f"{PREFIX}{join}_update", join, update, body, own),
        ]
    return made


def _of_stories(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """A story that comes into lists, goes, is given another date, or is saved."""
    body = "".join(
        _copy(join, right, f"post_id = NEW.id AND {_is_wrong(connection, join, right)}")
        for join, right in ((join, _of_row("NEW", columns)) for join, columns in JOINS.items())
    )
    differs = triggers.differs(connection)
    moved = " OR ".join(f"OLD.{one} {differs} NEW.{one}" for one in SOURCES)
    return [
        # Where many are loaded, a story may come after its authors.
        Trigger(f"{PREFIX}blog_post_insert", "blog_post", "INSERT", body),
        Trigger(
            f"{PREFIX}blog_post_update",
            "blog_post",
            f"UPDATE OF {', '.join(SOURCES)}",
            body,
            moved,
        ),
    ]


def _of_row(row: str, columns: tuple[str, ...]) -> dict[str, str]:
    """What the copies are to be, as expressions of a story's row."""
    right = {
        "listed_at": f"(CASE WHEN {_is_listed(row)} THEN {row}.published_at END)",
        "listed_until": f"{row}.expires_at",
        "series_key": f"{row}.series_id",
        "saved_at": f"{row}.updated_at",
    }
    return {column: right[column] for column in columns}


def _looked_up(post: str, columns: tuple[str, ...]) -> dict[str, str]:
    """The same of the story with this key."""
    return {
        column: f"(SELECT {value} FROM blog_post WHERE blog_post.id = {post})"  # noqa: S608 -- our names
        for column, value in _of_row("blog_post", columns).items()
    }


def _is_listed(row: str) -> str:
    """What readers find in lists, now or later: as in `PostQuerySet.listed`."""
    return f"{row}.status = 'published' AND {row}.visibility = 'public'"


def _is_wrong(connection: BaseDatabaseWrapper, row: str, right: Mapping[str, str]) -> str:
    differs = triggers.differs(connection)
    wrong = (f"{row}.{column} {differs} {value}" for column, value in right.items())
    return f"({' OR '.join(wrong)})"


def _copy(join: str, right: Mapping[str, str], where: str) -> str:
    copies = ", ".join(f"{column} = {value}" for column, value in right.items())
    return f"UPDATE {join} SET {copies} WHERE {where}; "  # noqa: S608 -- our names


def _has_copies(connection: BaseDatabaseWrapper) -> bool:
    """Not before the migrations that make room for them."""
    tables = connection.introspection.table_names()
    if not set(JOINS) <= set(tables):
        return False
    with connection.cursor() as cursor:
        return all(
            set(columns)
            <= {one.name for one in connection.introspection.get_table_description(cursor, join)}
            for join, columns in JOINS.items()
        )
