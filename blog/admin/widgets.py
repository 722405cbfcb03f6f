"""How the desk's fields look."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.forms.widgets import Script
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from markdownx.widgets import AdminMarkdownxWidget

from blog import pictures
from blog.models import Image


class StoryText(AdminMarkdownxWidget):
    """django-markdownx's text field with our own editor around it.

    Its script leaves the editor faded after an error, types "Invalid response" into the story
    and lets an old preview overwrite a new one, so its place is taken by ours.
    """

    template_name = "markdownx/story.html"

    def get_context(self, name: Any, value: Any, attrs: Any = None) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)  # type: ignore[no-untyped-call]
        context["max_picture_bytes"] = pictures.MAX_UPLOAD_BYTES
        context["max_picture_mb"] = pictures.MAX_UPLOAD_BYTES // pictures.MB
        return context

    class Media:
        extend = False
        js = (Script("js/desk/story-editor.js", type="module"),)


class GrowingLine(forms.Textarea):
    """One paragraph that wraps instead of scrolling sideways; it never holds a line break."""

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"rows": 1, "class": "desk__line", **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        value = super().value_from_datadict(data, files, name)
        return " ".join(value.split()) if isinstance(value, str) else value


class PictureChoice(forms.RadioSelect):
    """Pictures to choose from, each as it looks."""

    template_name = "admin/widgets/pictures.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self._find: Callable[[], Iterable[Image]] = tuple

    def show(self, find: Callable[[], Iterable[Image]]) -> None:
        """Offer what `find` finds, after the choice of none; asked when the field is shown."""
        offered: Any = self._offered
        self._find, self.choices = find, offered

    @cached_property
    def images(self) -> dict[Any, Image]:
        return {image.pk: image for image in self._find()}

    def _offered(self) -> list[tuple[Any, Any]]:
        return [("", _("None")), *((pk, str(image)) for pk, image in self.images.items())]

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        option = super().create_option(name, value, *args, **kwargs)
        option["image"] = self.images.get(value)
        return option


class LocalMoment(forms.DateTimeInput):
    """A date and a time in the zone of the person who writes."""

    input_type = "datetime-local"

    def __init__(self) -> None:
        super().__init__(format="%Y-%m-%dT%H:%M")


class Names(forms.TextInput):
    """Names with commas between them; `known` are offered while one types.

    By itself a browser completes the first name only; the script sees to those behind a comma.
    """

    template_name = "admin/widgets/names.html"
    known: list[str]

    class Media:
        js = (Script("js/desk/names.js", type="module"),)

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.known = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["known"] = self.known
        own = context["widget"]["attrs"]
        own["list"] = f"{own['id']}_known"
        return context
