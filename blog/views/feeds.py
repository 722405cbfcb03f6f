"""Feeds, and the page that says what they are.

Each is served at one address alone: a former one leads there for good, so that readers' apps learn
the new one and a hub knows every feed by one name.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.encoding import escape_uri_path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.ingredients import POSTS, these_sets
from accounts.models import Author
from blog.caching import shareable
from blog.feeds import feed_response
from blog.feeds.channel import channel_of, channel_of_responses
from blog.seo import index_seo
from blog.streams import Stream, by_author, everything, in_series, on_tag
from blog.views.doors import published_post
from blog.views.series import find_series
from blog.views.tags import find_tag

ATOM = "atom"
# What other software has at this address; all that is not named here was Atom.
GUESSES = {"rss.xml": "rss", "index.xml": "rss", "rss/": "rss", "feed.json": "json"}


@require_safe
@shareable
def feeds(request: HttpRequest) -> HttpResponse:
    """What a feed is, in plain words, and where the publication's are."""
    these_sets()
    context = {"feeds": everything().feeds, "seo": index_seo(_("Feeds"), request.path)}
    return render(request, "blog/feeds.html", context)


@require_safe
@shareable
def site(request: HttpRequest, kind: str = ATOM) -> HttpResponse:
    these_sets(POSTS)
    return _answer(request, everything(), kind)


@require_safe
@shareable
def author(request: HttpRequest, handle: str, kind: str = ATOM) -> HttpResponse:
    found = get_object_or_404(Author.objects.with_handles([handle.lower()]))
    these_sets(("author-posts", found.pk))
    return _answer(request, by_author(found), kind)


@require_safe
@shareable
def tag(request: HttpRequest, slug: str, kind: str = ATOM) -> HttpResponse:
    found = find_tag(slug)
    these_sets(("tag-posts", found.pk))
    return _answer(request, on_tag(found), kind)


@require_safe
@shareable
def series(request: HttpRequest, slug: str, kind: str = ATOM) -> HttpResponse:
    found = find_series(slug)
    these_sets(("series-posts", found.pk))
    return _answer(request, in_series(found), kind)


@require_safe
@shareable
def responses(request: HttpRequest, slug: str, kind: str = ATOM) -> HttpResponse:
    """What readers say about a story, for as long as they can open it."""
    story = published_post(slug)
    these_sets(("talk", story.pk))
    response = feed_response(channel_of_responses(story, kind), kind)
    # As the pages of responses; and of a story that is in no list, nothing is to be found.
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@shareable
def guess(request: HttpRequest, guess: str) -> HttpResponse:
    """The way from where feeds are elsewhere."""
    kind = GUESSES.get(guess, ATOM)
    return HttpResponsePermanentRedirect(getattr(everything().feeds, kind))


def _answer(request: HttpRequest, stream: Stream, kind: str) -> HttpResponse:
    address = getattr(stream.feeds, kind)
    if escape_uri_path(request.path) != address:
        return HttpResponsePermanentRedirect(address)
    return feed_response(channel_of(stream, kind), kind)
