"""A page that asks before something is taken away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from blog.models import Comment
from blog.models.moderation import MAX_BECAUSE_CHARS


def ask(
    request: HttpRequest,
    question: str,
    consequence: str,
    *,
    press: str,
    back: str,
    quoted: Comment | None = None,
    asks_why: bool = False,
) -> HttpResponse:
    """Say what will be so, with a button that does it and one that leads back.

    Where it `asks_why`, a reason comes with the answer as `because`.
    """
    context = {
        "question": question,
        "consequence": consequence,
        "press": press,
        "back": back,
        "quoted": quoted,
        "asks_why": asks_why,
        "max_because_chars": MAX_BECAUSE_CHARS,
    }
    return render(request, "blog/question.html", context)
