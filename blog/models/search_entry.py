"""What the search knows of a story."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from blog.models.post import Post


class SearchEntry(models.Model):
    """That a story is in the index: with the words of which version, taken by which rules.

    The words themselves lie where the database searches best (`blog.search`): PostgreSQL keeps
    them in a column of this table, SQLite in one of its own kind.
    """

    post = models.OneToOneField(
        Post, on_delete=models.CASCADE, primary_key=True, related_name="search_entry"
    )
    # The title without case and accents: lists are sorted by it, on both databases alike.
    title_key = models.CharField(max_length=100)
    rules = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField()

    objects: ClassVar[models.Manager[SearchEntry]]

    class Meta:
        verbose_name = _("search entry")
        verbose_name_plural = _("search entries")
        indexes = [
            # The desk's list by title.
            models.Index(fields=["title_key", "post"], name="search_title"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id}, version {self.version}"

    @staticmethod
    def missing(rules: int) -> QuerySet[Post]:
        """Stories that are not in the index as they are now."""
        is_new = Q(search_entry__rules=rules, search_entry__version=F("version"))
        return Post.objects.exclude(is_new)
