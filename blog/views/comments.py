"""Reading, writing and removing responses."""

from __future__ import annotations

from contextlib import suppress

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.ingredients import these_sets
from accounts.models import User
from blog.caching import reader_of, shareable
from blog.forms import CommentForm
from blog.guests import read_guest
from blog.models import Comment, Post
from blog.models.moderation import Overtaken, ResponseGone, Verb, moderate
from blog.talk import answered_by, one_of, removable, thread_of
from blog.views import kept
from blog.views.doors import published_post, see
from blog.views.questions import ask
from blog.views.responding import listed, respond
from blog.ways import ways_of


@require_http_methods(["GET", "HEAD", "POST"])
@shareable
def comments(request: HttpRequest, slug: str) -> HttpResponse:
    """Further responses to a story, page by page; where a response is sent to."""
    if request.method == "POST":
        return respond(request, published_post(slug))
    post = published_post(slug, whole=True)
    these_sets(("talk", post.pk))
    return listed(request, post, CommentForm(initial=kept.kept(request)), 200)


@require_safe
@shareable
def comment(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One response and what was said to it: a response's own address."""
    post = published_post(slug, whole=True)
    these_sets(("talk", post.pk))
    found = _comment(post, pk)
    reader, after = reader_of(request), request.GET.get("after", "")
    threads = thread_of(found, after, reader=reader)
    if not threads:
        raise Http404(_("There is no such response."))
    context = {
        "post": post,
        "byline": post.byline,
        "comment": found,
        "is_seen": threads[0].is_seen,
        "answered": answered_by(found, reader),
        "threads": threads,
        "is_end": after and not threads[0].replies,
        "removable": removable(threads, reader),
        "ways": ways_of(reader, post),
        "is_unfolded": True,
        "response_form": CommentForm(initial={"parent": found.pk}),
    }
    return render(request, "blog/comment.jinja", context)


@require_http_methods(["GET", "HEAD", "POST"])
def removal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask first (GET), then take a response away (POST)."""
    post = published_post(slug)
    found = _comment(post, pk)
    reader = reader_of(request)
    is_guests_own = found.guest is not None and read_guest(request) == found.guest
    is_own = is_guests_own or (reader is not None and found.author_id == reader.pk)
    if not found.is_visible and not (is_own and found.seems_held):
        raise Http404(_("There is no such response."))
    if not is_guests_own and not found.can_remove(reader):
        raise PermissionDenied(_("Only whoever wrote a response may delete it."))
    if request.method == "POST":
        if is_own or reader is None:
            found.remove()
        else:
            _delete(found, by=reader, because=request.POST.get("because", ""))
        return see(f"{post.get_absolute_url()}#responses")
    return ask(
        request,
        _("Delete this response?"),
        _("Its text goes for good. If somebody has answered it, “removed” stays in its place."),
        press=_("Delete"),
        back=f"{post.get_absolute_url()}#{found.anchor}",
        quoted=found,
        asks_why=not is_own and found.author_id is not None,
    )


def _delete(comment: Comment, *, by: User, because: str) -> None:
    """Whose it is hears of it, and why. What has gone meanwhile is gone."""
    with suppress(ResponseGone, Overtaken):
        moderate(comment, Verb.REMOVE, by=by, because=because)


def _comment(post: Post, pk: int) -> Comment:
    found = one_of(post, pk)
    if found is None:
        raise Http404(_("There is no such response."))
    return found
