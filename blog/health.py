"""Whether everything that a publication needs is there, said in sentences."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache as once
from typing import Any, NamedTuple

from django.conf import settings
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import DatabaseError, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Case, Min, When
from django.utils import timezone
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult
from psycopg_pool import PoolTimeout

from accounts import replica

# Work that has been due for longer than this has nobody who does it.
WAITS_AT_MOST = timedelta(minutes=2)
FREE_BYTES_AT_LEAST = 1_000_000_000
FREE_SHARE_AT_LEAST = 0.05
MAX_COUNTED = 10_000

logger = logging.getLogger("longhand")
_watched: list[Callable[[], KeptPages]] = []


@dataclass(frozen=True)
class Finding:
    """What was looked at, and what it is like."""

    what: str
    words: str
    is_well: bool = True


def database() -> Finding:
    """One question: whether it answers, and whether it has all that this code expects."""
    what = _("Database")
    try:
        applied = MigrationRecorder.Migration.objects.using(replica.PRIMARY)
        missing = _wanted() - set(applied.values_list("app", "name"))
    except (DatabaseError, PoolTimeout) as error:
        return _silent(what, _("The database does not answer."), error)
    if missing:
        names = ", ".join(f"{app}.{name}" for app, name in sorted(missing))
        words = _("The database is older than the code: %(names)s. Start Longhand again.")
        return Finding(what, words % {"names": names}, is_well=False)
    kind = connections[replica.PRIMARY].display_name
    return Finding(what, _("%(kind)s answers, and has everything it should.") % {"kind": kind})


def read_replica() -> Finding | None:
    if replica.reading_alias() == replica.PRIMARY:
        return None
    what = _("Read replica")
    try:
        with connections[replica.REPLICA].cursor() as cursor:
            cursor.execute(
                "SELECT pg_is_in_recovery(), "
                "EXTRACT(EPOCH FROM now() - pg_last_xact_replay_timestamp()), "
                "pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn()"
            )
            is_replica, behind, is_level = cursor.fetchone()
    except (DatabaseError, PoolTimeout) as error:
        return _silent(what, _("It does not answer; pages are read from the primary."), error)
    if not is_replica:
        words = _("This is no replica: DATABASE_REPLICA_URL leads to a server that writes.")
        return Finding(what, words, is_well=False)
    if is_level or behind is None:
        return Finding(what, _("It answers, and has all that it was sent."))
    seconds = round(behind)
    is_near = seconds < WAITS_AT_MOST.total_seconds()
    words = ngettext("It is %d second behind.", "It is %d seconds behind.", seconds)
    return Finding(what, words % seconds, is_well=is_near)


def shared_cache() -> Finding:
    what = _("Cache")
    name = "Redis" if settings.LIMITS_IN_CACHE else _("A table of the database")
    try:
        cache.get("health")
    except Exception as error:
        return _silent(what, _("%(name)s does not answer.") % {"name": name}, error)
    return Finding(what, _("%(name)s answers.") % {"name": name})


def uploads() -> Finding:
    what = _("Pictures")
    try:
        default_storage.exists("health")
    except Exception as error:
        return _silent(what, _("The place where pictures are kept does not answer."), error)
    return Finding(what, _("The place where pictures are kept answers."))


def work() -> Finding:
    """What was asked to be done later, and whether there is somebody who does it."""
    what = _("Work for later")
    now = timezone.now()
    due = DBTaskResult.objects.ready()
    count = due.values("pk")[: MAX_COUNTED + 1].count()
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED)
    failed_count = failed.values("pk")[: MAX_COUNTED + 1].count()
    sentences = [_("Nothing waits.")]
    is_done = True
    if count:
        # What has no time of its own is due when it is asked for.
        since_when = Case(When(run_after__lte=now, then="run_after"), default="enqueued_at")
        oldest = due.aggregate(oldest=Min(since_when))["oldest"] or now
        is_done = now - oldest < WAITS_AT_MOST
        words = ngettext("%(count)d piece waits", "%(count)d pieces wait", count)
        since = _("the next one for %(time)s.") % {"time": timesince(oldest, now)}
        sentences = [f"{words % {'count': count}}, {since}"]
        if not is_done:
            sentences.append(_("Nobody does it: is the worker running?"))
    if failed_count:
        words = ngettext("%d piece has failed.", "%d pieces have failed.", failed_count)
        sentences.append(words % failed_count)
    return Finding(what, " ".join(sentences), is_well=is_done)


class KeptPages(NamedTuple):
    """Finished pages that a process keeps, and what they were good for since it began."""

    pages: int
    size_bytes: int
    max_bytes: int
    hits: int
    misses: int


def watch_pages(numbers: Callable[[], KeptPages]) -> None:
    """Whoever keeps pages in this process says how many."""
    _watched[:] = [numbers]


def kept_pages() -> Finding | None:
    """Of the process that answers; each of several keeps its own."""
    if not _watched:
        return None
    kept = _watched[0]()
    what = _("Kept pages")
    if not kept.max_bytes:
        return Finding(what, _("None are kept: PAGE_STORE_MB is 0."))
    numbers = {
        "mb": round(kept.size_bytes / 1024 / 1024, 1),
        "max": kept.max_bytes // 1024 // 1024,
        "share": round(100 * kept.hits / ((kept.hits + kept.misses) or 1)),
    }
    size = ngettext(
        "%d page is kept in this process,", "%d pages are kept in this process,", kept.pages
    )
    rest = _("%(mb)s of %(max)s MB. %(share)s %% of what was asked for was there already.")
    return Finding(what, f"{size % kept.pages} {rest % numbers}")


def disk() -> Finding:
    room = shutil.disk_usage(settings.DATA_DIR)
    least = min(FREE_BYTES_AT_LEAST, room.total * FREE_SHARE_AT_LEAST)
    numbers = {"free": round(room.free / 1e9, 1), "total": round(room.total / 1e9, 1)}
    words = _("%(free)s of %(total)s GB are free where the data lies.") % numbers
    return Finding(_("Disk"), words, is_well=room.free >= least)


# What somebody in front of several machines has to know to send readers to this one.
VITAL: tuple[Callable[[], Finding | None], ...] = (database,)
# What the owner reads, in this order.
CHECKS: tuple[Callable[[], Finding | None], ...] = (
    database,
    read_replica,
    kept_pages,
    shared_cache,
    uploads,
    work,
    disk,
)


def findings(checks: Sequence[Callable[[], Finding | None]] = CHECKS) -> list[Finding]:
    """What these found; a check of something that is not used here finds nothing."""
    return [found for check in checks if (found := check())]


@once
def _wanted() -> set[Any]:
    """The last migration of each app that brings some along."""
    return set(MigrationLoader(None).graph.leaf_nodes())


def _silent(what: str, words: str, error: Exception) -> Finding:
    # The reason may name a host and an account: it is for the log.
    logger.warning("%s %s", words, error)
    return Finding(what, words, is_well=False)
