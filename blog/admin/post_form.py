"""What an author fills in for a story, and what is said about it when it cannot be saved."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, ClassVar

from django import forms
from django.db.models import Q
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.functional import SimpleLazyObject, cached_property
from django.utils.translation import gettext_lazy as _

from accounts.characters import validate_printable
from accounts.models import Author
from blog import markdown
from blog.admin.post_conflict import Conflict, typed_text
from blog.admin.post_review import ReviewFields
from blog.admin.scripts import PAGE_KEY
from blog.admin.series_fields import SeriesFields
from blog.admin.translation_fields import TranslationFields
from blog.admin.widgets import GrowingLine, Names, PictureChoice, StoryText
from blog.forms import PictureForm
from blog.models import Image, Post, Tag, WorkingCopy
from blog.models.revision import NOTE_MAX_LENGTH, TEXT_FIELDS
from blog.models.tag import NAME_MAX_LENGTH

NO_VERSION = -1
TWICE_WITHIN = timedelta(seconds=20)
MAX_TAGS = 10
MAX_AUTHORS = 10
OFFERED_NAMES = 200
OFFERED_PICTURES = 12
MAX_PICTURES = 100
# Fields that say who wrote, where, and on top of what; they are no part of the story.
BOOKKEEPING = ("base_version", "settled_version", "writer", "page_key")
# Beyond these a time zone can lead out of the years that Python counts.
FIRST_YEAR, LAST_YEAR = 1000, 9000


class MomentField(forms.DateTimeField):
    """A date and a time of the clock on the wall.

    Django refuses the hour that summer time repeats or skips, and then a story of that hour
    could not be saved at all. Here the repeated hour is the first of the two.
    """

    def to_python(self, value: Any) -> datetime | None:
        try:
            moment = parse_datetime(value.strip()) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None:
            return super().to_python(value)
        if not FIRST_YEAR <= moment.year <= LAST_YEAR:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return moment if moment.tzinfo else timezone.make_aware(moment)


class PostForm(ReviewFields, SeriesFields, TranslationFields):
    """A story in the desk. `user` is set on the class that is made for each request."""

    # The version that was written on; one that somebody has seen beside theirs, and decided about.
    base_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    settled_version = forms.IntegerField(required=False, widget=forms.HiddenInput)
    # Who began to write, and in which page: that is named by its script.
    writer = forms.IntegerField(required=False, widget=forms.HiddenInput)
    page_key = forms.RegexField(PAGE_KEY, required=False, empty_value="", widget=forms.HiddenInput)
    is_minor = forms.BooleanField(label=_("A slip of the pen: keep it quiet"), required=False)
    note = forms.CharField(
        label=_("Correction"),
        required=False,
        max_length=NOTE_MAX_LENGTH,
        validators=[validate_printable],
        widget=forms.Textarea({"rows": 2, "placeholder": _("What was wrong, and what is right")}),
        help_text=_(
            "It stands under the story with its date. Leave it empty if nothing was wrong."
        ),
    )
    tag_names = forms.CharField(
        label=_("Tags"),
        required=False,
        max_length=500,
        widget=Names,
        help_text=_("With commas between them. The first stands above the title."),
    )
    author_names = forms.CharField(
        label=_("Authors"),
        required=False,
        max_length=1000,
        widget=Names,
        help_text=_("With commas between them, in the order of the byline."),
    )
    lead_image = forms.ModelChoiceField(
        Image.objects.none(),
        label=_("Lead picture"),
        required=False,
        blank=True,
        empty_label=_("None"),
        widget=PictureChoice,
        error_messages={"invalid_choice": _("This picture is not there any more.")},
    )

    canonical_url = forms.URLField(
        label=_("Canonical address"),
        max_length=500,
        required=False,
        assume_scheme="https",
        help_text=_("Where this story stood first, if not here."),
    )

    class Meta:
        model = Post
        fields: ClassVar[list[str]] = [
            "title",
            "subtitle",
            "source",
            "slug",
            "lead_image",
            "language",
            "summary",
            "canonical_url",
            "responses_open",
            "response_hold",
            "responses_close_after_days",
            "shows_changes",
            "offers_markdown",
            "shows_highlights",
            "is_pinned",
        ]
        widgets: ClassVar[dict[str, Any]] = {
            "title": GrowingLine({"placeholder": _("Title"), "data-role": "title"}),
            "subtitle": GrowingLine({"placeholder": _("Subtitle")}),
            "source": StoryText({"placeholder": _("Tell your story …"), "rows": 24}),
            "summary": forms.Textarea({"rows": 3}),
            "slug": forms.TextInput({"spellcheck": "false"}),
        }
        labels: ClassVar[dict[str, Any]] = {
            "responses_close_after_days": _("Days until responses close"),
        }
        help_texts: ClassVar[dict[str, Any]] = {
            "slug": _("Made of the title when empty. Old addresses go on working."),
        }
        error_messages: ClassVar[dict[str, Any]] = {
            "title": {
                "required": _("Give the story a title first."),
                "max_length": _(
                    "This title has %(show_value)d letters; %(limit_value)d is the most."
                ),
            },
            "subtitle": {
                "max_length": _(
                    "This subtitle has %(show_value)d letters; %(limit_value)d is the most."
                ),
            },
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.conflict: Conflict | None = None
        self.working_copy: WorkingCopy | None = getattr(self.instance, "working_copy", None)
        if self.working_copy and not self.is_bound:
            self.initial = {**self.initial, **self._as_initial(self.working_copy.typed)}
        # Spaces before the first line may mean that it is code.
        source: Any = self.fields["source"]
        source.strip = False
        self.fields["base_version"].initial = self.instance.version
        self.fields["writer"].initial = self.user.pk
        # Found by the story itself when nobody names one.
        self.fields["slug"].required = False
        self._offer_address()
        self._offer_tags()
        self._offer_authors()
        self._offer_pictures()

    def _as_initial(self, typed: dict[str, Any]) -> dict[str, Any]:
        """What a working copy has, with its moments made out of their ISO dates again."""
        moments = {
            name: parse_datetime(typed[name])
            for name, field in self.fields.items()
            if isinstance(field, forms.DateTimeField) and typed.get(name)
        }
        return {**typed, **moments}

    # What may be chosen.

    def _offer_address(self) -> None:
        """An address made of the title goes with it until readers know it: so it is not typed."""
        story = self.instance
        if story.pk and not story.has_known_address and story.is_slug_made_of(story.title):
            self.initial["slug"] = ""
            self.fields["slug"].widget.attrs["placeholder"] = story.slug

    def _offer_tags(self) -> None:
        field = self.fields["tag_names"]
        field.initial = ", ".join(tag.name for tag in self._topics)
        field.widget.known = SimpleLazyObject(_names_of_tags)

    def _offer_authors(self) -> None:
        if "author_names" not in self.fields:
            return
        field = self.fields["author_names"]
        field.initial = ", ".join(f"@{author.handle}" for author in self._byline)
        field.widget.known = SimpleLazyObject(_handles)

    def _offer_pictures(self) -> None:
        choosable = self.instance.pictures_for(self.user)
        lead = self.instance.lead_image

        def shown() -> list[Image]:
            found = list(choosable[:OFFERED_PICTURES])
            return [lead, *found] if lead and lead not in found else found

        field: Any = self.fields["lead_image"]
        # A bounded list to look at; what was uploaded a moment ago may be chosen all the same.
        field.queryset = choosable | Image.objects.usable_by(self.user)
        field.widget.show(shown)

    @property
    def _topics(self) -> list[Tag]:
        if not self.instance.pk:
            return []
        return [post_tag.tag for post_tag in self.instance.post_tags.select_related("tag")]

    @property
    def _byline(self) -> list[Author]:
        if not self.instance.pk:
            return []
        return [signed.author for signed in self.instance.authorships.select_related("author")]

    @cached_property
    def picture_forms(self) -> list[PictureForm]:
        """The words on each picture of the story, its lead too, that this person may change."""
        data = self.data if self.is_bound else None
        keys = list(self.instance.images.values_list("pk", flat=True)) if self.instance.pk else []
        keys += [self.instance.lead_image_id] if self.instance.lead_image_id else []
        keys += PictureForm.sent_keys(data or {})
        found = Image.objects.filter(pk__in=keys).order_by("pk")[:MAX_PICTURES]
        kept = self.initial.get("pictures", {})
        return [
            PictureForm.beside_story(image, data, kept.get(str(image.pk)))
            for image in sorted(found, key=lambda image: self.instance.source.find(image.token))
            if image.can_edit(self.user)
        ]

    # Is it well formed?

    def clean_title(self) -> str:
        return " ".join(str(self.cleaned_data["title"]).split())

    def clean_note(self) -> str:
        return " ".join(str(self.cleaned_data["note"]).split())

    def clean_source(self) -> str:
        # Browsers send CRLF, whatever was typed.
        return str(self.cleaned_data["source"]).replace("\r\n", "\n")

    def clean_slug(self) -> str:
        """Of a field that was emptied `Post.write` makes the address."""
        slug = str(self.cleaned_data["slug"]).lower()
        if not slug and self.instance.pk and self.instance.has_known_address:
            return self.instance.slug
        if slug in {"", self.instance.slug}:
            return slug
        return self.instance.address_for(self.user, slug)

    def validate_unique(self) -> None:
        """Nothing here: `clean_slug` has asked, and `Post.write` has the last word on addresses.

        Asked once more in between, Django would tell of a draft that nobody is to know of.
        """

    def clean_tag_names(self) -> list[str]:
        names = _split(self.cleaned_data["tag_names"])
        if len(names) > MAX_TAGS:
            raise forms.ValidationError(
                _("These are %(count)d tags; %(limit)d are the most."),
                params={"count": len(names), "limit": MAX_TAGS},
            )
        for name in names:
            if len(name) > NAME_MAX_LENGTH:
                raise forms.ValidationError(
                    _("“%(name)s” is too long for a tag; %(limit)d letters are the most."),
                    params={"name": name, "limit": NAME_MAX_LENGTH},
                )
            validate_printable(name)
        return names

    def clean_author_names(self) -> list[Author]:
        names = _split(self.cleaned_data["author_names"])
        if len(names) > MAX_AUTHORS:
            raise forms.ValidationError(
                _("A story can have %(limit)d authors at most."), params={"limit": MAX_AUTHORS}
            )
        return list(dict.fromkeys(_author_named(name) for name in names))

    def clean_canonical_url(self) -> str:
        """Django's own check lets ftp pass."""
        url = str(self.cleaned_data["canonical_url"])
        if url and not url.lower().startswith(("https://", "http://")):
            raise forms.ValidationError(_("Enter an address that begins with https:// or http://."))
        return url

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        self._check_writer()
        self._check_version()
        self._check_note(cleaned)
        self._check_rendering(cleaned)
        if not all(form.is_valid() for form in self.picture_forms):
            self.add_error(None, _("Something about a picture is not right; see below."))
        return cleaned

    def _check_writer(self) -> None:
        """Who signed in again in the place of somebody else does not save their words unknowing."""
        if self.cleaned_data.get("writer") in {None, self.user.pk}:
            return
        self._send_again_with(writer=self.user.pk)
        text = _(
            "Somebody else wrote this, and you are signed in as %(name)s now. Nothing is saved "
            "yet. Sign in as they do, or press the button again to save it in your name."
        )
        self.add_error(None, forms.ValidationError(text, params={"name": self.user.signature}))

    def _send_again_with(self, **fields: int) -> None:
        sent: Any = self.data
        self.data = sent = sent.copy()
        for name, value in fields.items():
            sent[name] = str(value)

    def _check_version(self) -> None:
        """Somebody else's save is not overwritten unseen."""
        if not self.instance.pk:
            return
        # Held until this save is done, so that nobody comes in between.
        now = Post.objects.select_for_update().filter(pk=self.instance.pk).first()
        if now is None or now.version == self.cleaned_data.get("base_version"):
            return
        is_own = now.is_version_of(NO_VERSION, self.cleaned_data.get("page_key", ""))
        if is_own or self._was_sent_twice(now):
            self.cleaned_data["base_version"] = now.version
            return
        self.conflict = Conflict.with_(now, typed_text(self.data))
        self._send_again_with(base_version=now.version, settled_version=now.version)
        self.add_error(
            None,
            forms.ValidationError(
                _(
                    "This story was saved by somebody else, or in another tab, while you wrote. "
                    "Your text is kept here and not saved yet. Look at both below, and choose."
                ),
                code="stale",
            ),
        )

    def _was_sent_twice(self, now: Post) -> bool:
        """Whether all that stands there is what this person sent a moment ago: a double click."""
        if timezone.now() - now.updated_at > TWICE_WITHIN or self.asks_for_another_step(now):
            return False
        if self.took_this_step(now, self.user):
            return self._says_what_stands(now)
        last = now.revisions.order_by("-created_at", "-pk").first()
        return last is not None and last.by_id == self.user.pk and self._says_what_stands(now)

    def _says_what_stands(self, now: Post) -> bool:
        if self.errors:
            return False
        cleaned = self.cleaned_data
        fields = [name for name in PostForm.Meta.fields if name in self.fields]
        if not cleaned.get("slug") and now.is_slug_made_of(now.title):
            fields.remove("slug")
        if any(getattr(now, name) != cleaned.get(name) for name in fields):
            return False
        if not self.says_place_of(now):
            return False
        tags = [tag.name for tag in now.topics]
        # A field of authors that was left empty changes none.
        byline = cleaned.get("author_names") or now.byline
        return tags == cleaned.get("tag_names") and now.byline == byline

    def _check_note(self, cleaned: dict[str, Any]) -> None:
        if cleaned.get("note") and cleaned.get("is_minor"):
            self.add_error(
                "note",
                _(
                    "Readers learn of a correction, so it cannot be kept quiet. Take the tick "
                    "away, or empty this."
                ),
            )

    @property
    def is_settled(self) -> bool:
        """Whether it goes on top of a text that somebody has seen and decided about."""
        base = self.cleaned_data.get("base_version")
        return base is not None and base == self.cleaned_data.get("settled_version")

    def save_beside(self, post: Post, *, only: Collection[str] | None = None) -> str:
        """Save what are rows of their own: tags, authors, translations.

        "" or why something could not be, though it could a moment ago.
        """
        names = {name for name in self.cleaned_data if only is None or name in only}
        if "tag_names" in names:
            post.set_topics(Tag.objects.named(self.cleaned_data["tag_names"]))
        if "author_names" in names and self.cleaned_data["author_names"]:
            post.set_byline(self.cleaned_data["author_names"])
        return self.join_original(post) if "original_name" in names else ""

    def typed(self) -> dict[str, Any]:
        """All that stands in the form, by the names of its fields, as a working copy has it."""
        copy = WorkingCopy.of(self.instance)
        names = [
            name for name in self.fields if name not in BOOKKEEPING and name in self.cleaned_data
        ]
        typed = {name: self._as_typed(name) for name in names}
        pictures = {
            str(picture.instance.pk): picture.cleaned_data
            for picture in self.picture_forms
            if picture.is_bound and picture.is_valid()
        }
        return {**(copy.fields if copy else {}), **typed, "pictures": pictures}

    def _as_typed(self, name: str) -> Any:
        if name in TEXT_FIELDS:
            return self.cleaned_data[name]
        if isinstance(moment := self.cleaned_data[name], datetime):
            return moment.isoformat()
        field = self.fields[name]
        return field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))

    def _check_rendering(self, cleaned: dict[str, Any]) -> None:
        if "source" not in cleaned:
            return
        if not cleaned["source"].strip():
            if self._would_be_emptied:
                self.add_error(
                    "source", _("Readers would find no text. Unpublish the story first.")
                )
            return
        try:
            language = cleaned.get("language", "en")
            self.instance.try_rendering(cleaned["source"], language=language)
        except markdown.SourceTooLong as error:
            self.add_error("source", forms.ValidationError(str(error), code="too_large"))
        except markdown.MarkdownError as error:
            self.add_error("source", str(error))

    @property
    def _would_be_emptied(self) -> bool:
        """Whether a story that readers can see, and that has a text, would lose it."""
        return self.instance.is_live and bool(self.instance.source.strip())

    @property
    def status(self) -> int:
        """The HTTP status of an answer that shows this form again."""
        codes = {error.code for errors in self.errors.as_data().values() for error in errors}
        if "stale" in codes:
            return 409
        if "too_large" in codes:
            return 413
        return 400


# What is offered while one types is asked for when a page shows it, not when a form comes back.


def _names_of_tags() -> list[str]:
    return list(Tag.objects.values_list("name", flat=True)[:OFFERED_NAMES])


def _handles() -> list[str]:
    handles = Author.objects.values_list("handle", flat=True)[:OFFERED_NAMES]
    return [f"@{handle}" for handle in handles]


def _split(names: str) -> list[str]:
    clean = (" ".join(name.split()) for name in names.split(","))
    return list(dict.fromkeys(name for name in clean if name))


def _author_named(name: str) -> Author:
    """The one author of this handle or name. Raises ValidationError."""
    if name.startswith("@"):
        found = Author.objects.filter(handle__iexact=name[1:])[:2]
    else:
        found = Author.objects.filter(Q(name__iexact=name) | Q(handle__iexact=name))[:2]
    if len(found) == 1:
        return found[0]
    if not found:
        raise forms.ValidationError(_("Nobody here is called “%(name)s”."), params={"name": name})
    raise forms.ValidationError(
        _("Several authors are called “%(name)s”. Name one by the handle, such as @%(handle)s."),
        params={"name": name, "handle": found[0].handle},
    )
