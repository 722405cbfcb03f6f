"""The publication in the desk: one row, so no list."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from accounts.forms import time_zones
from blog import akismet, held_words, icons, markdown, pictures
from blog.admin.health import health_urls
from blog.models import Publication
from blog.models.publication import ONLY_PK

OF_RESPONSES = [
    "claps_need_account",
    "guests_may_respond",
    "holds_everything",
    "holds_first",
    "holds_links_over",
    "held_words",
    "responses_close_after_days",
    "akismet_key",
]


class PublicationSettings(forms.ModelForm[Publication]):
    """Its name and its habits, and the logo that its icons are made of."""

    logo_file = forms.FileField(
        label=_("Logo"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_(
            "For browser tabs, telephones and share pictures. Best is a square of 512 pixels "
            "or more; what is not square gets room at its sides."
        ),
    )
    no_logo = forms.BooleanField(label=_("Take the logo away"), required=False)

    class Meta:
        model = Publication
        fields: ClassVar[list[str]] = [
            "name",
            "tagline",
            "about",
            "language",
            "time_zone",
            "shows_changes",
            "has_passage_menu",
            "welcomes_ai_crawlers",
            "websub_hub",
            *OF_RESPONSES,
        ]
        labels: ClassVar[dict[str, Any]] = {
            "responses_close_after_days": _("Days until responses close"),
        }
        widgets: ClassVar[dict[str, Any]] = {
            "akismet_key": forms.TextInput({"autocomplete": "off", "spellcheck": "false"}),
        }
        field_classes: ClassVar[dict[str, Any]] = {
            "websub_hub": partial(forms.URLField, assume_scheme="https"),
        }

    def clean_held_words(self) -> str:
        lines = held_words.lines_of(str(self.cleaned_data["held_words"]))
        if len(lines) > held_words.MAX_LINES:
            text = _("There are %(lines)d lines; %(most)d is the most.")
            numbers = {"lines": len(lines), "most": held_words.MAX_LINES}
            raise forms.ValidationError(text, params=numbers)
        return "\n".join(lines)

    def clean_akismet_key(self) -> str:
        """A new key is tried once: with a wrong one, every response would wait for a moderator."""
        key = str(self.cleaned_data["akismet_key"]).strip()
        if not key or key == self.initial.get("akismet_key"):
            return key
        try:
            is_known = akismet.knows_key(key)
        except akismet.AkismetFailed as error:
            text = _("Akismet cannot be asked about this key now. Try again later. (%s)")
            raise forms.ValidationError(text % error) from error
        if not is_known:
            raise forms.ValidationError(_("Akismet does not know this key for this publication."))
        return key

    def clean_about(self) -> str:
        about = str(self.cleaned_data["about"])
        try:
            markdown.render(about)
        except markdown.MarkdownError as error:
            raise forms.ValidationError(str(error)) from error
        return about

    def clean_logo_file(self) -> dict[str, bytes] | None:
        file = self.cleaned_data["logo_file"]
        if not file:
            return None
        if file.size > pictures.MAX_UPLOAD_BYTES:
            raise forms.ValidationError(pictures.too_large_sentence(file.size))
        try:
            return pictures.logo(file.read())
        except pictures.PictureError as error:
            raise forms.ValidationError(str(error)) from error


@admin.register(Publication)
class PublicationAdmin(admin.ModelAdmin[Publication]):
    form = PublicationSettings
    readonly_fields = ("logo_now",)

    def get_urls(self) -> list[Any]:
        return [*health_urls(self), *super().get_urls()]

    def get_fieldsets(self, request: HttpRequest, obj: Publication | None = None) -> Any:
        of_logo = ["logo_now", "logo_file", "no_logo"] if obj and obj.logo else ["logo_file"]
        switches = ["shows_changes", "has_passage_menu", "welcomes_ai_crawlers", "websub_hub"]
        fields = ["name", "tagline", "about", "language", "time_zone", *of_logo, *switches]
        return [(None, {"fields": fields}), (_("Claps and responses"), {"fields": OF_RESPONSES})]

    @admin.display(description=_("Logo now"))
    def logo_now(self, publication: Publication) -> str:
        url = icons.url(publication, icons.MARK)
        return format_html('<img src="{}" alt="" width="64" height="64">', url)

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The time zone is chosen from a list, with the one that stands there."""
        if db_field.name == "time_zone":
            kwargs["widget"] = forms.Select(choices=[("UTC", "UTC"), *time_zones()])
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def save_model(
        self, request: HttpRequest, obj: Publication, form: PublicationSettings, change: bool
    ) -> None:
        files = form.cleaned_data["logo_file"]
        if files:
            icons.put_up(obj, files)
        elif form.cleaned_data.get("no_logo"):
            icons.take_down(obj)
        super().save_model(request, obj, form, change)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        # Nobody has saved it yet on a new installation: then its defaults become a row.
        Publication.objects.get_or_create(pk=ONLY_PK)
        return HttpResponseRedirect(reverse("admin:blog_publication_change", args=[ONLY_PK]))
