"""Tags in the desk: another address leaves the old one leading there."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from blog.models import Post, Tag


class TagForm(forms.ModelForm[Tag]):
    class Meta:
        model = Tag
        fields: ClassVar[list[str]] = ["name", "slug", "description"]

    def clean_name(self) -> str:
        """Commas stand between the tags of a story."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        if "," in name:
            raise forms.ValidationError(
                _("A tag has no comma in its name: a story would take it for two tags.")
            )
        return name


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin[Tag]):
    form = TagForm
    list_display = ("name", "slug", "stories")
    list_per_page = 50
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("name",)
    show_full_result_count = False
    fields = ("name", "slug", "description")
    prepopulated_fields = {"slug": ("name",)}

    def view_on_site(self, tag: Tag) -> str | None:
        """Readers have a page of it once they find a story there."""
        is_there = Post.objects.findable_subjects().filter(pk=tag.pk).exists()
        return tag.get_absolute_url() if is_there else None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tag]:
        return Tag.objects.annotate(story_count=Count("posts")).order_by("name")

    def get_prepopulated_fields(self, request: HttpRequest, obj: Any = None) -> dict[str, Any]:
        """An address that readers know does not follow the name."""
        return {} if obj else dict(self.prepopulated_fields)

    @admin.display(description=_("stories"), ordering="story_count")
    def stories(self, tag: Any) -> int:
        return int(tag.story_count)

    def save_model(self, request: HttpRequest, obj: Tag, form: Any, change: bool) -> None:
        if not change:
            obj.save()
            return
        slug, obj.slug = obj.slug, form.initial["slug"]
        obj.save(update_fields=["name", "key", "description"])
        obj.move_to(slug)
