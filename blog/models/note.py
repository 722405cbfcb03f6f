"""What an author and the editors say to each other about a story; readers never see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from blog.models.post import Post

MAX_NOTE_CHARS = 4000


class NoteQuerySet(models.QuerySet["Note"]):
    def about(self, post: Post) -> NoteQuerySet:
        """What was said about `post`, with who said it, the newest first."""
        return self.filter(post=post).select_related("by").order_by("-pk")

    def steps(self) -> NoteQuerySet:
        """Where the story moved, not only words were said."""
        return self.exclude(kind=Note.Kind.NOTE)


class Note(models.Model):
    class Kind(models.TextChoices):
        NOTE = "note", _("Note")
        SUBMITTED = "submitted", _("Handed in")
        CHANGED = "changed", _("Changed after it was approved")
        TAKEN_BACK = "taken_back", _("Taken back")
        CHANGES = "changes", _("Changes asked for")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")
        SCHEDULED = "scheduled", _("Scheduled")
        UNPUBLISHED = "unpublished", _("Unpublished")

    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE, related_name="notes")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    kind = models.CharField(max_length=12, choices=Kind, default=Kind.NOTE)
    text = models.TextField(_("note"), max_length=MAX_NOTE_CHARS, blank=True)
    created_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = NoteQuerySet.as_manager()

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")
        indexes = [
            # The talk about a story in its order.
            models.Index(fields=["post", "created_at", "id"], name="note_of_post"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(kind="note") | ~models.Q(text=""), name="note_says_something"
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text[:60]}"
