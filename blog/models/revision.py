"""What a story said, and when, and by whose hand."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from django.conf import settings
from django.db import models
from django.db.models import ExpressionWrapper, Q
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
TOLD = Q(is_public=True, is_minor=False, changes__isnull=False)


class RevisionQuerySet(models.QuerySet["Revision"]):
    def newest_first(self) -> RevisionQuerySet:
        return self.order_by("-created_at", "-pk")

    def named(self) -> RevisionQuerySet:
        """Those of a moment that has a name: published, updated, restored …"""
        return self.exclude(kind=Revision.Kind.SAVED)

    def public(self) -> RevisionQuerySet:
        """What readers could see at some time."""
        return self.filter(is_public=True)

    def told(self) -> RevisionQuerySet:
        """The updates that readers may read about."""
        return self.filter(TOLD)

    def light(self) -> RevisionQuerySet:
        """Without the texts, for lists; `is_told` says whether it is one of `told`."""
        is_told = ExpressionWrapper(TOLD, models.BooleanField())
        return self.defer("subtitle", "source", "changes").annotate(is_told=is_told)

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
        **public: Any,
    ) -> Revision | None:
        """Record `text` (the story, or its working copy) as it stands, if it changed.

        Plain saves share one row for ten minutes, which then holds the newest of them. A named
        moment (submitted, published) never hides in such a row: it gets its own, or names the
        plain row that holds the very same text. `public` says what readers learn of it:
        `is_public`, `is_minor` and `note`.
        """
        last = self.filter(post=post).order_by("-created_at", "-pk").first()
        is_plain = kind == Revision.Kind.SAVED
        # A note to readers is worth a row of its own, even where no word changed.
        has_more_to_say = bool(last and last.is_public and public.get("note"))
        if last and last.says(text) and not has_more_to_say:
            if not is_plain and last.kind == Revision.Kind.SAVED:
                self.filter(pk=last.pk).update(kind=kind, by=by, created_at=at, **public)
            elif public.get("is_public") and not last.is_public:
                # Restored before, and brought before readers now.
                self.filter(pk=last.pk).update(created_at=at, **public)
            return None
        if last and is_plain and last.is_open_to(by, at):
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
        SUBMITTED = "submitted", _("Submitted")
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

    def is_open_to(self, by: User | None, at: datetime) -> bool:
        """Whether a plain save of this person may still go into this row."""
        is_theirs = self.by_id == (by.pk if by else None)
        return self.kind == self.Kind.SAVED and is_theirs and at - self.created_at < WINDOW

    def says(self, text: Written) -> bool:
        return _words_of(self) == _words_of(text)


def _words_of(text: Written | Revision) -> dict[str, str]:
    return {name: getattr(text, name) for name in TEXT_FIELDS}
