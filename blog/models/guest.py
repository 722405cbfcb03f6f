"""Readers without an account who respond under their name."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.characters import validate_printable


class Guest(models.Model):
    """Somebody known by a name and an e-mail address; readers see only the name."""

    name = models.CharField(_("name"), max_length=80, validators=[validate_printable])
    email = models.EmailField(_("e-mail address"), max_length=254)
    # When the link in the letter was opened; until then nobody knows whose address it is.
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When a moderator approved a response of theirs for the first time.
    trusted_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = models.Manager()

    class Meta:
        verbose_name = _("guest")
        verbose_name_plural = _("guests")
        constraints = [models.UniqueConstraint(Lower("email"), name="guest_email_unique")]

    def __str__(self) -> str:
        return self.name

    @property
    def signature(self) -> str:
        return self.name

    @property
    def initial(self) -> str:
        return self.name[:1].upper()
