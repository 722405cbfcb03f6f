"""Make stored HTML anew with the renderer of today."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from blog.models import Comment, Post
from blog.rerender import rerender


class Command(BaseCommand):
    help = "Render stories and responses again that an older renderer made. Safe at any time."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="render everything again")

    def handle(self, *args: Any, **options: Any) -> None:
        posts, comments = Post.objects.all(), Comment.objects.visible()
        if not options["all"]:
            posts, comments = posts.outdated(), comments.outdated()
        post_count = comment_count = 0
        for post in posts.iterator(chunk_size=100):
            rerender(post)
            post_count += 1
        for comment in comments.select_related("post").iterator(chunk_size=500):
            rerender(comment)
            comment_count += 1
        self.stdout.write(f"Rendered {post_count} stories and {comment_count} responses.")
