"""Find anew what to read after each story."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from blog import relating
from blog.models import ReadNext


class Command(BaseCommand):
    help = (
        "Find what to read next for stories of which that is not known. Safe at any time; "
        "when it was cut off, run it again without --all, and it goes on."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="find it anew for every story")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["all"]:
            ReadNext.objects.update(rules=0)
        missing, last = relating.missing().count(), 0
        at_work = relating.Relating()
        while last := relating.relate_some(last, at_work):
            pass
        left = relating.missing().count()
        done = missing - left
        self.stdout.write(f"Related {done} {'story' if done == 1 else 'stories'}.")
        if left:
            self.stderr.write(f"{left} could not be related; the log says why.")
