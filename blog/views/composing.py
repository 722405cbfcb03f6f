"""What a response needs while it is typed: how it will read, and whom an @ may mean."""

from __future__ import annotations

import re

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.limits import Limit
from blog.caching import reader_of
from blog.markdown import MarkdownError, SourceTooLong
from blog.models import Comment, Publication
from blog.models.comment import rendered
from blog.people import people_called
from blog.views.doors import published_post
from blog.views.errors import sentence

# More than hands can ask for: the page waits 300 ms for a pause before it asks.
PREVIEWS = Limit("response-previews", times=1200, per_seconds=600)
PEOPLE = Limit("response-people", times=600, per_seconds=300)
KEY_OF_ROW = re.compile(r"[0-9]{1,18}")  # as a bigint column holds them
# The page that comes after a response takes its copy out of the browser when it finds this.
COOKIE = "responded"
COOKIE_SECONDS = 600


@require_POST
@never_cache
def preview(request: HttpRequest, slug: str) -> HttpResponse:
    """A response as readers would read it."""
    post = published_post(slug)
    if not _may_respond(request):
        return sentence(request, 403, _("You are signed out. Sign in to go on; your text stays."))
    if not PREVIEWS.allows(request):
        return sentence(request, 429, _("That was a lot at once. Wait a few minutes, then go on."))
    try:
        html = rendered(request.POST.get("source", "").replace("\r\n", "\n"), post)
    except MarkdownError as error:
        return sentence(request, 413 if isinstance(error, SourceTooLong) else 400, str(error))
    return JsonResponse({"html": html})


@require_safe
@never_cache
def people(request: HttpRequest, slug: str) -> HttpResponse:
    """Who may be meant by what follows an @: those who talk here first. Never a reader's name."""
    post = published_post(slug)
    if not _may_respond(request):
        return sentence(request, 403, _("You are signed out. Sign in to go on; your text stays."))
    if not PEOPLE.allows(request):
        return sentence(request, 429, _("That was a lot at once. Wait a few minutes, then go on."))
    parent = KEY_OF_ROW.fullmatch(request.GET.get("parent", ""))
    above = post.comments.filter(pk=parent[0]).first() if parent else None
    begun = request.GET.get("q", "")
    found = people_called(begun, post=post, by=reader_of(request), above=above)
    return JsonResponse({"people": [{"handle": one.handle, "name": one.name} for one in found]})


def confirm(response: HttpResponse, comment: Comment, *, about: str) -> HttpResponse:
    """Tell the browser that what it keeps as `about` has been said."""
    response.set_cookie(
        COOKIE,
        f"{comment.post_id}.{about}",
        max_age=COOKIE_SECONDS,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )
    return response


def _may_respond(request: HttpRequest) -> bool:
    return bool(reader_of(request)) or Publication.current().guests_may_respond
