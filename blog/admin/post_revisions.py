"""A story's revisions in the desk: the list of them, any two compared, one read or restored."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts.characters import validate_printable
from blog import diff, keyset, markdown
from blog.models import Image, Post, Revision, Stale
from blog.models.revision import NOTE_MAX_LENGTH, TEXT_FIELDS, RevisionQuerySet
from blog.views.doors import person_of

ROWS_PER_PAGE = 50

Door = Callable[..., HttpResponse]


class NoteForm(forms.Form):
    """The words of a correction that readers have been told."""

    note = forms.CharField(
        label=gettext_lazy("Correction"),
        required=False,
        max_length=NOTE_MAX_LENGTH,
        validators=[validate_printable],
        widget=forms.Textarea({"rows": 3}),
        help_text=gettext_lazy("It stands under the story. Emptied, it stands there no more."),
    )

    def clean_note(self) -> str:
        return " ".join(str(self.cleaned_data["note"]).split())


def revision_urls(model_admin: Any) -> list[Any]:
    """The addresses below a story's own; `model_admin` knows who may see and change it."""

    def door(view: Door) -> Any:
        def guarded(request: HttpRequest, pk: int, **keys: int) -> HttpResponse:
            story: Post = model_admin.get_object(request, str(pk))
            if not model_admin.has_change_permission(request, story):
                raise Http404(_("There is no story at this address."))
            return view(request, story, **keys)

        return model_admin.admin_site.admin_view(guarded)

    below = "<int:pk>/revisions/<int:revision_pk>/"
    return [
        path("<int:pk>/revisions/", door(revisions), name="blog_post_revisions"),
        path(below, door(revision), name="blog_post_revision"),
        path(f"{below}note/", door(note), name="blog_post_revision_note"),
        path(f"{below}restoration/", door(restoration), name="blog_post_restoration"),
    ]


@require_safe
@never_cache
def revisions(request: HttpRequest, story: Post) -> HttpResponse:
    """The newest revisions, and what changed between the two that are chosen."""
    is_named = request.GET.get("named") == "1"
    listed: RevisionQuerySet = story.revisions.named() if is_named else story.revisions.all()
    rows = list(_behind(listed, request.GET.get("older", ""))[: ROWS_PER_PAGE + 1])
    before, after = _chosen(listed, request, story)
    shown = rows[:ROWS_PER_PAGE]
    context = {
        **_about(story),
        "title": _("Revisions"),
        **admin.site.each_context(request),
        "rows": shown,
        # To be compared with any on this page, the chosen ones go along to it.
        "chosen_elsewhere": [
            row for row in dict.fromkeys((after, before)) if row and row not in shown
        ],
        "older": _place(shown[-1]) if len(rows) > ROWS_PER_PAGE else "",
        "shown_from": request.GET.get("older", ""),
        "is_named": is_named,
        "before": before,
        "after": after,
        "changes": _changes(before, after) if before and after else [],
    }
    return render(request, "admin/blog/post/revisions.html", context)


@require_safe
@never_cache
def revision(request: HttpRequest, story: Post, revision_pk: int) -> HttpResponse:
    """One of them, as readers would have read it."""
    return _whole(request, story, get_object_or_404(Revision, pk=revision_pk, post=story))


@require_POST
@never_cache
def note(request: HttpRequest, story: Post, revision_pk: int) -> HttpResponse:
    """Mend what readers were told about a correction."""
    row = get_object_or_404(Revision, pk=revision_pk, post=story)
    if not row.is_told:
        raise Http404(_("There is no such revision."))
    form = NoteForm(request.POST)
    if not form.is_valid():
        return _whole(request, story, row, form)
    row.mend_note(form.cleaned_data["note"])
    messages.success(request, _("Readers find the note as it is now."))
    return HttpResponseRedirect(reverse("admin:blog_post_revision", args=[story.pk, row.pk]))


