"""What a story said, and when, and by whose hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.models import User

if TYPE_CHECKING:
    from blog.models.post import Post
    from blog.models.working_copy import WorkingCopy

    Written: TypeAlias = Post | WorkingCopy

WINDOW = timedelta(minutes=10)


class RevisionQuerySet(models.QuerySet["Revision"]):
    def keep(
        self,
        post: Post,
        text: Written,
        *,
        by: User | None,
        at: datetime,
        kind: str,
        is_apart: bool = False,
        **public: Any,
    ) -> Revision | None:
        """Record `text` (the story, or its working copy) as it stands, if it changed.

        Plain saves share one row for ten minutes, which then holds the newest of them; one that
        `is_apart` begins a row, because the last holds a text that it is not made of. A named
        moment (submitted, published) never hides in such a row: it gets its own, or names the
        plain row that holds the very same text. `public` says what readers learn of it:
        `is_public`, `is_minor` and `note`.
        """
        last = self.filter(post=post).order_by("-created_at", "-pk").first()
        words = {name: getattr(text, name) for name in ("title", "subtitle", "source")}
        is_plain = kind == Revision.Kind.SAVED
        if last and all(getattr(last, name) == words[name] for name in words):
            if not is_plain and last.kind == Revision.Kind.SAVED:
                self.filter(pk=last.pk).update(kind=kind, by=by, created_at=at, **public)
            elif public.get("is_public") and not last.is_public:
                # Restored before, and brought before readers now.
                self.filter(pk=last.pk).update(created_at=at, **public)
            return None
        if last and is_plain and not is_apart and last.is_open_to(by, at):
            self.filter(pk=last.pk).update(**words)
            return last
        return self.create(post=post, by=by, created_at=at, kind=kind, **words, **public)


class Revision(models.Model):
    class Kind(models.TextChoices):
        SAVED = "saved", _("Saved")
        SUBMITTED = "submitted", _("Submitted")
        PUBLISHED = "published", _("Published")
        UPDATED = "updated", _("Updated")
        RESTORED = "restored", _("Restored")
        IMPORTED = "imported", _("Imported")

    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE, related_name="revisions")
    title = models.CharField(max_length=200)
    subtitle = models.CharField(max_length=300, blank=True)
    source = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SAVED)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    is_public = models.BooleanField(
        default=False, help_text=_("Readers could see it from this moment on.")
    )
    is_minor = models.BooleanField(
        default=False, help_text=_("A slip of the pen: readers are not told.")
    )
    note = models.CharField(max_length=300, blank=True)

    objects: ClassVar[Any] = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        indexes = [
            # The newest revisions of a story.
            models.Index(fields=["post", "-created_at", "-id"], name="revision_of_post"),
            # What readers could see of a story.
            models.Index(
                fields=["post", "-created_at"],
                name="revision_public",
                condition=models.Q(is_public=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.created_at:%Y-%m-%d %H:%M}"

    def is_open_to(self, by: User | None, at: datetime) -> bool:
        """Whether a plain save of this person may still go into this row."""
        is_theirs = self.by_id == (by.pk if by else None)
        return self.kind == self.Kind.SAVED and is_theirs and at - self.created_at < WINDOW
