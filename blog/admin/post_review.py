"""A story on its way through the editors' hands: the buttons of the writing page, and the doors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, BadRequest, PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from accounts.models import User
from blog.admin.post_notes import NoteField, notes_context
from blog.models import Note, OutOfTurn, Post, Stale
from blog.models.review import EDITS
from blog.views.doors import person_of, see

if TYPE_CHECKING:
    from django_stubs_ext import StrPromise

HANDED_IN = "_submit"
TAKEN_BACK = "_take_back"
CHANGES = "_changes"
APPROVED = "_approve"


@dataclass(frozen=True)
class Step:
    """What a button does, who may press it, and what is said then."""

    leads_to: str
    verb: Callable[..., None]
    may: Callable[[Post, User], bool]
    done: StrPromise


STEPS = {
    HANDED_IN: Step(
        Post.Status.IN_REVIEW,
        Post.submit,
        Post.can_submit,
        gettext_lazy("Saved and handed to the editors."),
    ),
    TAKEN_BACK: Step(
        Post.Status.DRAFT,
        Post.take_back,
        Post.can_take_back,
        gettext_lazy("Taken back. It is a draft again."),
    ),
    CHANGES: Step(
        Post.Status.CHANGES,
        Post.ask_for_changes,
        Post.can_review,
        gettext_lazy("Given back. Its author reads what you ask for."),
    ),
    APPROVED: Step(
        Post.Status.APPROVED,
        Post.approve,
        Post.can_review,
        gettext_lazy("Approved. Its author hears of it; publishing is the next step."),
    ),
}


def pressed(data: Any) -> str:
    """The name of the step among the buttons of a form, or an empty text."""
    return next((name for name in STEPS if name in data), "")


class ReviewFields(forms.Form):
    """What the writing page sends along with a step."""

    step_note = NoteField(
        label=gettext_lazy("What should change?"),
        required=False,
        widget=forms.Textarea({"rows": 4, "form": "post_form"}),
    )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        button = pressed(self.data)
        if button == CHANGES and "step_note" not in self.errors and not cleaned.get("step_note"):
            self.add_error("step_note", _("Say what should change."))
        if button == HANDED_IN and not str(cleaned.get("source", "x")).strip():
            self.add_error("source", _("There is no text yet to hand in."))
        return cleaned

    def asks_for_another_step(self, now: Post) -> bool:
        """Whether the pressed button leads elsewhere than where the story is now."""
        button = pressed(self.data)
        return bool(button) and now.status != STEPS[button].leads_to

    def took_this_step(self, now: Post, user: User) -> bool:
        """Whether the newest thing that happened to the story is this very press."""
        last = Note.objects.about(now).steps().first()
        if last is None or self.asks_for_another_step(now) or not pressed(self.data):
            return False
        return last.by_id == user.pk and last.text == self.cleaned_data.get("step_note", "")


def review_context(user: User, story: Post | None) -> dict[str, Any]:
    """What the writing page says about the review, and offers."""
    may_edit_any = user.has_perm(EDITS)
    if story is None:
        return {"may_submit": True, "may_edit_any": may_edit_any}
    return {
        "may_edit_any": may_edit_any,
        "may_submit": story.can_submit(user),
        "may_take_back": story.can_take_back(user),
        "may_review": story.can_review(user),
        **notes_context(story),
    }


def press(request: HttpRequest, story: Post, text: str = "") -> None:
    """Take the step whose button was pressed. Raises `PermissionDenied`, `Stale`."""
    step, user = STEPS[pressed(request.POST)], person_of(request)
    if story.status == step.leads_to:
        # Pressed twice, or by two who mean the same.
        messages.success(request, step.done)
        return
    if not step.may(story, user):
        raise PermissionDenied
    try:
        step.verb(story, by=user, text=text)
    except OutOfTurn:
        messages.warning(request, _("The story has moved on meanwhile; look where it is now."))
    else:
        messages.success(request, step.done)


class StepForm(forms.Form):
    """A step by itself, from a page that shows the story as it was at `version`."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    note = NoteField(label=gettext_lazy("Note"), required=False)

    def __init__(self, data: Any, *, story: Post) -> None:
        super().__init__(data)
        self.story = story

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if CHANGES in self.data and "note" not in self.errors and not cleaned.get("note"):
            self.add_error("note", _("Say what should change."))
        if cleaned.get("version") != self.story.version:
            self.refuse_stale()
        return cleaned

    def refuse_stale(self) -> None:
        text = _("The story was changed while you looked at it. Look once more, then decide.")
        self.add_error(None, forms.ValidationError(text, code="stale"))

    @property
    def status(self) -> int:
        return 409 if self.has_error(NON_FIELD_ERRORS, "stale") else 400


def review_urls(model_admin: Any) -> list[Any]:
    """The addresses below a story's own; `model_admin` knows who may see and change it."""
    guard = model_admin.admin_site.admin_view

    def door(*buttons: str) -> Callable[..., HttpResponse]:
        @require_POST
        @never_cache
        def opened(request: HttpRequest, pk: int) -> HttpResponse:
            story: Post = model_admin.get_object(request, str(pk))
            if not model_admin.has_change_permission(request, story):
                raise Http404(_("There is no story at this address."))
            return take_step(request, story, buttons)

        opened_by_writers: Callable[..., HttpResponse] = guard(opened)
        return opened_by_writers

    return [
        path("<int:pk>/submission/", door(HANDED_IN, TAKEN_BACK), name="blog_post_submission"),
        path("<int:pk>/review/", door(APPROVED, CHANGES), name="blog_post_review"),
    ]


def take_step(request: HttpRequest, story: Post, buttons: Sequence[str]) -> HttpResponse:
    """Take the step of one of `buttons`; a story that changed meanwhile is looked at again."""
    button = pressed(request.POST)
    if button not in buttons:
        raise BadRequest(_("This request could not be understood."))
    if not STEPS[button].may(story, person_of(request)) and story.status != STEPS[button].leads_to:
        raise PermissionDenied
    form = StepForm(request.POST, story=story)
    if form.is_valid():
        try:
            press(request, story, form.cleaned_data["note"])
            return see(reverse("admin:blog_post_change", args=[story.pk]))
        except Stale:
            form.refuse_stale()
    return _ask_again(request, story.pk, button, form)


def _ask_again(request: HttpRequest, pk: int, button: str, form: StepForm) -> HttpResponse:
    """Why it was not done, with the note that was typed and the story as it is now."""
    story = Post.objects.get(pk=pk)
    context = {
        **admin.site.each_context(request),
        "title": _("Not done yet"),
        "opts": Post._meta,
        "story": story,
        "form": form,
        "button": button,
    }
    return render(request, "admin/blog/post/review_step.html", context, status=form.status)
