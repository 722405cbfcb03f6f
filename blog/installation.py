"""From an empty folder to a publication that answers; every step may be taken again."""

from __future__ import annotations

import contextlib
import hashlib
import secrets
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management import call_command
from django.core.validators import validate_email
from django.db import DatabaseError, connection
from django.db.migrations.exceptions import MigrationSchemaMissing
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from accounts.models import Notification, User
from accounts.roles import make_owner, sync_groups
from accounts.tasks import send_letters
from blog import change_log, forgetting, health, housekeeping, listing
from blog.models import Post
from blog.samples.load import load
from blog.tasks import (
    come_again_for_changes,
    come_again_for_moderators,
    forget_guests,
    take_up_again,
    tidy,
)

MADE_UP_EMAIL = "owner@localhost"
MADE_UP_PASSWORD_BYTES = 12
STATIC_STAMP = ".collected"
# A number that nobody else locks in our database.
PREPARING = 0x6C6F6E67
TRY_TO_LOCK = "SELECT pg_try_advisory_xact_lock(%s)"
ASK_AGAIN_SECONDS = 0.5


class CannotStart(Exception):
    """Something outside of us is in the way; the message is a sentence for the owner."""


@dataclass(frozen=True)
class Owner:
    """Who is to own the publication; `is_made_up` means that the password must be shown once."""

    email: str
    password: str
    is_made_up: bool = False

    def check(self) -> None:
        """Raise `CannotStart` for an address or a password that will not do."""
        try:
            validate_email(self.email)
            validate_password(self.password, User(email=self.email))
        except ValidationError as error:
            raise CannotStart(f"The owner cannot be made: {' '.join(error.messages)}") from error


def check_database() -> None:
    """Raise `CannotStart` when the database does not answer."""
    try:
        if connection.vendor == "postgresql":
            # Not through the pool, which would try for ten seconds and then not say why.
            psycopg.connect(**connection.get_connection_params()).close()
        connection.ensure_connection()
    except (psycopg.Error, DatabaseError) as error:
        raise CannotStart(
            f"The database does not answer ({_reason(error)}). "
            "Look at DATABASE_URL, or leave it out for SQLite."
        ) from error


def check_others() -> None:
    """Raise `CannotStart` when the cache or the place for pictures does not answer."""
    for found in health.findings((health.shared_cache, health.uploads)):
        if not found.is_well:
            raise CannotStart(f"{found.words} Look at REDIS_URL and MEDIA_STORE_URL.")


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """While this lasts, no other machine prepares the same database: it waits for its turn."""
    if connection.vendor != "postgresql":
        # A file is one machine's, and the lock of its folder holds there.
        yield
        return
    # A connection of its own, past our pool. The lock lasts as long as its transaction: a pool in
    # front of PostgreSQL keeps a session, and what that has locked, after we have gone.
    held = psycopg.connect(**connection.get_connection_params())
    try:
        # Asked for again and again: a question that waits would hold up who makes an index.
        while not _has_locked(held):
            held.rollback()
            time.sleep(ASK_AGAIN_SECONDS)
        yield
    finally:
        with contextlib.suppress(psycopg.Error):
            held.rollback()
        held.close()


def _has_locked(held: psycopg.Connection[Any]) -> bool:
    # An owner at the question who they are may think for longer than a transaction may idle.
    held.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
    return held.execute(TRY_TO_LOCK, [PREPARING]).fetchone() == (True,)


def prepare_database() -> None:
    """Bring tables and groups to what this version of the code needs."""
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        try:
            _migrate()
        except MigrationSchemaMissing as error:
            # Since PostgreSQL 15 only a database's owner may make tables in it.
            raise CannotStart(
                f"{_reason(error)}. Make the user in DATABASE_URL the owner of the database."
            ) from error
    _install_triggers()
    call_command("createcachetable", verbosity=0)
    sync_groups()


def _migrate() -> None:
    try:
        call_command("migrate", interactive=False, verbosity=0)
    except BaseException:  # to be stopped is one of them
        # Triggers gave way to it, and other machines go on serving. What the one cannot make for
        # want of a column, the other may.
        for install in (change_log.install, listing.install):
            with contextlib.suppress(DatabaseError):
                install()
        raise


def _install_triggers() -> None:
    change_log.install()
    listing.install()


def tidy_up() -> None:
    """Take up again what was left undone, and see to it that somebody comes for the rest."""
    housekeeping.tidy()
    if forgetting.is_due():
        forget_guests.enqueue()
    take_up_again.enqueue()
    if Notification.objects.due().exists():
        send_letters.enqueue()
    come_again_for_moderators()
    come_again_for_changes()
    # What was cut off just now is left undone for certain only then.
    tidy.using(run_after=timezone.now() + housekeeping.TASK_TAKES).enqueue()


def collect_static() -> None:
    """Collect and compress static files, unless that was done for these very files."""
    stamp = Path(settings.STATIC_ROOT) / STATIC_STAMP
    print_now = _static_print()
    if stamp.is_file() and stamp.read_text() == print_now:
        return
    call_command("collectstatic", interactive=False, verbosity=0, clear=True)
    stamp.write_text(print_now)


def needs_owner() -> bool:
    return not User.objects.filter(is_superuser=True).exists()


def is_empty() -> bool:
    """Whether nobody has ever used this database."""
    return not User.objects.exists() and not Post.objects.exists()


def owner_from_settings() -> Owner:
    """The owner that OWNER_EMAIL and OWNER_PASSWORD name, with what they lack made up."""
    email = settings.ENV.text("OWNER_EMAIL", MADE_UP_EMAIL)
    password = settings.ENV.text("OWNER_PASSWORD")
    if password:
        return Owner(email, password)
    return Owner(email, secrets.token_urlsafe(MADE_UP_PASSWORD_BYTES), is_made_up=True)


def add_owner(owner: Owner) -> None:
    make_owner(email=owner.email, password=owner.password)


def add_samples() -> int:
    """The sample publication; the number of its stories."""
    return load()


def _reason(error: Exception) -> str:
    # PostgreSQL adds lines with hints, and one for every address that it tried.
    return str(error).strip().splitlines()[0]


def _static_print() -> str:
    """What changes when a static file or its way changes: ours by size and time, or a package's."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    digest.update((settings.BASE_DIR / "config/static.py").read_bytes())
    for folder in settings.STATICFILES_DIRS:
        for path in sorted(Path(folder).rglob("*")):
            if path.is_file():
                status = path.stat()
                digest.update(f"{path}:{status.st_size}:{status.st_mtime_ns}".encode())
    return digest.hexdigest()
