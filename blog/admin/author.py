"""Authors in the desk: the public face of those who write."""

from __future__ import annotations

from functools import partial
from typing import Any, ClassVar
from uuid import uuid4

from django import forms
from django.contrib import admin
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.validators import URLValidator
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import Author
from blog import pictures
from blog.views.doors import person_of

MAX_LINKS = 6


class AuthorForm(forms.ModelForm[Author]):
    portrait = forms.FileField(
        label=_("Portrait"),
        required=False,
        widget=forms.FileInput(attrs={"accept": "image/*"}),
        help_text=_("A square is cut from the middle."),
    )
    no_portrait = forms.BooleanField(label=_("Take the portrait away"), required=False)
    link_lines = forms.CharField(
        label=_("Links"),
        required=False,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("One a line: Label https://address"),
    )

    class Meta:
        model = Author
        fields: ClassVar[list[str]] = ["name", "handle", "tagline", "bio"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        links = self.instance.links or []
        lines = [f"{link['label']} {link['url']}" for link in links]
        self.fields["link_lines"].initial = "\n".join(lines)

    def clean_portrait(self) -> bytes | None:
        file = self.cleaned_data["portrait"]
        if not file:
            return None
        if file.size > pictures.MAX_UPLOAD_BYTES:
            raise forms.ValidationError(pictures.too_large_sentence(file.size))
        try:
            return pictures.avatar(file.read())
        except pictures.PictureError as error:
            raise forms.ValidationError(str(error)) from error

    def clean_link_lines(self) -> list[dict[str, str]]:
        lines = [line.strip() for line in self.cleaned_data["link_lines"].splitlines()]
        links = [self._link(line) for line in lines if line]
        if len(links) > MAX_LINKS:
            raise forms.ValidationError(
                _("%(limit)d links are the most."), params={"limit": MAX_LINKS}
            )
        return links

    @staticmethod
    def _link(line: str) -> dict[str, str]:
        label, _space, url = line.rpartition(" ")
        try:
            URLValidator(schemes=["http", "https"])(url)
        except forms.ValidationError as error:
            raise forms.ValidationError(
                _("“%(line)s” does not end with an address that begins with https://."),
                params={"line": line},
            ) from error
        return {"label": label or url.partition("//")[2], "url": url}


@admin.register(Author)
class AuthorAdmin(admin.ModelAdmin[Author]):
    form = AuthorForm
    list_display = ("name", "handle", "tagline", "user")
    list_select_related = ("user",)
    list_per_page = 50
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("name", "handle")
    show_full_result_count = False
    fields = ("name", "handle", "tagline", "bio", "link_lines", "portrait", "no_portrait")

    def view_on_site(self, author: Author) -> str:
        # Of the stored handle: the typed one may be no handle at all.
        return Author.objects.get(pk=author.pk).get_absolute_url()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Author]:
        authors: QuerySet[Author] = Author.objects.editable_by(person_of(request))
        return authors.order_by("name", "pk")

    def has_change_permission(self, request: HttpRequest, obj: Author | None = None) -> bool:
        if obj is None:
            return super().has_change_permission(request)
        return obj.can_edit(person_of(request))

    def save_model(self, request: HttpRequest, obj: Author, form: AuthorForm, change: bool) -> None:
        former = obj.avatar.name
        obj.links = form.cleaned_data["link_lines"]
        portrait = form.cleaned_data["portrait"]
        if form.cleaned_data["no_portrait"] and not portrait:
            obj.avatar = ""
        obj.save()
        if portrait:
            obj.avatar.save(f"{uuid4().hex}.webp", ContentFile(portrait))
        if former and former != obj.avatar.name:
            transaction.on_commit(partial(default_storage.delete, former))
