"""The icons at the addresses where browsers look without asking, and the manifest."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.translation import get_language_info
from django.views.decorators.http import require_safe

from accounts.ingredients import these_sets
from blog import icons
from blog.caching import shareable
from blog.models import Publication

PAPER = "#fffefb"
SHORT_NAME_CHARS = 12


@require_safe
@shareable
def favicon(request: HttpRequest) -> HttpResponse:
    these_sets()
    content = icons.read(Publication.current(), icons.FAVICON)
    return HttpResponse(content, content_type="image/vnd.microsoft.icon")


@require_safe
@shareable
def touch_icon(request: HttpRequest) -> HttpResponse:
    these_sets()
    content = icons.read(Publication.current(), icons.TOUCH_ICON)
    return HttpResponse(content, content_type="image/png")


@require_safe
@shareable
def manifest(request: HttpRequest) -> HttpResponse:
    these_sets()
    answer = JsonResponse(_manifest(Publication.current()))
    answer.headers["Content-Type"] = "application/manifest+json"
    return answer


def _manifest(publication: Publication) -> dict[str, Any]:
    name, home = publication.name, reverse("blog:front")
    said = {
        "id": home,
        "name": name,
        "short_name": _short(name),
        "lang": publication.language,
        "dir": "rtl" if get_language_info(publication.language)["bidi"] else "ltr",
        "start_url": home,
        "scope": home,
        # It stays a page of the web, with an address to share and a way back.
        "display": "minimal-ui",
        "theme_color": PAPER,
        "background_color": PAPER,
        "icons": [
            _icon(publication, icons.MARK, "192x192"),
            _icon(publication, icons.LARGE, "512x512"),
            {**_icon(publication, icons.MASKABLE, "512x512"), "purpose": "maskable"},
        ],
    }
    return {**said, "description": publication.tagline} if publication.tagline else said


def _short(name: str) -> str:
    """What fits under an icon: the whole name, else as many of its words, else its beginning."""
    if len(name) <= SHORT_NAME_CHARS:
        return name
    words = name[: SHORT_NAME_CHARS + 1].rpartition(" ")[0].strip()
    return words or name[:SHORT_NAME_CHARS]


def _icon(publication: Publication, name: str, sizes: str) -> dict[str, str]:
    return {"src": icons.url(publication, name), "sizes": sizes, "type": "image/png"}
