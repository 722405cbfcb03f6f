"""What was decided about responses, by whom, and why."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.roles import holders_of
from blog.admin.comment_queue import for_moderators
from blog.models import Comment, ModerationAction
from blog.models.moderation import MODERATES
from blog.views.doors import person_of

ROWS_PER_PAGE = 30
MAX_MODERATORS = 50
# As a bigint column holds it.
KEY = re.compile(r"[1-9][0-9]{0,17}")


def decision_urls(model_admin: Any) -> list[Any]:
    guard = model_admin.admin_site.admin_view
    return [
        path("decisions/", guard(for_moderators(decisions)), name="blog_comment_decisions"),
    ]


@require_safe
@never_cache
def decisions(request: HttpRequest) -> HttpResponse:
    """The newest first; those of one moderator, when asked for."""
    by, before = _key(request, "by"), _key(request, "before")
    found = ModerationAction.objects.with_all().newest_first()
    if by:
        found = found.filter(by=by)
    if before:
        found = found.filter(pk__lt=before)
    rows = list(found[: ROWS_PER_PAGE + 1])
    shown = rows[:ROWS_PER_PAGE]
    keys = [action.pk for action in shown]
    theirs = ModerationAction.objects.undoable_by(person_of(request)).filter(pk__in=keys)
    older = {"by": by, "before": shown[-1].pk} if len(rows) > ROWS_PER_PAGE else {}
    context = {
        **admin.site.each_context(request),
        "title": _("Decisions"),
        "opts": Comment._meta,
        "rows": shown,
        "undoable": set(theirs.values_list("pk", flat=True)),
        "moderators": holders_of(MODERATES).order_by("name", "pk")[:MAX_MODERATORS],
        "by": by,
        "is_first": not before,
        "older_url": _url(older) if older else "",
        "is_inbox": True,
    }
    return render(request, "admin/blog/comment/decisions.html", context)


def _key(request: HttpRequest, name: str) -> int | None:
    """A key that the address names. Raises `Http404`."""
    said = request.GET.get(name, "")
    if not said:
        return None
    if not KEY.fullmatch(said):
        raise Http404(_("There is no such page."))
    return int(said)


def _url(query: dict[str, int | None]) -> str:
    said = {name: value for name, value in query.items() if value}
    return f"{reverse('admin:blog_comment_decisions')}?{urlencode(said)}"
