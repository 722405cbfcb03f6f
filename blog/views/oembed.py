"""oEmbed: another site asks how to show a story of ours."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from blog.caching import shareable
from blog.models import Post, Publication
from blog.oembed import LEAST_WIDTH_PX, card, slug_of, xml
from blog.views.doors import Gone, Moved, published_post

NO_LIMIT_PX = 10_000
MAX_HOPS = 2


@require_safe
@shareable
def oembed(request: HttpRequest) -> HttpResponse:
    """As oembed.com has it: 404 for what is not a story of ours, 501 for another format."""
    kind = request.GET.get("format", "json")
    if kind not in {"json", "xml"}:
        return _plain(501, _("Only json and xml are spoken here."))
    widths = _limit(request, "maxwidth"), _limit(request, "maxheight")
    if None in widths or "url" not in request.GET:
        return _plain(400, _("Say url=…, and maxwidth and maxheight as whole numbers."))
    story = _story(request.GET["url"])
    max_width, max_height = (max(LEAST_WIDTH_PX, width or 0) for width in widths)
    said = card(story, Publication.current(), max_width=max_width, max_height=max_height)
    if kind == "xml":
        return HttpResponse(xml(said), content_type="text/xml; charset=utf-8")
    return JsonResponse(said)


def _story(url: str) -> Post:
    slug = slug_of(url)
    for _hop in range(MAX_HOPS):
        try:
            return published_post(slug, whole=True)
        except Moved as moved:
            slug = moved.to
        except Gone:
            break
    raise Http404(_("There is no story at this address."))


def _limit(request: HttpRequest, name: str) -> int | None:
    """What is asked for; None for what is no number."""
    value = request.GET.get(name, str(NO_LIMIT_PX))
    is_number = value.isascii() and value.isdecimal() and len(value) <= 9
    return min(int(value), NO_LIMIT_PX) if is_number and int(value) else None


def _plain(status: int, sentence: str) -> HttpResponse:
    return HttpResponse(sentence, status=status, content_type="text/plain; charset=utf-8")
