"""What a story's authors and moderators do with the responses below it."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from blog import keyset
from blog.caching import reader_of
from blog.models import Comment, Post
from blog.models.moderation import Overtaken, ResponseGone, Verb, moderate
from blog.pages import place_of
from blog.talk import address_of
from blog.views.doors import published_post, see
from blog.views.questions import ask

HIDDEN_PER_PAGE = 20


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def closing(request: HttpRequest, slug: str) -> HttpResponse:
    """Ask first (GET), then take no more responses (POST)."""
    post, _host = _hosted(request, slug)
    if request.method == "POST":
        post.close_responses()
        messages.success(request, _("Nobody can respond any more. What was said stays."))
        return see(f"{post.get_absolute_url()}#responses")
    return ask(
        request,
        _("Close the responses to this story?"),
        _("Nobody can respond from then on. What was said stays, and you can open them again."),
        press=_("Close responses"),
        back=f"{post.get_absolute_url()}#responses",
    )


@require_POST
@never_cache
def opening(request: HttpRequest, slug: str) -> HttpResponse:
    post, _host = _hosted(request, slug)
    post.open_responses()
    if post.takes_responses:
        messages.success(request, _("Readers can respond again."))
    else:
        messages.info(
            request,
            _("The story is too old: its responses close by themselves. The desk says when."),
        )
    return see(f"{post.get_absolute_url()}#responses")


@require_safe
@never_cache
def hidden(request: HttpRequest, slug: str) -> HttpResponse:
    """What was taken out of sight below a story, the newest first."""
    post, host = _hosted(request, slug)
    found = Comment.objects.hidden().filter(post=post)
    older = request.GET.get("older", "")
    if older:
        at, pk = place_of(older)
        earlier = Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk)
        found = found.filter(earlier, created_at__lte=at)
    rows = list(found.with_people().order_by("-created_at", "-pk")[: HIDDEN_PER_PAGE + 1])
    shown = rows[:HIDDEN_PER_PAGE]
    for row in shown:
        row.post = post
    context = {
        "post": post,
        "rows": shown,
        "showable": _showable(shown, host),
        "older": _place(shown[-1]) if len(rows) > HIDDEN_PER_PAGE else "",
        "is_first_page": not older,
    }
    return render(request, "blog/hidden_responses.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def hiding(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask first (GET), then take a response out of sight (POST)."""
    post, host, found = _hosted_response(request, slug, pk)
    if not found.is_visible and not found.is_hidden:
        raise Http404(_("There is no such response."))
    if request.method == "POST":
        if found.is_hidden:
            # A moderator has the last word on what an author has hidden.
            found.hide(by=found.hand_of(host))
        else:
            _decide(found, Verb.HIDE, by=host, because=request.POST.get("because", ""))
        messages.success(
            request, _("Hidden. Under “Hidden responses” you can show it to readers again.")
        )
        return see(f"{post.get_absolute_url()}#responses")
    return ask(
        request,
        _("Hide this response?"),
        _("Readers see it no more. What was said to it stays, and you can show it again."),
        press=_("Hide"),
        back=address_of(found),
        quoted=found,
        asks_why=found.author_id not in {None, host.pk},
    )


@require_POST
@never_cache
def showing(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Readers see again what was hidden."""
    _post, host, found = _hosted_response(request, slug, pk)
    if found.is_hidden and not found.can_show(host):
        raise PermissionDenied(_("A moderator has hidden this response. Ask one of them."))
    if found.is_hidden:
        _decide(found, Verb.APPROVE, by=host)
    return see(address_of(found))


@require_POST
@never_cache
def pin(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Let a thread stand first, instead of any other."""
    _post, _host, found = _hosted_response(request, slug, pk, is_root=True)
    if not found.is_visible:
        raise Http404(_("There is no such response."))
    found.pin()
    return see(address_of(found))


@require_POST
@never_cache
def unpinning(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    _post, _host, found = _hosted_response(request, slug, pk, is_root=True)
    found.unpin()
    return see(address_of(found))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def lock(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask first (GET), then let nobody reply in a thread (POST)."""
    _post, _host, found = _hosted_response(request, slug, pk, is_root=True)
    if not found.is_visible and not found.is_hidden:
        # What waits is read by moderators alone, and asking quotes it.
        raise Http404(_("There is no such response."))
    if request.method == "POST":
        found.lock()
        return see(address_of(found))
    return ask(
        request,
        _("Lock this thread?"),
        _("Nobody can reply in it from then on. What was said stays, and you can unlock it."),
        press=_("Lock"),
        back=address_of(found),
        quoted=found,
    )


@require_POST
@never_cache
def unlocking(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    _post, _host, found = _hosted_response(request, slug, pk, is_root=True)
    found.unlock()
    return see(address_of(found))


def _hosted(request: HttpRequest, slug: str) -> tuple[Post, User]:
    """The story at this address, and who tends the responses to it."""
    post = published_post(slug)
    reader = reader_of(request)
    if reader is None or not post.can_host(reader):
        raise PermissionDenied(_("Only a story’s authors and moderators may do this."))
    return post, reader


def _decide(found: Comment, verb: Verb, *, by: User, because: str = "") -> None:
    """Pressed twice, or by two at once, it is decided once."""
    try:
        moderate(found, verb, by=by, because=because)
    except Overtaken:
        pass
    except ResponseGone as error:
        raise Http404(_("There is no such response.")) from error


def _showable(rows: list[Comment], host: User) -> set[int]:
    """Which of these `host` may bring back into sight."""
    found = Comment.objects.showable_by(host).filter(pk__in=[row.pk for row in rows])
    return set(found.values_list("pk", flat=True))


def _place(comment: Comment) -> str:
    """Where a row stands in the list, as a word for an address."""
    return keyset.encode(comment.created_at, comment.pk)


def _hosted_response(
    request: HttpRequest, slug: str, pk: int, *, is_root: bool = False
) -> tuple[Post, User, Comment]:
    post, host = _hosted(request, slug)
    found = Comment.objects.with_people().filter(post=post, pk=pk).first()
    if found is None or (is_root and found.parent_id):
        raise Http404(_("There is no such response."))
    found.post = post
    return post, host, found
