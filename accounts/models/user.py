"""The person who signs in."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, tzinfo
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.models import (
    AbstractBaseUser,
    BaseUserManager,
    Permission,
    PermissionsMixin,
)
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.characters import validate_printable
from accounts.ingredients import Ingredient
from accounts.statements import Statement

if TYPE_CHECKING:
    from accounts.models.author import Author


def validate_time_zone(value: str) -> None:
    """Refuse a name that the IANA time zone database does not know."""
    if value not in zoneinfo.available_timezones():
        raise ValidationError(_("“%(value)s” is not a time zone."), params={"value": value})


class UserManager(BaseUserManager["User"]):
    """People are found by their e-mail address, whatever its case."""

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email__iexact=username)

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """Make a person; `password=None` makes one who cannot sign in by password."""
        if not email:
            raise ValueError("A person needs an e-mail address.")
        user = self.model(email=email.strip().lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(Ingredient, AbstractBaseUser, PermissionsMixin):
    """Who somebody is when they sign in, and what they prefer; readers see only the `name`."""

    email = models.EmailField(
        _("e-mail address"),
        max_length=254,
        unique=True,
        error_messages={"unique": _("Somebody with this e-mail address is here already.")},
    )
    name = models.CharField(
        _("name"),
        max_length=80,
        blank=True,
        validators=[validate_printable],
        help_text=_("How your responses are signed."),
    )
    time_zone = models.CharField(
        _("time zone"), max_length=64, default="UTC", validators=[validate_time_zone]
    )
    has_passage_menu = models.BooleanField(_("a menu where I select text"), default=True)
    has_keys = models.BooleanField(_("keys that act on a page"), default=True)
    remembers_place = models.BooleanField(_("remember where I was in a story"), default=True)
    is_staff = models.BooleanField(_("may enter the desk"), default=False)
    is_active = models.BooleanField(
        _("active"),
        default=True,
        help_text=_("Take this away instead of deleting somebody: nothing they wrote is lost."),
    )
    joined_at = models.DateTimeField(_("joined"), default=timezone.now, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("people")
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique",
                violation_error_message=_("Somebody with this e-mail address is here already."),
            ),
        ]

    def __str__(self) -> str:
        return self.signature

    def has_perm(self, perm: str, obj: Any = None) -> bool:
        """Whether a role, or somebody by hand, gave this right; asked of the database once."""
        if obj is not None or self.is_superuser or not self.is_active:
            return super().has_perm(perm, obj)
        return perm in self._permissions

    def has_module_perms(self, app_label: str) -> bool:
        if self.is_superuser or not self.is_active:
            return super().has_module_perms(app_label)
        return any(name.startswith(f"{app_label}.") for name in self._permissions)

    @cached_property
    def _permissions(self) -> frozenset[str]:
        return frozenset(f"{app}.{name}" for app, name in PERMISSIONS.values(user=self.pk))

    @cached_property
    def read_before(self) -> dict[Any, Any]:
        """What was read of this person for a page, along with other things (`blog.personal`)."""
        return {}

    @property
    def signature(self) -> str:
        """The name under this person's responses; never the whole e-mail address."""
        return self.name or self.email.partition("@")[0]

    # Portraits are those of faces.
    avatar_url = ""

    @property
    def initial(self) -> str:
        return self.signature[:1].upper()

    @property
    def clock(self) -> tzinfo:
        """The time zone this person lives in; UTC where the server does not know it any more."""
        try:
            return zoneinfo.ZoneInfo(self.time_zone)
        # What is no file of the database is refused in as many ways as there are files.
        except (LookupError, OSError, ValueError):
            return UTC

    @property
    def author_or_none(self) -> Author | None:
        """This person's public face, or None for those who only read."""
        return getattr(self, "author", None)

    def get_full_name(self) -> str:
        return self.signature

    def get_short_name(self) -> str:
        return self.signature


def _permissions(user: int) -> models.QuerySet[Any]:
    """By their names, those of the person and those of their roles."""
    names = ("content_type__app_label", "codename")
    own = Permission.objects.filter(user=user).order_by().values_list(*names)
    return own.union(Permission.objects.filter(group__user=user).order_by().values_list(*names))


PERMISSIONS: Statement[Any] = Statement(_permissions)
