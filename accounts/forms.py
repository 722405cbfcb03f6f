"""What people type about themselves; django-allauth's forms with our labels."""

from __future__ import annotations

import functools
import itertools
import zoneinfo
from typing import TYPE_CHECKING, Any

from allauth.account import forms as account_forms
from allauth.account.models import EmailAddress
from allauth.mfa.base import forms as mfa_forms
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import AddWebAuthnForm
from allauth.mfa.webauthn.forms import EditWebAuthnForm as AllauthEditWebAuthnForm
from django import forms
from django.contrib.auth.base_user import AbstractBaseUser
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.characters import validate_printable
from accounts.kinds import Ways, kinds_for
from accounts.models import NotificationChoice, User
from accounts.roles import LastOwner, Role, given_role, keep_an_owner

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

LABELS = {
    "login": _("E-mail address"),
    "email": _("E-mail address"),
    "oldpassword": _("Your password now"),
    "password": _("Password"),
    "password1": _("New password"),
    "password2": _("New password again"),
    "code": _("Code"),
    "passwordless": _("Sign in with it alone, without a password"),
}
PASSWORD_HELP = _("At least ten characters. A short sentence is good.")


class Plain:
    """Our labels, and no placeholders: a label stays when somebody types."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = LABELS.get(name, field.label)
        if "password1" in self.fields:
            self.fields["password1"].help_text = PASSWORD_HELP
        if "code" in self.fields:
            self.fields["code"].widget.attrs["inputmode"] = "numeric"


class LoginForm(Plain, account_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The link to a new password stands beside the button.
        self.fields["password"].help_text = ""


class SignUpForm(Plain, account_forms.SignupForm):
    """Name, address, one password."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        validators=[validate_printable],
        help_text=_("How your responses are signed."),
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    field_order = ["name", "email", "password1"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].label = LABELS["password"]

    def custom_signup(self, request: HttpRequest, user: AbstractBaseUser) -> None:
        assert isinstance(user, User)
        user.name = self.cleaned_data["name"]
        user.save(update_fields=["name"])


class AddEmailForm(Plain, account_forms.AddEmailForm):
    pass


class ChangePasswordForm(Plain, account_forms.ChangePasswordForm):
    pass


class SetPasswordForm(Plain, account_forms.SetPasswordForm):
    pass


class ResetPasswordForm(Plain, account_forms.ResetPasswordForm):
    pass


class ResetPasswordKeyForm(Plain, account_forms.ResetPasswordKeyForm):
    pass


class ReauthenticateForm(Plain, account_forms.ReauthenticateForm):
    pass


class CodeForm(Plain, mfa_forms.AuthenticateForm):
    pass


class ReauthenticateCodeForm(Plain, mfa_forms.ReauthenticateForm):
    pass


class ActivateAppForm(Plain, ActivateTOTPForm):
    pass


class AddPasskeyForm(Plain, AddWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {**kwargs.get("initial", {}), "name": _("Passkey")}
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("So that you know it again, such as “Phone”.")
        self.fields["passwordless"].help_text = _("Not every key can do this.")
        self.fields["passwordless"].initial = True


class EditPasskeyForm(Plain, AllauthEditWebAuthnForm):
    pass


@functools.cache
def time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Every place of the time zone database, by region."""
    places = sorted(
        name
        for name in zoneinfo.available_timezones()
        if "/" in name and not name.startswith(("Etc/", "SystemV/", "posix/", "right/"))
    )
    regions = itertools.groupby(places, key=lambda name: name.partition("/")[0])
    return [
        (region, [(name, name.partition("/")[2].replace("_", " ")) for name in names])
        for region, names in regions
    ]


class PreferencesForm(forms.ModelForm[User]):
    class Meta:
        model = User
        fields = ["name", "time_zone"]
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True
        held = self.instance.time_zone
        # Old names such as “EST” are no places; whoever has one keeps it.
        first = [(name, name) for name in dict.fromkeys(["UTC", held]) if "/" not in name]
        self.fields["time_zone"].widget = forms.Select(choices=[*first, *time_zones()])


class TellingForm(forms.Form):
    """What somebody is told of: a row for each kind, with a box for the inbox and one for mail."""

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kinds = kinds_for(user)
        chosen = NotificationChoice.objects.of(user)
        for kind in self.kinds:
            ways = chosen.get(kind.name, kind.usual_ways)
            for way, label in (("on_page", _("in the inbox")), ("by_mail", _("by mail"))):
                self.fields[f"{kind.name}_{way}"] = forms.BooleanField(
                    label=label,
                    required=False,
                    initial=getattr(ways, way),
                    widget=forms.CheckboxInput({"aria-describedby": f"telling_{kind.name}"}),
                )

    @property
    def groups(self) -> list[dict[str, Any]]:
        """What belongs together under its heading, each kind with its boxes."""
        return [
            {
                "label": about.label,
                "rows": [
                    {"kind": kind, "boxes": [self[f"{kind.name}_{way}"] for way in Ways._fields]}
                    for kind in kinds
                ],
            }
            for about, kinds in itertools.groupby(self.kinds, key=lambda kind: kind.about)
        ]

    @property
    def ways(self) -> dict[str, Ways]:
        """What was chosen, by the names of kinds."""
        return {
            kind.name: Ways(*(self.cleaned_data[f"{kind.name}_{way}"] for way in Ways._fields))
            for kind in self.kinds
        }


class PersonForm(forms.ModelForm[User]):
    """Somebody as the owner sees them: one role, and nothing of how rights are kept."""

    by: User  # who fills it in

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices, widget=forms.RadioSelect)

    class Meta:
        model = User
        fields = ["name", "email", "role", "is_active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].initial = (
            given_role(self.instance) if self.instance.pk else Role.CONTRIBUTOR
        )

    def clean_email(self) -> str:
        email: str = self.cleaned_data["email"].lower()
        others = EmailAddress.objects.exclude(user=self.instance.pk)
        if others.filter(email__iexact=email).exists():
            raise forms.ValidationError(_("Somebody with this e-mail address is here already."))
        return email

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.instance.pk and given_role(self.instance) is Role.OWNER:
            self._clean_owner(cleaned)
        return cleaned

    def _clean_owner(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("role", Role.OWNER) != Role.OWNER:
            self._refuse_own_or_last(
                "role", _("You cannot take your own role away. Another owner can.")
            )
        if not cleaned.get("is_active", True):
            self._refuse_own_or_last(
                "is_active", _("You cannot switch your own account off. Another owner can.")
            )

    def _refuse_own_or_last(self, field: str, if_own: StrPromise) -> None:
        try:
            keep_an_owner(without=self.instance)
        except LastOwner:
            self.add_error(field, _("This is the last owner. Make somebody else one first."))
        else:
            if self.instance == self.by:
                self.add_error(field, if_own)
