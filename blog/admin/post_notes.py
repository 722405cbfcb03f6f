"""What a story's authors and the editors say to each other about it, beside the text."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.characters import validate_printable
from accounts.limits import Limit
from blog.models import Note, Post
from blog.models.note import MAX_NOTE_CHARS
from blog.views.doors import person_of, see, wants_json

BESIDE_STORY = 12
NOTES_PER_PAGE = 50
MAX_KEY_DIGITS = 18
# Each is told to several people.
NOTES = Limit("notes", times=60, per_seconds=600)


class NoteField(forms.CharField):
    """Some lines of plain text; browsers count a line's end as two, we as one."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.Textarea({"rows": 3}))
        super().__init__(
            max_length=MAX_NOTE_CHARS,
            validators=[validate_printable],
            error_messages={
                "required": gettext_lazy("Write something first."),
                "max_length": gettext_lazy(
                    "This note has %(show_value)d letters; %(limit_value)d is the most."
                ),
            },
            **options,
        )
        self.widget.attrs["dir"] = "auto"

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).replace("\r\n", "\n")


class NoteForm(forms.Form):
    text = NoteField(
        label=gettext_lazy("Your note"), widget=forms.Textarea({"rows": 3, "form": "note_form"})
    )


def notes_context(story: Post) -> dict[str, Any]:
    """The newest notes, as the writing page shows them: the newest last."""
    found = list(Note.objects.about(story)[: BESIDE_STORY + 1])
    return {
        "notes": found[:BESIDE_STORY][::-1],
        "are_notes_open": story.is_with_editors or any(note.text for note in found),
        "has_earlier_notes": len(found) > BESIDE_STORY,
        "note_form": NoteForm(auto_id="id_note_%s"),
    }


def note_urls(model_admin: Any) -> list[Any]:
    """The address below a story's own; `model_admin` knows who may see and change it."""
    guard = model_admin.admin_site.admin_view

    def said(request: HttpRequest, pk: int) -> HttpResponse:
        story: Post = model_admin.get_object(request, str(pk))
        if not model_admin.has_change_permission(request, story):
            raise Http404(_("There is no story at this address."))
        return notes(request, story)

    return [path("<int:pk>/notes/", guard(said), name="blog_post_notes")]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def notes(request: HttpRequest, story: Post) -> HttpResponse:
    """All that was said, page by page; where a note is sent to."""
    if request.method == "POST":
        return _say(request, story)
    return _list(request, story, NoteForm(), 200)


def _say(request: HttpRequest, story: Post) -> HttpResponse:
    form = NoteForm(request.POST)
    if form.is_valid() and not NOTES.allows(request):
        form.add_error("text", _("That was a lot at once. Wait a few minutes, then send it."))
        return _refuse(request, story, form, 429)
    if not form.is_valid():
        return _refuse(request, story, form, 400)
    note = story.add_note(by=person_of(request), text=form.cleaned_data["text"])
    if wants_json(request):
        html = render_to_string("admin/blog/post/_note.html", {"note": note})
        return JsonResponse({"html": html}, status=201)
    return see(f"{reverse('admin:blog_post_change', args=[story.pk])}#notes")


def _refuse(request: HttpRequest, story: Post, form: NoteForm, status: int) -> HttpResponse:
    """With everything that was typed, and why it was not sent."""
    if wants_json(request):
        return JsonResponse({"error": " ".join(map(str, form.errors["text"]))}, status=status)
    return _list(request, story, form, status)


def _list(request: HttpRequest, story: Post, form: NoteForm, status: int) -> HttpResponse:
    older = request.GET.get("older", "")
    found = Note.objects.about(story)
    if older.isdecimal() and len(older) <= MAX_KEY_DIGITS:
        found = found.filter(pk__lt=int(older))
    rows = list(found[: NOTES_PER_PAGE + 1])
    context = {
        **admin.site.each_context(request),
        "title": _("Notes"),
        "opts": Post._meta,
        "story": story,
        "rows": rows[:NOTES_PER_PAGE][::-1],
        "older": rows[NOTES_PER_PAGE - 1].pk if len(rows) > NOTES_PER_PAGE else None,
        "is_newest": not older,
        "form": form,
    }
    return render(request, "admin/blog/post/notes.html", context, status=status)
