"""The short way of a clap: what the script of a page sends for a reader whom we know already.

It answers what `views.claps` would, for the same reasons and with the same headers, or not at all:
whatever is not plain (a first clap, a refusal, a story that has moved) goes the long way from the
beginning. Nothing was written then.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple
from wsgiref.types import WSGIEnvironment

from django.conf import settings
from django.core.handlers.wsgi import WSGIRequest
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import CsrfViewMiddleware
from django.utils.cache import add_never_cache_headers, patch_vary_headers

from accounts.sessions import people_of
from blog.caching import is_personal
from blog.models import Clap, Clapper, Wish
from blog.models.applause import Applause
from blog.views import claps
from blog.views.doors import wants_json
from blog.visitors import ForgedVisitor, read_visitor

ADDRESS = re.compile(r"/(?P<slug>[-\w]+)/claps/")
WANTED = re.compile(r"[1-9]|[1-4][0-9]|50")
MAX_BODY_BYTES = 1_000
FORM = "application/x-www-form-urlencoded"
# Where a request has those that wait to be answered with it.
COMPANIONS = "longhand.companions"

GetResponse = Callable[[HttpRequest], HttpResponseBase]


@dataclass
class Companion:
    """A clap that comes along with another, and what it is answered.

    None: it goes its own way, as if it had not been here.
    """

    environ: WSGIEnvironment
    content: bytes | None = None


class _Asked(NamedTuple):
    """A clap that is well formed and comes from here."""

    slug: str
    wanted: int
    # One of them.
    session: str | None
    visitor: str | None

    @property
    def has_account(self) -> bool:
        return self.session is not None

    @property
    def whose(self) -> tuple[str, str | None, str | None]:
        return self.slug, self.session, self.visitor


class _Csrf(CsrfViewMiddleware):
    """Django's check, which tells us why it refuses instead of answering."""

    def _reject(self, request: HttpRequest, reason: str) -> Any:
        return reason


class Clapping:
    """Middleware: stands before all that a clap can do without.

    Claps that wait at the same moment come along with one of them, and are given together.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.csrf = _Csrf(get_response)

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        asked = self._read(request)
        short = self._answer(request, asked) if asked else None
        return short or self.get_response(request)

    def _answer(self, request: HttpRequest, asked: _Asked) -> HttpResponse | None:
        together = self._together(asked, request.META.get(COMPANIONS, ()))
        applause, *others = _give([asked, *(one for one, _companion in together)])
        if applause is None:
            return None
        for (_one, companion), theirs in zip(together, others, strict=True):
            companion.content = _said(theirs) if theirs else None
        response = HttpResponse(_said(applause), content_type="application/json")
        response.headers["Content-Length"] = str(len(response.content))
        response.headers["X-Frame-Options"] = "DENY"
        add_never_cache_headers(response)
        if asked.has_account:
            patch_vary_headers(response, ["Cookie"])
        return response

    def _together(
        self, asked: _Asked, companions: Sequence[Companion]
    ) -> list[tuple[_Asked, Companion]]:
        """Those of whom each is a reader of the same kind, and there once for one story."""
        found, there = [], {asked.whose}
        for companion in companions:
            one = self._read_companion(companion)
            if one and one.has_account == asked.has_account and one.whose not in there:
                there.add(one.whose)
                found.append((one, companion))
        return found

    def _read_companion(self, companion: Companion) -> _Asked | None:
        try:
            return self._read(WSGIRequest(companion.environ))
        except Exception:
            # Whatever it is, it is said to them alone, when they come by themselves.
            return None

    def _read(self, request: HttpRequest) -> _Asked | None:
        address = ADDRESS.fullmatch(request.path_info) if request.method == "POST" else None
        if not (address and wants_json(request) and _is_small_form(request)):
            return None
        request.get_host()  # raises for a host that is not ours, as Django's middleware would
        wanted = WANTED.fullmatch(request.POST.get("wanted", ""))
        if not wanted or not self._is_from_here(request):
            return None
        session, visitor = _known(request)
        if not (session or visitor):
            return None
        return _Asked(address["slug"], int(wanted[0]), session, visitor)

    def _is_from_here(self, request: HttpRequest) -> bool:
        self.csrf.process_request(request)
        return self.csrf.process_view(request, claps.claps, (), {}) is None


def _give(asked: Sequence[_Asked]) -> list[Applause | None]:
    """What each is given; None to whom nothing is given here."""
    wishes = _wishes(asked)
    sure = [one for one in wishes if one]
    if len(sure) < 2:
        return [_give_one(one) if one else None for one in wishes]
    try:
        given = iter(Clap.objects.give_together(sure))
    except DatabaseError:
        return [None] * len(asked)
    return [next(given) if one else None for one in wishes]


def _give_one(wish: Wish) -> Applause | None:
    return Clap.objects.give_at(wish.slug, clapper=wish.clapper, wanted=wish.wanted)


def _wishes(asked: Sequence[_Asked]) -> list[Wish | None]:
    """The claps of those whom we know."""
    sessions = [one.session for one in asked if one.session]
    people = dict(zip(sessions, people_of(sessions), strict=True)) if sessions else {}
    wishes: list[Wish | None] = []
    for one in asked:
        person = people[one.session] if one.session else None
        is_known = person or one.visitor
        clapper = Clapper(user=person) if person else Clapper(visitor=one.visitor)
        wishes.append(Wish(one.slug, clapper, one.wanted) if is_known else None)
    return wishes


def _said(applause: Applause) -> bytes:
    return json.dumps({"mine": applause.mine, "total": applause.total}).encode()


def _is_small_form(request: HttpRequest) -> bool:
    length = str(request.META.get("CONTENT_LENGTH") or "")
    is_small = length.isascii() and length.isdigit() and int(length) <= MAX_BODY_BYTES
    return is_small and request.content_type == FORM


def _known(request: HttpRequest) -> tuple[str | None, str | None]:
    """The session of whoever has one, and else the visitor whom we know."""
    if is_personal(request):
        return request.COOKIES[settings.SESSION_COOKIE_NAME] or None, None
    try:
        return None, read_visitor(request, strict=True)
    except ForgedVisitor:
        return None, None
