"""Is what was typed well formed? Rules live in the models."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.core.validators import MinLengthValidator
from django.utils.translation import gettext_lazy as _

from accounts.characters import validate_printable
from blog import markdown
from blog.models import Comment, Image, Report
from blog.models.applause import MAX_CLAPS
from blog.models.report import MAX_WORDS_CHARS
from blog.passages import MAX_CHARS, MAX_CONTEXT_CHARS, MIN_CHARS, Quote

# The key of a picture about which something was sent together with a story.
PICTURE_SENT = re.compile(r"picture-([0-9]{1,18})-sent")
ADDRESS_IN_NAME = re.compile(r"[/@]|www\.", re.IGNORECASE)
MAX_POSITION = 2**31 - 1  # what the column holds
PERCENT: dict[str, Any] = {"min_value": 0, "max_value": 100}
# How a picture stands is no word that could be taken back: an empty field leaves it as it is.
KEPT_UNLESS_SENT = ("placement", "focus_x", "focus_y")


class CommentForm(forms.Form):
    """A response: its text, and the response it answers if any."""

    preview = ""  # the text as readers would read it, when somebody has asked for that

    source = forms.CharField(
        label=_("Your response"),
        widget=forms.Textarea(attrs={"rows": 4, "placeholder": _("What are your thoughts?")}),
        error_messages={"required": _("Write something first.")},
    )
    parent = forms.ModelChoiceField(
        Comment.objects.all(),
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("The response you answer is not there any more.")},
    )

    def clean_source(self) -> str:
        source = str(self.cleaned_data["source"])
        size = len(source.encode())
        if size > markdown.MAX_RESPONSE_BYTES:
            raise forms.ValidationError(
                _("This response is %(size)d KB; the limit is %(limit)d KB."),
                code="too_long",
                params={
                    "size": -(-size // 1024),
                    "limit": markdown.MAX_RESPONSE_BYTES // 1024,
                },
            )
        return source


class CommentEditForm(CommentForm):
    """Other words for a response, and the name of those that they were made from."""

    parent = None  # type: ignore[assignment]  # an edit stays where it stands
    wording = forms.CharField(required=False, max_length=40, widget=forms.HiddenInput)


class GuestForm(CommentForm):
    """A response by somebody without an account: name and address come with it."""

    name = forms.CharField(
        label=_("Your name"),
        max_length=80,
        validators=[validate_printable],
        widget=forms.TextInput({"autocomplete": "name"}),
        help_text=_("It stands over your response."),
        error_messages={"required": _("Say how you are called.")},
    )
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email"}),
        help_text=_("Never shown. A letter with a link goes there, once."),
        error_messages={"required": _("A letter with a link has to go somewhere.")},
    )
    field_order = ("name", "email", "source")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})

    def clean_name(self) -> str:
        """It stands in a letter too: nobody shall send strangers addresses to click by it."""
        name = " ".join(str(self.cleaned_data["name"]).split())
        if ADDRESS_IN_NAME.search(name):
            raise forms.ValidationError(_("A name without an address in it, please."))
        return name

    def clean_email(self) -> str:
        return str(self.cleaned_data["email"]).lower()


class ReportForm(forms.Form):
    """Why a moderator should look at a response."""

    reason = forms.ChoiceField(
        label=_("What is wrong with it?"),
        choices=Report.Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong with it.")},
    )
    words = forms.CharField(
        label=_("In your own words"),
        required=False,
        max_length=MAX_WORDS_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Only moderators read this."),
    )

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        if said.get("reason") == Report.Reason.OTHER and not said.get("words", "").strip():
            self.add_error("words", _("Say in a few words what it is."))
        return said


class ClapForm(forms.Form):
    """How many claps a reader wants to have given, all in all."""

    wanted = forms.IntegerField(
        label=_("Claps"),
        min_value=1,
        max_value=MAX_CLAPS,
        error_messages={
            "required": _("Say how many claps: 1 to 50."),
            "invalid": _("Say how many claps: 1 to 50."),
            "min_value": _("Say how many claps: 1 to 50."),
            "max_value": _("Say how many claps: 1 to 50."),
        },
    )


class PictureForm(forms.ModelForm[Image]):
    """The words on a picture, and how it stands.

    Beside a story, each picture's fields have its key in their names.
    """

    credit_url = forms.URLField(
        label=_("Source"), max_length=500, required=False, assume_scheme="https"
    )
    focus_x = forms.IntegerField(label=_("From the left, %"), required=False, **PERCENT)
    focus_y = forms.IntegerField(label=_("From the top, %"), required=False, **PERCENT)

    class Meta:
        model = Image
        fields: ClassVar[list[str]] = [
            "alt",
            "is_decorative",
            "caption",
            "credit_name",
            "credit_agency",
            "credit_url",
            "credit_license",
            "is_drawing",
            "placement",
            "focus_x",
            "focus_y",
        ]
        widgets: ClassVar[dict[str, Any]] = {
            "alt": forms.Textarea({"rows": 2}),
            "caption": forms.Textarea({"rows": 2}),
        }
        labels: ClassVar[dict[str, Any]] = {
            "alt": _("Description"),
            "is_decorative": _("Decorative: nothing is lost without it"),
            "is_drawing": _("A drawing, not a photograph"),
            "credit_name": _("By"),
            "credit_agency": _("Agency"),
            "credit_license": _("Licence"),
            "placement": _("Width"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["placement"].required = False

    @classmethod
    def beside_story(
        cls,
        image: Image,
        data: Mapping[str, Any] | None = None,
        kept: dict[str, Any] | None = None,
    ) -> PictureForm:
        """`kept` is what was typed before and is not said to readers yet."""
        prefix = f"picture-{image.pk}"
        was_sent = data is not None and f"{prefix}-sent" in data
        return cls(data if was_sent else None, instance=image, prefix=prefix, initial=kept)

    @staticmethod
    def sent_keys(data: Mapping[str, Any]) -> list[int]:
        """The pictures about which something was sent together with a story."""
        return [int(match[1]) for match in map(PICTURE_SENT.fullmatch, data) if match]

    def is_valid(self) -> bool:
        """A picture about which nothing was sent stays as it is."""
        return not self.is_bound or super().is_valid()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        for name in KEPT_UNLESS_SENT:
            if name in cleaned and cleaned[name] in (None, ""):
                cleaned[name] = getattr(self.instance, name)
        if cleaned.get("is_decorative") and cleaned.get("alt"):
            self.add_error(
                "is_decorative", _("Either describe the picture, or call it decorative.")
            )
        return cleaned


class HighlightForm(forms.Form):
    """A passage as a script of ours sends it."""

    exact = forms.CharField(
        max_length=MAX_CHARS,
        min_length=MIN_CHARS,
        error_messages={
            "max_length": _("A passage can have %(limit_value)d letters at most. Choose a part."),
            "min_length": _("A passage has at least %(limit_value)d letters. Choose some more."),
        },
    )
    before = forms.CharField(max_length=MAX_CONTEXT_CHARS, required=False)
    after = forms.CharField(max_length=MAX_CONTEXT_CHARS, required=False)
    position = forms.IntegerField(min_value=0, max_value=MAX_POSITION, required=False)

    def clean_exact(self) -> str:
        """A passage over several lines is one line of words; so many letters are left."""
        exact = " ".join(str(self.cleaned_data["exact"]).split())
        MinLengthValidator(MIN_CHARS, self.fields["exact"].error_messages["min_length"])(exact)
        return exact

    @property
    def quote(self) -> Quote:
        cleaned = self.cleaned_data
        return Quote(cleaned["exact"], cleaned["before"], cleaned["after"])
