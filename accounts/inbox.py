"""The pages on which somebody reads what they were told, and says what to be told of."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Any, cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import SimpleLazyObject
from django.utils.timesince import timesince
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.forms import TellingForm
from accounts.models import Notification, NotificationChoice, User

ROWS_PER_PAGE = 30
JUST_NOW = timedelta(minutes=1)
RELATIVE_FOR = timedelta(days=1)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# A time in microseconds and a key, as a bigint column holds them.
PLACE = re.compile(r"(\d{1,17})-(\d{1,18})")


@require_safe
@never_cache
@login_required
def inbox(request: HttpRequest) -> HttpResponse:
    """What one was told, newest first. Looking at it changes nothing."""
    theirs = Notification.objects.in_inbox_of(_person(request)).newest_first()
    older = request.GET.get("older", "")
    if older:
        theirs = theirs.before(*_parse(older))
    rows: list[Any] = list(theirs.select_related("actor__author")[: ROWS_PER_PAGE + 1])
    shown = rows[:ROWS_PER_PAGE]
    context = {
        "rows": shown,
        "is_first": not older,
        "seen": _place(shown[0]) if shown else "",
        "older": _place(shown[-1]) if len(rows) > ROWS_PER_PAGE else "",
    }
    with timezone.override(_person(request).clock):
        for row in shown:
            row.when = _when(row.created_at)
        return render(request, "account/inbox.html", context)


@require_POST
@never_cache
@login_required
def opening(request: HttpRequest, pk: int) -> HttpResponse:
    """Read one, and go where it leads."""
    notification = get_object_or_404(Notification.objects.in_inbox_of(_person(request)), pk=pk)
    notification.open()
    return _see(notification.url)


@require_POST
@never_cache
@login_required
def reading(request: HttpRequest) -> HttpResponse:
    """All that stood on the page has been read; what came meanwhile has not."""
    at, _pk = _parse(request.POST.get("seen", ""))
    Notification.objects.read(_person(request), until=at)
    return redirect("account_inbox")


@require_POST
@never_cache
@login_required
def telling(request: HttpRequest) -> HttpResponse:
    """Choose what to be told of, and how."""
    form = TellingForm(request.POST, user=_person(request))
    if form.is_valid():
        NotificationChoice.objects.choose(_person(request), form.ways)
        messages.success(request, _("Saved."))
    return redirect(f"{reverse('account_preferences')}#telling")


def unread(request: HttpRequest) -> dict[str, Any]:
    """For every template: how many are unread. Only pages of somebody signed in may ask."""
    count = Notification.objects.unread_count
    return {"unread_count": SimpleLazyObject(lambda: count(_person(request)))}


def _person(request: HttpRequest) -> User:
    return cast("User", request.user)


def _when(at: datetime) -> str:
    """How long ago, for a day; then the date."""
    passed = timezone.now() - at
    if passed < JUST_NOW:
        return _("just now")
    if passed < RELATIVE_FOR:
        return _("%s ago") % timesince(at, depth=1)
    return date_format(timezone.localtime(at), "j M Y")


def _place(notification: Notification) -> str:
    """Where a row stands in the list, as a word for an address."""
    since = (notification.created_at - EPOCH) // timedelta(microseconds=1)
    return f"{since}-{notification.pk}"


def _parse(place: str) -> tuple[datetime, int]:
    """The time and the key of a row. Raises `Http404`."""
    found = PLACE.fullmatch(place)
    try:
        if found:
            return EPOCH + timedelta(microseconds=int(found[1])), int(found[2])
    except OverflowError:
        pass
    raise Http404(_("There is no such page."))


def _see(url: str) -> HttpResponse:
    response = HttpResponseRedirect(url)
    response.status_code = 303
    return response
