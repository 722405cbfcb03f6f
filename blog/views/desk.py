"""What the desk's editor asks for while somebody writes: a preview, and a place for a picture."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable
from dataclasses import asdict, replace
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.limits import Limit
from accounts.models import User
from blog import markdown, pictures
from blog.caching import reader_of
from blog.markdown import findings
from blog.markdown.findings import Finding
from blog.models import Image
from blog.reading import reading_minutes
from blog.views.library import told

UPLOADS = Limit("uploads", times=120, per_seconds=600)
# More than hands can ask for: the editor waits 160 ms for a pause before it asks.
PREVIEWS = Limit("previews", times=4000, per_seconds=600)

Desk = Callable[[HttpRequest, User], HttpResponse]


def _writers_only(limit: Limit, permission: str) -> Callable[[Desk], Callable[..., HttpResponse]]:
    """Let in who is signed in and may write, by POST, as often as a person would."""

    def guard(view: Desk) -> Callable[..., HttpResponse]:
        @require_POST
        @never_cache
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any) -> HttpResponse:
            user = reader_of(request)
            if user is None:
                text = _("You have been signed out. Sign in in another tab, then try again.")
                return JsonResponse({"error": text}, status=403)
            if not (user.is_staff and user.has_perm(permission)):
                return JsonResponse({"error": _("You may not write here.")}, status=403)
            if not limit.allows(request):
                text = _("That was a lot at once. Wait a few minutes, then go on.")
                return JsonResponse({"error": text}, status=429)
            return view(request, user)

        return guarded

    return guard


@_writers_only(UPLOADS, "blog.add_image")
def upload(request: HttpRequest, user: User) -> HttpResponse:
    """Take a picture in: `image_code` is its Markdown, `row` its fields for the desk's panel."""
    file = request.FILES.get("image")
    if file is None:
        return JsonResponse({"error": _("No picture arrived. Choose it once more.")}, status=400)
    size = file.size or 0
    if size > pictures.MAX_UPLOAD_BYTES:
        return JsonResponse({"error": pictures.too_large_sentence(size)}, status=413)
    name = pictures.plain_name(file.name or "")
    try:
        image = Image.objects.upload(file.read(), by=user, file_name=name)
    except pictures.PictureError as error:
        return JsonResponse({"error": str(error)}, status=error.status)
    return JsonResponse(told(image, user))


@_writers_only(PREVIEWS, "blog.add_post")
def preview(request: HttpRequest, user: User) -> HttpResponse:
    """Render a text as it would be stored: `html`, how long it is, and what it still lacks.

    The HTML says besides from which line of the text each block came.
    """
    language = request.POST.get("language", "en")
    if language not in dict(settings.LANGUAGES):
        language = "en"
    source = request.POST.get("content", "").replace("\r\n", "\n")
    try:
        rendered = markdown.render(
            source, language=language, find_pictures=Image.objects.facts, with_lines=True
        )
        silent = Image.objects.filter(
            token__in=rendered.picture_tokens, alt="", is_decorative=False
        ).values_list("token", flat=True)
        found = findings.find(source, language=language, undescribed_tokens=set(silent))
    except markdown.SourceTooLong as error:
        return JsonResponse({"error": str(error)}, status=413)
    except markdown.MarkdownError as error:
        return JsonResponse({"error": str(error)}, status=400)
    return JsonResponse(
        {
            "html": rendered.html,
            "words": rendered.word_count,
            "minutes": reading_minutes(rendered.word_count, len(rendered.picture_tokens)),
            "pictures": len(rendered.picture_tokens),
            "findings": [asdict(finding) for finding in _as_scripts_count(found, source)],
        }
    )


def _as_scripts_count(found: list[Finding], source: str) -> list[Finding]:
    """A browser counts a character beyond U+FFFF, like an emoji, as two."""
    if source.isascii() or not found:
        return found
    beyond = [place for place, character in enumerate(source) if character > "\uffff"]
    return [
        replace(
            finding,
            start=finding.start + bisect_left(beyond, finding.start),
            end=finding.end + bisect_left(beyond, finding.end),
        )
        for finding in found
    ]
