"""Applauding a story, and taking it back."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.limits import Limit
from blog.caching import reader_of
from blog.forms import ClapForm
from blog.models import Clap, Clapper, Post
from blog.models.clap import MAX_CLAPS, OwnStory
from blog.views.doors import clapper_of, published_post, see, wants_json
from blog.views.errors import sentence
from blog.visitors import ForgedVisitor, forget_visitor, new_visitor, remember_visitor

# A household may share an address; a script that makes readers up is stopped.
NEW_VISITORS = Limit("new-visitors", times=60, per_seconds=3600)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def claps(request: HttpRequest, slug: str) -> HttpResponse:
    """A page to clap on without scripts; where a clap is sent to, with or without them."""
    post = published_post(slug)
    if request.method == "POST":
        return _give(request, post)
    return render(request, "blog/claps.html", _context(request, post))


@require_safe
@never_cache
def mine(request: HttpRequest, slug: str) -> HttpResponse:
    """What a shared page cannot know: the reader's own claps, and a token to send more."""
    post = published_post(slug)
    return JsonResponse(
        {
            "mine": _mine(request, post),
            "total": post.clap_count,
            "can_clap": not _is_own(request, post),
            "token": get_token(request),
        }
    )


@require_POST
@never_cache
def withdrawal(request: HttpRequest, slug: str) -> HttpResponse:
    """Take all of one's claps for a story back."""
    post = published_post(slug)
    try:
        clapper = clapper_of(request)
    except ForgedVisitor:
        return _forged(request)
    applause = Clap.objects.withdraw(post=post, clapper=clapper)
    if wants_json(request):
        return JsonResponse({"mine": applause.mine, "total": applause.total})
    return see(post.get_absolute_url())


def _give(request: HttpRequest, post: Post) -> HttpResponse:
    form = ClapForm(request.POST)
    if not form.is_valid():
        return sentence(request, 400, " ".join(map(str, form.errors["wanted"])))
    try:
        clapper = clapper_of(request)
    except ForgedVisitor:
        return _forged(request)
    is_new = clapper == Clapper()
    if is_new:
        if not NEW_VISITORS.allows(request):
            text = _("Many new readers clapped from your address. Sign in, or try in an hour.")
            return sentence(request, 429, text)
        clapper = Clapper(visitor=new_visitor())
    try:
        applause = Clap.objects.give(post=post, clapper=clapper, wanted=form.cleaned_data["wanted"])
    except OwnStory:
        return sentence(request, 403, _("This story is yours; applause comes from others."))
    response: HttpResponse
    if wants_json(request):
        response = JsonResponse({"mine": applause.mine, "total": applause.total})
    else:
        response = see(_after_clap(request, post))
    if is_new and clapper.visitor:
        remember_visitor(response, clapper.visitor)
    return response


def _after_clap(request: HttpRequest, post: Post) -> str:
    """Back to the story for a session, whose page shows the claps; else to the page that can."""
    return post.get_absolute_url() if reader_of(request) else f"{request.path}?given"


def _forged(request: HttpRequest) -> HttpResponse:
    text = _("Your clap cookie was damaged, so we took it away. Please clap again.")
    response = sentence(request, 400, text)
    forget_visitor(response)
    return response


def _context(request: HttpRequest, post: Post) -> dict[str, object]:
    own = _mine(request, post)
    return {
        "post": post,
        "mine": own,
        "choices": [number for number in (1, 5, 10, 25, MAX_CLAPS) if number > own],
        "total": post.clap_count,
        "is_own": _is_own(request, post),
        "can_clap": own < MAX_CLAPS and not _is_own(request, post),
        "given": "given" in request.GET,
    }


def _mine(request: HttpRequest, post: Post) -> int:
    try:
        clapper = clapper_of(request)
    except ForgedVisitor:
        return 0
    return 0 if clapper == Clapper() else Clap.objects.mine(post, clapper)


def _is_own(request: HttpRequest, post: Post) -> bool:
    reader = reader_of(request)
    return reader is not None and post.is_by(reader)
