"""Who may do what: four roles on top of reading, as Django groups and permissions."""

from __future__ import annotations

from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.models import Group, Permission
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Author, User


class Role(models.TextChoices):
    READER = "reader", _("Reader")
    CONTRIBUTOR = "contributor", _("Contributor")
    AUTHOR = "author", _("Author")
    EDITOR = "editor", _("Editor")
    OWNER = "owner", _("Owner")


_WRITES = {
    "blog.view_post",
    "blog.add_post",
    "blog.change_post",
    "blog.delete_post",
    "blog.view_image",
    "blog.add_image",
    "blog.change_image",
    "blog.view_tag",
    "accounts.view_author",
    "accounts.change_author",
}
_PUBLISHES = _WRITES | {"blog.publish_post"}
_EDITS = _PUBLISHES | {
    "blog.edit_any_post",
    "blog.delete_image",
    "blog.moderate_comment",
    "blog.view_comment",
    "blog.change_comment",
    "blog.delete_comment",
    "blog.add_tag",
    "blog.change_tag",
    "blog.delete_tag",
    "blog.view_series",
    "blog.add_series",
    "blog.change_series",
    "blog.delete_series",
    "blog.view_failedsearch",
    "blog.delete_failedsearch",
    "accounts.add_author",
    "accounts.edit_any_author",
    "accounts.view_ban",
    "accounts.add_ban",
    "accounts.change_ban",
}
_OWNS = _EDITS | {
    "blog.view_publication",
    "blog.change_publication",
    "accounts.view_user",
    "accounts.add_user",
    "accounts.change_user",
    "accounts.delete_user",
    "accounts.delete_author",
}
# Objects decide on top of these: an author's `change_post` reaches their own stories only.
PERMISSIONS: dict[Role, set[str]] = {
    Role.CONTRIBUTOR: _WRITES,
    Role.AUTHOR: _PUBLISHES,
    Role.EDITOR: _EDITS,
    Role.OWNER: _OWNS,
}


class LastOwner(Exception):
    """Nobody would be left who may change roles and settings."""


def role_of(user: User) -> Role:
    """The highest role `user` holds; an account that was switched off only reads."""
    if not user.is_active or not user.is_authenticated:
        return Role.READER
    return given_role(user)


def given_role(user: User) -> Role:
    """The role `user` was given, whether or not the account is switched on."""
    if user.is_superuser:
        return Role.OWNER
    names = {group.name for group in user.groups.all()}
    return next((role for role in reversed(PERMISSIONS) if role.value in names), Role.READER)


@transaction.atomic
def grant(user: User, role: Role) -> None:
    """Give `user` exactly this role; the right to write brings a public face with it."""
    user.groups.remove(*Group.objects.filter(name__in=[known.value for known in PERMISSIONS]))
    if role is not Role.READER:
        user.groups.add(Group.objects.get(name=role.value))
        Author.objects.make_for(user)
    user.is_staff = role is not Role.READER
    user.is_superuser = role is Role.OWNER
    user.save(update_fields=["is_staff", "is_superuser"])


def holders_of(permission: str) -> QuerySet[User]:
    """Everybody who works in the desk and holds `permission`, by role or as an owner."""
    app_label, _dot, codename = permission.partition(".")
    through_group = Permission.objects.filter(
        content_type__app_label=app_label, codename=codename, group__user=OuterRef("pk")
    )
    return User.objects.filter(
        Q(is_superuser=True) | Exists(through_group), is_active=True, is_staff=True
    )


@transaction.atomic
def keep_an_owner(*, without: User) -> None:
    """Raise `LastOwner` unless an active owner stays when `without` is one no more."""
    # Locked in order, so that two owners who take each other's role wait for one another.
    owners = User.objects.select_for_update().filter(is_superuser=True, is_active=True)
    if {owner.pk for owner in owners.order_by("pk")} == {without.pk}:
        raise LastOwner


@transaction.atomic
def make_owner(*, email: str, password: str, name: str = "") -> User:
    """Make the owner: every right, a public face, and an address that counts as verified."""
    owner = User.objects.create_user(email, password, name=name or email.partition("@")[0])
    EmailAddress.objects.create(user=owner, email=owner.email, primary=True, verified=True)
    grant(owner, Role.OWNER)
    return owner


def sync_groups(**_signal: Any) -> None:
    """Make the groups say what `PERMISSIONS` says; runs after every migration."""
    known = {
        f"{permission.content_type.app_label}.{permission.codename}": permission
        for permission in Permission.objects.filter(
            content_type__app_label__in=["accounts", "blog"]
        ).select_related("content_type")
    }
    for role, names in PERMISSIONS.items():
        group, _made = Group.objects.get_or_create(name=role.value)
        group.permissions.set(known[name] for name in names if name in known)
