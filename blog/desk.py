"""The desk as a whole: what it is called, and in which order its rooms stand."""

from __future__ import annotations

from functools import wraps
from typing import Any

from django.contrib.admin import AdminSite
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from blog import awaiting
from blog.models import Post
from blog.views.doors import person_of

MAX_COUNTED = 99
# What is used daily comes first.
ORDER = (
    *("Post", "Image", "Comment", "Ban", "Tag", "Series", "FailedSearch"),
    *("Author", "User", "Publication"),
)


class Desk(AdminSite):
    site_header = _("The desk")
    site_title = _("The desk")
    index_title = _("The desk")
    empty_value_display = "–"
    enable_nav_sidebar = False

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """All rooms as one list: which package a noun lives in is nothing to an author."""
        rooms = [model for app in super().get_app_list(request) for model in app["models"]]
        known = [room for room in rooms if room["object_name"] in ORDER]
        known.sort(key=lambda room: ORDER.index(room["object_name"]))
        url = reverse("admin:index", current_app=self.name)
        return [
            {
                "name": _("The desk"),
                "app_label": "blog",
                "app_url": url,
                "has_module_perms": True,
                "models": known,
            }
        ]

    def each_context(self, request: HttpRequest) -> dict[str, Any]:
        def waiting() -> int:
            theirs = Post.objects.waiting_for(person_of(request))
            return int(theirs[: MAX_COUNTED + 1].count())

        # Asked for only where the way to them is shown.
        return {
            **super().each_context(request),
            "waiting_count": SimpleLazyObject(waiting),
            "waiting_responses": SimpleLazyObject(awaiting.count),
        }

    def get_urls(self) -> list[Any]:
        """Without `view_on_site`: it tells the address of anything to anybody with a desk."""
        return [url for url in super().get_urls() if getattr(url, "name", "") != "view_on_site"]

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        """PostgreSQL takes no NUL in a text, and no honest address has one."""
        guarded = super().admin_view(view, cacheable)

        @wraps(guarded)
        def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
            if "%00" in request.META.get("QUERY_STRING", ""):
                raise BadRequest(_("This request could not be understood."))
            return guarded(request, *args, **kwargs)

        return checked

    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The desk opens at one's stories."""
        return HttpResponseRedirect(reverse("admin:blog_post_changelist"))

    def app_index(self, request: HttpRequest, app_label: str, extra_context: Any = None) -> Any:
        return self.index(request)
