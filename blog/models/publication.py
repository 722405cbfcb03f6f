"""The publication itself: one row, edited by the owner."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, tzinfo
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from accounts.characters import validate_printable
from accounts.models.user import validate_time_zone
from accounts.statements import Statement

ONLY_PK = 1
# By their names in the language of the interface, which Django's own catalogues have.
LANGUAGE_CHOICES = [(code, _(name)) for code, name in settings.LANGUAGES]
# What was read of the row for the request that is being answered; None between requests.
_read: ContextVar[dict[str, Publication] | None] = ContextVar("publication", default=None)


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
        _("language"), max_length=10, choices=LANGUAGE_CHOICES, default="en"
    )
    time_zone = models.CharField(
        _("time zone"),
        max_length=64,
        default="UTC",
        validators=[validate_time_zone],
        help_text=_("Stories have their dates in it: Europe/Berlin, for example."),
    )
    shows_changes = models.BooleanField(
        _("show readers what was changed after publishing"),
        default=True,
        help_text=_("Each story can be taken out of it."),
    )
    has_passage_menu = models.BooleanField(
        _("offer readers a menu where they select text"),
        default=True,
        help_text=_("To highlight a passage, to respond to it, to copy a link to it."),
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

    claps_need_account = models.BooleanField(_("only who signs in may clap"), default=False)
    guests_may_respond = models.BooleanField(
        _("let readers without an account respond"),
        default=False,
        help_text=_("With a name and an e-mail address, which they confirm by a link."),
    )
    holds_everything = models.BooleanField(_("hold every response for review"), default=False)
    holds_first = models.BooleanField(_("hold somebody’s first response"), default=False)
    holds_links_over = models.PositiveSmallIntegerField(
        _("hold responses with more links than"),
        default=3,
        null=True,
        blank=True,
        help_text=_("Left empty, links are not counted."),
    )
    held_words = models.TextField(
        _("hold responses with these words"),
        max_length=20_000,
        blank=True,
        help_text=_("One word or phrase in each line."),
    )
    responses_close_after_days = models.PositiveSmallIntegerField(
        _("close responses after days"),
        null=True,
        blank=True,
        help_text=_("Left empty, they stay open."),
    )
    akismet_key = models.CharField(
        _("Akismet key"),
        max_length=40,
        blank=True,
        help_text=_(
            "Akismet is a service against spam. With a key, each response waits until it has "
            "answered, and it is sent, with the story’s address and your publication’s: the text "
            "and its time, the writer’s name and e-mail address, their IP address, and what their "
            "browser says of itself and of the page they came from. What moderators decide "
            "otherwise is sent too. Say so where you tell readers what happens to their data. "
            "Left empty, nothing is sent."
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

    def save(self, *args: Any, **kwargs: Any) -> None:
        super().save(*args, **kwargs)
        known = _read.get()
        if known is not None:
            known.clear()

    @classmethod
    def current(cls) -> Publication:
        """The one row, or one with the defaults that nobody has saved yet."""
        known = _read.get()
        if known is None:
            return _ROW.one() or cls()
        if "row" not in known:
            known["row"] = _ROW.one() or cls()
        return known["row"]

    @classmethod
    @contextmanager
    def read_once(cls, known: Publication | None = None) -> Iterator[dict[str, Publication]]:
        """While this lasts, `current` asks the database once at most: for one request.

        Not at all where it is `known`, or was read outside the block. Gives what has been read, as
        "row".
        """
        outer = _read.get()
        if outer is not None:
            yield outer
            return
        read = {} if known is None else {"row": known}
        token = _read.set(read)
        try:
            yield read
        finally:
            _read.reset(token)

    @property
    def clock(self) -> tzinfo:
        """The time zone of its dates; UTC where the server does not know it any more."""
        try:
            return ZoneInfo(self.time_zone)
        except (LookupError, OSError, ValueError):
            return UTC

    @property
    def direction(self) -> str:
        """Which way its pages run: `rtl` or `ltr`."""
        return "rtl" if self.language in settings.LANGUAGES_BIDI else "ltr"


_ROW: Statement[Publication] = Statement(lambda: Publication.objects.filter(pk=ONLY_PK))
