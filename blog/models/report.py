"""Reports: what readers think that a moderator should see. Only moderators read them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from django.conf import settings
from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from blog.models.comment import Comment
from blog.models.stats import PostStats

# So many people take a response out of sight until a moderator has looked.
HOLDS_FROM_REPORTS = 3
MAX_WORDS_CHARS = 500


class NotReportable(Exception):
    """Readers cannot see the response (any more), or it is one's own."""


class ReportQuerySet(models.QuerySet["Report"]):
    def open(self) -> ReportQuerySet:
        """Those that no moderator has decided about."""
        return self.filter(settled_at=None)

    def waiting(self) -> ReportQuerySet:
        """Those about what readers still see: the response waits because of them."""
        return self.open().filter(comment__status=Comment.Status.PUBLISHED)

    @transaction.atomic
    def report(
        self,
        comment: Comment,
        *,
        by: User,
        reason: str,
        words: str = "",
        at: datetime | None = None,
    ) -> Report:
        """Say why a moderator should look at a response; said again, the last word counts.

        Raises `NotReportable`.
        """
        # Those who report at once are counted one after the other.
        PostStats.hold(comment.post_id)
        shown = Comment.objects.visible().select_for_update()
        locked = shown.filter(pk=comment.pk).first()
        if locked is None or not can_report(locked, by):
            raise NotReportable
        said = {"reason": reason, "words": words, "created_at": at or timezone.now()}
        report, _made = self.update_or_create(comment=locked, by=by, settled_at=None, defaults=said)
        count = self.open().filter(comment=locked).count()
        if count >= HOLDS_FROM_REPORTS and not _was_reviewed(locked):
            locked.hold([{"rule": "reports", "count": count}])
        return report


def can_report(comment: Comment, user: User) -> bool:
    """What readers see may be reported by everybody but whoever wrote it."""
    return comment.is_visible and comment.author_id != user.pk


def _was_reviewed(comment: Comment) -> bool:
    """Whether a moderator has approved it as it stands now."""
    approved = comment.decisions.approving()
    if comment.edited_at:
        approved = approved.filter(at__gte=comment.edited_at)
    return bool(approved.exists())


class Report(models.Model):
    class Reason(models.TextChoices):
        SPAM = "spam", _("It is spam or an advertisement")
        UNKIND = "unkind", _("It is unkind or attacks somebody")
        OFF_TOPIC = "off_topic", _("It has nothing to do with the story")
        UNLAWFUL = "unlawful", _("It may be against the law")
        OTHER = "other", _("Something else")

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="reports")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    reason = models.CharField(max_length=10, choices=Reason)
    words = models.CharField(max_length=MAX_WORDS_CHARS, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    # By the decision that a moderator took about the response.
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(
        "blog.ModerationAction", on_delete=models.SET_NULL, null=True, related_name="reports"
    )

    objects: ClassVar[Any] = ReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        constraints = [
            models.UniqueConstraint(
                fields=["comment", "by"], name="report_open_once", condition=Q(settled_at=None)
            ),
        ]
        indexes = [
            # What waits for a moderator, the oldest first.
            models.Index(
                fields=["created_at"], name="report_waiting", condition=Q(settled_at=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.comment_id}: {self.reason}"
