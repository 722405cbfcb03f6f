"""Jinja2 behind Django's `render`, for the templates whose names end in `.jinja`."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.context_processors import PermWrapper
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template import TemplateDoesNotExist, defaultfilters, engines
from django.template.backends.jinja2 import Jinja2, Template
from django.utils.safestring import SafeString
from jinja2 import Environment, FileSystemLoader, StrictUndefined, Undefined
from jinja2.exceptions import TemplateRuntimeError, UndefinedError
from jinja2.utils import missing

from accounts.inbox import unread
from blog import figures, icons, keeping
from blog.caching import is_personal, reader_of
from blog.jinja import addresses, moulds, pieces, voice
from blog.jinja.cards import cards
from blog.jinja.compiling import Compiler
from blog.jinja.forms import CsrfInput, opened_token, waits
from blog.jinja.speech import speech
from blog.jinja.tags import Tags
from blog.jinja.talks import responses
from blog.models import Publication
from blog.templatetags import longhand

SUFFIX = ".jinja"
# What nearly everybody asks for first, and what a story's page comes to only under its text.
ASKED_FIRST = ("blog/post.jinja", "blog/_response.jinja", "blog/front.jinja")
# What may well lack something, and what is not there at all.
LACKING = (Mapping, Sequence, type(None))


class Missing(Undefined):
    """A name that a page was not given is nothing, and so is a key; a slip of the pen is an error.

    So a view need not say what its page is not, and nobody reads an empty place where a property
    was misspelt.
    """

    __slots__ = ()

    def __new__(
        cls,
        hint: str | None = None,
        obj: Any = missing,
        name: str | None = None,
        exc: type[TemplateRuntimeError] = UndefinedError,
    ) -> Any:
        if obj is missing or isinstance(obj, LACKING):
            return super().__new__(cls)
        return StrictUndefined(hint, obj, name, exc)


class Folder(FileSystemLoader):
    """While somebody works on templates, a page is as old as the newest: others are part of it."""

    def get_source(
        self, environment: Environment, template: str
    ) -> tuple[str, str, Callable[[], bool]]:
        source, filename, _is_fresh = super().get_source(environment, template)
        read_at = self._newest()
        return source, filename, lambda: self._newest() == read_at

    def _newest(self) -> float:
        files = (path for folder in self.searchpath for path in Path(folder).rglob(f"*{SUFFIX}"))
        return max(path.stat().st_mtime for path in files)


class Pages(Jinja2):
    """The engine; see `TEMPLATES` in the settings."""

    def __init__(self, params: dict[str, Any]) -> None:
        super().__init__({**params, "OPTIONS": {"environment": f"{__name__}.environment"}})
        self.env.loader = Folder(self.template_dirs) if settings.DEBUG else self.env.loader

    def get_template(self, template_name: str) -> Page:
        if not template_name.endswith(SUFFIX):
            raise TemplateDoesNotExist(template_name, backend=self)
        return Page(super().get_template(template_name).template, self)


class Page(Template):
    def render(
        self, context: dict[str, Any] | None = None, request: HttpRequest | None = None
    ) -> SafeString:
        return SafeString(self.template.render(self.names(context or {}, request)))

    def names(self, given: dict[str, Any], request: HttpRequest | None) -> dict[str, Any]:
        """All that the template may use; what the view gave comes first."""
        return {**(_about(request) if request else {}), **speech(), **given}


def _about(request: HttpRequest) -> dict[str, Any]:
    """What every page may use; what is for somebody signed in, only on theirs."""
    reader = reader_of(request)
    known: dict[str, Any] = {
        "request": request,
        "publication": Publication.current(),
        "reader": reader,
        "is_personal": is_personal(request),
        "site_url": settings.SITE_URL,
        "csrf_input": CsrfInput(request),
    }
    if known["is_personal"]:
        known["messages"] = get_messages(request)
    if reader:
        known["perms"] = PermWrapper(reader)
        known |= unread(request)
    return known


def environment(**options: Any) -> Environment:
    env = Environment(  # noqa: S701 -- autoescape comes with the options, and is on
        **{**options, "undefined": Missing, "extensions": [Tags]},
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.code_generator_class = Compiler
    env.filters |= {
        "address": addresses.address,
        "filled": voice.filled,
        "counted": voice.counted,
        "compact": voice.compact,
        "short_date": voice.short_date,
        "long_date": voice.long_date,
        "short_time": longhand.short_time,
        "machine_date": longhand.machine_date,
        "row_pieces": pieces.rows,
        "lead_piece": pieces.lead,
        "applauded_pieces": pieces.applauded,
        "part_piece": pieces.part,
        "subjects_piece": pieces.subjects,
        "direction": longhand.direction,
        "is_set_otherwise": longhand.is_set_otherwise,
        "date": defaultfilters.date,
        "truncatechars": defaultfilters.truncatechars,
        "urlencode": voice.urlencoded,
    }
    env.globals |= {
        "cards": cards,
        "picture": figures.picture_html,
        "icon": icons.url,
        "opened_token": opened_token,
        "responses": responses,
        "waits": waits,
    }
    return env


def make_ready() -> None:
    """Compile the pages that are asked for first, before somebody asks.

    Half a second of work: four readers who came right after a start waited more than two seconds,
    because each had the same pages compiled.
    """
    engine: Any = engines["jinja"]
    for name in ASKED_FIRST:
        engine.env.get_template(name)


def forget() -> None:
    """What was said so far is asked for anew: another catalogue says it in other words."""
    voice.forget()
    moulds.forget()
    pieces.forget()
    keeping.forget()
