"""Django's handler for what everybody gets, without the middlewares that ask who somebody is.

Of such a request nothing is left but its address (`config.handler`): it has no session, no form and
no messages, and to find that out takes Django a tenth of the time that a story takes. What is made
here has to be what the whole chain would make; `tests/store` asks both.
"""

from __future__ import annotations

from typing import cast
from wsgiref.types import StartResponse, WSGIEnvironment

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler, get_script_name
from django.http import HttpRequest, HttpResponse
from django.urls import ResolverMatch, set_script_prefix
from django.utils.module_loading import import_string

# Where in the environ its view stands, which has been looked up by then.
MATCH = "longhand.match"


class ForEverybody(WSGIHandler):
    def __call__(self, environ: WSGIEnvironment, _start_response: StartResponse) -> HttpResponse:
        """The answer, which is to be closed by the one who asked.

        That sends `request_finished`, which looks after connections to databases. Nothing listens
        to `request_started` but what does the same, and a log of queries for whoever develops.
        """
        set_script_prefix(get_script_name(environ))
        response = cast(HttpResponse, self.get_response(self.request_class(environ)))
        response._handler_class = type(self)  # type: ignore[attr-defined]
        return response

    def load_middleware(self, is_async: bool = False) -> None:
        """Those of `MIDDLEWARE_FOR_EVERYBODY`; none of them looks at views."""
        self._view_middleware: list[object] = []
        self._template_response_middleware: list[object] = []
        self._exception_middleware: list[object] = []
        handler = convert_exception_to_response(self._get_response)  # type: ignore[attr-defined]
        for path in reversed(settings.MIDDLEWARE_FOR_EVERYBODY):
            one = import_string(path)(handler)
            if hasattr(one, "process_view") or hasattr(one, "process_template_response"):
                raise ImproperlyConfigured(f"{path} looks at views, which nobody asks it for here.")
            if hasattr(one, "process_exception"):
                self._exception_middleware.append(one.process_exception)
            handler = convert_exception_to_response(one)
        self._middleware_chain = handler

    def resolve_request(self, request: HttpRequest) -> ResolverMatch:
        match: ResolverMatch = request.META[MATCH]
        request.resolver_match = match
        return match
