"""Uploaded files, when no web server in front of us serves them."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import PurePosixPath

from django.core.files import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

CONTENT_TYPES = {
    ".avif": "image/avif",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}
YEAR_SECONDS = 365 * 24 * 3600
CHUNK_BYTES = 64 * 1024
# One range; several at once may be answered with the whole (RFC 9110, 14.2), and are.
RANGE = re.compile(r"bytes\s*=\s*(?P<first>\d{0,19})\s*-\s*(?P<last>\d{0,19})\s*", re.ASCII)


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """One picture. Its name is never used twice for other bytes, so it may be kept for ever."""
    content_type = CONTENT_TYPES.get(PurePosixPath(path).suffix)
    parts = PurePosixPath(path).parts
    if content_type is None or ".." in parts or not default_storage.exists(path):
        raise Http404(_("There is no such file."))
    etag = f'"{hashlib.sha256(path.encode()).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag=etag) or _bytes(request, path, etag)
    if response.status_code in {HTTPStatus.OK, HTTPStatus.PARTIAL_CONTENT}:
        response.headers["Content-Type"] = content_type
    response.headers["ETag"] = etag
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response


def _bytes(request: HttpRequest, path: str, etag: str) -> HttpResponseBase:
    """The file, or the part of it that was asked for."""
    file = default_storage.open(path)
    part = _part(request, file.size, etag)
    if part is None:
        return FileResponse(file)
    if not part:
        file.close()
        response: HttpResponseBase = StreamingHttpResponse(
            status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE
        )
        response.headers["Content-Range"] = f"bytes */{file.size}"
        response.headers["Content-Length"] = "0"
        return response
    response = StreamingHttpResponse(_read(file, part), status=HTTPStatus.PARTIAL_CONTENT)
    response.headers["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{file.size}"
    response.headers["Content-Length"] = str(len(part))
    return response


def _part(request: HttpRequest, size: int, etag: str) -> range | None:
    """Which bytes were asked for: None for all of them, empty where there are none.

    Who already has a part of another file gets the whole (`If-Range`).
    """
    asked = RANGE.fullmatch(request.headers.get("Range", ""))
    if request.method != "GET" or not asked or not (asked["first"] or asked["last"]):
        return None
    if request.headers.get("If-Range", etag).strip() != etag:
        return None
    if not asked["first"]:
        return range(max(0, size - int(asked["last"])), size)
    first, last = int(asked["first"]), int(asked["last"] or size - 1)
    if asked["last"] and last < first:
        return None  # no range at all
    return range(first, min(last + 1, size)) if first < size else range(0)


def _read(file: File[bytes], part: range) -> Iterator[bytes]:
    with file:
        file.seek(part.start)
        left = len(part)
        while left and (chunk := file.read(min(left, CHUNK_BYTES))):
            left -= len(chunk)
            yield chunk
