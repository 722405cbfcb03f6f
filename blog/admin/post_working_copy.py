"""What was written on a published story and is not before readers yet: giving it up."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from blog.models import Post, Stale
from blog.views.doors import person_of


def working_copy_urls(model_admin: Any) -> list[Any]:
    """The address below a story's own; `model_admin` knows who may change it."""
    guard = model_admin.admin_site.admin_view

    def given_up(request: HttpRequest, pk: int) -> HttpResponse:
        story: Post = model_admin.get_object(request, str(pk))
        if not model_admin.has_change_permission(request, story):
            raise Http404(_("There is no story at this address."))
        return removal(request, story)

    return [
        path(
            "<int:pk>/working-copy/removal/",
            guard(given_up),
            name="blog_post_working_copy_removal",
        )
    ]


@require_POST
@never_cache
def removal(request: HttpRequest, story: Post) -> HttpResponse:
    """Back to what readers see. What is given up stays among the revisions."""
    try:
        story.drop_working_copy(by=person_of(request))
    except Stale:
        messages.error(request, _("Somebody saved the story just now. Look at it first."))
    else:
        messages.success(
            request, _("The text is what readers see again. The other is among the revisions.")
        )
    return HttpResponseRedirect(reverse("admin:blog_post_change", args=[story.pk]))
