"""How the templates say numbers and dates."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import get_language_info, ngettext, pgettext
from django.utils.translation import gettext as _

from blog import gate
from blog.clock import zone_of_page

register = template.Library()

SET_OTHERWISE = frozenset(["ar", "ckb", "fa", "he", "ja", "ko", "th", "ug", "ur", "zh"])


def compact(count: int) -> str:
    """A count in few characters: 999, 1.2K, 38K, 2.1M. Rounded down, never up."""
    # Translators: 1,200 claps in few characters. Where no such letters are used, the number alone.
    letters = ((1_000_000, _("%sM")), (1_000, _("%sK")))
    for size, said in letters:
        if count >= size:
            tenths = count * 10 // size
            is_whole = tenths >= 100 or tenths % 10 == 0
            return said % number_format(tenths // 10 if is_whole else tenths / 10)
    return number_format(count)


@register.filter
def said(reasons: list[dict[str, Any]]) -> list[str]:
    """The reasons for which a response is held, in words."""
    return gate.held_because(reasons)


@register.filter
def short_date(at: dt.datetime | None) -> str:
    """`14 Oct 2026`, where the page says its dates."""
    return short_day(_here(at).date()) if at else ""


def short_day(day: dt.date) -> str:
    # Translators: https://docs.djangoproject.com/en/stable/ref/templates/builtins/#date
    return date_format(day, pgettext("date, short", "j M Y"))


@register.filter
def long_date(at: dt.datetime | None) -> str:
    """`14 October 2026`, for where a date is part of a sentence."""
    return long_day(_here(at).date()) if at else ""


def long_day(day: dt.date) -> str:
    # Translators: https://docs.djangoproject.com/en/stable/ref/templates/builtins/#date
    return date_format(day, pgettext("date, long", "j F Y"))


@register.filter
def short_time(at: dt.datetime | None) -> str:
    """`08:05 CET`, beside a date."""
    return date_format(_here(at), "H:i T") if at else ""


def _here(at: dt.datetime) -> dt.datetime:
    return at.astimezone(zone_of_page())


@register.filter
def desk_date(at: dt.datetime | None) -> str:
    """For the desk: how long ago for a day, then the date where the person lives."""
    if at is None:
        return ""
    age = timezone.now() - at
    if dt.timedelta(0) <= age < dt.timedelta(minutes=1):
        return _("just now")
    if dt.timedelta(0) <= age < dt.timedelta(hours=1):
        minutes = age // dt.timedelta(minutes=1)
        return ngettext("%d minute ago", "%d minutes ago", minutes) % minutes
    if dt.timedelta(0) <= age < dt.timedelta(days=1):
        hours = age // dt.timedelta(hours=1)
        return ngettext("%d hour ago", "%d hours ago", hours) % hours
    local = timezone.localtime(at)
    day = pgettext("date, short", "j M Y")
    if local.year == timezone.localtime().year:
        day = pgettext("date of this year", "j M")
    return date_format(local, f"{day}, H:i" if age < dt.timedelta(0) else day)


@register.filter
def machine_date(at: dt.datetime | None) -> str:
    """For `<time datetime>`: RFC 3339 in UTC, to the second."""
    # Three times as quick as `strftime`; a page has some dozens.
    return f"{at.astimezone(dt.UTC).isoformat()[:19]}Z" if at else ""


@register.filter
def direction(language: str) -> str:
    """`rtl` or `ltr`, for `<… dir>`. A language that Django does not know runs left to right."""
    try:
        return "rtl" if get_language_info(language)["bidi"] else "ltr"
    except KeyError:
        return "ltr"


@register.filter
def is_set_otherwise(language: str) -> bool:
    """Whether its letters need css/languages.css: not Latin, Greek or Cyrillic ones."""
    return language.partition("-")[0] in SET_OTHERWISE
