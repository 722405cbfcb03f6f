"""What forms in a page need that is somebody's own."""

from __future__ import annotations

from functools import cached_property

from django.http import HttpRequest
from django.template.backends.utils import csrf_input
from django.utils.safestring import SafeString
from jinja2 import pass_context
from jinja2.runtime import Context

from blog import traps


class CsrfInput:
    """The field of a form of somebody's own page: one token for all forms, made for the first."""

    def __init__(self, request: HttpRequest) -> None:
        self.request = request

    @cached_property
    def field(self) -> SafeString:
        return csrf_input(self.request)

    def __html__(self) -> str:
        return self.field


@pass_context
def opened_token(context: Context) -> str:
    """When the form was made that this page shows; for personal pages, it changes by the second."""
    request = context["request"]
    earlier = request.POST.get(traps.OPENED, "") if request.method == "POST" else ""
    return traps.token(story=context["post"].pk, earlier=earlier)


@pass_context
def waits(context: Context) -> bool:
    """Whether the reader has just sent a response to this story that waits; said once."""
    session = context["request"].session
    if session.get(traps.WAITS) != context["post"].pk:
        return False
    del session[traps.WAITS]
    return True
