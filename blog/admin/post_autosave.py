"""Saving while somebody writes: the same form as the buttons send, without a press.

What is well formed is saved and what is not is said; a story that readers have, or will have at
a time that is set, is kept as a working copy until somebody presses the button.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.forms import ModelForm
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext as _

from blog import markdown
from blog.admin.post_conflict import Conflict, typed_text
from blog.admin.post_form import NO_VERSION, PostForm
from blog.admin.scripts import for_writers, page_key, refusal, story_at
from blog.forms import PictureForm
from blog.models import AddressTaken, Image, Post, Series, Stale, WorkingCopy
from blog.models.revision import TEXT_FIELDS
from blog.views.doors import person_of

VERSION_HEADER = "Longhand-Version"
# Each time somebody else must have been quicker by a moment.
TIMES_TO_LOOK = 9


def autosave_urls(model_admin: Any) -> list[Any]:
    """The addresses that save without a press; `model_admin` knows the form and who may."""

    def saved(request: HttpRequest, pk: int) -> HttpResponse:
        return autosave(request, model_admin, pk)

    def begun(request: HttpRequest) -> HttpResponse:
        return beginning(request, model_admin)

    return [
        path("add/autosave/", for_writers(begun), name="blog_post_beginning"),
        path("<int:pk>/autosave/", for_writers(saved), name="blog_post_autosave"),
    ]


def beginning(request: HttpRequest, model_admin: Any) -> HttpResponse:
    """Make a draft of a page that has none yet: 201 with its address.

    Asked again by a page whose answer was lost, this goes on with the draft that it made.
    """
    key = page_key(request)
    if not model_admin.has_add_permission(request):
        raise PermissionDenied
    if not key or not any(typed_text(request.POST).values()):
        return refusal(_("There is nothing to keep yet."), 400)
    pk = _begun_by(key)
    if pk is None:
        try:
            return _save(request, model_admin, None)
        except IntegrityError:
            # The same page, asking twice at once.
            pk = _begun_by(key)
            if pk is None:
                raise
    return _at_its_address(autosave(request, model_admin, pk), pk)


def autosave(request: HttpRequest, model_admin: Any, pk: int) -> HttpResponse:
    """204, or 200 with what is not well formed; 409 when another save came first."""
    return _save(request, model_admin, pk)


def _save(request: HttpRequest, model_admin: Any, pk: int | None) -> HttpResponse:
    for _time in range(TIMES_TO_LOOK):
        story = story_at(model_admin, request, pk) if pk else None
        form = _form(request, model_admin, story)
        try:
            return _answer(request, form)
        except AddressTaken:
            # The form found it free a moment ago, and says now that it is not.
            continue
        except Stale:
            return _stale(request, form)
        except markdown.SourceTooLong as error:
            return refusal(str(error), 413)
        except markdown.MarkdownError as error:
            return refusal(str(error), 400)
    return refusal(_("The address is being taken by others all the time. Try again."), 503)


def _form(request: HttpRequest, model_admin: Any, story: Post | None) -> WhileWriting:
    made = model_admin.get_form(request, story, change=story is not None)
    # `made` first: it takes away the fields that this person may not fill in.
    form: WhileWriting = type("Typed", (made, WhileWriting), {})(request.POST, instance=story)
    form.is_valid()
    return form


def _answer(request: HttpRequest, form: WhileWriting) -> HttpResponse:
    if "source" in form.errors:
        is_large = any(error.code == "too_large" for error in form.errors["source"].as_data())
        return refusal(str(form.errors["source"][0]), 413 if is_large else 400)
    is_new = form.instance.pk is None
    form.keep(by=person_of(request), key=page_key(request))
    said = _("The editors look at it once more.") if form.instance.is_changed_after_approval else ""
    heard = {"unkept": form.unkept, "said": said}
    response = JsonResponse(heard) if any(heard.values()) else HttpResponse(status=204)
    response.headers[VERSION_HEADER] = str(form.instance.version)
    return _at_its_address(response, form.instance.pk) if is_new else response


def _stale(request: HttpRequest, form: WhileWriting) -> HttpResponse:
    """What was saved meanwhile, beside what was sent; nothing when they are the same."""
    story = Post.objects.filter(pk=form.instance.pk).first()
    if story is None:
        return refusal(_("This story is not there any more. Your text is kept here."), 404)
    if form.says_what_stands(story):
        response = HttpResponse(status=204)
    else:
        context = {"conflict": Conflict.with_(story, typed_text(request.POST)), "story": story}
        html = render_to_string("admin/blog/post/_conflict.html", context, request)
        response = JsonResponse({"html": html}, status=409)
    response.headers[VERSION_HEADER] = str(story.version)
    return response


def _begun_by(key: str) -> int | None:
    return Post.objects.filter(begun_key=key).values_list("pk", flat=True).first()


def _at_its_address(response: HttpResponse, pk: int) -> HttpResponse:
    if response.status_code in {200, 204}:
        response.status_code = 201
        response.headers["Location"] = reverse("admin:blog_post_change", args=[pk])
    return response


class WhileWriting(PostForm):
    """The form in the middle of a sentence: what is not well formed stays as it was."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["title"].required = False

    def clean_series_title(self) -> str:
        """A title that is being typed would begin one series after the other."""
        title = super().clean_series_title()
        if title and not Series.objects.called(title):
            raise ValidationError(_("This series is new: it begins when you save the story."))
        return title

    def clean(self) -> dict[str, Any]:
        """`Post.write` asks for the version and renders; nobody asks to publish."""
        return ModelForm.clean(self) or self.cleaned_data

    def _post_clean(self) -> None:
        columns = {column.name for column in Post._meta.fields}
        before = {name: getattr(self.instance, name) for name in columns & set(self.fields)}
        super()._post_clean()  # type: ignore[misc]
        wrong = set(self.errors)
        if NON_FIELD_ERRORS in wrong:
            # Two fields contradict each other: of all but the text nothing is sure.
            wrong |= set(before) - set(TEXT_FIELDS)
        for name in wrong & set(before):
            setattr(self.instance, name, before[name])

    def keep(self, *, by: Any, key: str) -> None:
        """Save what is well formed. Raises as `Post.write` does."""
        story: Post = self.instance
        base = self.cleaned_data.get("base_version")
        version: dict[str, Any] = {
            "only_if_version": NO_VERSION if base is None else base,
            "key": key,
            "is_apart": self.is_settled,
        }
        if story.status == Post.Status.PUBLISHED:
            story.keep_working_copy(self.typed(), by=by, **version)
            return
        if not {"series_title", "part"} & set(self.errors):
            title = self.cleaned_data["series_title"]
            self.stand_in(Series.objects.called(title) if title else None)
        with transaction.atomic():
            if story.pk is None:
                story.begun_key = key
            story.write(by=by, **version)
            self.save_beside(story, only=set(self.changed_data))
            for picture in self._pictures():
                picture.save()

    @property
    def unkept(self) -> list[dict[str, str]]:
        """What could not be saved, and why."""
        wrong = self._wrong
        if self.instance.status != Post.Status.PUBLISHED and self._shown_words:
            sentence = _("Words on a picture that readers see are saved when you save the story.")
            wrong.append({"name": "", "sentence": sentence})
        return wrong

    @property
    def _wrong(self) -> list[dict[str, str]]:
        return [
            {
                "name": str(self.fields[name].label) if name in self.fields else "",
                "sentence": " ".join(map(str, sentences)),
            }
            for name, sentences in self.errors.items()
        ]

    def says_what_stands(self, story: Post) -> bool:
        copy = WorkingCopy.of(story)
        if copy is None:
            return self._says_what_stands(story)
        return not self.errors and all(
            copy.typed.get(name) == value for name, value in self.typed().items()
        )

    @cached_property
    def _changed_pictures(self) -> list[PictureForm]:
        return [
            picture
            for picture in self.picture_forms
            if picture.is_bound and picture.has_changed() and picture.is_valid()
        ]

    @cached_property
    def _shown_words(self) -> set[int]:
        """The keys of changed pictures that a published story shows: readers would see it."""
        keys = [picture.instance.pk for picture in self._changed_pictures]
        return set(Image.objects.in_published().filter(pk__in=keys).values_list("pk", flat=True))

    def _pictures(self) -> list[PictureForm]:
        """The words on pictures that were changed, and that no reader sees yet."""
        return [
            picture
            for picture in self._changed_pictures
            if picture.instance.pk not in self._shown_words
        ]
