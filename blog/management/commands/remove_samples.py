"""Take the sample publication out again."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from blog.samples.load import remove


class Command(BaseCommand):
    help = "Remove the sample stories, their people and pictures. Your own stories stay."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--yes", action="store_true", help="do it; without this, only say what")

    def handle(self, *args: Any, **options: Any) -> None:
        if not options["yes"]:
            self.stdout.write(
                "This removes the sample stories, the people who wrote and answered them, and "
                "their pictures. Run it again with --yes to do it."
            )
            return
        self.stdout.write(f"Removed {remove()} sample stories. Your own are as they were.")
