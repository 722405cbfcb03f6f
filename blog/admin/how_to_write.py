"""The page that shows every form a story can have: what one types, and what becomes of it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.urls import path
from django.views.decorators.http import require_safe

from blog.dialect import FORMS, with_drawings
from blog.views.doors import person_of

DRAWINGS = {
    "lighthouseatnoon": "how-to-write/noon.svg",
    "lighthouseatdusk": "how-to-write/dusk.svg",
    "lighthousebymoon": "how-to-write/moon.svg",
}


def how_to_write_urls(model_admin: Any) -> list[Any]:
    """The address beside the list of stories."""
    guard = model_admin.admin_site.admin_view
    return [path("how-to-write/", guard(how_to_write), name="blog_post_how_to_write")]


@require_safe
def how_to_write(request: HttpRequest) -> HttpResponse:
    if not person_of(request).has_perm("blog.add_post"):
        raise PermissionDenied
    addresses = {token: static(file) for token, file in DRAWINGS.items()}
    forms = [(form, with_drawings(form.html, addresses)) for form in FORMS]
    return render(request, "admin/blog/post/how_to_write.html", {"forms": forms})
