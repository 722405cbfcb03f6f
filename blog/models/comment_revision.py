"""The words of a response before they were changed: for moderators."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class CommentRevision(models.Model):
    """What a response said until `replaced_at`; they go with it, and when its text is deleted."""

    comment = models.ForeignKey("blog.Comment", on_delete=models.CASCADE, related_name="revisions")
    source = models.TextField()
    replaced_at = models.DateTimeField()

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        verbose_name = _("earlier wording of a response")
        verbose_name_plural = _("earlier wordings of responses")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.source[:60]
