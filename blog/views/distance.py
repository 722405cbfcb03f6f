"""To keep away from somebody or from a thread, and to come near again."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import Author, Block, Mute, Oneself, User
from blog.caching import reader_of
from blog.models import Comment, MutedThread
from blog.talk import address_of
from blog.views.doors import published_post, see
from blog.views.questions import ask

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

ROWS_PER_PAGE = 30
# What a bigint column holds.
KEY = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True)
class Shelf:
    """Some rows of a list, newest first, and the way to older ones ("" where it ends)."""

    rows: list[Any]
    older_url: str
    is_first: bool


@dataclass(frozen=True)
class Way:
    """One way to keep away from somebody, and its words."""

    verb: Callable[..., None]
    question: StrPromise
    consequence: StrPromise
    press: StrPromise
    done: StrPromise


BLOCK = Way(
    Block.objects.block,
    question=gettext_lazy("Block %(name)s?"),
    consequence=gettext_lazy(
        "Neither of you sees what the other says in threads, and neither can respond to the "
        "other’s stories and responses. They are not told."
    ),
    press=gettext_lazy("Block"),
    done=gettext_lazy("%(name)s is blocked. “Blocked and muted” in your account takes it back."),
)
MUTE = Way(
    Mute.objects.mute,
    question=gettext_lazy("Mute %(name)s?"),
    consequence=gettext_lazy(
        "You do not see what they say in threads, and hear nothing of it. Nobody is told."
    ),
    press=gettext_lazy("Mute"),
    done=gettext_lazy("%(name)s is muted. “Blocked and muted” in your account takes it back."),
)


@require_safe
@never_cache
def blocked(request: HttpRequest) -> HttpResponse:
    """Whom one has blocked and muted, and which threads."""
    reader = reader_of(request)
    if reader is None:
        return redirect_to_login(request.get_full_path())
    threads = MutedThread.objects.of(reader).select_related(
        "root__author__author", "root__guest", "root__post"
    )
    context = {
        "blocks": _shelf(Block.objects.of(reader).select_related("blocked__author"), request, "b"),
        "mutes": _shelf(Mute.objects.of(reader).select_related("muted__author"), request, "m"),
        "threads": _shelf(
            threads.defer("root__post__source", "root__post__html", "root__post__text"),
            request,
            "t",
        ),
    }
    return render(request, "blog/blocked.html", context)


@require_POST
@never_cache
def unblocking(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a block back. The answer is the same when it is gone already, or somebody else's."""
    return _end(request, Block.objects.unblock, pk)


@require_POST
@never_cache
def unmuting(request: HttpRequest, pk: int) -> HttpResponse:
    return _end(request, Mute.objects.unmute, pk)


@require_POST
@never_cache
def thread_unmuting(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Unfold a thread where it stands."""
    reader = reader_of(request)
    found = _response(slug, pk)
    if reader is None:
        return redirect_to_login(found.get_absolute_url())
    MutedThread.objects.unmute(found.pk, by=reader)
    return see(address_of(found))


@require_POST
@never_cache
def listed_thread_unmuting(request: HttpRequest, pk: int) -> HttpResponse:
    """Unfold a thread from the list: there also when its story was taken back."""
    return _end(request, MutedThread.objects.unmute, pk)


@require_POST
@never_cache
def thread_mute(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Fold a thread for this reader."""
    reader = reader_of(request)
    found = _response(slug, pk)
    if reader is None:
        return redirect_to_login(found.get_absolute_url())
    if found.parent_id:
        raise Http404(_("There is no such thread."))
    MutedThread.objects.mute(found, by=reader)
    return see(address_of(found))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def writer_block(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    found = _response(slug, pk)
    return _keep_away(request, BLOCK, found.author, back=address_of(found), then=_talk_of(found))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def writer_mute(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    found = _response(slug, pk)
    return _keep_away(request, MUTE, found.author, back=address_of(found), then=_talk_of(found))


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def author_block(request: HttpRequest, handle: str) -> HttpResponse:
    author = _author(handle)
    own_page = author.get_absolute_url()
    return _keep_away(request, BLOCK, author.user, back=own_page, then=own_page)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def author_mute(request: HttpRequest, handle: str) -> HttpResponse:
    author = _author(handle)
    own_page = author.get_absolute_url()
    return _keep_away(request, MUTE, author.user, back=own_page, then=own_page)


def _author(handle: str) -> Author:
    found: Author = get_object_or_404(
        Author.objects.with_handles([handle.lower()]).select_related("user")
    )
    return found


def _keep_away(
    request: HttpRequest, way: Way, person: User | None, *, back: str, then: str
) -> HttpResponse:
    """Ask first (GET), then keep this reader away from somebody (POST)."""
    reader = reader_of(request)
    if reader is None:
        return redirect_to_login(request.path)
    if person is None:
        raise Http404(_("There is nobody with an account here."))
    name = {"name": person.signature}
    if request.method != "POST":
        consequence, press = str(way.consequence), str(way.press)
        return ask(request, way.question % name, consequence, press=press, back=back)
    try:
        way.verb(person, by=reader)
    except Oneself:
        messages.info(request, _("That is you."))
    else:
        messages.success(request, way.done % name)
    return see(then)


def _talk_of(comment: Comment) -> str:
    """Where one goes on once the response itself is out of one's sight."""
    return f"{comment.post.get_absolute_url()}#responses"


def _response(slug: str, pk: int) -> Comment:
    """A response that readers can read."""
    post = published_post(slug)
    found = Comment.objects.visible().with_people().filter(post=post, pk=pk).first()
    if found is None:
        raise Http404(_("There is no such response."))
    found.post = post
    return found


def _shelf(found: QuerySet[Any], request: HttpRequest, name: str) -> Shelf:
    """The rows after the one whose key the address names under `name`. Raises `Http404`."""
    after = request.GET.get(name, "")
    if after and not KEY.fullmatch(after):
        raise Http404(_("There is no such page."))
    if after:
        found = found.filter(pk__lt=int(after))
    rows = list(found.order_by("-pk")[: ROWS_PER_PAGE + 1])
    shown = rows[:ROWS_PER_PAGE]
    older = f"?{name}={shown[-1].pk}" if len(rows) > ROWS_PER_PAGE else ""
    return Shelf(shown, older, is_first=not after)


def _end(request: HttpRequest, verb: Any, pk: int) -> HttpResponse:
    reader = reader_of(request)
    if reader is None:
        return redirect_to_login(reverse("blog:blocked"))
    verb(pk, by=reader)
    return see(reverse("blog:blocked"))
