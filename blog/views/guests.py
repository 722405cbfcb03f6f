"""Responding without an account: with a name, and an address that is confirmed by a link."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.limits import Limit, client_address
from accounts.models import User
from accounts.models.ban import Banned
from blog import guests
from blog.caching import reader_of
from blog.clock import zone_of_page
from blog.forms import CommentForm, GuestForm
from blog.markdown import MarkdownError
from blog.models import Comment, Guest, Post, Publication
from blog.models.comment import (
    ParentGone,
    ResponsesClosed,
    ThreadLocked,
    TooManyResponses,
    TooManyWaiting,
)
from blog.models.welcome import OwnBlock, Unwelcome
from blog.talk import address_of
from blog.views.doors import published_post, see
from blog.views.porter import TooManyFromAddress, examine
from blog.views.responding import listed

# A household may share an address; whose mailbox it is shall not be flooded from many.
RESPONSES = Limit("guest-responses", times=20, per_seconds=3600)
LETTERS = Limit("guest-letters", times=5, per_seconds=24 * 3600)
# Whoever presses again because no letter came gets another.
LETTER_AGAIN_AFTER = timedelta(minutes=1)
PARENT_MAX_DIGITS = 18  # what a bigint column holds, whatever they are


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def response(request: HttpRequest, slug: str) -> HttpResponse:
    """Where a guest writes a response, and where it is sent to."""
    post = published_post(slug, whole=True)
    if reader_of(request) or not Publication.current().guests_may_respond:
        return _by_account(request, post)
    if request.method == "POST":
        return _respond(request, post)
    if not post.takes_responses:
        return see(f"{post.get_absolute_url()}#responses")
    sent = next((state for state in ("letter", "held") if state in request.GET), "")
    if sent:
        return render(request, "blog/guest_sent.html", {"post": post, "sent": sent})
    guest = guests.read_guest(request)
    known = {"name": guest.name, "email": guest.email} if guest else {}
    parent = _parent(post, request.GET.get("parent", ""))
    form = GuestForm(initial={**known, "parent": parent.pk if parent else None})
    return _ask(request, post, form, 200)


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def confirmation(request: HttpRequest, token: str) -> HttpResponse:
    """Where the letter leads: looking changes nothing, because machines open links as well."""
    try:
        comment, name = guests.open_link(token)
    except guests.LinkForged:
        return render(request, "blog/guest_link_over.html", status=404)
    except guests.LinkOver:
        return render(request, "blog/guest_link_over.html", status=410)
    post = comment.post = published_post(comment.post.slug)
    guest: Guest | None = comment.guest
    owner = guest.account if guest else None
    reader = reader_of(request)
    context = {
        "post": post,
        "comment": comment,
        "name": name or comment.signature,
        "is_unconfirmed": comment.status == Comment.Status.UNCONFIRMED,
        "must_sign_in": owner is not None and owner != reader,
        "own_way": f"{reverse('account_login')}?{urlencode({'next': request.path})}",
        "is_here": guest is not None and guests.read_guest(request) == guest,
    }
    if request.method != "POST" or guest is None:
        return render(request, "blog/guest_confirmation.html", context)
    if context["must_sign_in"]:
        return render(request, "blog/guest_confirmation.html", context, status=403)
    if owner is None and not Publication.current().guests_may_respond:
        raise PermissionDenied(_("Responding takes an account here now."))
    _confirm(request, comment, name=name, by=owner)
    answer = see(address_of(comment) if comment.is_visible else request.path)
    if owner is None:
        guests.remember_guest(answer, guest)
    return answer


def _respond(request: HttpRequest, post: Post) -> HttpResponse:
    """Every refusal keeps all that was typed, under a sentence that says why."""
    form = GuestForm(request.POST)
    if not form.is_valid():
        too_long = form.has_error("source", code="too_long")
        return _ask(request, post, form, 413 if too_long else 400)
    known = guests.read_guest(request)
    is_proven = known is not None and known.email == form.cleaned_data["email"]
    too_much = _too_much(request, form, is_proven=is_proven)
    if too_much:
        form.add_error(None, too_much)
        return _ask(request, post, form, 429)
    try:
        comment = _add(request, post, form.cleaned_data, known if is_proven else None)
    except (TooManyFromAddress, TooManyWaiting):
        form.add_error(None, _("That is a lot at once. Wait an hour and send it again."))
        return _ask(request, post, form, 429)
    except Banned as refused:
        form.add_error(None, refused.ban.sentence(zone_of_page()))
        return _ask(request, post, form, 403)
    except ResponsesClosed:
        form.add_error(None, _("This story takes no responses any more."))
        return _ask(request, post, form, 403)
    except ParentGone:
        form.data = {**request.POST.dict(), "parent": ""}
        form.add_error(
            "source",
            _("The response you answer was removed. Yours may stand alone: send it again."),
        )
        return _ask(request, post, form, 409)
    except ThreadLocked:
        form.add_error(None, _("This thread takes no replies any more."))
        return _ask(request, post, form, 403)
    except TooManyResponses:
        form.add_error(None, _("That is a lot at once. Wait a few minutes and send it again."))
        return _ask(request, post, form, 429)
    except MarkdownError as error:
        form.add_error("source", str(error))
        return _ask(request, post, form, 400)
    if comment.is_visible:
        return see(address_of(comment))
    return see(f"{request.path}?{'held' if is_proven else 'letter'}")


@transaction.atomic
def _add(request: HttpRequest, post: Post, typed: dict[str, Any], known: Guest | None) -> Comment:
    """The response, and the letter that asks for whom this browser does not know."""
    at = timezone.now()
    name, email = typed["name"], typed["email"]
    guest = known or Guest.objects.named(name=name, email=email)
    # The name is read like the text, as it is typed now.
    named = Guest(pk=guest.pk, name=name, email=email, trusted_at=guest.trusted_at)
    verdict = examine(request, post=post, by=named, source=typed["source"])
    comment: Comment = Comment.objects.respond(
        post=post,
        by=guest,
        source=typed["source"],
        parent=typed["parent"],
        address=client_address(request),
        at=at,
        is_proven=known is not None,
        **verdict.fields,
    )
    if known and not (known.trusted_at and comment.is_unread):
        # All that they have said bears it: not before a moderator has seen what speaks against it.
        known.rename(name)
    elif known is None and _wants_letter(comment, at):
        guests.ask_to_confirm(comment, guest, name=name)
    return comment


def _wants_letter(comment: Comment, at: datetime) -> bool:
    """What counts as spam brings nobody a letter."""
    if comment.status != Comment.Status.UNCONFIRMED:
        return False
    return comment.created_at == at or comment.created_at < at - LETTER_AGAIN_AFTER


def _too_much(request: HttpRequest, form: GuestForm, *, is_proven: bool) -> str:
    """The sentence for who tries too often, or ""."""
    if not RESPONSES.allows(request):
        return _("Many responses came from your address. Wait an hour and send it again.")
    if not is_proven and not LETTERS.allows_for(form.cleaned_data["email"]):
        return _(
            "Five letters went to this address today. Open one of them and press its button, and "
            "the next response needs none."
        )
    return ""


def _by_account(request: HttpRequest, post: Post) -> HttpResponse:
    """Whoever is signed in responds under the story; so does everybody where guests may not."""
    if request.method != "POST":
        return see(f"{post.get_absolute_url()}#respond")
    form = CommentForm(request.POST)
    form.full_clean()
    if reader_of(request):
        form.add_error("source", _("You are signed in now. Send it once more, under your name."))
        return listed(request, post, form, 409)
    form.add_error("source", _("Responding takes an account here now. Sign in and send it again."))
    return listed(request, post, form, 403)


def _confirm(request: HttpRequest, comment: Comment, *, name: str, by: User | None) -> None:
    try:
        comment.confirm(name=name, by=by, address=client_address(request))
    except Banned as refused:
        raise PermissionDenied(refused.ban.sentence(zone_of_page())) from refused
    except Unwelcome as refused:
        raise PermissionDenied(_("You cannot respond here.")) from refused
    except OwnBlock as refused:
        text = _(
            "You have blocked %(name)s. Unblock them under “Blocked and muted” to respond here."
        )
        raise PermissionDenied(text % {"name": refused.blocked.signature}) from refused


def _ask(request: HttpRequest, post: Post, form: GuestForm, status: int) -> HttpResponse:
    parent = _parent(post, str(form["parent"].value() or ""))
    context = {"post": post, "response_form": form, "parent": parent}
    return render(request, "blog/guest_response.html", context, status=status)


def _parent(post: Post, text: str) -> Comment | None:
    """What is to be answered, if it is there."""
    if not (text.isascii() and text.isdecimal() and len(text) <= PARENT_MAX_DIGITS):
        return None
    found = Comment.objects.visible().with_people().filter(post=post, pk=int(text)).first()
    return found
