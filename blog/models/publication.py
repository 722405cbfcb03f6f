"""The publication itself: one row, edited by the owner."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.characters import validate_printable

ONLY_PK = 1


def validate_hub(value: str) -> None:
    """A hub is called by our server, with nobody listening on the way."""
    parts = urlsplit(value)
    if parts.scheme != "https" or "@" in parts.netloc:
        raise ValidationError(_("Write the hub’s whole address; it begins with https://."))


class Publication(models.Model):
    """What stands in every page's header and footer."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=ONLY_PK, editable=False)
    name = models.CharField(
        _("name"), max_length=80, default="Longhand", validators=[validate_printable]
    )
    tagline = models.CharField(
        _("tagline"), max_length=160, blank=True, validators=[validate_printable]
    )
    about = models.TextField(_("about"), max_length=20_000, blank=True, help_text=_("Markdown."))
    language = models.CharField(
        _("language"), max_length=10, choices=settings.LANGUAGES, default="en"
    )
    shows_changes = models.BooleanField(
        _("show readers what was changed after publishing"),
        default=True,
        help_text=_("Each story can be taken out of it."),
    )
    websub_hub = models.URLField(
        _("hub for feeds"),
        max_length=300,
        blank=True,
        validators=[validate_hub],
        help_text=_(
            "A WebSub hub is told when a story comes out or changes, so that readers’ apps show "
            "it at once; left empty, they look by themselves."
        ),
    )

    class Meta:
        verbose_name = _("publication")
        verbose_name_plural = _("publication")
        constraints = [
            models.CheckConstraint(condition=models.Q(id=ONLY_PK), name="publication_is_one")
        ]

    def __str__(self) -> str:
        return self.name

    @classmethod
    def current(cls) -> Publication:
        """The one row, or one with the defaults that nobody has saved yet."""
        return cls.objects.filter(pk=ONLY_PK).first() or cls()
