"""Marking passages of a story, and reading them again."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.ingredients import these_sets
from accounts.limits import Limit
from blog.caching import reader_of, shareable
from blog.forms import HighlightForm
from blog.models import Highlight, Post, SharedPassages
from blog.models.highlight import MAX_PER_STORY, HighlightQuerySet, TooManyHighlights
from blog.passages import Text
from blog.views.doors import published_post, see, wants_json
from blog.views.errors import sentence

ROWS_PER_PAGE = 20
# The keys of a story and of a highlight around a place in the text, as the columns hold them.
PLACE = re.compile(r"(\d{1,18})-(\d{1,9})-(\d{1,18})")
HIGHLIGHTS = Limit("highlights", times=300, per_seconds=3600)


@require_http_methods(["GET", "HEAD", "POST"])
@shareable
def highlights(request: HttpRequest, slug: str) -> HttpResponse:
    """What many readers have marked, for everybody; where a passage is sent to."""
    post = published_post(slug)
    if request.method == "POST":
        return _keep(request, post)
    these_sets(("passages", post.pk))
    return JsonResponse({"passages": SharedPassages.of(post)})


@require_safe
@never_cache
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """The passages that this reader has marked in a story, and a token to mark more."""
    post = published_post(slug)
    reader = reader_of(request)
    rows: list[Highlight] = []
    if reader:
        rows = list(Highlight.objects.of(reader).filter(post=post).by_story()[:MAX_PER_STORY])
    return JsonResponse(
        {
            "highlights": [_plain(row) for row in rows],
            "token": get_token(request) if reader else "",
        }
    )


@require_POST
@never_cache
def removal(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a mark away. The answer is the same when it is gone already, or somebody else's."""
    reader = reader_of(request)
    if reader is None:
        return _sign_in_first(request)
    Highlight.objects.remove(pk, by=reader)
    if wants_json(request):
        return HttpResponse(status=204)
    return see(_page(request.POST.get("place", "")))


@require_safe
@never_cache
def yours(request: HttpRequest) -> HttpResponse:
    """All that one has marked, story by story."""
    reader = reader_of(request)
    if reader is None:
        return redirect_to_login(request.get_full_path())
    after = request.GET.get("after", "")
    found = _after(Highlight.objects.of(reader), after).by_story()
    rows = list(found.select_related("post").defer("post__source")[: ROWS_PER_PAGE + 1])
    has_more = len(rows) > ROWS_PER_PAGE
    rows = rows[:ROWS_PER_PAGE]
    context = {
        "stories": _stories(rows),
        "place": after,
        "more_url": _page(_place(rows[-1])) if has_more else "",
        "is_first_page": not after,
    }
    return render(request, "blog/highlights.html", context)


def _keep(request: HttpRequest, post: Post) -> HttpResponse:
    reader = reader_of(request)
    if reader is None:
        return _sign_in_first(request)
    if not HIGHLIGHTS.allows(request):
        return sentence(request, 429, _("That is a lot at once. Try again in an hour."))
    form = HighlightForm(request.POST)
    if not form.is_valid():
        said = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return sentence(request, 400, said)
    try:
        kept = Highlight.objects.keep(
            form.quote, post=post, by=reader, position=form.cleaned_data["position"] or 0
        )
    except TooManyHighlights:
        text = _("You have highlighted %(count)d passages of this story; that is the most.")
        return sentence(request, 409, text % {"count": MAX_PER_STORY})
    if wants_json(request):
        return JsonResponse(_plain(kept), status=201)
    return see(post.get_absolute_url())


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    return sentence(request, 403, _("You are signed out. Sign in, and highlight it again."))


def _plain(row: Highlight) -> dict[str, Any]:
    return {"id": row.pk, "exact": row.exact, "prefix": row.prefix, "suffix": row.suffix}


def _stories(rows: list[Highlight]) -> list[dict[str, Any]]:
    """The rows by their story, each with whether its words still stand there."""
    stories = []
    for post, group in groupby(rows, key=lambda row: row.post):
        text = Text(post.html) if post.is_live else None
        passages = [
            {"highlight": row, "is_there": bool(text and text.find(row.quote))} for row in group
        ]
        stories.append({"post": post, "passages": passages})
    return stories


def _place(row: Highlight) -> str:
    """Where a row stands in the list, as a word for an address."""
    return f"{row.post_id}-{row.position}-{row.pk}"


def _after(found: HighlightQuerySet, place: str) -> HighlightQuerySet:
    """Those that come after a place in the list. Raises `Http404`."""
    if not place:
        return found
    parts = PLACE.fullmatch(place)
    if parts is None:
        raise Http404(_("There is no such page."))
    post, position, pk = map(int, parts.groups())
    further = Q(position__gt=position) | Q(position=position, pk__gt=pk)
    return found.filter(Q(post__lt=post) | Q(Q(post=post) & further))


def _page(place: str) -> str:
    """The page of the list that begins after a place."""
    url = reverse("blog:highlights-yours")
    return f"{url}?{urlencode({'after': place})}" if place else url
