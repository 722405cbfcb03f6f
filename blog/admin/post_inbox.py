"""What waits for somebody: stories for the editors, one's own that the editors have seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from accounts.models import User
from blog.models import Note, Post
from blog.models.post import with_bylines
from blog.models.review import EDITS
from blog.views.doors import person_of

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

ROWS = 30
TITLES: dict[str, tuple[StrPromise, StrPromise]] = {
    # state → how it is called for an editor, and for an author
    Post.Status.IN_REVIEW: (
        gettext_lazy("Waiting for review"),
        gettext_lazy("With the editors"),
    ),
    Post.Status.CHANGES: (
        gettext_lazy("Changes asked for"),
        gettext_lazy("Asked to change"),
    ),
    Post.Status.APPROVED: (
        gettext_lazy("Approved, waiting to be published"),
        gettext_lazy("Approved"),
    ),
}
# An author's own turn comes first.
EDITORS_ORDER = (Post.Status.IN_REVIEW, Post.Status.APPROVED, Post.Status.CHANGES)
AUTHORS_ORDER = (Post.Status.CHANGES, Post.Status.APPROVED, Post.Status.IN_REVIEW)


@dataclass(frozen=True)
class Waiting:
    """A story, and the step by which it came where it is: who took it, when, with which words."""

    post: Post
    step: Note | None

    @property
    def is_by_author(self) -> bool:
        """Whether the step was taken by one of those whose names stand there anyway."""
        by = self.step.by_id if self.step else None
        return by is not None and by in [author.user_id for author in self.post.byline]


@dataclass(frozen=True)
class Section:
    """The stories in one state, those that have waited longest first."""

    state: str
    title: str
    rows: list[Waiting]
    has_more: bool


def inbox_urls(model_admin: Any) -> list[Any]:
    guard = model_admin.admin_site.admin_view

    def waiting(request: HttpRequest) -> HttpResponse:
        if not model_admin.has_change_permission(request):
            raise PermissionDenied
        return inbox(request)

    return [path("inbox/", guard(waiting), name="blog_post_inbox")]


@require_safe
@never_cache
def inbox(request: HttpRequest) -> HttpResponse:
    """For editors all stories that move through their hands; for authors their own."""
    user = person_of(request)
    is_editor = user.has_perm(EDITS)
    found = [
        _section(user, state, is_editor=is_editor)
        for state in (EDITORS_ORDER if is_editor else AUTHORS_ORDER)
    ]
    rows = [row for section in found for row in section.rows]
    with_bylines(row.post for row in rows)
    context = {
        **admin.site.each_context(request),
        "title": _("Review") if is_editor else _("With the editors"),
        "opts": Post._meta,
        "sections": [section for section in found if section.rows],
        "is_editor": is_editor,
        "is_inbox": True,
    }
    return render(request, "admin/blog/post/inbox.html", context)


def _section(user: User, state: Post.Status, *, is_editor: bool) -> Section:
    theirs = Post.objects.in_desk_of(user).filter(status=state)
    found: list[Any] = list(theirs.light().longest_waiting_first()[: ROWS + 1])
    steps = Note.objects.select_related("by").in_bulk([post.step_pk for post in found])
    rows = [Waiting(post, steps.get(post.step_pk)) for post in found[:ROWS]]
    title = TITLES[state][0 if is_editor else 1]
    return Section(state, str(title), rows, len(found) > ROWS)
