"""Readers without an account, known by a signed cookie from their first clap on."""

from __future__ import annotations

import re
import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

COOKIE = "visitor"
SALT = "longhand.visitor"
COOKIE_AGE_SECONDS = 2 * 365 * 24 * 3600


class ForgedVisitor(ValueError):
    """The cookie does not carry our signature."""


def read_visitor(request: HttpRequest, *, strict: bool = False) -> str | None:
    """The visitor's id from the cookie; None without one.

    A cookie that we did not sign counts as none, or raises `ForgedVisitor` when `strict`.
    """
    raw = request.COOKIES.get(COOKIE)
    if not raw:
        return None
    try:
        value = signing.Signer(salt=SALT).unsign(raw)
    except signing.BadSignature:
        value = ""
    if re.fullmatch(r"[0-9a-f]{32}", value):
        return value
    if strict:
        raise ForgedVisitor
    return None


def new_visitor() -> str:
    return secrets.token_hex(16)


def remember_visitor(response: HttpResponse, visitor: str) -> None:
    response.set_cookie(
        COOKIE,
        signing.Signer(salt=SALT).sign(visitor),
        max_age=COOKIE_AGE_SECONDS,
        httponly=True,
        secure=settings.IS_HTTPS,
        samesite="Lax",
    )


def forget_visitor(response: HttpResponse) -> None:
    response.delete_cookie(COOKIE, samesite="Lax")
