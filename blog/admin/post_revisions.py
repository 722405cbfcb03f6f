"""A story's revisions in the desk: the list of them, any two compared, one restored."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from blog import diff, markdown
from blog.models import Post, Revision, Stale
from blog.models.revision import TEXT_FIELDS
from blog.views.doors import person_of

ROWS_PER_PAGE = 50


def revision_urls(model_admin: Any) -> list[Any]:
    """The addresses below a story's own; `model_admin` knows who may see and change it."""
    guard = model_admin.admin_site.admin_view

    def story_of(request: HttpRequest, pk: int) -> Post:
        story: Post = model_admin.get_object(request, str(pk))
        if not model_admin.has_change_permission(request, story):
            raise Http404(_("There is no story at this address."))
        return story

    def listed(request: HttpRequest, pk: int) -> HttpResponse:
        return revisions(request, story_of(request, pk))

    def restored(request: HttpRequest, pk: int, revision_pk: int) -> HttpResponse:
        return restoration(request, story_of(request, pk), revision_pk)

    return [
        path("<int:pk>/revisions/", guard(listed), name="blog_post_revisions"),
        path(
            "<int:pk>/revisions/<int:revision_pk>/restoration/",
            guard(restored),
            name="blog_post_restoration",
        ),
    ]


@require_safe
@never_cache
def revisions(request: HttpRequest, story: Post) -> HttpResponse:
    """The newest revisions, and what changed between the two that are chosen."""
    rows = list(_page(story, request.GET.get("older", ""))[: ROWS_PER_PAGE + 1])
    before, after = _chosen(story, request, rows)
    context = {
        **admin.site.each_context(request),
        "title": _("Revisions"),
        "opts": Post._meta,
        "story": story,
        "rows": rows[:ROWS_PER_PAGE],
        "older": rows[ROWS_PER_PAGE - 1].pk if len(rows) > ROWS_PER_PAGE else None,
        "shown_from": request.GET.get("older", ""),
        "newest_pk": story.revisions.order_by("-pk").values_list("pk", flat=True).first(),
        "before": before,
        "after": after,
        "changes": _changes(before, after) if before and after else [],
    }
    return render(request, "admin/blog/post/revisions.html", context)


@require_POST
@never_cache
def restoration(request: HttpRequest, story: Post, revision_pk: int) -> HttpResponse:
    """Restore one. What stood there before stays among the revisions."""
    revision = get_object_or_404(Revision, pk=revision_pk, post=story)
    try:
        story.restore(revision, by=person_of(request))
    except Stale:
        messages.error(request, _("Somebody saved the story just now. Look at it first."))
    except markdown.MarkdownError as error:
        messages.error(request, str(error))
    else:
        at = date_format(localtime(revision.created_at), "DATETIME_FORMAT")
        text = (
            _("Restored: the text of %s waits here. Readers see it once you press Update.")
            if story.is_live
            else _("Restored: the text is that of %s again.")
        )
        messages.success(request, text % at)
    return HttpResponseRedirect(reverse("admin:blog_post_change", args=[story.pk]))


def _page(story: Post, older: str) -> QuerySet[Revision]:
    """Newest first, from behind the revision with the key `older`."""
    found = story.revisions.select_related("by").order_by("-pk")
    return found.filter(pk__lt=int(older)) if older.isdecimal() and len(older) < 19 else found


def _chosen(
    story: Post, request: HttpRequest, rows: list[Revision]
) -> tuple[Revision | None, Revision | None]:
    """The two to compare, older first: those asked for, else the newest two."""
    keys = [request.GET.get(name, "") for name in ("from", "to")]
    if all(key.isdecimal() and len(key) < 19 for key in keys):
        found = story.revisions.select_related("by").in_bulk([int(key) for key in keys])
        if len(found) == len(set(keys)):
            older, newer = sorted(int(key) for key in keys)
            return found[older], found[newer]
        raise Http404(_("There is no such revision."))
    return (rows[1], rows[0]) if len(rows) > 1 else (None, None)


def _changes(before: Revision, after: Revision) -> list[tuple[str, list[diff.Piece]]]:
    """Each field that differs, with the way from one to the other."""
    changed = [name for name in TEXT_FIELDS if getattr(before, name) != getattr(after, name)]
    return [
        (name, diff.shorten(diff.compare(getattr(before, name), getattr(after, name))))
        for name in changed
    ]
