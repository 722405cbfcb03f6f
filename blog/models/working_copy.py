"""What is being written on a story that readers can see: they see it once it is brought out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from blog.models.post import Post


class WorkingCopy(models.Model):
    """`fields` holds what stood in the form besides the text, by the names of its fields."""

    post = models.OneToOneField(
        "blog.Post", on_delete=models.CASCADE, primary_key=True, related_name="working_copy"
    )
    title = models.CharField(max_length=200, blank=True)
    subtitle = models.CharField(max_length=300, blank=True)
    source = models.TextField(blank=True)
    fields = models.JSONField(default=dict)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name = _("working copy")
        verbose_name_plural = _("working copies")

    def __str__(self) -> str:
        return self.title

    @classmethod
    def of(cls, post: Post) -> WorkingCopy | None:
        return cls.objects.filter(post=post).first() if post.pk else None

    @classmethod
    def begin(cls, post: Post) -> WorkingCopy:
        """A copy that says what readers see now."""
        return cls(post=post, title=post.title, subtitle=post.subtitle, source=post.source)

    @property
    def typed(self) -> dict[str, Any]:
        """All that stood in the form, by the names of its fields."""
        return {
            **self.fields,
            "title": self.title,
            "subtitle": self.subtitle,
            "source": self.source,
        }

    def take(self, typed: dict[str, Any]) -> None:
        """Take over what was typed: the text, and the rest as `fields`."""
        for name in ("title", "subtitle", "source"):
            setattr(self, name, typed.pop(name, getattr(self, name)))
        self.fields = typed
