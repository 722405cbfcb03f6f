"""Take stories into the index of search anew."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from blog import search
from blog.models import Post


class Command(BaseCommand):
    help = "Take stories into the index of search that are not in it as they are. Safe at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="take in every story again")

    def handle(self, *args: Any, **options: Any) -> None:
        posts = Post.objects.all() if options["all"] else search.missing()
        count = search.index(list(posts.order_by("pk").values_list("pk", flat=True)))
        self.stdout.write(f"Indexed {count} {'story' if count == 1 else 'stories'}.")
