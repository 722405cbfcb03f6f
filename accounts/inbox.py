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
from accounts.kinds import About, kinds_for, names_of
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
    about = _about(request.GET.get("about", ""))
    theirs = Notification.objects.in_inbox_of(_person(request)).newest_first()
    theirs = theirs.about(about and names_of(about))
    older = request.GET.get("older", "")
    if older:
        theirs = theirs.before(*_parse(older))
    rows: list[Any] = list(theirs.select_related("actor__author")[: ROWS_PER_PAGE + 1])
    shown = rows[:ROWS_PER_PAGE]
    context = {
        "rows": shown,
        "is_first": not older,
        "about": about or "",
        "choices": _choices(_person(request), about),
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
    """Read one, and go where it leads, if that is still there."""
    notification = get_object_or_404(Notification.objects.in_inbox_of(_person(request)), pk=pk)
    notification.open()
    if not notification.can_open:
        messages.info(request, _("What this was about is not there any more."))
        return _see(reverse("account_inbox"))
    return _see(notification.url)


@require_POST
@never_cache
@login_required
def reading(request: HttpRequest) -> HttpResponse:
    """All that stood on the page has been read; what came meanwhile has not."""
    at, _pk = _parse(request.POST.get("seen", ""))
    about = _about(request.POST.get("about", ""))
    Notification.objects.read(_person(request), until=at, names=about and names_of(about))
    return redirect(_address(about))


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


def _about(name: str) -> About | None:
    """What an inbox is narrowed to. Raises `Http404`."""
    try:
        return About(name) if name else None
    except ValueError as error:
        raise Http404(_("There is no such page.")) from error


def _address(about: About | None) -> str:
    url = reverse("account_inbox")
    return f"{url}?about={about}" if about else url


def _choices(person: User, chosen: About | None) -> list[dict[str, Any]]:
    """To what this person can narrow their inbox; nothing where there is but one sort."""
    sorts = list(dict.fromkeys(kind.about for kind in kinds_for(person)))
    if len(sorts) < 2 and chosen is None:
        return []
    ways: list[tuple[About | None, Any]] = [(None, _("All"))]
    ways += [(one, one.label) for one in sorts]
    return [
        {"label": label, "url": _address(one), "is_current": one is chosen} for one, label in ways
    ]


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
