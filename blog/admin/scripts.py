"""The doors of the desk that only its scripts knock at: they hear sentences, not pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from blog.caching import reader_of
from blog.models import Post
from blog.views.doors import person_of

# What a page calls itself, so that its own saves are known as its own.
PAGE_KEY = re.compile(r"[0-9a-f]{32}")

View = Callable[..., HttpResponse]


def script_urls() -> list[Any]:
    return [
        path("session/", never_cache(require_safe(session)), name="blog_post_session"),
        path("signed-in/", never_cache(login_required(signed_in)), name="blog_post_signed_in"),
    ]


def session(request: HttpRequest) -> HttpResponse:
    """Who is signed in, and a token with which this page may go on saving."""
    user = reader_of(request)
    if user is None:
        return JsonResponse({"person": None})
    token = get_token(request)
    return JsonResponse({"person": user.pk, "name": user.signature, "token": token})


@require_safe
def signed_in(request: HttpRequest) -> HttpResponse:
    """Where signing in again leads: it tells the page that waits for it, and closes."""
    return render(request, "admin/blog/post/signed_in.html")


def for_writers(view: View) -> View:
    """Let in, by POST, who is signed in, may write, and is the one who began to."""

    @require_POST
    @never_cache
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        user = reader_of(request)
        if user is None:
            return refusal(_("You have been signed out. Your text is kept in this browser."), 403)
        if not (user.is_active and user.is_staff and user.has_perm("blog.add_post")):
            return refusal(_("You may not write here."), 403)
        if request.POST.get("writer", str(user.pk)) != str(user.pk):
            text = _("You are signed in as %s now, and somebody else was writing here.")
            return refusal(text % user.signature, 403)
        try:
            return view(request, *args, **kwargs)
        except PermissionDenied:
            text = _("This story is not yours to change now. Your text is kept in this browser.")
            return refusal(text, 403)
        except Http404:
            text = _(
                "This story is not there any more. Your text is kept in this browser; "
                "the button above makes a new story of it."
            )
            return refusal(text, 404)

    return guarded


def story_at(model_admin: Any, request: HttpRequest, pk: int | str) -> Post:
    """The story, for those who may write it. Raises `Http404` and `PermissionDenied`."""
    story: Post = model_admin.get_object(request, str(pk))
    if not story.can_edit(person_of(request)):
        raise PermissionDenied
    return story


def page_key(request: HttpRequest) -> str:
    """What the page calls itself; "" for one that has no scripts."""
    key = request.POST.get("page_key", "")
    return key if PAGE_KEY.fullmatch(key) else ""


def refusal(sentence: str, status: int) -> JsonResponse:
    return JsonResponse({"error": sentence}, status=status)
