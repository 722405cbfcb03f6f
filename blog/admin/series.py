"""Series in the desk: what they are called, and in which order their parts stand."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from blog.models import Post, Series
from blog.models.series import MAX_PART, PART_ORDER

MAX_ARRANGED = 200


class SeriesForm(forms.ModelForm[Series]):
    """Beside the series' own fields one number for each part: the place where it stands."""

    class Meta:
        model = Series
        fields: ClassVar[list[str]] = ["title", "slug", "description"]
        widgets: ClassVar[dict[str, Any]] = {
            "description": forms.Textarea({"rows": 3}),
            "slug": forms.TextInput({"spellcheck": "false"}),
        }
        error_messages: ClassVar[dict[str, Any]] = {
            "slug": {"unique": _("Another series has this address.")},
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.parts: list[Post] = []
        if self.instance.pk:
            light = ("series", "title", "status", "visibility", "published_at", "expires_at")
            found = self.instance.posts.only(*light).order_by(*PART_ORDER)
            self.parts = list(found[:MAX_ARRANGED])
        for place, part in enumerate(self.parts, start=1):
            self.fields[f"part_{part.pk}"] = forms.IntegerField(
                label=_("Place of “%(title)s”") % {"title": part},
                initial=place,
                min_value=1,
                max_value=MAX_PART,
            )
        if "slug" in self.fields:
            self.fields["slug"].required = False
            self.fields["slug"].help_text = _(
                "Made of the title when empty. It stays once readers find a story in the series."
            )

    @property
    def places(self) -> list[tuple[Post, Any]]:
        """Each part with the field for its place."""
        return [(part, self[f"part_{part.pk}"]) for part in self.parts]

    @property
    def moved(self) -> dict[int, int]:
        """The parts whose places were changed, by their keys."""
        return {
            part.pk: self.cleaned_data[name]
            for part in self.parts
            if (name := f"part_{part.pk}") in self.changed_data
        }

    def clean_title(self) -> str:
        """Authors name a series by its title, so each has its own."""
        title = " ".join(str(self.cleaned_data["title"]).split())
        other = Series.objects.called(title)
        if other and other != self.instance:
            raise ValidationError(_("There is a series of this title already."))
        return title

    def clean_slug(self) -> str:
        slug = str(self.cleaned_data["slug"]).lower()
        if slug:
            return slug
        return self.instance.slug or Series.objects.free_slug(self.cleaned_data.get("title", ""))


@admin.register(Series)
class SeriesAdmin(admin.ModelAdmin[Series]):
    form = SeriesForm
    change_form_template = "admin/blog/series/change_form.html"
    list_display = ("title", "slug", "parts")
    list_per_page = 50
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("title",)
    show_full_result_count = False
    fields = ("title", "slug", "description")

    def view_on_site(self, series: Series) -> str | None:
        """Readers have a page of it once they find a story there."""
        return series.get_absolute_url() if _is_known(series) else None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Series]:
        return Series.objects.annotate(part_count=Count("posts")).order_by("title", "pk")

    def get_readonly_fields(self, request: HttpRequest, obj: Series | None = None) -> Any:
        """An address that readers know leads there for ever."""
        return ("slug",) if obj and _is_known(obj) else ()

    @admin.display(description=_("parts"), ordering="part_count")
    def parts(self, series: Any) -> int:
        return int(series.part_count)

    def save_model(self, request: HttpRequest, obj: Series, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if form.moved:
            obj.arrange(form.moved)


def _is_known(series: Series) -> bool:
    return Post.objects.listed().series().filter(pk=series.pk).exists()
