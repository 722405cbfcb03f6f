"""Responses: what readers say under a story, and what is said to them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog import markdown
from blog.models.post import Authorship, Post
from blog.models.stats import PostStats

RECENTLY = timedelta(minutes=10)
MAX_RECENT = 20


class ResponsesClosed(Exception):
    """The story takes no responses (any more)."""


class TooManyResponses(Exception):
    """Somebody responds faster than a person writes."""


class ParentGone(Exception):
    """The response that was to be answered is not there (any more)."""


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible(self) -> CommentQuerySet:
        """What readers may read."""
        return self.filter(status=Comment.Status.PUBLISHED)

    def outdated(self) -> CommentQuerySet:
        """What readers may read, made by an older renderer."""
        return self.visible().filter(renderer_version__lt=markdown.VERSION)

    def threads(self) -> CommentQuerySet:
        """What began a thread in which there is (still) something to read."""
        below = Comment.objects.visible().filter(root=OuterRef("pk"))
        return self.filter(Q(status=Comment.Status.PUBLISHED) | Exists(below), parent=None)

    def removable_by(self, user: User) -> CommentQuerySet:
        """Agrees with `Comment.can_remove`."""
        if user.has_perm("blog.moderate_comment"):
            return self.visible()
        own_stories = Authorship.objects.by(user).values("post")
        return self.visible().filter(Q(author=user) | Q(post__in=own_stories))

    def with_people(self) -> CommentQuerySet:
        return self.select_related("author", "author__author")

    def respond(
        self,
        *,
        post: Post,
        by: User,
        source: str,
        parent: Comment | None = None,
        at: datetime | None = None,
    ) -> Comment:
        """Add a response to a story, or to another response of it.

        Sent twice (a double click, a reload), it is added once. Raises `ResponsesClosed`,
        `ParentGone`, `TooManyResponses`, or `markdown.MarkdownError` for a text too long.
        """
        at = at or timezone.now()
        if not post.responses_open:
            raise ResponsesClosed
        html = markdown.render_response(source, language=post.language)
        with transaction.atomic():
            # Whoever sends twice at once waits here, and then finds what the first one added.
            User.objects.select_for_update(no_key=True).get(pk=by.pk)
            recent = self.filter(author=by, created_at__gt=at - RECENTLY)
            same = recent.filter(post=post, parent=parent, source=source).first()
            if same:
                return same
            if recent.count() >= MAX_RECENT:
                raise TooManyResponses
            above = self._locked(post, parent) if parent else None
            comment = self.create(
                post=post,
                author=by,
                parent=above,
                root_id=(above.root_id or above.pk) if above else None,
                source=source,
                html=html,
                renderer_version=markdown.VERSION,
                created_at=at,
            )
            PostStats.add(post.pk, comments=1)
        return comment

    def _locked(self, post: Post, parent: Comment) -> Comment:
        """Hold the parent until the reply is in, so that it cannot vanish in between."""
        found = self.visible().select_for_update().filter(pk=parent.pk, post=post).first()
        if not found:
            raise ParentGone
        return found


class Comment(models.Model):
    """A response. Any depth is stored; `root` is the response that began the thread."""

    class Status(models.TextChoices):
        PUBLISHED = "published", _("Published")
        HIDDEN = "hidden", _("Hidden")
        REMOVED = "removed", _("Removed")

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="comments",
    )
    parent = models.ForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="replies"
    )
    root = models.ForeignKey(
        "self", on_delete=models.RESTRICT, null=True, blank=True, related_name="thread"
    )
    source = models.TextField(_("text"))
    html = models.TextField(editable=False)
    renderer_version = models.PositiveSmallIntegerField(default=0, editable=False)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.PUBLISHED)
    created_at = models.DateTimeField(_("written"), default=timezone.now)
    edited_at = models.DateTimeField(_("edited"), null=True, blank=True)

    objects: ClassVar[Any] = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("response")
        verbose_name_plural = _("responses")
        permissions = [("moderate_comment", _("Can moderate responses"))]
        constraints = [
            models.CheckConstraint(
                condition=Q(parent=None, root=None) | Q(parent__isnull=False, root__isnull=False),
                name="comment_reply_has_root",
            ),
            models.CheckConstraint(condition=~Q(parent=F("id")), name="comment_not_own_parent"),
        ]
        indexes = [
            # The threads of a story, page by page.
            models.Index(
                fields=["post", "created_at", "id"],
                name="comment_threads",
                condition=Q(parent=None),
            ),
            # What somebody wrote lately (how much, and whether the same).
            models.Index(fields=["author", "-created_at"], name="comment_of_author"),
            # All replies within the threads of one page.
            models.Index(fields=["root", "id"], name="comment_replies"),
        ]

    def __str__(self) -> str:
        return self.source[:60]

    def get_absolute_url(self) -> str:
        return reverse("blog:comment", args=[self.post.slug, self.pk])

    @property
    def anchor(self) -> str:
        return f"response-{self.pk}"

    @property
    def signature(self) -> str:
        return self.author.signature if self.author else str(_("Somebody who left"))

    @property
    def is_visible(self) -> bool:
        """Whether readers may read it; what is hidden or removed is at most an empty place."""
        return self.status == self.Status.PUBLISHED

    @property
    def is_removed(self) -> bool:
        return self.status == self.Status.REMOVED

    def can_remove(self, user: User | None) -> bool:
        """Whoever wrote it, the story's authors, and moderators may, while it can be read.

        Agrees with `CommentQuerySet.removable_by`.
        """
        if user is None or not self.is_visible:
            return False
        if self.author_id == user.pk or user.has_perm("blog.moderate_comment"):
            return True
        return Authorship.objects.by(user).filter(post_id=self.post_id).exists()

    @transaction.atomic
    def remove(self) -> None:
        """Take the text away; only what was answered leaves an empty place behind."""
        locked = Comment.objects.select_for_update().filter(pk=self.pk).first()
        if locked is None or locked.is_removed:
            return
        was_visible = locked.status == self.Status.PUBLISHED
        if locked.replies.exists():
            self.status, self.source, self.html = self.Status.REMOVED, "", ""
            self.save(update_fields=["status", "source", "html"])
        else:
            locked.delete()
            _sweep_up_from(locked.parent)
        PostStats.add(self.post_id, comments=-int(was_visible))

    def rerender(self) -> None:
        """Make the stored HTML anew, after the renderer has changed."""
        html = markdown.render_response(self.source, language=self.post.language)
        Comment.objects.filter(pk=self.pk, source=self.source).update(
            html=html, renderer_version=markdown.VERSION
        )

    @transaction.atomic
    def hide(self) -> None:
        """A moderator takes the response out of sight; `show` brings it back."""
        changed = Comment.objects.visible().filter(pk=self.pk).update(status=self.Status.HIDDEN)
        self.status = self.Status.HIDDEN
        PostStats.add(self.post_id, comments=-changed)

    @transaction.atomic
    def show(self) -> None:
        hidden = Comment.objects.filter(pk=self.pk, status=self.Status.HIDDEN)
        changed = hidden.update(status=self.Status.PUBLISHED)
        self.status = self.Status.PUBLISHED
        PostStats.add(self.post_id, comments=changed)


def _sweep_up_from(comment: Comment | None) -> None:
    """Delete empty places that nothing hangs from any more."""
    while comment and comment.is_removed and not comment.replies.exists():
        above = comment.parent
        comment.delete()
        comment = above
