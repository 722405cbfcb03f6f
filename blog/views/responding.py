"""Taking what somebody writes under a story."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from blog.caching import reader_of
from blog.forms import CommentForm
from blog.markdown import MarkdownError
from blog.models import Comment, Post
from blog.models.comment import (
    ParentGone,
    ResponsesClosed,
    ThreadLocked,
    TooManyResponses,
    TooManyWaiting,
)
from blog.talk import first_threads, removable
from blog.views.doors import see
from blog.views.porter import TooManyFromAddress, examine, sender_of, where_it_is


def respond(request: HttpRequest, post: Post) -> HttpResponse:
    """Every refusal keeps the text in the form, under a sentence that says why."""
    form = CommentForm(request.POST)
    reader = reader_of(request)
    if reader is None:
        form.full_clean()
        form.add_error("source", _("You are signed out. Sign in and send it again."))
        return listed(request, post, form, 403)
    if not form.is_valid():
        return listed(request, post, form, 413 if _is_too_long(form) else 400)
    try:
        if not post.takes_responses:
            raise ResponsesClosed
        verdict = examine(request, post=post, by=reader, source=form.cleaned_data["source"])
        response = Comment.objects.respond(
            post=post,
            by=reader,
            address=sender_of(request),
            **form.cleaned_data,
            **verdict.fields,
        )
    except ResponsesClosed:
        form.add_error("source", _("This story takes no responses any more."))
        return listed(request, post, form, 403)
    except ParentGone:
        form.add_error("source", _("The response you answer was removed. Yours may stand alone."))
        form.data = {**form.cleaned_data, "parent": ""}
        return listed(request, post, form, 409)
    except ThreadLocked:
        form.add_error("source", _("This thread takes no replies any more."))
        return listed(request, post, form, 403)
    except TooManyResponses:
        form.add_error("source", _("That is a lot at once. Wait a few minutes and send it again."))
        return listed(request, post, form, 429)
    except TooManyFromAddress:
        form.add_error("source", _("Much was sent from your address. Try again in an hour."))
        return listed(request, post, form, 429)
    except TooManyWaiting:
        form.add_error(
            "source",
            _("Your last responses wait for a moderator. Send this one when they have been read."),
        )
        return listed(request, post, form, 429)
    except MarkdownError as error:
        form.add_error("source", str(error))
        return listed(request, post, form, 400)
    return see(where_it_is(request, response))


def listed(request: HttpRequest, post: Post, form: CommentForm, status: int) -> HttpResponse:
    """The responses to a story with `form` above them."""
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


def _is_too_long(form: CommentForm) -> bool:
    return form.has_error("source", code="too_long")
