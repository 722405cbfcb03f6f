"""Who else has a story open: a page says every 20 seconds that it is there, and hears of others."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import path
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.models import User
from blog.admin.scripts import for_writers, page_key, refusal, story_at
from blog.models import Post, Presence
from blog.views.doors import person_of

MAX_PAGES = 50


def presence_urls(model_admin: Any) -> list[Any]:
    def present(request: HttpRequest, pk: int) -> HttpResponse:
        return presence(request, story_at(model_admin, request, pk))

    return [path("<int:pk>/presence/", for_writers(present), name="blog_post_presence")]


def presence(request: HttpRequest, story: Post) -> HttpResponse:
    """This page is open (or, with `gone`, closed); the answer says who else is there."""
    user, key = person_of(request), page_key(request)
    if not key:
        return refusal(_("This page has no name."), 400)
    if "gone" in request.POST:
        Presence.objects.leave(story, user, key)
        return HttpResponse(status=204)
    Presence.objects.forgotten().delete()
    Presence.objects.see(story, user, key)
    others = Presence.objects.beside(story, user, key).order_by("opened_at", "pk")[:MAX_PAGES]
    first: dict[int, Presence] = {}
    for page in others:
        first.setdefault(page.user_id, page)
    return JsonResponse(
        {
            "others": [
                {"person": page.user_id, "sentence": _sentence(page, user)}
                for page in first.values()
            ]
        }
    )


def _sentence(page: Presence, user: User) -> str:
    opened_at = timezone.localtime(page.opened_at)
    is_today = opened_at.date() == timezone.localdate()
    since = date_format(opened_at, "H:i" if is_today else "j M, H:i")
    if page.user_id == user.pk:
        return _("You have had this story open in another tab since %s.") % since
    name = page.user.signature
    return _("%(name)s has had this story open since %(since)s.") % {"name": name, "since": since}
