"""Stories that are parts of one: read in their order."""

from __future__ import annotations

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.characters import validate_printable


class Series(models.Model):
    title = models.CharField(_("title"), max_length=120, validators=[validate_printable])
    slug = models.SlugField(_("address"), max_length=80, unique=True, allow_unicode=True)
    description = models.CharField(
        _("description"), max_length=300, blank=True, validators=[validate_printable]
    )

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(slug=""), name="series_slug_not_empty")
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("blog:series", args=[self.slug])