@require_POST
@never_cache
def restoration(request: HttpRequest, story: Post, revision_pk: int) -> HttpResponse:
    """Restore one. What stood there before stays among the revisions."""
    row = get_object_or_404(Revision, pk=revision_pk, post=story)
    known = request.POST.get("version", "")
    version = int(known) if known.isdecimal() and len(known) < 10 else None
    try:
        story.restore(row, by=person_of(request), only_if_version=version)
    except Stale:
        text = _("Somebody saved the story meanwhile, so nothing was restored. Look at it first.")
        messages.error(request, text)
        return HttpResponseRedirect(reverse("admin:blog_post_revisions", args=[story.pk]))
    except markdown.MarkdownError as error:
        messages.error(request, str(error))
    else:
        at = date_format(localtime(row.created_at), "DATETIME_FORMAT")
        text = (
            _("Restored: the text of %s waits here. Readers see it once you press Update.")
            if story.is_live
            else _("Restored: the text is that of %s again.")
        )
        messages.success(request, text % at)
    return HttpResponseRedirect(reverse("admin:blog_post_change", args=[story.pk]))


def _about(story: Post) -> dict[str, Any]:
    """What the pages of revisions have to know of their story."""
    newest = story.revisions.newest_first().values_list("pk", flat=True).first()
    seen = story.revisions.seen_now(story) if story.is_live else None
    return {
        "opts": Post._meta,
        "story": story,
        "newest_pk": newest,
        "seen_pk": seen.pk if seen else None,
    }


def _whole(
    request: HttpRequest, story: Post, row: Revision, form: NoteForm | None = None
) -> HttpResponse:
    try:
        html = markdown.render(
            row.source, language=story.language, find_pictures=Image.objects.facts
        ).html
    except markdown.MarkdownError:
        html = ""
    context = {
        **_about(story),
        **admin.site.each_context(request),
        "title": _("Revision"),
        "row": row,
        "row_title": markdown.typeset(row.title, story.language),
        "row_subtitle": markdown.typeset(row.subtitle, story.language),
        "html": html,
        "form": form or (NoteForm({"note": row.note}) if row.is_told else None),
    }
    status = 400 if form else 200
    return render(request, "admin/blog/post/revision.html", context, status=status)


def _behind(listed: RevisionQuerySet, older: str) -> RevisionQuerySet:
    """Newest first, from behind the place `older` if it is one."""
    found = listed.light().select_related("by").newest_first()
    try:
        at, pk = keyset.decode(older)
    except ValueError:
        return found
    return found.before(at, pk)


def _place(row: Revision) -> str:
    return keyset.encode(row.created_at, row.pk)


def _chosen(
    listed: RevisionQuerySet, request: HttpRequest, story: Post
) -> tuple[Revision | None, Revision | None]:
    """The two to compare, older first: those asked for, else the newest two of the list.

    Of one that is asked for alone, what it changed: it is compared with the one before it.
    """
    keys = [request.GET.get(name, "") for name in ("from", "to")]
    asked = {int(key) for key in keys if key.isdecimal() and len(key) < 19}
    whole = story.revisions.defer("changes").select_related("by")
    found = list(whole.filter(pk__in=asked).order_by("created_at", "pk"))
    if len(found) < len(asked):
        raise Http404(_("There is no such revision."))
    if not asked:
        found = list(listed.defer("changes").select_related("by").newest_first()[:2])[::-1]
        return (found[0], found[1]) if len(found) == 2 else (None, None)
    last = found[-1]
    if len(found) == 2:
        return found[0], last
    if all(keys):
        return last, last
    earlier = listed.defer("changes").select_related("by").newest_first()
    return earlier.before(last.created_at, last.pk).first(), last


def _changes(before: Revision, after: Revision) -> list[tuple[str, list[tuple[str, str]]]]:
    """Each field that differs, with the way from one to the other."""
    changed = [name for name in TEXT_FIELDS if getattr(before, name) != getattr(after, name)]
    return [
        (name, [(piece.kind, piece.text) for piece in diff.shorten(pieces)])
        for name in changed
        for pieces in [diff.compare(getattr(before, name), getattr(after, name))]
    ]
