"""The publication itself: one row, edited by the owner."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.characters import validate_printable

ONLY_PK = 1


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
    has_passage_menu = models.BooleanField(
        _("offer readers a menu where they select text"),
        default=True,
        help_text=_("To highlight a passage, to answer it, to copy a link to it."),
    )
    welcomes_ai_crawlers = models.BooleanField(
        _("let AI companies collect the stories"),
        default=True,
        help_text=_(
            "Without it, robots.txt asks their known crawlers to stay away and there is no "
            "llms.txt. That is a request: who does not keep to it can still read what everybody "
            "can read, and what was collected before is not taken back."
        ),
    )
    # Names the folder of its files; made of what is in them.
    logo = models.CharField(_("logo"), max_length=32, default="", blank=True, editable=False)

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
