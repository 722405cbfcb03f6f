"""How the templates say numbers, dates and pictures."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language_info, ngettext
from django.utils.translation import gettext as _

from blog import figures, icons

if TYPE_CHECKING:
    from blog.models import Image

register = template.Library()


@register.filter
def compact(count: int) -> str:
    """A count in at most four characters: 999, 1.2K, 38K, 2.1M. Rounded down, never up."""
    for size, letter in ((1_000_000, "M"), (1_000, "K")):
        if count >= size:
            tenths = count * 10 // size
            whole = tenths >= 100 or tenths % 10 == 0
            return f"{tenths // 10}{letter}" if whole else f"{tenths / 10}{letter}"
    return str(count)


@register.filter
def short_date(at: dt.datetime | None) -> str:
    """`14 Oct 2026`, in UTC for everybody: the page is the same for all who share it."""
    return date_format(at.astimezone(dt.UTC), "j M Y") if at else ""


@register.filter
def long_date(at: dt.datetime | None) -> str:
    """`14 October 2026`, in UTC, for where a date is part of a sentence."""
    return date_format(at.astimezone(dt.UTC), "j F Y") if at else ""


@register.filter
def short_time(at: dt.datetime | None) -> str:
    """`08:05 UTC`, beside a date."""
    return at.astimezone(dt.UTC).strftime("%H:%M UTC") if at else ""


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
    day = "j M" if local.year == timezone.localtime().year else "j M Y"
    return date_format(local, f"{day}, H:i" if age < dt.timedelta(0) else day)


@register.filter
def machine_date(at: dt.datetime | None) -> str:
    """For `<time datetime>`: RFC 3339 in UTC, to the second."""
    return at.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


@register.filter
def direction(language: str) -> str:
    """`rtl` or `ltr`, for `<… dir>`. A language that Django does not know runs left to right."""
    try:
        return "rtl" if get_language_info(language)["bidi"] else "ltr"
    except KeyError:
        return "ltr"


@register.inclusion_tag("_body.html")
def picture(image: Image, sizes: str, lazy: bool = True, alt: str | None = None) -> dict[str, Any]:
    """`<picture>` of an `Image`. `alt=""` where the words beside it already say what it shows."""
    return {"html": figures.picture_html(image.facts, sizes=sizes, lazy=lazy, alt=alt)}


@register.simple_tag(takes_context=True)
def icon(context: dict[str, Any], name: str) -> str:
    """Where one of the publication's icons lies."""
    return icons.url(context["publication"], name)
