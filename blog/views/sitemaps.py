"""What search engines are given to find: an index, and the chunks that it names."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from blog.caching import shareable
from blog.sitemaps.chunk import Chunk, chunks
from blog.sitemaps.document import index_xml, sitemap_xml
from blog.sitemaps.place import places_of, places_of_pages


@require_safe
@shareable
def index(request: HttpRequest) -> HttpResponse:
    return _answer(index_xml(list(chunks())))


@require_safe
@shareable
def pages(request: HttpRequest) -> HttpResponse:
    return _answer(sitemap_xml(places_of_pages()))


@require_safe
@shareable
def chunk(request: HttpRequest, kind: str, number: int) -> HttpResponse:
    places = places_of(Chunk(kind, number))
    # An empty list of addresses is no sitemap, and the index names none.
    if not places:
        raise Http404(_("There is no such sitemap."))
    return _answer(sitemap_xml(places))


def _answer(xml: str) -> HttpResponse:
    return HttpResponse(xml, content_type="application/xml; charset=utf-8")
