"""Taking what somebody writes under a story."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from accounts.limits import client_address
from accounts.models import User
from accounts.models.ban import Banned
from blog.caching import reader_of
from blog.clock import zone_of_page
from blog.forms import CommentForm
from blog.markdown import MarkdownError
from blog.models import Comment, Post
from blog.models.comment import (
    ParentGone,
    ResponsesClosed,
    ThreadLocked,
    TooManyResponses,
    TooManyWaiting,
    rendered,
)
from blog.models.welcome import OwnBlock, Unwelcome
from blog.orders import Order
from blog.sight import Sight
from blog.talk import first_threads, removable, ways_to_order
from blog.views import kept
from blog.views.composing import confirm
from blog.views.doors import published_post, see
from blog.views.porter import TooManyFromAddress, examine, where_it_is
from blog.ways import ways_of


def respond(request: HttpRequest, post: Post) -> HttpResponse:
    """Every refusal keeps the text in the form, under a sentence that says why."""
    form = CommentForm(request.POST)
    reader = reader_of(request)
    if reader is None:
        form.full_clean()
        form.add_error("source", kept.signed_out_sentence(is_kept=kept.keep(request)))
        return _again(request, post, form, 403)
    if not form.is_valid():
        return _again(request, post, form, 413 if _is_too_long(form) else 400)
    if kept.is_of_another(request):
        form.add_error("source", kept.somebody_else_sentence(reader))
        return _again(request, post, form, 409)
    try:
        if "preview" in request.POST:
            form.preview = rendered(form.cleaned_data["source"], post)
            return _again(request, post, form, 200)
        if not post.takes_responses:
            raise ResponsesClosed
        verdict = examine(request, post=post, by=reader, source=form.cleaned_data["source"])
        response = Comment.objects.respond(
            post=post,
            by=reader,
            address=client_address(request),
            **form.cleaned_data,
            **verdict.fields,
        )
    except Banned as refused:
        form.add_error("source", refused.ban.sentence(zone_of_page()))
        return _again(request, post, form, 403)
    except ResponsesClosed:
        form.add_error("source", _("This story takes no responses any more."))
        return _again(request, post, form, 403)
    except ParentGone:
        form.add_error("source", _("The response you answer was removed. Yours may stand alone."))
        form.data = {**form.cleaned_data, "parent": ""}
        return _again(request, post, form, 409)
    except (Unwelcome, OwnBlock) as refusal:
        form.add_error("source", _why_not(refusal))
        return _again(request, post, form, 403)
    except ThreadLocked:
        form.add_error("source", _("This thread takes no replies any more."))
        return _again(request, post, form, 403)
    except TooManyResponses:
        form.add_error("source", _("That is a lot at once. Wait a few minutes and send it again."))
        return _again(request, post, form, 429)
    except TooManyFromAddress:
        form.add_error("source", _("Much was sent from your address. Try again in an hour."))
        return _again(request, post, form, 429)
    except TooManyWaiting:
        form.add_error(
            "source",
            _("Your last responses wait for a moderator. Send this one when they have been read."),
        )
        return _again(request, post, form, 429)
    except MarkdownError as error:
        form.add_error("source", str(error))
        return _again(request, post, form, 400)
    kept.forget(request)
    about = str(response.parent_id or 0)
    return confirm(see(where_it_is(request, response)), response, about=about)


def listed(request: HttpRequest, post: Post, form: CommentForm, status: int) -> HttpResponse:
    """The responses to a story with `form` above them."""
    reader, order = reader_of(request), Order.asked(request.GET)
    after = request.GET.get("after", "")
    threads, more_url = first_threads(post, after, order=order, reader=reader)
    context = {
        "post": post,
        "byline": post.byline,
        "threads": threads,
        "is_first_page": not after,
        "ways_to_order": ways_to_order(post, order),
        "removable": removable(threads, reader),
        "ways": ways_of(reader, post),
        "more_responses_url": more_url,
        "response_form": form,
        "replied_to": _replied_to(form, post, reader),
    }
    return render(request, "blog/comments.jinja", context, status=status)


def _again(request: HttpRequest, post: Post, form: CommentForm, status: int) -> HttpResponse:
    """The page with what was sent, which shows more of the story than a response asks for."""
    return listed(request, published_post(post.slug, whole=True), form, status)


def _replied_to(form: CommentForm, post: Post, reader: User | None) -> Comment | None:
    """The response that what was sent answers, if the reader may read that."""
    is_reply = form.is_bound and form["parent"].value()
    found: Comment | None = form.cleaned_data.get("parent") if is_reply else None
    if found is None or found.post_id != post.pk or not Sight.of(reader, post).sees(found):
        return None
    found.post = post
    return found


def _why_not(refusal: Unwelcome | OwnBlock) -> str:
    """Whoever was blocked is told what they cannot do, and not by whom."""
    if isinstance(refusal, Unwelcome):
        return _("You cannot respond here. Your text is still in the field, for you to keep.")
    text = _("You have blocked %(name)s. Unblock them under “Blocked and muted” to respond here.")
    return text % {"name": refusal.blocked.signature}


def _is_too_long(form: CommentForm) -> bool:
    return form.has_error("source", code="too_long")
