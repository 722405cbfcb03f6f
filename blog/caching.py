"""Pages that anyone can share: which they are, and what makes them so.

A request without a session cookie gets the same bytes as every other such request, so a
browser, a proxy or a CDN may keep them. Everything personal hangs on the session.
"""

from __future__ import annotations

import gzip
import hashlib
import re
from collections.abc import Callable
from functools import partial, wraps
from typing import Any

import brotli
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.functional import SimpleLazyObject
from django.utils.http import parse_http_date_safe

from accounts.models import User
from blog import replica
from blog.models import Publication

COMPRESS_FROM_BYTES = 500
GZIP_LEVEL = 6
BROTLI_QUALITY = 5  # takes as long as gzip's 6, for a seventh less
# The better one first. mtime=0: the same page is the same bytes whenever it was compressed.
COMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "br": partial(brotli.compress, quality=BROTLI_QUALITY),
    "gzip": partial(gzip.compress, compresslevel=GZIP_LEVEL, mtime=0),
}
REFUSED = re.compile(r"q\s*=\s*0(\.0*)?")

View = Callable[..., HttpResponse]


def is_personal(request: HttpRequest) -> bool:
    """Whether the request carries a session; only then may its page differ from others'."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES


def reader_of(request: HttpRequest) -> User | None:
    """Who is signed in, without looking for a session where there is none."""
    if not is_personal(request):
        return None
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


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
        response = replica.shared(make) if _is_for_all(request) else make()
        mark_shareable(response)
        return response

    return marked


def mark_shareable(response: HttpResponse) -> None:
    response.is_shareable = True  # type: ignore[attr-defined]


def share(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """Give an answer the headers that let caches keep it, or keep it to the one who asked."""
    if not isinstance(response, HttpResponse) or not _may_share(request, response):
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response
    _drop_cookie_from_vary(response)
    patch_vary_headers(response, ["Accept-Encoding"])
    seconds = settings.SHARED_PAGE_SECONDS
    # max-age=0: after signing in, one's own browser must not show the page from before.
    response.headers["Cache-Control"] = f"public, max-age=0, s-maxage={seconds}"
    # Weak, because the compressed and the plain form share it.
    etag = f'W/"{hashlib.sha256(response.content).hexdigest()[:32]}"'
    response.headers["ETag"] = etag
    _compress(request, response)
    if response.status_code != 200:
        return response
    changed_at = parse_http_date_safe(response.headers.get("Last-Modified", ""))
    answer = get_conditional_response(
        request, etag=etag, last_modified=changed_at, response=response
    )
    return answer or response


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
    if len(response.content) < COMPRESS_FROM_BYTES or response.has_header("Content-Encoding"):
        return
    offered = _encodings(request.headers.get("Accept-Encoding", ""))
    for encoding, compress in COMPRESSORS.items():
        if encoding in offered:
            response.content = compress(response.content)
            response.headers["Content-Encoding"] = encoding
            response.headers["Content-Length"] = str(len(response.content))
            return


def _encodings(accepted: str) -> set[str]:
    """The encodings that a client takes: all it names, but for those at `q=0`."""
    named = (part.partition(";") for part in accepted.lower().split(","))
    return {name.strip() for name, _, weight in named if not REFUSED.fullmatch(weight.strip())}
