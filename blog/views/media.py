"""Uploaded files, when no web server in front of us serves them."""

from __future__ import annotations

from pathlib import PurePosixPath

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

CONTENT_TYPES = {
    ".avif": "image/avif",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
}
YEAR_SECONDS = 365 * 24 * 3600


@require_safe
def media(request: HttpRequest, path: str) -> HttpResponseBase:
    """One picture. Its name is never used twice for other bytes, so it may be kept for ever."""
    content_type = CONTENT_TYPES.get(PurePosixPath(path).suffix)
    parts = PurePosixPath(path).parts
    if content_type is None or ".." in parts or not default_storage.exists(path):
        raise Http404(_("There is no such file."))
    response = FileResponse(default_storage.open(path), content_type=content_type)
    response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    response.headers["Content-Security-Policy"] = "default-src 'none'"
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
