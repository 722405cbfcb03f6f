"""Pages for what went wrong: what it is, what was kept, what to do."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.db import OperationalError
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import resolve, reverse
from django.urls.exceptions import Resolver404
from django.utils.translation import gettext as _
from psycopg_pool import PoolTimeout

from blog.caching import mark_shareable
from blog.models import Post
from blog.views.doors import Gone, Moved, wants_json

RETRY_AFTER_SECONDS = 10
NEWEST_COUNT = 3
# Never written back into a page, whoever sent them.
UNKEPT_FIELDS = {"csrfmiddlewaretoken"}
STORY_FORMS = {"admin:blog_post_add", "admin:blog_post_change"}

logger = logging.getLogger("longhand")


def sentence(request: HttpRequest, status: int, text: str) -> HttpResponse:
    """Say `text` with `status`: as an object to a script, as a page to a person."""
    if wants_json(request):
        return JsonResponse({"error": text}, status=status)
    return render(request, "error.html", {"status": status, "sentence": text}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        return too_much(request)
    return sentence(request, 400, _("This request could not be understood."))


def too_much(request: HttpRequest) -> HttpResponse:
    """More than any form or picture needs; the browser still has it."""
    text = _("This is too much at once. Nothing was saved; go back, it is all still there.")
    return sentence(request, 413, text)


def permission_denied(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if wants_json(request):
        return sentence(request, 403, str(exception) or _("This is not yours to change."))
    return render(request, "403.html", {"sentence": str(exception or "")}, status=403)


def page_not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if wants_json(request):
        return sentence(request, 404, _("There is nothing at this address."))
    response = render(request, "404.html", {"newest": _newest()}, status=404)
    mark_shareable(response)
    return response


def gone(request: HttpRequest) -> HttpResponse:
    if wants_json(request):
        return sentence(request, 410, _("This story has been withdrawn."))
    response = render(request, "410.html", {"newest": _newest()}, status=410)
    mark_shareable(response)
    return response


def _newest() -> QuerySet[Post]:
    """For those who came in vain; asked for when the page is written."""
    newest: QuerySet[Post] = Post.objects.listed().light().newest_first()[:NEWEST_COUNT]
    return newest


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 when it was the database or the cache that did not answer."""
    is_away = _is_away(sys.exc_info()[1])
    status = 503 if is_away else 500
    # No request context: what is broken may be what the context needs.
    response = HttpResponse(render_to_string(f"{status}.html"), status=status)
    if is_away:
        response.headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return response


def _is_away(error: BaseException | None) -> bool:
    # Loaded only where there is a Redis.
    redis = sys.modules.get("redis")
    is_redis = redis is not None and isinstance(error, redis.RedisError)
    return is_redis or isinstance(error, OperationalError | PoolTimeout)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long: keep what was typed and let the person send it again."""
    return keep_form(request, offer=_is_from_here(request))


def keep_form(
    request: HttpRequest, *, signed_out: bool = False, offer: bool = True
) -> HttpResponse:
    """403, with everything typed and a fresh token: one more press sends it.

    `offer=False` when somebody else may have made up what was sent: then nothing of it is shown.
    """
    text = (
        _("You have been signed out. Nothing is lost: sign in in another tab, then try again.")
        if signed_out
        else _("This page was open for too long. Nothing is lost: press the button once more.")
    )
    if wants_json(request):
        return JsonResponse({"error": text}, status=403)
    context: dict[str, Any] = {"fields": [], "action": "", "is_signed_out": signed_out}
    if offer and _is_ours(request.path):
        context["action"] = request.path
        context["fields"] = [
            (name, value)
            for name, values in request.POST.lists()
            for value in values
            if name not in UNKEPT_FIELDS
        ]
    return render(request, "403_csrf.html", context, status=403)


def _is_from_here(request: HttpRequest) -> bool:
    """Whether a page of ours sent it. What a foreign page made up is never offered for sending."""
    where = request.headers.get("Sec-Fetch-Site")
    if where:
        return where == "same-origin"
    origin = request.headers.get("Origin") or request.headers.get("Referer", "")
    try:
        parts = urlsplit(origin)
    except ValueError:
        return False
    here = {f"{request.scheme}://{request.get_host()}", *settings.CSRF_TRUSTED_ORIGINS}
    return f"{parts.scheme}://{parts.netloc}" in here


def _is_ours(path: str) -> bool:
    """Whether a clap, a response or a story was sent; passwords are not repeated."""
    try:
        match = resolve(path)
    except Resolver404:
        return False
    return match.namespace == "blog" or match.view_name in STORY_FORMS


class Turned:
    """Middleware: answer what the doors raise (`Gone`, `Moved`) with 410 and 301."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Gone):
            return gone(request)
        if isinstance(exception, Moved):
            return _moved(request, exception.to)
        return None


def _moved(request: HttpRequest, slug: str) -> HttpResponse:
    match = request.resolver_match
    kwargs = {**match.kwargs, "slug": slug} if match else {"slug": slug}
    response = HttpResponsePermanentRedirect(
        reverse(match.view_name if match else "blog:post", kwargs=kwargs)
    )
    mark_shareable(response)
    return response
