"""Reading, writing and removing responses."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from blog.caching import reader_of, shareable
from blog.forms import CommentForm
from blog.guests import read_guest
from blog.models import Comment, Post
from blog.models.moderation import MAX_BECAUSE_CHARS, Verb, moderate
from blog.talk import answered_by, one_of, removable, thread_of
from blog.views import kept
from blog.views.doors import published_post, see
from blog.views.responding import listed, respond
from blog.ways import ways_of


@require_http_methods(["GET", "HEAD", "POST"])
@shareable
def comments(request: HttpRequest, slug: str) -> HttpResponse:
    """Further responses to a story, page by page; where a response is sent to."""
    post = published_post(slug, whole=True)
    if request.method == "POST":
        return respond(request, post)
    return listed(request, post, CommentForm(initial=kept.kept(request)), 200)


@require_safe
@shareable
def comment(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One response and what was said to it: a response's own address."""
    post = published_post(slug, whole=True)
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
    return render(request, "blog/comment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def removal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask first (GET), then take a response away (POST)."""
    post = published_post(slug)
    found = _comment(post, pk)
    reader = reader_of(request)
    is_own = _is_own(request, found)
    if not found.is_visible and not (is_own and found.seems_held):
        raise Http404(_("There is no such response."))
    if not is_own and not found.can_remove(reader):
        raise PermissionDenied(_("Only whoever wrote a response may delete it."))
    if request.method == "POST":
        if is_own or reader is None:
            found.remove()
        else:
            moderate(found, Verb.REMOVE, by=reader, because=request.POST.get("because", ""))
        return see(f"{post.get_absolute_url()}#responses")
    context = {
        "post": post,
        "comment": found,
        "asks_why": not is_own and found.author_id,
        "max_because_chars": MAX_BECAUSE_CHARS,
    }
    return render(request, "blog/comment_removal.html", context)


def _is_own(request: HttpRequest, comment: Comment) -> bool:
    """Whether whoever asks wrote it: with an account, or as a guest in this browser."""
    reader = reader_of(request)
    if comment.guest is not None:
        return read_guest(request) == comment.guest
    return reader is not None and comment.author_id == reader.pk


def _comment(post: Post, pk: int) -> Comment:
    found = one_of(post, pk)
    if found is None:
        raise Http404(_("There is no such response."))
    return found
