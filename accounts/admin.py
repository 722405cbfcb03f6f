"""People, for the owner: who is here, and the one role each has."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import default_token_generator
from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth.models import Group
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django_tasks_db.models import DBTaskResult

from accounts.forms import PersonForm
from accounts.models import User
from accounts.roles import LastOwner, Role, given_role, grant, keep_an_owner

# Rights come with a role; the rest is machinery and holds secrets.
for model in (Group, EmailAddress, EmailConfirmation, Authenticator, DBTaskResult):
    if admin.site.is_registered(model):
        admin.site.unregister(model)


class RoleFilter(admin.SimpleListFilter):
    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[Any, str]]:
        return [(role.value, str(role.label)) for role in Role]

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        if self.value() == Role.READER:
            return queryset.filter(is_staff=False)
        return queryset.filter(groups__name=self.value()) if self.value() else queryset


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    form = PersonForm
    list_display = ("signature", "email", "role", "joined_at", "may_sign_in")
    list_display_links = ("signature", "email")
    list_filter = ("is_active", RoleFilter)
    list_per_page = 50
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER
    show_full_result_count = False
    search_fields = ("name", "email")
    ordering = ("-pk",)
    # Deleting goes one by one, past the question about the last owner.
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("name"), ordering="name")
    def signature(self, person: User) -> str:
        return person.signature

    @admin.display(description=_("role"))
    def role(self, person: User) -> str:
        return str(given_role(person).label)

    @admin.display(description=_("active"), ordering="is_active")
    def may_sign_in(self, person: User) -> str:
        """In words: Django's picture of it says “True” to who cannot see it."""
        return str(_("yes") if person.is_active else _("no"))

    def get_form(
        self, request: HttpRequest, obj: User | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        """The form, told who fills it in."""
        made = super().get_form(request, obj, change, **kwargs)
        return type(made.__name__, (made,), {"by": request.user})

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        if not super().has_delete_permission(request, obj):
            return False
        return obj is None or (obj != request.user and not _is_last_owner(obj))

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        grant(obj, Role(form.cleaned_data["role"]))
        if "email" in form.changed_data:
            # Nobody comes into a new account but through the mail that goes there.
            _set_address(obj, verified=not change)
        if not change:
            _invite(obj)
            messages.info(request, _told_of_invitation(obj))


def _told_of_invitation(person: User) -> str:
    """Where the letter goes: on a new installation nothing sends mail yet."""
    folder = getattr(settings, "EMAIL_FILE_PATH", None)
    if "filebased" in settings.EMAIL_BACKEND and folder:
        text = _(
            "No mail is set up yet (EMAIL_URL). The letter for %(email)s, with a link to set a "
            "password, lies in %(folder)s in a moment."
        )
        return text % {"email": person.email, "folder": folder}
    return _("A letter with a link to set a password goes to %(email)s.") % {"email": person.email}


def _is_last_owner(person: User) -> bool:
    try:
        keep_an_owner(without=person)
    except LastOwner:
        return True
    return False


def _set_address(person: User, *, verified: bool) -> None:
    """Make the person's address the one that sign-in knows."""
    EmailAddress.objects.filter(user=person, primary=True).delete()
    EmailAddress.objects.filter(user=person, email__iexact=person.email).delete()
    EmailAddress.objects.create(user=person, email=person.email, primary=True, verified=verified)


def _invite(person: User) -> None:
    """Send the link under which a new person sets a password."""
    adapter = get_adapter()
    key = f"{user_pk_to_url_str(person)}-{default_token_generator.make_token(person)}"
    url = adapter.get_reset_password_from_key_url(key)
    context = {"name": person.signature, "password_set_url": url}
    adapter.send_mail("account/email/invitation", person.email, context)
