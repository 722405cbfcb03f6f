"""The public face of somebody who writes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from typing import Any, ClassVar
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import IntegrityError, models, transaction
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.addresses import address
from accounts.characters import printable, validate_printable
from accounts.ingredients import Ingredient
from accounts.models.user import User

HANDLE_MAX_LENGTH = 30


def validate_links(value: Any) -> None:
    """Accept a list of `{"label": …, "url": …}` with web addresses and nothing else."""
    if not isinstance(value, list):
        raise ValidationError(_("Links are a list."))
    for link in value:
        is_pair = isinstance(link, dict) and set(link) == {"label", "url"}
        if not is_pair or urlsplit(str(link["url"])).scheme not in {"http", "https"}:
            raise ValidationError(_("Each link has a label and an address that begins with http."))


class AuthorQuerySet(models.QuerySet["Author"]):
    def editable_by(self, user: User) -> AuthorQuerySet:
        """The faces `user` may change; agrees with `Author.can_edit`."""
        if not user.has_perm("accounts.change_author"):
            return self.none()
        if user.has_perm("accounts.edit_any_author"):
            return self.all()
        return self.filter(user=user)

    def pages(self, handles: Collection[str]) -> dict[str, str]:
        """The addresses of those who have one of these handles, which are in lower case."""
        found = self.with_handles(handles)
        return {author.handle.lower(): author.get_absolute_url() for author in found}

    def with_handles(self, handles: Collection[str]) -> AuthorQuerySet:
        """Those who have one of these handles, which are in lower case."""
        return self.alias(lowered=Lower("handle")).filter(lowered__in=handles)

    def make_for(self, user: User) -> Author:
        """Give `user` a public face under a handle nobody has; keep the one they have."""
        if user.author_or_none:
            return user.author
        name = printable(user.signature)
        while True:
            handle = self._free_handle(self.handle_stem(name))
            try:
                with transaction.atomic():
                    user.author = self.create(user=user, name=name, handle=handle)
            except IntegrityError:
                # Somebody of the same name came at the same moment, or this person a second time.
                theirs = self.filter(user=user).first()
                if theirs:
                    user.author = theirs
                elif not self.filter(handle__iexact=handle).exists():
                    raise
                else:
                    continue
            return user.author

    def _free_handle(self, stem: str) -> str:
        taken = set(self.filter(handle__istartswith=stem).values_list(Lower("handle"), flat=True))
        handle, number = stem, 2
        while handle in taken:
            handle, number = f"{stem}{number}", number + 1
        return handle

    @staticmethod
    def handle_stem(name: str) -> str:
        """The letters and digits of `name` in ASCII, short enough for a number behind it."""
        ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
        return re.sub(r"[^a-z0-9]", "", ascii_name.lower())[: HANDLE_MAX_LENGTH - 4] or "author"


class Author(Ingredient):
    """Name, handle and portrait that stand over stories; imported authors belong to no user."""

    user = models.OneToOneField(
        User,
        verbose_name=_("person"),
        on_delete=models.SET_NULL,
        related_name="author",
        null=True,
        blank=True,
    )
    name = models.CharField(_("name"), max_length=80, validators=[validate_printable])
    handle = models.CharField(
        _("handle"),
        max_length=HANDLE_MAX_LENGTH,
        validators=[
            RegexValidator(r"^[A-Za-z0-9_]+$", _("Letters, digits and _ only, without the @."))
        ],
        help_text=_("The address of the author's page: /@handle/."),
    )
    tagline = models.CharField(
        _("tagline"), max_length=160, blank=True, validators=[validate_printable]
    )
    bio = models.TextField(_("about"), max_length=4000, blank=True, help_text=_("Markdown."))
    avatar = models.ImageField(_("portrait"), upload_to="avatars/", blank=True)
    links = models.JSONField(_("links"), default=list, blank=True, validators=[validate_links])
    # Always equal to the number of `Follow` rows.
    follower_count = models.PositiveIntegerField(_("followers"), default=0, editable=False)

    objects: ClassVar[Any] = AuthorQuerySet.as_manager()

    class Meta:
        verbose_name = _("author")
        verbose_name_plural = _("authors")
        ordering = ["name", "pk"]
        permissions = [("edit_any_author", _("Can change every author"))]
        constraints = [
            models.UniqueConstraint(
                Lower("handle"),
                name="author_handle_unique",
                violation_error_message=_("This handle is taken."),
            ),
        ]
        indexes = [
            # The list of all, page by page.
            models.Index(fields=["name", "id"], name="author_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address("blog:author", self.handle)

    def can_edit(self, user: User) -> bool:
        """Agrees with `AuthorQuerySet.editable_by`."""
        if not user.has_perm("accounts.change_author"):
            return False
        return user.has_perm("accounts.edit_any_author") or self.user_id == user.pk

    @property
    def initial(self) -> str:
        return self.name[:1].upper()

    @property
    def avatar_url(self) -> str:
        """Where the portrait lies, or an empty text: then the initial stands in its place."""
        return self.avatar.url if self.avatar else ""
