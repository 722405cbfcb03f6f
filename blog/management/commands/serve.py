"""Prepare everything, then run the server and the worker of later tasks side by side."""

from __future__ import annotations

import fcntl
import getpass
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import IO, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from blog import installation, worker
from blog.installation import CannotStart, Owner
from blog.management import processes
from blog.management.processes import Beside


class Command(BaseCommand):
    help = "Prepare the database and serve; script/serve calls this after installing."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1")
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--empty", action="store_true", help="begin without sample stories")
        parser.add_argument("--workers", type=int, help="processes that answer (WORKERS, or 1)")
        parser.add_argument(
            "--no-worker", action="store_true", help="work for later is done on another machine"
        )

    def handle(self, *args: Any, host: str, port: int, empty: bool, **options: Any) -> None:
        answering = settings.WORKERS if options["workers"] is None else options["workers"]
        if answering < 1:
            raise CommandError("Somebody has to answer: --workers is 1 or more.")
        if options["no_worker"]:
            _check_further_machine()
        # Passwords' hashes, sessions and letters: nothing we write is for other accounts to read.
        os.umask(0o077)
        _on_signals(_interrupt)
        settings.ENV.make_data()
        try:
            with _lock(settings.DATA_DIR / "lock"):
                owner = self._prepare(empty=empty)
                self._run(host, port, owner, answering, has_worker=not options["no_worker"])
        except CannotStart as reason:
            raise CommandError(str(reason)) from reason
        except EOFError as end:
            self.stdout.write("")
            raise CommandError(
                "Nobody said who owns this publication. "
                "Start again, or set OWNER_EMAIL and OWNER_PASSWORD."
            ) from end
        except KeyboardInterrupt:
            self.stdout.write("Stopped.")

    def _prepare(self, *, empty: bool) -> Owner | None:
        """Take every step that is still to take; the owner, if one was made now."""
        installation.check_database()
        with installation.alone():
            return self._prepare_alone(empty=empty)

    def _prepare_alone(self, *, empty: bool) -> Owner | None:
        installation.prepare_database()
        installation.check_others()
        installation.tidy_up()
        owner = None
        if installation.needs_owner():
            owner = self._ask() if sys.stdin.isatty() else installation.owner_from_settings()
            owner.check()
        installation.collect_static()
        if installation.is_empty() and not empty:
            self.stderr.write("Drawing the sample publication. This takes half a minute, once.")
            installation.add_samples()
        if owner:
            installation.add_owner(owner)
        return owner

    def _ask(self) -> Owner:
        """Ask on the terminal until there is an owner who will do."""
        given = installation.owner_from_settings()
        self.stdout.write("Who owns this publication? You will sign in with this.")
        while True:
            email = input(f"E-mail address [{given.email}]: ").strip() or given.email
            password = getpass.getpass("Password (leave empty to have one made up): ")
            if not password:
                return Owner(email, given.password, is_made_up=given.is_made_up)
            owner = Owner(email, password)
            try:
                owner.check()
            except CannotStart as reason:
                self.stdout.write(str(reason))
                continue
            if password == getpass.getpass("The same password again: "):
                return owner
            self.stdout.write("These were two different passwords. Once more:")

    def _run(
        self, host: str, port: int, owner: Owner | None, workers: int, *, has_worker: bool
    ) -> None:
        """Run the server until a signal, or until it ends by itself; and what works beside it."""
        server = processes.server(host, port, workers)
        beside: list[Beside] = []
        try:
            if has_worker:
                for one in _workers():
                    beside.append(one)
            is_told = False
            while server.poll() is None:
                # However long a start takes, whoever waits at the terminal hears that it is over.
                if not is_told and processes.answers(host, port):
                    self._tell(owner)
                    is_told = True
                for one in beside:
                    one.look()
                time.sleep(processes.LOOK_EVERY_SECONDS)
        finally:
            # A second Ctrl-C would leave behind what the first is about to end.
            _on_signals(signal.SIG_IGN)
            processes.end([server, *(one.process for one in beside if one.process)])
        raise CommandError("The server has ended by itself; see above.")

    def _tell(self, owner: Owner | None) -> None:
        lines = [
            "",
            f"  Read at    {settings.SITE_URL}/",
            f"  Write at   {settings.SITE_URL}/admin/",
        ]
        if owner:
            shown = f", password {owner.password} (shown only now)" if owner.is_made_up else ""
            lines.append(f"  Sign in    {owner.email}{shown}")
        else:
            lines.append(f"  Sign in    {settings.SITE_URL}/accounts/login/")
        lines += [
            f"  Data       {settings.DATA_DIR}",
            f"  Settings   {settings.DATA_DIR / 'env'}",
            "",
            "  Ctrl-C stops it.",
            "",
        ]
        self.stdout.write("\n".join(lines))
        self.stdout.flush()


def _lock(path: Path) -> IO[str]:
    """Hold the data folder for this process. Raises `CommandError` when another one does."""
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        file.close()
        raise CommandError(
            f"Longhand is already being served from {path.parent}. "
            "Stop it first, or choose another folder with --data."
        ) from error
    return file


def _check_further_machine() -> None:
    """Raise `CommandError` when this machine could not be one of several."""
    if connection.vendor != "postgresql":
        raise CommandError(
            "Several machines need one database: set DATABASE_URL to postgres://… on all of them."
        )
    if not settings.ENV.text("SECRET_KEY"):
        raise CommandError(
            "Several machines need one secret key, or none knows who has signed in at another: "
            "set SECRET_KEY on all of them to what the first one has in its file secret_key."
        )


def _workers() -> Iterator[Beside]:
    """Whoever does the work for later, and whoever tells the caches in front of us."""
    named = ("--worker-id", worker.NAME, "--verbosity", "0")
    yield Beside("The worker", "db_worker", *named, before=worker.put_back)
    if settings.PURGES:
        yield Beside("What tells the caches", "tell_caches")


def _on_signals(action: Callable[[int, FrameType | None], None] | signal.Handlers) -> None:
    """Do `action` when we are to end: Ctrl-C, the system, or a terminal that was closed."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        # Who started us under nohup has asked for it.
        if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
            signal.signal(number, action)


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    raise KeyboardInterrupt
