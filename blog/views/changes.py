"""What was changed in a story since readers first saw it."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.ingredients import these_sets
from blog import keyset
from blog.caching import shareable
from blog.models import Post, Revision
from blog.models.revision import TEXT_FIELDS
from blog.pages import place_of
from blog.views.doors import published_post

ROWS_PER_PAGE = 10


@require_safe
@shareable
def changes(request: HttpRequest, slug: str) -> HttpResponse:
    """Update by update, newest first; where nothing is told there is no such page."""
    story = published_post(slug)
    these_sets()
    older = request.GET.get("older", "")
    rows, older_url = _page(story, older, request.path)
    if not rows:
        raise Http404(_("There is no such page."))
    context = {
        "post": story,
        "rows": rows,
        "older_url": older_url,
        "newest_url": request.path if older else "",
    }
    return render(request, "blog/changes.jinja", context)


def _page(story: Post, older: str, path: str) -> tuple[list[Revision], str]:
    """The updates of one page, from behind the place `older`, and the address of the next."""
    told = story.told_changes.defer(*TEXT_FIELDS)
    if older:
        told = told.before(*place_of(older))
    found = list(told[: ROWS_PER_PAGE + 1])
    rows = found[:ROWS_PER_PAGE]
    if len(found) == len(rows):
        return rows, ""
    return rows, f"{path}?{urlencode({'older': keyset.encode(rows[-1].created_at, rows[-1].pk)})}"
