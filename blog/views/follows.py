"""To follow an author, and to stop."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.models import Author, Block, Follow, OwnFace
from blog.caching import reader_of
from blog.views.doors import see


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def followers(request: HttpRequest, handle: str) -> HttpResponse:
    """Ask once more, for whoever had to sign in first; a POST follows."""
    author = get_object_or_404(Author.objects.with_handles([handle.lower()]))
    reader = reader_of(request)
    if reader is None:
        return redirect_to_login(reverse("blog:author-followers", args=[author.handle]))
    if request.method != "POST":
        followed = Follow.objects.followed_of(reader, [author])
        return render(request, "blog/followers.html", {"author": author, "followed": followed})
    if author.user_id and Block.objects.between(reader, [author.user_id]):
        messages.info(request, _("You cannot follow this author."))
        return see(_way_back(request, author))
    try:
        Follow.objects.follow(author, by=reader)
    except OwnFace:
        messages.info(request, _("This is your own page. You hear of your stories anyway."))
    return see(_way_back(request, author))


@require_POST
@never_cache
def removal(request: HttpRequest, handle: str) -> HttpResponse:
    author = get_object_or_404(Author.objects.with_handles([handle.lower()]))
    reader = reader_of(request)
    if reader is None:
        return redirect_to_login(author.get_absolute_url())
    Follow.objects.unfollow(author, by=reader)
    return see(_way_back(request, author))


def _way_back(request: HttpRequest, author: Author) -> str:
    """The page of ours on which the button stood."""
    back = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(back, allowed_hosts=None)
    return back if is_ours else author.get_absolute_url()
