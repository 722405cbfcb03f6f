"""A story in other languages: which there are, and beginning one more."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.models import User
from blog import markdown
from blog.models import NoTranslation, Post
from blog.views.doors import person_of, see


def translation_urls(model_admin: Any) -> list[Any]:
    """The address below a story's own: whoever may know of it and write may translate it."""

    def begun(request: HttpRequest, pk: int) -> HttpResponse:
        if not model_admin.has_add_permission(request):
            raise PermissionDenied
        known = Post.objects.known_to(person_of(request))
        return beginning(request, get_object_or_404(known, pk=pk))

    return [
        path(
            "<int:pk>/translations/",
            model_admin.admin_site.admin_view(begun),
            name="blog_post_translations",
        )
    ]


class TranslationForm(forms.Form):
    """Into which language; those in which `story` is there already are not offered."""

    language = forms.ChoiceField(
        label=gettext_lazy("Into which language?"),
        error_messages=dict.fromkeys(
            ("required", "invalid_choice"), gettext_lazy("Choose one of these languages.")
        ),
    )

    def __init__(self, story: Post, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        there = {story.language, *Post.objects.beside(story).values_list("language", flat=True)}
        field: Any = self.fields["language"]
        field.choices = [
            ("", _("Choose one …")),
            *((code, _(name)) for code, name in settings.LANGUAGES if code not in there),
        ]


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def beginning(request: HttpRequest, story: Post) -> HttpResponse:
    """Ask for the language; then a draft with all that is in the story, to be written over."""
    form = TranslationForm(story, request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            draft = story.begin_translation(form.cleaned_data["language"], by=person_of(request))
        except (NoTranslation, markdown.MarkdownError) as error:
            form.add_error("language", str(error))
        else:
            messages.success(request, _("Here is a copy to translate. Only you see it so far."))
            return see(reverse("admin:blog_post_change", args=[draft.pk]))
    context = {
        **admin.site.each_context(request),
        "title": _("Start a translation"),
        "opts": Post._meta,
        "story": story,
        "form": form,
        "may_edit": story.can_edit(person_of(request)),
        **translations_context(person_of(request), story),
    }
    status = 400 if form.is_bound else 200
    return render(request, "admin/blog/post/translation.html", context, status=status)


def translations_context(user: User, story: Post | None) -> dict[str, Any]:
    """The other languages of `story` that `user` may know of, and whether each is open to them."""
    if story is None or story.work_id is None:
        return {"translations": []}
    known = Post.objects.known_to(user).beside(story).order_by("language")
    return {"translations": [(other, other.can_edit(user)) for other in known.light()]}
