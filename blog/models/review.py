"""The way of a story through the editors' hands, and who hears of each step."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, cast

from django.db import models, transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from accounts.models import Notification, User
from accounts.roles import holders_of
from blog.models.note import Note
from blog.models.revision import Revision

if TYPE_CHECKING:
    from blog.models.post import Post

EDITS = "blog.edit_any_post"
# Where a story has to be for a step to be taken.
DRAFT, IN_REVIEW, CHANGES, APPROVED = "draft", "in_review", "changes", "approved"
WITH_EDITORS = (IN_REVIEW, CHANGES, APPROVED)

SENTENCES = {
    Note.Kind.SUBMITTED: _("%(who)s handed in “%(title)s”"),
    Note.Kind.CHANGED: _("%(who)s changed “%(title)s” after it was approved"),
    Note.Kind.TAKEN_BACK: _("%(who)s took “%(title)s” back from the editors"),
    Note.Kind.CHANGES: _("%(who)s asks for changes to “%(title)s”"),
    Note.Kind.APPROVED: _("%(who)s approved “%(title)s”"),
    Note.Kind.PUBLISHED: _("%(who)s published “%(title)s”"),
    Note.Kind.SCHEDULED: _("%(who)s scheduled “%(title)s” for %(at)s"),
    Note.Kind.UNPUBLISHED: _("%(who)s took “%(title)s” back from readers"),
    Note.Kind.NOTE: _("%(who)s wrote a note on “%(title)s”"),
}
# By which kind of notification a step is told; see `blog.telling`.
TOLD_AS = {
    Note.Kind.SUBMITTED: "story_submitted",
    Note.Kind.CHANGED: "story_submitted",
    Note.Kind.TAKEN_BACK: "story_submitted",
    Note.Kind.CHANGES: "story_changes",
    Note.Kind.APPROVED: "story_approved",
    Note.Kind.PUBLISHED: "story_published",
    Note.Kind.SCHEDULED: "story_published",
    Note.Kind.UNPUBLISHED: "story_published",
    Note.Kind.NOTE: "story_note",
}
# Moments whose text is named among the revisions.
REVISIONS = {
    Note.Kind.SUBMITTED: Revision.Kind.SUBMITTED,
    Note.Kind.APPROVED: Revision.Kind.APPROVED,
}


class OutOfTurn(Exception):
    """The story is not where this step begins: somebody was quicker, or it never was."""


class Reviewed(models.Model):
    """What a story knows of its review; `Post` has the rest."""

    if TYPE_CHECKING:
        objects: ClassVar[Any]
        status: Any
        published_at: Any
        notes: Any
        is_live: Any
        is_scheduled: Any

        def can_edit(self, user: User) -> bool: ...
        def is_by(self, user: User) -> bool: ...

        writer_key: str

        def _save_state(self, now: datetime, key: str = "") -> None: ...
        def get_absolute_url(self) -> str: ...
        def _differs_from(self, before: Post) -> bool: ...

    # Whether this very save sent what was approved back to the editors.
    is_changed_after_approval = False

    class Meta:
        abstract = True

    @property
    def is_with_editors(self) -> bool:
        return self.status in WITH_EDITORS

    def can_submit(self, user: User) -> bool:
        """Whether `user` may hand it to the editors as it stands now."""
        return self.status in {DRAFT, CHANGES} and self.can_edit(user)

    def can_take_back(self, user: User) -> bool:
        return self.is_with_editors and self.can_edit(user) and self.is_by(user)

    def can_review(self, user: User) -> bool:
        """Whether `user` may say what is to become of it."""
        return self.is_with_editors and user.has_perm(EDITS) and self.can_edit(user)

    def submit(self, *, by: User | None, text: str = "") -> None:
        """Hand it to the editors."""
        self._step(IN_REVIEW, {DRAFT, CHANGES}, Note.Kind.SUBMITTED, by=by, text=text)

    def take_back(self, *, by: User | None, text: str = "") -> None:
        """Make it a draft again that the editors need not look at."""
        self._step(DRAFT, set(WITH_EDITORS), Note.Kind.TAKEN_BACK, by=by, text=text)

    def ask_for_changes(self, *, by: User | None, text: str) -> None:
        """Give it back to its author, who has to hear what should change."""
        if not text.strip():
            raise ValueError("Whoever asks for changes says which.")
        self._step(CHANGES, {IN_REVIEW, APPROVED}, Note.Kind.CHANGES, by=by, text=text)

    def approve(self, *, by: User | None, text: str = "") -> None:
        """Say that it may be published as it stands."""
        self._step(APPROVED, {IN_REVIEW, CHANGES}, Note.Kind.APPROVED, by=by, text=text)

    def add_note(self, *, by: User, text: str) -> Note:
        """Say something about it to its authors and to the editors who take part."""
        with transaction.atomic():
            return self.record(Note.Kind.NOTE, by=by, text=text)

    def look_again(self, before: Post | None, *, by: User | None) -> None:
        """What was approved, and is changed by somebody who may not publish, is in review again."""
        if before is None or by is None or before.status != APPROVED:
            return
        if by.has_perm("blog.publish_post") or not self._differs_from(before):
            return
        self.status, self.is_changed_after_approval = IN_REVIEW, True
        type(self).objects.filter(pk=self.pk).update(status=IN_REVIEW)
        self.record(Note.Kind.CHANGED, by=by)

    def record_publication(self, *, by: User | None) -> None:
        """Remember that it was published or scheduled, and tell its authors."""
        if by:
            self.record(Note.Kind.SCHEDULED if self.is_scheduled else Note.Kind.PUBLISHED, by=by)

    def record_withdrawal(self, *, by: User | None) -> None:
        """Remember that it is a draft again, and tell its authors."""
        if by:
            self.record(Note.Kind.UNPUBLISHED, by=by)

    def record(self, kind: Note.Kind, *, by: User | None, text: str = "") -> Note:
        """Write down what happened, and tell the people it concerns."""
        note = Note.objects.create(post=self._story, by=by, kind=kind, text=text)
        if by:
            self._tell(note, by)
        return note

    def _step(
        self, to: str, comes_from: set[str], kind: Note.Kind, *, by: User | None, text: str
    ) -> None:
        if self.status not in comes_from:
            raise OutOfTurn
        now = timezone.now()
        with transaction.atomic():
            self.status = to
            # The text is whose it was: a page on which somebody writes goes on without a conflict.
            self._save_state(now, self.writer_key)
            if kind in REVISIONS:
                Revision.objects.keep(self._story, self._story, by=by, at=now, kind=REVISIONS[kind])
            self.record(kind, by=by, text=text)

    def _tell(self, note: Note, by: User) -> None:
        kind = Note.Kind(note.kind)
        for people, at in self._concerned(kind):
            Notification.objects.tell(
                people,
                kind=TOLD_AS[kind],
                by=by,
                text=str(SENTENCES[kind] % {"who": by.signature, "title": self, "at": at}),
                url=self._told_url,
                key=f"note-{note.pk}",
                quote=note.text,
            )

    def _concerned(self, kind: Note.Kind) -> Iterable[tuple[Iterable[User], str]]:
        """Who is told of such a step; where there is a time in it, by each one's own clock."""
        if kind in {Note.Kind.SUBMITTED, Note.Kind.CHANGED}:
            return [(holders_of(EDITS), "")]
        if kind == Note.Kind.TAKEN_BACK:
            return [(self._editors_who_took_part, "")]
        if kind == Note.Kind.NOTE:
            return [({*self._authors, *self._editors_to_hear}, "")]
        if kind == Note.Kind.SCHEDULED:
            return [([author], _moment(self.published_at, author)) for author in self._authors]
        return [(self._authors, "")]

    @property
    def _story(self) -> Post:
        return cast("Post", self)

    @property
    def _authors(self) -> models.QuerySet[User]:
        return User.objects.filter(author__authorships__post=self.pk).distinct()

    @property
    def _editors_who_took_part(self) -> models.QuerySet[User]:
        return holders_of(EDITS).filter(pk__in=self.notes.values("by"))

    @property
    def _editors_to_hear(self) -> models.QuerySet[User]:
        """Those who took part; all of them where none has and the story lies with them."""
        took_part = self._editors_who_took_part
        return took_part if took_part or not self.is_with_editors else holders_of(EDITS)

    @property
    def _told_url(self) -> str:
        """Where everybody concerned may look: who cannot publish cannot change what is out."""
        if self.is_live:
            return str(self.get_absolute_url())
        if self.is_scheduled:
            return f"{reverse('admin:blog_post_changelist')}?state=scheduled"
        return reverse("admin:blog_post_change", args=[self.pk])


def _moment(at: datetime, person: User) -> str:
    """A date and a time of somebody's own clock, with its name."""
    local = timezone.localtime(at, person.clock)
    return f"{date_format(local, 'DATETIME_FORMAT')} ({person.time_zone})"
