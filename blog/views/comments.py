"""Reading, writing and removing responses."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from blog.caching import reader_of, shareable
from blog.forms import CommentForm
from blog.markdown import MarkdownError
from blog.models import Comment, Post
from blog.models.comment import ParentGone, ResponsesClosed, TooManyResponses
from blog.talk import address_of, first_threads, removable, thread_of
from blog.views.doors import published_post, see


@require_http_methods(["GET", "HEAD", "POST"])
@shareable
def comments(request: HttpRequest, slug: str) -> HttpResponse:
    """Further responses to a story, page by page; where a response is sent to."""
    post = published_post(slug, whole=True)
    if request.method == "POST":
        return _respond(request, post)
    return _list(request, post, CommentForm(), 200)


@require_safe
@shareable
def comment(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """One response and what was said to it: a response's own address."""
    post = published_post(slug, whole=True)
    found = _comment(post, pk)
    threads = thread_of(found, request.GET.get("after", ""))
    if not threads:
        raise Http404(_("There is no such response."))
    context = {
        "post": post,
        "byline": post.byline,
        "comment": found,
        "threads": threads,
        "removable": removable(threads, reader_of(request)),
        "response_form": CommentForm(initial={"parent": found.pk}),
    }
    return render(request, "blog/comment.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def removal(request: HttpRequest, slug: str, pk: int) -> HttpResponse:
    """Ask first (GET), then take a response away (POST)."""
    post = published_post(slug)
    found = _comment(post, pk)
    if not found.is_visible:
        raise Http404(_("There is no such response."))
    if not found.can_remove(reader_of(request)):
        raise PermissionDenied(_("Only whoever wrote a response may delete it."))
    if request.method == "POST":
        found.remove()
        return see(f"{post.get_absolute_url()}#responses")
    return render(request, "blog/comment_removal.html", {"post": post, "comment": found})


def _respond(request: HttpRequest, post: Post) -> HttpResponse:
    """Every refusal keeps the text in the form, under a sentence that says why."""
    form = CommentForm(request.POST)
    reader = reader_of(request)
    if reader is None:
        form.full_clean()
        form.add_error("source", _("You are signed out. Sign in and send it again."))
        return _list(request, post, form, 403)
    if not form.is_valid():
        return _list(request, post, form, 413 if _is_too_long(form) else 400)
    try:
        response = Comment.objects.respond(post=post, by=reader, **form.cleaned_data)
    except ResponsesClosed:
        form.add_error("source", _("This story takes no responses any more."))
        return _list(request, post, form, 403)
    except ParentGone:
        form.add_error("source", _("The response you answer was removed. Yours may stand alone."))
        form.data = {**form.cleaned_data, "parent": ""}
        return _list(request, post, form, 409)
    except TooManyResponses:
        form.add_error("source", _("That is a lot at once. Wait a few minutes and send it again."))
        return _list(request, post, form, 429)
    except MarkdownError as error:
        form.add_error("source", str(error))
        return _list(request, post, form, 400)
    return see(address_of(response))


def _list(request: HttpRequest, post: Post, form: CommentForm, status: int) -> HttpResponse:
    threads, more_url = first_threads(post, request.GET.get("after", ""))
    context = {
        "post": post,
        "byline": post.byline,
        "threads": threads,
        "removable": removable(threads, reader_of(request)),
        "more_responses_url": more_url,
        "response_form": form,
    }
    return render(request, "blog/comments.html", context, status=status)


def _comment(post: Post, pk: int) -> Comment:
    found = Comment.objects.with_people().filter(post=post, pk=pk).first()
    if found is None:
        raise Http404(_("There is no such response."))
    found.post = post
    return found


def _is_too_long(form: CommentForm) -> bool:
    return form.has_error("source", code="too_long")
