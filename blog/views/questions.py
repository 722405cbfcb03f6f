"""A page that asks before something is taken away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from blog.models import Comment


def ask(
    request: HttpRequest,
    question: str,
    consequence: str,
    *,
    press: str,
    back: str,
    quoted: Comment | None = None,
) -> HttpResponse:
    """Say what will be so, with a button that does it and one that leads back."""
    context = {
        "question": question,
        "consequence": consequence,
        "press": press,
        "back": back,
        "quoted": quoted,
    }
    return render(request, "blog/question.html", context)
