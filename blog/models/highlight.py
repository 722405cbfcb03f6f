"""Passages that readers have marked: each sees their own, and what many marked is known to all."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models.functions import Length
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.models.post import Post
from blog.passages import (
    MAX_CHARS,
    MAX_CONTEXT_CHARS,
    MIN_CHARS,
    Quote,
    Text,
    fragment,
    shared_passages,
)

MAX_PER_STORY = 200
SHARED_FROM_READERS = 3
MAX_SHARED = 20
# Of a story that a crowd has marked the newest tell what it likes.
MAX_COUNTED = 5_000


class TooManyHighlights(Exception):
    """A reader has as many passages of one story as may be."""


class HighlightQuerySet(models.QuerySet["Highlight"]):
    def of(self, user: User) -> HighlightQuerySet:
        return self.filter(user=user)

    def by_story(self) -> HighlightQuerySet:
        """The newest story first, its passages as one reads them."""
        return self.order_by("-post_id", "position", "pk")

    @transaction.atomic
    def keep(self, quote: Quote, *, post: Post, by: User, position: int = 0) -> Highlight:
        """Mark a passage; marked twice it is one. Raises `TooManyHighlights`."""
        # Held until the row is there: of two presses at once the second is counted after the first.
        User.objects.select_for_update(no_key=True).get(pk=by.pk)
        theirs = self.filter(user=by, post=post)
        digest = digest_of(quote)
        found = theirs.filter(digest=digest).first()
        if found:
            return found
        if theirs.count() >= MAX_PER_STORY:
            raise TooManyHighlights
        SharedPassages.objects.get_or_create(post=post)
        return self.create(
            user=by,
            post=post,
            exact=quote.exact,
            prefix=quote.prefix,
            suffix=quote.suffix,
            digest=digest,
            position=position,
        )

    def remove(self, pk: int, *, by: User) -> None:
        """Take a mark of one's own away; what is gone, or somebody else's, stays as it is."""
        self.filter(pk=pk, user=by).delete()


def digest_of(quote: Quote) -> str:
    parts = "\0".join((quote.exact, quote.prefix, quote.suffix))
    return hashlib.sha256(parts.encode()).hexdigest()


class Highlight(models.Model):
    """A passage that one reader marked. Nobody but them learns of it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="highlights"
    )
    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="highlights")
    exact = models.CharField(max_length=MAX_CHARS)
    prefix = models.CharField(max_length=MAX_CONTEXT_CHARS, blank=True)
    suffix = models.CharField(max_length=MAX_CONTEXT_CHARS, blank=True)
    # Of the three above, which are too long for an index.
    digest = models.CharField(max_length=64, editable=False)
    # How many letters of the story stood before it when it was marked: the order of the list.
    position = models.PositiveIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = HighlightQuerySet.as_manager()

    class Meta:
        verbose_name = _("highlight")
        verbose_name_plural = _("highlights")
        constraints = [
            models.UniqueConstraint(fields=["user", "post", "digest"], name="highlight_once"),
            models.CheckConstraint(
                condition=GreaterThanOrEqual(Length("exact"), MIN_CHARS)
                & LessThanOrEqual(Length("exact"), MAX_CHARS),
                name="highlight_length",
            ),
        ]
        indexes = [
            # All that somebody marked, story by story.
            models.Index(fields=["user", "-post", "position", "id"], name="highlight_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}, {self.post_id}"

    @property
    def quote(self) -> Quote:
        return Quote(self.exact, self.prefix, self.suffix)

    @property
    def passage_url(self) -> str:
        """Where the story is, at this passage."""
        return f"{self.post.get_absolute_url()}#{fragment(self.quote)}"


class SharedPassagesQuerySet(models.QuerySet["SharedPassages"]):
    def ask(self, post_id: int) -> bool:
        """Say that a story is to be counted anew; True when nobody has said so yet."""
        return bool(self.filter(pk=post_id, is_due=False).update(is_due=True))

    def count_anew(self, post_id: int, *, at: datetime | None = None) -> None:
        """Find out what the readers of a story have in common."""
        # First, so that a passage marked from now on asks for another count.
        if not self.filter(pk=post_id).update(is_due=False):
            return
        post = Post.objects.only("html").get(pk=post_id)
        rows = Highlight.objects.filter(post=post).order_by("-pk")[:MAX_COUNTED]
        found = shared_passages(
            Text(post.html),
            ((row.user_id, row.quote) for row in rows.iterator()),
            at_least=SHARED_FROM_READERS,
            most=MAX_SHARED,
        )
        passages = [{**vars(one.quote), "readers": one.readers} for one in found]
        self.filter(pk=post_id).update(passages=passages, counted_at=at or timezone.now())


class SharedPassages(models.Model):
    """What many readers of a story have marked: its words and a number, nobody's name."""

    post = models.OneToOneField(
        Post, on_delete=models.CASCADE, primary_key=True, related_name="shared_passages"
    )
    passages = models.JSONField(default=list)
    is_due = models.BooleanField(default=False)
    counted_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = SharedPassagesQuerySet.as_manager()

    class Meta:
        verbose_name = _("shared passages")
        verbose_name_plural = _("shared passages")

    def __str__(self) -> str:
        return str(self.post_id)

    @classmethod
    def of(cls, post: Post) -> list[dict[str, Any]]:
        """What everybody may see of a story; nothing unless its author lets them."""
        if not post.shows_highlights:
            return []
        found = cls.objects.filter(post=post).values_list("passages", flat=True).first()
        return found or []
