"""Pages that anyone can share: which they are, and what makes them so.

A request without a session cookie gets the same bytes as every other such request, so a
browser, a proxy or a CDN may keep them. Everything personal hangs on the session.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from functools import partial, wraps
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.http import parse_http_date_safe

from accounts import replica
from accounts.models import User
from blog import cache_tags, codings
from blog.models import Publication

# What is not there may come into being, without a row that could have been named: nobody is kept
# from it for longer. Enough against a crowd that follows a dead link.
SHARED_ABSENCE_SECONDS = 10
# A cache that finds a page too old gives it away once more while it asks for the new one, and for
# as long as we do not answer at all.
STALE_WHILE_ASKING_SECONDS = 30
STALE_IF_ERROR_SECONDS = 3600
# What a request says that wants an answer only on conditions (RFC 9110, 13.1).
CONDITIONS = {
    *("HTTP_IF_MATCH", "HTTP_IF_NONE_MATCH"),
    *("HTTP_IF_MODIFIED_SINCE", "HTTP_IF_UNMODIFIED_SINCE"),
}

# Whoever has just done something, and has no session, gets pages that are made anew: a kept page, a
# replica and the counts may be a moment behind, and one's own clap shall not be missing.
ACTED_COOKIE = "acted"
ACTED_SECONDS = 5

View = Callable[..., HttpResponse]


def is_personal(request: HttpRequest) -> bool:
    """Whether the request carries a session; only then may its page differ from others'."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def reader_of(request: HttpRequest) -> User | None:
    """Who is signed in, without looking for a session where there is none."""
    if not is_personal(request):
        return None
    user: Any = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return None
    # Whatever is asked of a lazy object passes through it each time.
    reader: User = getattr(user, "_wrapped", user)
    return reader


def shared_context(request: HttpRequest) -> dict[str, Any]:
    """What every template may use."""
    return {
        "publication": SimpleLazyObject(Publication.current),
        "reader": SimpleLazyObject(lambda: reader_of(request)),
        "is_personal": is_personal(request),
        "site_url": settings.SITE_URL,
    }


def shareable(view: View) -> View:
    """Mark a view whose answer depends on nothing but the address, unless there is a session."""

    @wraps(view)
    def marked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        make = partial(view, request, *args, **kwargs)
        may_lag = _is_for_all(request) and not has_acted(request)
        response = replica.shared(make) if may_lag else make()
        mark_shareable(response)
        return response

    marked.is_shareable = True  # type: ignore[attr-defined]
    return marked


def is_view_shareable(view: Callable[..., Any]) -> bool:
    """Whether a view is marked so; decorators around it hand the mark on."""
    return getattr(view, "is_shareable", False)


def mark_shareable(response: HttpResponse) -> None:
    response.is_shareable = True  # type: ignore[attr-defined]


def share(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Give an answer the headers that let caches keep it, or keep it to the one who asked."""
    if not isinstance(response, HttpResponse) or not _may_share(request, response):
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
    response.is_shared = True  # type: ignore[attr-defined]
    _drop_cookie_from_vary(response)
    patch_vary_headers(response, ["Accept-Encoding"])
    for name, value in _said_to_caches(response):
        response.headers[name] = value
    # Weak: the compressed forms share it, so that a proxy that compresses anew may keep it.
    etag = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    answer = _unchanged(request, response, etag)
    if answer is None:
        _compress(request, response)
    return answer or response


def _said_to_caches(response: HttpResponse) -> Iterator[tuple[str, str]]:
    """How long the answer may be kept by whom, and what it is made of."""
    is_page = response.status_code == 200
    seconds = settings.SHARED_PAGE_SECONDS
    header = settings.CACHE_TAG_HEADER
    try:
        if header:
            yield header, cache_tags.field(header, cache_tags.tags_of(response))
    except cache_tags.TooMany:
        # A cache could not be told to let go of it.
        seconds = min(seconds, SHARED_ABSENCE_SECONDS)
    seconds = seconds if is_page else min(seconds, SHARED_ABSENCE_SECONDS)
    # max-age=0: after signing in, one's own browser must not show the page from before. For the
    # same reason stale-while-revalidate is not said here: Safari takes it for pages too (RFC 5861
    # means every cache), but in the field that only caches in front of us read (RFC 9213).
    yield "Cache-Control", f"public, max-age=0, s-maxage={seconds}"
    targeted = f"public, max-age={seconds}"
    if is_page:
        targeted += f", stale-while-revalidate={min(seconds, STALE_WHILE_ASKING_SECONDS)}"
        targeted += f", stale-if-error={STALE_IF_ERROR_SECONDS}"
    yield "CDN-Cache-Control", targeted
    if header == "Surrogate-Key":
        # Fastly's own name for it, from before there was a common one; it takes it off again.
        yield "Surrogate-Control", targeted.removeprefix("public, ")


def _unchanged(request: HttpRequest, response: HttpResponse, etag: str) -> HttpResponseBase | None:
    """A 304 for whoever has these bytes; it says anew all that caches go by (RFC 9111, 4.3.4)."""
    if response.status_code != 200 or CONDITIONS.isdisjoint(request.META):
        return None
    changed_at = parse_http_date_safe(response.headers.get("Last-Modified", ""))
    answer = get_conditional_response(
        request, etag=etag, last_modified=changed_at, response=response
    )
    if answer is response or answer is None:
        return None
    for name in ("CDN-Cache-Control", "Surrogate-Control", settings.CACHE_TAG_HEADER):
        if name in response.headers:
            answer.headers[name] = response.headers[name]
    return answer


def remember_act(response: HttpResponseBase) -> None:
    """Let the one who has done something see it, whichever process or machine answers next."""
    is_known_now = settings.SESSION_COOKIE_NAME in response.cookies
    if response.status_code < HTTPStatus.BAD_REQUEST and not is_known_now:
        response.set_cookie(
            ACTED_COOKIE,
            "1",
            max_age=ACTED_SECONDS,
            httponly=True,
            secure=settings.SESSION_COOKIE_SECURE,
            samesite="Lax",
        )


def has_acted(request: HttpRequest) -> bool:
    return ACTED_COOKIE in request.COOKIES


def _is_for_all(request: HttpRequest) -> bool:
    return request.method in {"GET", "HEAD"} and not is_personal(request)


def _may_share(request: HttpRequest, response: HttpResponse) -> bool:
    return (
        getattr(response, "is_shareable", False)
        and _is_for_all(request)
        # A view that set a cookie after all has made the page somebody's own.
        and not response.cookies
    )


def _drop_cookie_from_vary(response: HttpResponse) -> None:
    """Middlewares that merely looked for a session have added it."""
    kept = [
        name.strip()
        for name in response.headers.get("Vary", "").split(",")
        if name.strip() and name.strip().lower() != "cookie"
    ]
    if kept:
        response.headers["Vary"] = ", ".join(kept)
    elif "Vary" in response.headers:
        del response.headers["Vary"]


def _compress(request: HttpRequest, response: HttpResponse) -> None:
    """Compress what everybody may read; a page without secrets has none to leak by its length."""
    accepted = request.META.get("HTTP_ACCEPT_ENCODING", "")
    is_short = len(response.content) < codings.COMPRESS_FROM_BYTES
    if response.has_header("Content-Encoding") or (is_short and codings.takes_plain(accepted)):
        return
    coding = codings.choose(accepted)
    if coding != codings.IDENTITY:
        response.content = codings.QUICK[coding](response.content)
        response.headers["Content-Encoding"] = coding
        response.headers["Content-Length"] = str(len(response.content))
