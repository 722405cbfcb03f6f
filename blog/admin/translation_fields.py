"""Of which story a story is a translation, among the fields of the story."""

from __future__ import annotations

from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from django import forms
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.models import NoTranslation, Post

OFFERED_STORIES = 50
MAX_NAME_CHARS = 300


class StoryChoice(forms.TextInput):
    """The address of one story; those that are `known` are offered by their titles."""

    template_name = "admin/widgets/stories.html"
    known: list[Post]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["known"] = self.known
        own = context["widget"]["attrs"]
        own["list"] = f"{own['id']}_stories"
        return context


class TranslationFields(forms.ModelForm[Post]):
    """`user` is set on the class that is made for each request."""

    user: ClassVar[User]

    original_name = forms.CharField(
        label=_("Translation of"),
        required=False,
        max_length=MAX_NAME_CHARS,
        widget=StoryChoice({"spellcheck": "false"}),
        help_text=_("The title or the address of the original. Readers find each from the other."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["original_name"]
        field.widget.known = SimpleLazyObject(lambda: list(self._offered))
        original = self.instance.translated_from
        if original and original in self._known:
            field.initial = original.slug
        # The original is no translation itself. One that this person may not know of stays. Whoever
        # was left alone may join another.
        if Post.objects.beside(self.instance).exists() and not field.initial:
            del self.fields["original_name"]

    @property
    def _known(self) -> Any:
        return Post.objects.known_to(self.user).exclude(pk=self.instance.pk)

    @property
    def _offered(self) -> Any:
        return self._known.only("title", "slug").order_by("-pk")[:OFFERED_STORIES]

    def clean_language(self) -> str:
        language = str(self.cleaned_data["language"])
        if Post.objects.beside(self.instance).filter(language=language).exists():
            raise forms.ValidationError(
                _("It is there in this language already: that is another of its translations.")
            )
        return language

    def clean_original_name(self) -> str:
        """The address of the original. Of a story that `user` may not know of nothing is said."""
        name = " ".join(str(self.cleaned_data["original_name"]).split())
        if not name:
            return ""
        found = self._called(name)
        if len(found) > 1:
            raise forms.ValidationError(
                _("Several stories are called “%(name)s”. Give the address of the one you mean."),
                params={"name": name},
            )
        if not found:
            raise forms.ValidationError(
                _("You know of no other story with the title or address “%(name)s”."),
                params={"name": name},
            )
        return found[0].slug

    def _called(self, name: str) -> list[Post]:
        slug = unquote(urlsplit(name).path).strip("/")
        by_address = list(self._known.filter(slug=slug)[:1])
        return by_address or list(self._known.filter(title__iexact=name)[:2])

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        original = self._original
        if original and not self.instance.says_the_same_as(original) and "language" in cleaned:
            why_not = self.instance.hindrance(original, cleaned["language"])
            if why_not:
                self.add_error("original_name", why_not)
        return cleaned

    @property
    def _original(self) -> Post | None:
        slug = self.cleaned_data.get("original_name")
        found: Post | None = self._known.filter(slug=slug).first() if slug else None
        return found

    def join_original(self, post: Post) -> str:
        """Make the saved `post` a translation of the story that was named, or of none.

        "" or, when somebody else was quicker by a moment, why it is none.
        """
        original = self._original
        if not self.cleaned_data["original_name"]:
            post.stand_alone()
        elif original and not post.says_the_same_as(original):
            try:
                post.translate_from(original)
            except NoTranslation as error:
                return str(error)
        return ""
