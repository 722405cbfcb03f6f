"""Counters of a story, in a row so narrow that counting never touches the text."""

from __future__ import annotations

from typing import NamedTuple

from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.statements import rows


class Applauded(NamedTuple):
    """How much a story is applauded, and by how many."""

    claps: int
    clappers: int


class PostStats(models.Model):
    """How much was clapped and said; always equal to the sums of `Clap` and `Comment` rows."""

    post = models.OneToOneField(
        "blog.Post", on_delete=models.CASCADE, primary_key=True, related_name="stats"
    )
    clap_count = models.PositiveIntegerField(default=0)
    clapper_count = models.PositiveIntegerField(default=0)
    comment_count = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("counters")
        verbose_name_plural = _("counters")
        indexes = [
            # The front page's most applauded, and the desk's list by claps.
            models.Index(fields=["-clap_count", "-post"], name="stats_applauded"),
            # The desk's list by responses.
            models.Index(fields=["-comment_count", "-post"], name="stats_discussed"),
        ]

    def __str__(self) -> str:
        return f"{self.clap_count} claps, {self.comment_count} responses"

    @classmethod
    def hold(cls, post_id: int) -> None:
        """Let nobody else change what is counted of a story until this transaction ends.

        Whoever comes, answers and takes away under one story takes its turn here, before any
        response is locked: keys are looked at again at the end, when it is too late to wait.
        """
        cls.add(post_id)

    @classmethod
    def add(
        cls, post_id: int, *, claps: int = 0, clappers: int = 0, comments: int = 0
    ) -> Applauded:
        """Change a story's counters by these differences and return its applause.

        Call it last in a transaction that does not `hold` it: it is the row that everybody wants.
        Writing first (an upsert) is what keeps SQLite from refusing a transaction half way.
        """
        differences = (claps, clappers, comments)
        (counted,) = rows(
            """
            INSERT INTO blog_poststats (post_id, clap_count, clapper_count, comment_count)
            VALUES (%s, %s, %s, %s)
            ON CONFLICT (post_id) DO UPDATE SET
                clap_count = blog_poststats.clap_count + %s,
                clapper_count = blog_poststats.clapper_count + %s,
                comment_count = blog_poststats.comment_count + %s
            RETURNING clap_count, clapper_count
            """,
            [post_id, *(max(one, 0) for one in differences), *differences],
        )
        return Applauded(*counted)
