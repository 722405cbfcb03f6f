"""Stories by the time at which they appeared."""

from __future__ import annotations

from datetime import MAXYEAR, MINYEAR

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.ingredients import POSTS, these_sets
from blog.archive import IN_PERIOD, Period, months_with_posts, years_with_posts
from blog.caching import shareable
from blog.models.post import with_bylines
from blog.pages import page_of_posts
from blog.seo import index_seo

YEARS_IN_MONTHS = 10


@require_safe
@shareable
def archive(request: HttpRequest) -> HttpResponse:
    """The years to choose from, the latest of them with their months."""
    these_sets(POSTS)
    years = years_with_posts()
    months = months_with_posts(*(period.year for period in years[:YEARS_IN_MONTHS]))
    context = {
        "years": [(year, [one for one in months if one.year == year.year]) for year in years],
        "seo": index_seo(_("Archive"), request.path),
    }
    return render(request, "blog/archive.jinja", context)


@require_safe
@shareable
def period(request: HttpRequest, year: int, month: int | None = None) -> HttpResponse:
    """A year or a month, newest first, with the way to its months."""
    these_sets(POSTS)
    chosen = _period(year, month)
    months = months_with_posts(year)
    if not months or (month and chosen not in months):
        raise Http404(_("Nothing was published at that time."))
    page = page_of_posts(IN_PERIOD, request.GET, request.path, **chosen.bounds)
    context = {
        "chosen": chosen,
        "months": months,
        "rows": with_bylines(page.rows),
        "older_url": page.older_url,
        "newer_url": page.newer_url,
        "is_first_page": page.is_first,
        "seo": index_seo(_("Archive"), request.path),
    }
    return render(request, "blog/archive_period.jinja", context)


def _period(year: int, month: int | None) -> Period:
    # At the ends of the calendar, a year begins outside of it in some time zone.
    if not MINYEAR < year < MAXYEAR or (month is not None and not 1 <= month <= 12):
        raise Http404(_("There is no such month."))
    return Period(year, month)
