"""What readers looked for in vain: to be read by editors, written about, and taken off the list."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy

from blog.models import FailedSearch
from blog.templatetags.longhand import desk_date


@admin.register(FailedSearch)
class FailedSearchAdmin(admin.ModelAdmin[FailedSearch]):
    list_display = ("words", "count", "last", "ways")
    list_display_links = None
    list_per_page = 50
    list_max_show_all = 0
    show_facets = admin.ShowFacets.NEVER
    search_fields = ("words",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[FailedSearch]:
        found: QuerySet[FailedSearch] = FailedSearch.objects.most_wanted()
        return found

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:
        return ("-count", "-last_at", "pk")

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Readers make the list."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """What they looked for is what they looked for."""
        return False

    @admin.display(description=gettext_lazy("last"), ordering="last_at")
    def last(self, search: FailedSearch) -> str:
        return desk_date(search.last_at)

    @admin.display(description=gettext_lazy("what to do"))
    def ways(self, search: FailedSearch) -> str:
        return render_to_string("admin/blog/failedsearch/_ways.html", {"words": search.words})
