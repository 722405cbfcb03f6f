"""The series that a story is a part of, among the fields of the story."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _

from accounts.characters import validate_printable
from accounts.models import User
from blog.models import Post, Series
from blog.models.series import MAX_PART, TITLE_MAX_LENGTH

OFFERED_SERIES = 200


class SeriesTitle(forms.TextInput):
    """One title; those that are `known` are offered while one types."""

    template_name = "admin/widgets/names.html"
    known: list[str]

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, value, attrs)
        context["known"] = self.known
        own = context["widget"]["attrs"]
        # Not "_known": a comma in a title does not part it.
        own["list"] = f"{own['id']}_titles"
        return context


def _newest_titles() -> list[str]:
    newest = Series.objects.order_by("-pk").values_list("title", flat=True)
    return list(newest[:OFFERED_SERIES])


class SeriesFields(forms.ModelForm[Post]):
    """`user` is set on the class that is made for each request."""

    user: ClassVar[User]

    series_title = forms.CharField(
        label=_("Series"),
        required=False,
        max_length=TITLE_MAX_LENGTH,
        validators=[validate_printable],
        widget=SeriesTitle,
        error_messages={
            "max_length": _("This title has %(show_value)d letters; %(limit_value)d is the most.")
        },
    )
    part = forms.IntegerField(
        label=_("Part"),
        required=False,
        min_value=1,
        max_value=MAX_PART,
        widget=forms.NumberInput({"placeholder": _("next")}),
        error_messages={
            "invalid": _("Write the part as a number."),
            "min_value": _("Parts are counted from 1."),
            "max_value": _("%(limit_value)d parts are the most."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        title: Any = self.fields["series_title"]
        title.widget.known = SimpleLazyObject(_newest_titles)
        title.help_text = (
            _("A new title begins a new series. Without a number it is the next part.")
            if self._may_begin
            else _("Without a number it is the next part.")
        )
        if self.instance.series:
            title.initial = self.instance.series.title
            self.fields["part"].initial = self.instance.series_position or None

    @property
    def _may_begin(self) -> bool:
        return self.user.has_perm("blog.publish_post")

    def clean_series_title(self) -> str:
        title = " ".join(str(self.cleaned_data["series_title"]).split())
        if title and not self._may_begin and not Series.objects.called(title):
            raise forms.ValidationError(
                _("There is no series “%(title)s”. Ask an editor to begin it."),
                params={"title": title},
            )
        return title

    def save(self, commit: bool = True) -> Post:
        """Put the story into its series, which is begun when there is none of this title."""
        title = self.cleaned_data["series_title"]
        # To look at a published story is not to save it.
        only_looks = "_preview" in self.data and self.instance.status == Post.Status.PUBLISHED
        find = Series.objects.called if only_looks else Series.objects.named
        self.stand_in(find(title) if title else None)
        return super().save(commit)

    def stand_in(self, series: Series | None) -> None:
        """Make the story a part of `series`: the one that was typed, else the next."""
        is_there = series is not None and series == self.instance.series
        # A number that was left standing is one of the series that the story comes from.
        is_chosen = is_there or "part" in self.changed_data
        part = self.cleaned_data["part"] if is_chosen else None
        # Saved while somebody writes, the page does not know the number it got.
        part = part or (self.instance.series_position if is_there else 0)
        self.instance.series = series
        self.instance.series_position = (part or series.next_part) if series else 0

    def says_place_of(self, story: Post) -> bool:
        """Whether `story` stands in the series, and as the part, that was typed."""
        title = self.cleaned_data.get("series_title")
        series = Series.objects.called(title) if title else None
        part = self.cleaned_data.get("part")
        return series == story.series and part in {None, story.series_position}
