"""How a page says words, numbers and dates: each worked out once for a process, not for a page."""

from __future__ import annotations

import datetime as dt
from functools import cache, cached_property, lru_cache
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext, ngettext
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from blog.clock import zone_of_page
from blog.jinja.escaping import shown
from blog.jinja.tags import CLOCK, WORDS
from blog.templatetags import longhand

# What is kept of numbers and days, of which there are always others.
KEPT = 8_192


class Words(dict[str, Markup]):
    """What the interface says in one language, by what it says in English.

    Used while that language is the active one. What translators wrote is trusted as the template
    around it is; what is filled into it is not.
    """

    def __init__(self, language: str) -> None:
        self.language = language
        self.sentences = Sentences()

    def __missing__(self, text: str) -> Markup:
        said = self[text] = Markup(gettext(text).replace("%%", "%"))  # noqa: S704 -- see above
        return said


class Sentences(dict[str, str]):
    """Those of the words into which something is filled."""

    def __missing__(self, text: str) -> str:
        said = self[text] = str(gettext(text))
        return said


@cache
def words_in(language: str) -> Words:
    return Words(language)


def filled(words: Words, text: str, /, **values: Any) -> str:
    """A sentence with something in it that is escaped."""
    return _fill(words.sentences[text], values)


def counted(words: Words, one: str, many: str, number: int, /, **values: Any) -> str:
    """The sentence for this number of things."""
    return _fill(_plural(words.language, one, many, number), values)


def _fill(sentence: str, values: dict[str, Any]) -> str:
    return sentence % {name: shown(value) for name, value in values.items()}


@lru_cache(maxsize=KEPT)
def _plural(_language: str, one: str, many: str, number: int) -> str:
    return str(ngettext(one, many, number))


# A page says its address and its title to more than one door.
@lru_cache(maxsize=KEPT)
def urlencoded(text: str, safe: str = "/") -> str:
    return quote(text, safe)


class Clock:
    """The time zone of one page's dates, asked for when it has any."""

    @cached_property
    def zone(self) -> dt.tzinfo:
        return zone_of_page()


@pass_context
def compact(context: Context, count: int) -> str:
    return _compact(context[WORDS].language, count)


@lru_cache(maxsize=KEPT)
def _compact(_language: str, count: int) -> str:
    return longhand.compact(count)


@pass_context
def short_date(context: Context, at: dt.datetime | None) -> str:
    return _short(context[WORDS].language, _day(context, at)) if at else ""


@pass_context
def long_date(context: Context, at: dt.datetime | None) -> str:
    return _long(context[WORDS].language, _day(context, at)) if at else ""


def _day(context: Context, at: dt.datetime) -> dt.date:
    return at.astimezone(context[CLOCK].zone).date()


@lru_cache(maxsize=KEPT)
def _short(_language: str, day: dt.date) -> str:
    return longhand.short_day(day)


@lru_cache(maxsize=KEPT)
def _long(_language: str, day: dt.date) -> str:
    return longhand.long_day(day)


def forget() -> None:
    for kept in (words_in, _plural, _compact, _short, _long):
        kept.cache_clear()
