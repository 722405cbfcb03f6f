"""Is what was typed well formed? Rules live in the models."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from blog import markdown
from blog.models import Comment
from blog.models.clap import MAX_CLAPS


class CommentForm(forms.Form):
    """A response: its text, and the response it answers if any."""

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
