"""When, for whom and until when a story is before readers; and how it is taken back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import NON_FIELD_ERRORS
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.admin.post_form import MomentField
from blog.admin.widgets import LocalMoment
from blog.models import Post


class VersionForm(forms.Form):
    """A form about a story that says which version of it somebody looked at.

    `story` is held under a lock until the answer is made.
    """

    base_version = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, story: Post, data: Any = None) -> None:
        super().__init__(data, label_suffix="")
        self.story = story
        self.is_done = False
        self.fields["base_version"].initial = story.version

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("base_version") == self.story.version:
            return cleaned
        if self._says_what_stands(cleaned):
            self.is_done = True
            return cleaned
        sent: Any = self.data
        self.data = sent = sent.copy()
        sent["base_version"] = str(self.story.version)
        self.add_error(
            None,
            forms.ValidationError(
                _(
                    "This story was saved by somebody else, or in another tab, since you opened "
                    "this page. Nothing was done yet. Here is how it stands now; press once more "
                    "if it is still right."
                ),
                code="stale",
            ),
        )
        return cleaned

    def _says_what_stands(self, cleaned: dict[str, Any]) -> bool:
        """Whether all that is asked for is so already: pressed twice, or an answer was lost."""
        return False

    @property
    def status(self) -> int:
        """The HTTP status of an answer that shows this form again."""
        return 409 if self.has_error(NON_FIELD_ERRORS, "stale") else 400


class PublicationForm(VersionForm):
    """What is asked depends on whether readers see the story, will see it, or saw it."""

    visibility = forms.ChoiceField(
        label=_("For whom"),
        choices=[
            (Post.Visibility.PUBLIC, _("Everybody")),
            (Post.Visibility.UNLISTED, _("Only people who know the address")),
        ],
        widget=forms.RadioSelect,
        help_text=_("Such a story is in no list, no feed and no search engine."),
    )
    tells_followers = forms.BooleanField(label=_("Tell followers when it appears"), required=False)
    published_at = MomentField(label=_("When"), required=False, widget=LocalMoment)
    expires_at = MomentField(
        label=_("Until when"),
        required=False,
        widget=LocalMoment,
        help_text=_(
            "Left empty, it stays. From that time on its address says that it was taken back."
        ),
    )

    def __init__(self, story: Post, data: Any = None) -> None:
        super().__init__(story, data)
        names = ("visibility", "tells_followers", "published_at", "expires_at")
        self.initial = {name: getattr(story, name) for name in names}
        if story.is_expired:
            # Brought back, it needs another end or none.
            self.initial["expires_at"] = None
        if story.is_live:
            del self.fields["tells_followers"]
        says = _("Your time zone is %s.")
        if story.status != Post.Status.PUBLISHED:
            says = _("Your time zone is %s. Left empty, readers see it at once.")
        self.fields["published_at"].help_text = says % timezone.get_current_timezone_name()

    @property
    def wanted(self) -> str:
        """The button that was pressed."""
        return next((name for name in ("_schedule", "_publish", "_save") if name in self.data), "")

    def clean_published_at(self) -> datetime | None:
        return _as_it_was(self.cleaned_data["published_at"], self.story.published_at)

    def clean_expires_at(self) -> datetime | None:
        at = _as_it_was(self.cleaned_data["expires_at"], self.story.expires_at)
        if at and at <= timezone.now():
            raise forms.ValidationError(
                _("This time has passed. Choose one to come, or leave the field empty.")
            )
        return at

    def clean(self) -> dict[str, Any]:
        self._check_story()
        self._settle_time(self.cleaned_data)
        return super().clean()

    def _check_story(self) -> None:
        if not self.story.title.strip():
            self.add_error(None, _("Give the story a title first."))
        if not self.story.source.strip():
            self.add_error(None, _("There is no text yet to publish."))
        if not self._is_offered:
            self.add_error(None, _("Nothing was done yet. Press one of the buttons below."))

    @property
    def _is_offered(self) -> bool:
        """Whether the page has this button, or had it until the clock ran on."""
        story = self.story
        if self.wanted == "_save":
            return story.is_live or story.is_expired
        return self.wanted == "_publish" or (self.wanted == "_schedule" and not story.is_expired)

    def _settle_time(self, cleaned: dict[str, Any]) -> None:
        """From when on readers see it; "Publish now" goes by no time that is to come."""
        if "published_at" not in cleaned:
            return
        now, at = timezone.now(), cleaned["published_at"]
        is_to_come = at is not None and at > now
        if self.story.is_live and is_to_come and self.wanted != "_publish":
            text = _("This story is before readers already. Unpublish it first to bring it later.")
            self.add_error("published_at", text)
        elif self.wanted == "_schedule" and not is_to_come:
            text = _("Choose a time to come, or publish the story now.")
            self.add_error("published_at", text)
        elif self.wanted != "_schedule" and (at is None or is_to_come):
            at = self.story.published_at if self.story.is_live else now
        cleaned["published_at"] = at
        expires_at = cleaned.get("expires_at")
        if at and expires_at and expires_at <= at:
            self.add_error("expires_at", _("Until then readers would not have seen it yet."))

    def _says_what_stands(self, cleaned: dict[str, Any]) -> bool:
        story = self.story
        is_so = story.is_scheduled if self.wanted == "_schedule" else story.is_live
        names = [name for name in self.initial if name in self.fields]
        return is_so and all(getattr(story, name) == cleaned.get(name) for name in names)

    def apply(self, *, by: User) -> None:
        """Do what the pressed button says."""
        story, typed = self.story, self.cleaned_data
        story.visibility = typed["visibility"]
        story.expires_at = typed["expires_at"]
        story.tells_followers = typed.get("tells_followers", story.tells_followers)
        if story.is_live:
            story.published_at = typed["published_at"]
            story.arrange()
        else:
            story.publish(by=by, at=typed["published_at"])


class WithdrawalForm(VersionForm):
    """How a story is taken back; one that readers never saw has one way only."""

    GONE, UNSEEN = "gone", "unseen"

    # Not said when the page offered no choice, as of a story that came out since.
    way = forms.ChoiceField(
        label=_("What its address says"), required=False, widget=forms.RadioSelect
    )

    def __init__(self, story: Post, data: Any = None) -> None:
        super().__init__(story, data)
        field: Any = self.fields["way"]
        field.choices = [(self.GONE, _("That it was taken back"))]
        field.error_messages["invalid_choice"] = _(
            "Readers may have seen it by now. Its address can only say that it was taken back."
        )
        field.initial = self.GONE
        self.may_go_unseen = story.may_go_unseen
        if self.may_go_unseen:
            field.choices = [
                *field.choices,
                (self.UNSEEN, _("Nothing, as if nobody had seen it")),
            ]

    def apply(self, *, by: User) -> None:
        self.story.unpublish(by=by, as_unseen=self.cleaned_data["way"] == self.UNSEEN)


def _as_it_was(at: datetime | None, was: datetime | None) -> datetime | None:
    """The field knows minutes, and no second time of an hour: saving must not cut those off."""
    if at is None or was is None:
        return at
    local = timezone.localtime(was)
    return was if f"{at:%Y-%m-%dT%H:%M}" == f"{local:%Y-%m-%dT%H:%M}" else at
