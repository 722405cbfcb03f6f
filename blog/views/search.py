"""Searching: the page, what is proposed while somebody types, and what nobody found."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.addresses import address
from accounts.limits import Limit
from blog.caching import mark_shareable, shareable
from blog.models import FailedSearch, Post
from blog.models.post import with_bylines
from blog.search.narrowing import Choice, Narrowing
from blog.search.question import QUOTES, Question, tidy
from blog.search.results import Results, corrected
from blog.search.suggestions import suggestions
from blog.seo import index_seo
from blog.views.errors import sentence

NEWEST_COUNT = 4
SUBJECT_COUNT = 16
AS_TYPED = "typed"
# A letter every half second, by several people of one household.
SUGGESTIONS = Limit("suggestions", times=600, per_seconds=300)
MISSED = Limit("missed-searches", times=20, per_seconds=3600)


@require_safe
@shareable
def search(request: HttpRequest) -> HttpResponse:
    """The hits, the best first; without a question, the ways into the stories."""
    query = tidy(request.GET.get("q", ""))
    seo = index_seo(_("Search"), request.path)
    if not query:
        return render(request, "blog/search.jinja", {**_ways_in(), "query": "", "seo": seo})
    context = {"query": query, "bare_query": query.strip(QUOTES), **_answer(request, query)}
    if not context["hits"]:
        context |= _ways_in()
    seo = replace(seo, is_indexed=False)
    return render(request, "blog/search.jinja", {**context, "seo": seo})


@require_safe
def propose(request: HttpRequest) -> HttpResponse:
    """What begins like the words typed so far, for the script of the search field."""
    if not SUGGESTIONS.allows(request):
        return sentence(request, 429, _("That was a lot of searching. Wait some minutes."))
    response = JsonResponse(asdict(suggestions(tidy(request.GET.get("q", "")))))
    mark_shareable(response)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def missed(request: HttpRequest) -> HttpResponse:
    """Count that a person looked for something in vain.

    A search is a GET and changes nothing: robots follow links to it, and its page is shared. So the
    page of a person who pressed "Search" and found nothing sends the words here, as a clap is sent:
    with a token, in a number bounded for each client, and only what really finds nothing counts.
    Of the person nothing is kept.
    """
    if request.method != "POST":
        return JsonResponse({"token": get_token(request)})
    if not MISSED.allows(request):
        return sentence(request, 429, _("That was a lot of searching. Wait an hour."))
    query = tidy(request.POST.get("q", ""))
    if query and not Results(Question.asked(query)).found:
        FailedSearch.objects.count_one(query)
    return HttpResponse(status=204)


@require_safe
@shareable
def description(request: HttpRequest) -> HttpResponse:
    """OpenSearch: lets a browser search here from its own field."""
    xml = render_to_string("blog/opensearch.xml", request=request)
    return HttpResponse(xml, content_type="application/opensearchdescription+xml; charset=utf-8")


def _ways_in() -> dict[str, Any]:
    return {
        "newest": with_bylines(Post.objects.listed().light().newest_first()[:NEWEST_COUNT]),
        "subjects": Post.objects.findable_subjects()[:SUBJECT_COUNT],
    }


def _answer(request: HttpRequest, query: str) -> dict[str, Any]:
    """What is found, or by the words that may have been meant; and the ways on from there."""
    narrowing = Narrowing.asked(request.GET)
    question = Question.asked(query, narrowing.facets)
    results = Results(question, is_empty=bool(narrowing.unknown))
    meant = None if results.found or narrowing.unknown else corrected(question)
    shown = meant if meant and AS_TYPED not in request.GET else results
    return {
        "narrowing": narrowing,
        "is_corrected": shown is meant,
        "groups": _links(narrowing, shown),
        **_addresses(query, narrowing, meant),
        **_page(request, narrowing, shown),
    }


def _page(request: HttpRequest, narrowing: Narrowing, shown: Results) -> dict[str, Any]:
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    try:
        page = shown.page(after=after, before=before)
    except ValueError as error:
        raise Http404(_("There is no such page.")) from error

    def link(direction: str, place: str) -> str:
        words = shown.question.query
        return _url(words, narrowing.fields, **{direction: place}) if place else ""

    return {
        "hits": page.hits,
        "count": len(shown.found),
        "is_cut": shown.is_cut,
        "newer_url": link("before", page.before),
        "older_url": link("after", page.after),
    }


def _addresses(query: str, narrowing: Narrowing, meant: Results | None) -> dict[str, Any]:
    """Of the same search without one filter or without any, by other words, as it was typed."""
    fields = narrowing.fields

    def without(choice: Choice) -> str:
        rest = {name: value for name, value in fields.items() if name != choice.name}
        return _url(query, rest)

    return {
        "chosen": [(choice, without(choice)) for choice in narrowing.chosen],
        "everywhere_url": _url(query, {}) if fields or narrowing.unknown else "",
        "meant": meant.question.query if meant else "",
        "meant_url": _url(meant.question.query, fields) if meant else "",
        "typed_url": _url(query, fields, **{AS_TYPED: "1"}),
    }


def _links(narrowing: Narrowing, shown: Results) -> list[dict[str, Any]]:
    """The filters, each value with its address."""

    def link(choice: Choice) -> str:
        words = shown.question.query
        return _url(words, {**narrowing.fields, choice.name: choice.value})

    return [
        {"label": group.label, "links": [(choice, link(choice)) for choice in group.choices]}
        for group in narrowing.offered(shown.found)
    ]


def _url(query: str, fields: dict[str, str], **more: str) -> str:
    return f"{address('blog:search')}?{urlencode({'q': query, **fields, **more})}"
