"""The publication in the desk: one row, so no list."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from blog.models import Publication
from blog.models.publication import ONLY_PK


@admin.register(Publication)
class PublicationAdmin(admin.ModelAdmin[Publication]):
    fields = ("name", "tagline", "about", "language", "shows_changes", "websub_hub")
    formfield_overrides = {models.URLField: {"assume_scheme": "https"}}

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        # Nobody has saved it yet on a new installation: then its defaults become a row.
        Publication.objects.get_or_create(pk=ONLY_PK)
        return HttpResponseRedirect(reverse("admin:blog_publication_change", args=[ONLY_PK]))
