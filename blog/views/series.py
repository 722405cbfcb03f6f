"""Stories that are read one after the other."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.ingredients import these_sets
from blog.caching import shareable
from blog.models import Post, Series
from blog.models.post import with_bylines
from blog.parts import length_of, page_of_parts
from blog.seo import series_seo
from blog.streams import in_series


@require_safe
@shareable
def series(request: HttpRequest, slug: str) -> HttpResponse:
    """The parts in their order."""
    found = find_series(slug)
    these_sets(("series-posts", found.pk))
    parts = Post.objects.listed().filter(series=found)
    page = page_of_parts(parts.light(), request.GET, request.path)
    count, minutes = length_of(parts)
    context = {
        "series": found,
        "count": count,
        "minutes": minutes,
        "page": page,
        "rows": with_bylines(page.rows),
        "is_first_page": page.is_first,
        "feeds": in_series(found).feeds,
        "seo": series_seo(found),
    }
    return render(request, "blog/series.jinja", context)


def find_series(slug: str) -> Series:
    """The series at this address. One in which readers find no story is not there: `Http404`."""
    found: Series | None = Post.objects.listed().series().filter(slug=slug).first()
    if found is None:
        raise Http404(_("There is no such series."))
    return found
