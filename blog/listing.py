"""When a story is listed, kept beside each of its authors and tags.

So the newest of an author or of a tag are read in the order of one index, however many there are.
Triggers keep the copies: no verb can forget them, and a row that is saved with an old one is set
right. Whether its time has come, or is over, is a question of the moment that asks.
"""

from __future__ import annotations

from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from blog import triggers
from blog.triggers import Trigger

PREFIX = f"{triggers.PREFIX}lists_"
JOINS = ("blog_authorship", "blog_posttag")
# What of a story's row says when it is listed.
PLACE = ("status", "visibility", "published_at")


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
    """Set right every copy that is wrong; how many were."""
    connection, count = connections[using], 0
    right = f"(CASE WHEN {_is_listed('post')} THEN post.published_at END)"
    with connection.cursor() as cursor:
        for join in JOINS:
            # One question for all of them: row by row, a million stories take their time.
            wrong = (
                f"SELECT beside.id FROM {join} beside JOIN blog_post post"  # noqa: S608 -- our names
                f" ON post.id = beside.post_id"
                f" WHERE beside.listed_at {triggers.differs(connection)} {right}"
            )
            cursor.execute(_copy(join, _moment(f"{join}.post_id"), f"id IN ({wrong})"))
            count += cursor.rowcount
    return count


def _of_joins(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """A row that comes, goes to another story, or is saved with what it had when it was read."""
    made = []
    for join in JOINS:
        moment = _moment("NEW.post_id")
        body = _copy(
            join, moment, f"id = NEW.id AND listed_at {triggers.differs(connection)} {moment}"
        )
        own = ""
        if connection.vendor == "postgresql":
            # Whoever brings the story out at the same moment waits, and finds this row.
            hold = "PERFORM 1 FROM blog_post WHERE id = NEW.post_id FOR NO KEY UPDATE; "
            body = hold + body
            # Not what another of these has just set right.
            own = "pg_trigger_depth() = 0"
        made += [
            Trigger(f"{PREFIX}{join}_insert", join, "INSERT", body),
            Trigger(f"{PREFIX}{join}_update", join, "UPDATE OF post_id, listed_at", body, own),
        ]
    return made


def _of_stories(connection: BaseDatabaseWrapper) -> list[Trigger]:
    """A story that comes into lists, goes, or is given another date."""
    differs = triggers.differs(connection)
    moment = f"(CASE WHEN {_is_listed('NEW')} THEN NEW.published_at END)"
    body = "".join(
        _copy(join, moment, f"post_id = NEW.id AND listed_at {differs} {moment}") for join in JOINS
    )
    moved = " OR ".join(f"OLD.{one} {differs} NEW.{one}" for one in PLACE)
    update = f"UPDATE OF {', '.join(PLACE)}"
    return [
        # Where many are loaded, a story may come after its authors.
        Trigger(f"{PREFIX}blog_post_insert", "blog_post", "INSERT", body, _is_listed("NEW")),
        Trigger(f"{PREFIX}blog_post_update", "blog_post", update, body, moved),
    ]


def _moment(post: str) -> str:
    """When the story with this key is listed, as an expression."""
    where = f"id = {post} AND {_is_listed('blog_post')}"
    return f"(SELECT published_at FROM blog_post WHERE {where})"  # noqa: S608 -- our names


def _is_listed(row: str) -> str:
    """What readers find in lists, now or later: as in `PostQuerySet.listed`."""
    return f"{row}.status = 'published' AND {row}.visibility = 'public'"


def _copy(join: str, moment: str, where: str) -> str:
    return f"UPDATE {join} SET listed_at = {moment} WHERE {where}; "  # noqa: S608 -- our names


def _has_copies(connection: BaseDatabaseWrapper) -> bool:
    """Not before the migration that makes room for them."""
    tables = connection.introspection.table_names()
    if not set(JOINS) <= set(tables):
        return False
    with connection.cursor() as cursor:
        described = [connection.introspection.get_table_description(cursor, one) for one in JOINS]
    return all("listed_at" in {column.name for column in columns} for columns in described)
