"""The page that says whether everything is there."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from blog.health import findings
from blog.models import Publication
from blog.views.doors import person_of


def health_urls(model_admin: Any) -> list[Any]:
    """The address beside the publication's settings."""
    guard = model_admin.admin_site.admin_view
    return [path("health/", guard(health), name="blog_publication_health")]


@require_safe
@never_cache
def health(request: HttpRequest) -> HttpResponse:
    if not person_of(request).has_perm("blog.change_publication"):
        raise PermissionDenied
    context = {
        **admin.site.each_context(request),
        "title": _("Health"),
        "opts": Publication._meta,
        "findings": findings(),
    }
    return render(request, "admin/blog/publication/health.html", context)
