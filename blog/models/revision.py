"""What a story said, and when, and by whose hand."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog import changes

if TYPE_CHECKING:
    from blog.models.post import Post
    from blog.models.working_copy import WorkingCopy

    Written: TypeAlias = Post | WorkingCopy

WINDOW = timedelta(minutes=10)
TEXT_FIELDS = ("title", "subtitle", "source")
NOTE_MAX_LENGTH = 300


class RevisionQuerySet(models.QuerySet["Revision"]):
    def newest_first(self) -> RevisionQuerySet:
        return self.order_by("-created_at", "-pk")

    def before(self, at: datetime, pk: int) -> RevisionQuerySet:
        """Those earlier than the one of this time and key."""
        earlier = Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk)
        return self.filter(earlier, created_at__lte=at)

    def named(self) -> RevisionQuerySet:
        """Those of a moment that has a name: published, updated, restored …"""
        return self.exclude(kind=Revision.Kind.SAVED)

    def public(self) -> RevisionQuerySet:
        """What readers could see at some time."""
        return self.filter(is_public=True)

    def told(self) -> RevisionQuerySet:
        """The updates that readers may read about."""
        return self.public().filter(is_minor=False, changes__isnull=False)

    def light(self) -> RevisionQuerySet:
        """Without the texts, for lists."""
        return self.defer("subtitle", "source", "changes")

    def saying(self, text: Written) -> RevisionQuerySet:
        """Those with the very same text."""
        return self.filter(**_words_of(text))

    def seen_now(self, post: Post) -> Revision | None:
        """The revision that readers of `post`, which is live, have before them.

        A scheduled story may be written on after that was noted down, so the newest public one
        need not be it.
        """
        of_post = self.filter(post=post).newest_first()
        newest = of_post.public().first()
        if newest and newest.says(post):
            return newest
        found: Revision | None = of_post.saying(post).first()
        return found

    def keep(
        self,
        post: Post,
        text: Written,
        *,
        by: User | None,
        at: datetime,
        kind: str,
        is_apart: bool = False,
        **public: Any,
    ) -> Revision | None:
        """Record `text` (the story, or its working copy) as it stands, if it changed.

        Plain saves share one row for ten minutes, which then holds the newest of them; one that
        `is_apart` begins a row, because the last holds a text that it is not made of. A named
        moment (submitted, published) never hides in such a row: it gets its own, or names the
        plain row in which the same person left the very same text. `public` says what readers
        learn of it: `is_public`, `is_minor`, `note` and `changes`.
        """
        last = self.filter(post=post).newest_first().first()
        is_plain = kind == Revision.Kind.SAVED
        if last and last.says(text) and (is_plain or not last.leaves_room_for(public)):
            return None
        if last and last.says(text) and last.is_plain_of(by):
            self.filter(pk=last.pk).update(kind=kind, created_at=at, **public)
            return None
        if last and is_plain and not is_apart and last.is_open_to(by, at):
            self.filter(pk=last.pk).update(**_words_of(text))
            return last
        return self.create(post=post, by=by, created_at=at, kind=kind, **_words_of(text), **public)

    def know_seen(self, post: Post, *, at: datetime) -> None:
        """Have what readers see of `post` as the newest of what they could see.

        When it is not, it came before them without an update: at a time that had been set.
        """
        seen = self.seen_now(post)
        if seen and seen.is_public:
            return
        self.begin_anew(post)
        as_published = {"is_public": True, "kind": Revision.Kind.PUBLISHED}
        if seen is None:
            self.create(post=post, created_at=at, **as_published, **_words_of(post))
        elif seen.kind == Revision.Kind.SAVED:
            self.filter(pk=seen.pk).update(**as_published)
        else:
            self.filter(pk=seen.pk).update(is_public=True)

    def begin_anew(self, post: Post) -> None:
        """When other words come before readers than those that were taken back, tell of none."""
        last = self.filter(post=post).public().newest_first().first()
        if last and not last.says(post):
            self.filter(post=post, changes__isnull=False).update(changes=None)

    def account_for(
        self,
        before: Post,
        after: Post,
        *,
        is_minor: bool,
        note: str,
        at: datetime,
        find_pictures: changes.PictureFinder,
    ) -> dict[str, Any]:
        """What `keep` records, besides the text, of an update from `before` to `after`.

        The change is the one since readers were last told of any, so that what is told adds up:
        slips of the pen in between are part of it.
        """
        self.know_seen(before, at=at)
        out: dict[str, Any] = {"is_public": True, "is_minor": is_minor, "note": note}
        if is_minor:
            return out
        known = self.filter(post=before, is_minor=False).public().newest_first().first()
        way = changes.between(
            known or before, after, language=after.language, find_pictures=find_pictures
        )
        return {**out, "changes": way if way or note else None}


class Revision(models.Model):
    class Kind(models.TextChoices):
        SAVED = "saved", _("Saved")
        SUBMITTED = "submitted", _("Handed in")
        APPROVED = "approved", _("Approved")
        PUBLISHED = "published", _("Published")
        UPDATED = "updated", _("Updated")
        RESTORED = "restored", _("Restored")
        IMPORTED = "imported", _("Imported")

    post = models.ForeignKey("blog.Post", on_delete=models.CASCADE, related_name="revisions")
    title = models.CharField(max_length=200)
    subtitle = models.CharField(max_length=300, blank=True)
    source = models.TextField(blank=True)
    kind = models.CharField(max_length=10, choices=Kind, default=Kind.SAVED)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    created_at = models.DateTimeField()
    is_public = models.BooleanField(
        default=False, help_text=_("Readers could see it from this moment on.")
    )
    is_minor = models.BooleanField(
        default=False, help_text=_("A slip of the pen: readers are not told.")
    )
    note = models.CharField(max_length=NOTE_MAX_LENGTH, blank=True)
    # What readers are told of an update, as `blog.changes` finds it; made once, when it is written.
    changes = models.JSONField(null=True, editable=False)

    objects: ClassVar[Any] = RevisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("revision")
        verbose_name_plural = _("revisions")
        indexes = [
            # The newest revisions of a story.
            models.Index(fields=["post", "-created_at", "-id"], name="revision_of_post"),
            # What readers could see of a story.
            models.Index(
                fields=["post", "-created_at"],
                name="revision_public",
                condition=models.Q(is_public=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.created_at:%Y-%m-%d %H:%M}"

    @property
    def is_told(self) -> bool:
        """Agrees with `RevisionQuerySet.told`."""
        return self.is_public and not self.is_minor and self.changes is not None

    def mend_note(self, note: str) -> None:
        """Say a correction in other words, or not at all; its date stays."""
        Revision.objects.told().filter(pk=self.pk).update(note=note)

    def is_open_to(self, by: User | None, at: datetime) -> bool:
        """Whether a plain save of this person may still go into this row."""
        return self.is_plain_of(by) and at - self.created_at < WINDOW

    def is_plain_of(self, by: User | None) -> bool:
        return self.kind == self.Kind.SAVED and self.by_id == (by.pk if by else None)

    def leaves_room_for(self, public: Mapping[str, Any]) -> bool:
        """Whether a named moment with the same text says anything that this row does not."""
        comes_out = bool(public.get("is_public")) and not self.is_public
        return self.kind == self.Kind.SAVED or comes_out or bool(public.get("note"))

    def says(self, text: Written) -> bool:
        return _words_of(self) == _words_of(text)


def _words_of(text: Written | Revision) -> dict[str, str]:
    return {name: getattr(text, name) for name in TEXT_FIELDS}
