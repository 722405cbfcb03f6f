"""How guests are known: by a link in a letter, and after that by a signed cookie."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.text import Truncator

from blog.models import Comment, Guest

COOKIE = "guest"
COOKIE_SALT = "longhand.guest"
COOKIE_AGE_SECONDS = 365 * 24 * 3600
LINK_SALT = "longhand.guest.link"
LINK_WORKS_FOR = timedelta(days=7)
# Enough to know one's own words by, and too little to advertise to strangers.
MAX_QUOTED_CHARS = 600


class LinkForged(ValueError):
    """It is not one of ours, or was cut off on the way."""


class LinkOver(ValueError):
    """It was one of ours; what it led to is not there any more."""


def read_guest(request: HttpRequest) -> Guest | None:
    """The guest who has confirmed their address in this browser."""
    raw = request.COOKIES.get(COOKIE)
    if not raw:
        return None
    try:
        pk = signing.Signer(salt=COOKIE_SALT).unsign(raw)
    except signing.BadSignature:
        return None
    found: Guest | None = Guest.objects.confirmed().filter(pk=pk).first()
    return found


def remember_guest(response: HttpResponse, guest: Guest) -> None:
    response.set_cookie(
        COOKIE,
        signing.Signer(salt=COOKIE_SALT).sign(str(guest.pk)),
        max_age=COOKIE_AGE_SECONDS,
        httponly=True,
        secure=settings.IS_HTTPS,
        samesite="Lax",
    )


def ask_to_confirm(comment: Comment, guest: Guest, *, name: str) -> None:
    """Send the letter with the link by which a guest says that this was theirs.

    To whom has an account it says so; in the browser nobody learns which of the two was sent.
    """
    template = "guest_has_account" if guest.account else "guest_confirmation"
    words = Truncator(comment.source).chars(MAX_QUOTED_CHARS)
    quote = "\n".join(f"> {line}".rstrip() for line in words.splitlines())
    url = settings.SITE_URL + reverse(
        "blog:guest-confirmation", args=[link(comment, guest, name=name)]
    )
    context = {"comment": comment, "post": comment.post, "name": name, "quote": quote, "url": url}
    guest.write_to(template, {**context, "days": LINK_WORKS_FOR.days})


def link(comment: Comment, guest: Guest, *, name: str) -> str:
    """What stands in the link of the letter; only we can make it."""
    # Short, because a letter breaks what is long: a name is said only when it is another.
    said = "" if name == guest.name else name
    return signing.dumps([comment.pk, said], salt=LINK_SALT, compress=True)


def open_link(token: str) -> tuple[Comment, str]:
    """The response that a letter was about, and how who wrote it is called ("" as before).

    Raises `LinkForged` or `LinkOver`.
    """
    try:
        pk, name = signing.loads(token, salt=LINK_SALT, max_age=LINK_WORKS_FOR)
    except signing.SignatureExpired as error:
        raise LinkOver from error
    except (signing.BadSignature, ValueError) as error:
        raise LinkForged from error
    comment = Comment.objects.with_people().select_related("post").filter(pk=pk).first()
    if comment is None or comment.is_removed:
        raise LinkOver
    return comment, name
