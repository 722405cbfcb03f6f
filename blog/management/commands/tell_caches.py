"""Tell the caches in front of us what has changed, for as long as we serve."""

from __future__ import annotations

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import close_old_connections

from blog import purge

# What changes meanwhile is told in one call.
LOOK_EVERY_SECONDS = 1


class Command(BaseCommand):
    help = "Tell the caches that PURGE names of changes; script/serve starts it where there is one."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="tell them now, and end")

    def handle(self, *args: Any, once: bool, **options: Any) -> None:
        tellers = [purge.Teller(cache) for cache in purge.caches()]
        if not tellers:
            raise CommandError("PURGE names no cache; docs/caching.md says how.")
        while True:
            for teller in tellers:
                teller.look()
            if once:
                return
            close_old_connections()
            time.sleep(LOOK_EVERY_SECONDS)
