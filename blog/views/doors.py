"""Fetch and check, or turn away: the getters that every view begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.utils.translation import gettext as _

from blog.caching import reader_of
from blog.models import Clapper, Post, SlugHistory
from blog.models.post import light_post, whole_post
from blog.visitors import read_visitor

if TYPE_CHECKING:
    from accounts.models import User


class Gone(Exception):
    """What was here has been taken back; answered with 410."""


class Moved(Exception):
    """What is asked for lives at another address; answered with 301."""

    def __init__(self, to: str) -> None:
        super().__init__(to)
        self.to = to


def published_post(slug: str, *, whole: bool = False) -> Post:
    """The story at this address. Raises `Moved`, `Gone` or `Http404`."""
    post = whole_post(slug) if whole else light_post(slug)
    if post and post.is_live:
        return post
    if post and post.is_gone:
        raise Gone
    moved = SlugHistory.objects.select_related("post").filter(slug=slug).first()
    if moved and moved.post.is_live:
        raise Moved(moved.post.slug)
    if moved and moved.post.is_gone:
        raise Gone
    raise Http404(_("There is no story at this address."))


def person_of(request: HttpRequest) -> User:
    """Who is signed in, in the desk, which lets nobody else in."""
    return cast("User", request.user)


def clapper_of(request: HttpRequest) -> Clapper:
    """Who would clap by this request; neither user nor visitor before a first clap.

    Raises `visitors.ForgedVisitor`.
    """
    user = reader_of(request)
    return Clapper(user=user) if user else Clapper(visitor=read_visitor(request, strict=True))


def wants_json(request: HttpRequest) -> bool:
    """Whether a script asks, which wants an object and not a page."""
    # Of META: to make a mapping of all headers takes longer than to look.
    return "application/json" in request.META.get("HTTP_ACCEPT", "")


def see(url: str) -> HttpResponseRedirect:
    """303: what was sent has been done, look there."""
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response
