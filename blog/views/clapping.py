"""The short way of a clap: what the script of a page sends for a reader whom we know already.

It answers what `views.claps` would, for the same reasons and with the same headers, or not at all:
whatever is not plain (a first clap, a refusal, a story that has moved) goes the long way from the
beginning. Nothing was written then.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase, JsonResponse
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from accounts.sessions import person_of
from blog.caching import is_personal
from blog.models import Clap, Clapper
from blog.views import claps
from blog.views.doors import wants_json
from blog.visitors import ForgedVisitor, read_visitor

ADDRESS = re.compile(r"/(?P<slug>[-\w]+)/claps/")
WANTED = re.compile(r"[1-9]|[1-4][0-9]|50")
MAX_BODY_BYTES = 1_000
FORM = "application/x-www-form-urlencoded"

GetResponse = Callable[[HttpRequest], HttpResponseBase]


class _Csrf(CsrfViewMiddleware):
    """Django's check, which tells us why it refuses instead of answering."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


class Clapping:
    """Middleware: stands before all that a clap can do without."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.csrf = _Csrf(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        address = ADDRESS.fullmatch(request.path_info) if request.method == "POST" else None
        short = self._answer(request, address["slug"]) if address else None
        return short or self.get_response(request)

    def _answer(self, request: HttpRequest, slug: str) -> JsonResponse | None:
        if not (wants_json(request) and _is_small_form(request)):
            return None
        request.get_host()  # raises for a host that is not ours, as Django's middleware would
        wanted = WANTED.fullmatch(request.POST.get("wanted", ""))
        if not wanted or not self._is_from_here(request):
            return None
        clapper = _clapper(request)
        if clapper is None:
            return None
        applause = Clap.objects.give_at(slug, clapper=clapper, wanted=int(wanted[0]))
        if applause is None:
            return None
        response = JsonResponse({"mine": applause.mine, "total": applause.total})
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["X-Frame-Options"] = "DENY"
        add_never_cache_headers(response)
        if clapper.user:
            patch_vary_headers(response, ["Cookie"])
        return response

    def _is_from_here(self, request: HttpRequest) -> bool:
        self.csrf.process_request(request)
        return self.csrf.process_view(request, claps.claps, (), {}) is None


def _is_small_form(request: HttpRequest) -> bool:
    length = str(request.META.get("CONTENT_LENGTH") or "")
    is_small = length.isascii() and length.isdigit() and int(length) <= MAX_BODY_BYTES
    return is_small and request.content_type == FORM


def _clapper(request: HttpRequest) -> Clapper | None:
    """Whoever is known already."""
    if is_personal(request):
        person = person_of(request.COOKIES[settings.SESSION_COOKIE_NAME])
        return Clapper(user=person) if person else None
    try:
        visitor = read_visitor(request, strict=True)
    except ForgedVisitor:
        return None
    return Clapper(visitor=visitor) if visitor else None
