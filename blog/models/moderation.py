"""What is decided about responses: who, when, what, and why; and how it is taken back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models import Exists, OuterRef, Q
from django.dispatch import Signal
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from blog.models.banning import ban_writer, end_ban
from blog.models.comment import Comment, CommentQuerySet
from blog.models.outcome import tell_writer, untell_writer
from blog.models.post import Authorship
from blog.models.report import Report
from blog.models.stats import PostStats

MODERATES = "blog.moderate_comment"
UNDO_WITHIN = timedelta(hours=24)
MAX_BECAUSE_CHARS = 500
PEOPLE = ("author", "author__author", "guest")

# A decision was taken, or taken back, in the transaction that is open: `action`.
decided = Signal()
undone = Signal()


class Verb(models.TextChoices):
    APPROVE = "approve", gettext_lazy("Approved")
    HIDE = "hide", gettext_lazy("Hidden")
    SPAM = "spam", gettext_lazy("Marked as spam")
    BAN = "ban", gettext_lazy("Hidden and banned")
    REMOVE = "remove", gettext_lazy("Deleted")
    UNDO = "undo", gettext_lazy("Taken back")


# What nobody takes back: the text is gone, or it was the way back.
FINAL = (Verb.REMOVE, Verb.UNDO)

# From which states each of them leads somewhere.
_STATUS = Comment.Status
_UNSEEN = {_STATUS.HELD, _STATUS.HIDDEN, _STATUS.SPAM}
POSSIBLE_FROM: dict[str, set[str]] = {
    # What readers see is approved, too: its reports are settled, and it stays.
    Verb.APPROVE: {_STATUS.PUBLISHED, *_UNSEEN},
    Verb.HIDE: {_STATUS.PUBLISHED, _STATUS.HELD, _STATUS.SPAM},
    Verb.SPAM: {_STATUS.PUBLISHED, _STATUS.HELD, _STATUS.HIDDEN},
    Verb.BAN: {_STATUS.PUBLISHED, *_UNSEEN},
    Verb.REMOVE: {_STATUS.PUBLISHED, _STATUS.UNCONFIRMED, *_UNSEEN},
}
LEADS_TO: dict[str, str] = {
    Verb.APPROVE: _STATUS.PUBLISHED,
    Verb.HIDE: _STATUS.HIDDEN,
    Verb.SPAM: _STATUS.SPAM,
    Verb.BAN: _STATUS.HIDDEN,
    Verb.REMOVE: _STATUS.REMOVED,
}


class ResponseGone(Exception):
    """There is no response (any more) about which one could decide."""


class Overtaken(Exception):
    """The response is not as it was when one looked; `action` is what was decided meanwhile."""

    def __init__(self, action: ModerationAction | None) -> None:
        super().__init__()
        self.action = action


class NotUndoable(Exception):
    """It was too long ago, was taken back already, or something newer happened."""


def moderatable_by(user: User) -> CommentQuerySet:
    """The responses about which `user` may decide. Agrees with `can_moderate`."""
    found: CommentQuerySet = Comment.objects.exclude(status=_STATUS.REMOVED)
    if user.has_perm(MODERATES):
        return found
    theirs = found.filter(post__in=Authorship.objects.by(user).values("post"))
    hidden_by_author = Q(
        status=_STATUS.HIDDEN, taken_by=Comment.Hand.AUTHOR, appeared_at__isnull=False
    )
    return theirs.filter(Q(status=_STATUS.PUBLISHED) | hidden_by_author)


def can_moderate(comment: Comment, user: User) -> bool:
    """Moderators may decide about all there is; authors may hide or delete what readers see on
    their own stories, and show again what authors have hidden of that. Agrees with
    `moderatable_by`.
    """
    if comment.is_removed:
        return False
    if user.has_perm(MODERATES):
        return True
    is_hidden = comment.status == _STATUS.HIDDEN and comment.appeared_at is not None
    if not (comment.is_visible or (is_hidden and comment.taken_by == Comment.Hand.AUTHOR)):
        return False
    return bool(Authorship.objects.by(user).filter(post_id=comment.post_id).exists())


def verbs_of(comment: Comment, user: User) -> set[str]:
    """What `user` may do about a response as it stands."""
    if not can_moderate(comment, user):
        return set()
    if user.has_perm(MODERATES):
        return {verb for verb, states in POSSIBLE_FROM.items() if comment.status in states}
    return {Verb.HIDE, Verb.REMOVE} if comment.is_visible else {Verb.APPROVE}


def mark_of(comment: Comment, last_action_pk: int | None) -> str:
    """What one has seen who looks at it now: another text, or another decision, is another mark."""
    edited = int(comment.edited_at.timestamp() * 1_000_000) if comment.edited_at else 0
    return f"{comment.status}-{edited}-{last_action_pk or 0}"


@transaction.atomic
def moderate(
    comment: Comment,
    verb: str,
    *,
    by: User,
    because: str = "",
    seen: str = "",
    until: datetime | None = None,
    at: datetime | None = None,
) -> ModerationAction:
    """Decide about a response, and keep who did and why. `until` is for a ban; None is for good.

    With the mark that one has `seen`, nothing is decided about what has changed since; sent twice,
    it is decided once. Raises `ResponseGone`, `Overtaken`, `PermissionDenied`, `NotBannable`.
    """
    locked = _locked(comment)
    last = locked.decisions.select_related("by").order_by("-pk").first()
    mark = mark_of(locked, last.pk if last else None)
    if seen and seen != mark:
        if last and (last.by_id, last.verb, last.before.get("mark")) == (by.pk, verb, seen):
            return last
        raise Overtaken(last if last and not seen.endswith(f"-{last.pk}") else None)
    _check(locked, verb, by, last)
    is_own_story = Authorship.objects.by(by).filter(post_id=locked.post_id).exists()
    hand = Comment.Hand.AUTHOR if is_own_story else Comment.Hand.MODERATOR
    # Under their own stories too: where one person does all, nobody else would ever settle it.
    settles = by.has_perm(MODERATES)
    after: dict[str, Any] = {"status": LEADS_TO[verb], "hand": hand, "settles": settles}
    if verb == Verb.BAN:
        after["ban"] = ban_writer(locked, by=by, until=until, because=because)
    action = ModerationAction.objects.create(
        verb=verb,
        by=by,
        at=at or timezone.now(),
        because=because.strip()[:MAX_BECAUSE_CHARS],
        comment=locked,
        person=locked.author,
        before=_state(locked) | {"mark": mark},
        after=after,
    )
    if settles:
        reports = Report.objects.open().filter(comment=locked)
        reports.update(settled_at=action.at, settled_by=action)
    decided.send(ModerationAction, action=action)
    is_first = locked.appeared_at is None
    _carry_out(locked, verb, hand)
    # Last: nobody is told of what they may not open (yet).
    tell_writer(action, hand=hand, is_first=is_first)
    return action


def _check(comment: Comment, verb: str, by: User, last: ModerationAction | None) -> None:
    """Raise unless `by` may do this, and it leads anywhere."""
    if verb in verbs_of(comment, by):
        return
    if by.has_perm(MODERATES):
        raise Overtaken(last)
    raise PermissionDenied


def _carry_out(comment: Comment, verb: str, hand: Comment.Hand) -> None:
    """Move the response; those whom it concerns hear that it can be read."""
    if verb == Verb.APPROVE:
        if comment.status == _STATUS.HIDDEN:
            comment.show()
        else:
            comment.approve()
    elif verb == Verb.SPAM:
        comment.mark_spam()
    elif verb == Verb.REMOVE:
        comment.remove(by=hand)
    else:
        comment.hide(by=hand)


def _locked(comment: Comment | None) -> Comment:
    """The response, held until the decision is in. Raises `ResponseGone`."""
    if comment is None:
        raise ResponseGone
    comment.hold_guest()
    PostStats.hold(comment.post_id)
    rows = Comment.objects.select_for_update(of=("self",)).select_related("post", *PEOPLE)
    found: Comment | None = rows.filter(pk=comment.pk).first()
    if found is None or found.is_removed:
        raise ResponseGone
    return found


def _state(comment: Comment) -> dict[str, Any]:
    return {
        "status": comment.status,
        "held_because": comment.held_because,
        "taken_by": comment.taken_by,
    }


class ModerationActionQuerySet(models.QuerySet["ModerationAction"]):
    def standing(self) -> ModerationActionQuerySet:
        """Those that nobody has taken back."""
        return self.filter(undone_at=None).exclude(verb__in=FINAL)

    def approving(self) -> ModerationActionQuerySet:
        """Those by which a moderator has said that a response may stand there."""
        return self.standing().filter(verb=Verb.APPROVE, after__settles=True)

    def newest_first(self) -> ModerationActionQuerySet:
        return self.order_by("-pk")

    def with_all(self) -> ModerationActionQuerySet:
        """With everybody and everything that is named when they are listed."""
        people = ("by__author", "person__author", "undone_by__author")
        return self.select_related(*people, "comment__post", "comment__guest", "comment__author")

    def undoable_by(self, user: User, at: datetime | None = None) -> ModerationActionQuerySet:
        """Those that `user` may take back: lately, and nothing newer was decided about the same.

        Agrees with `ModerationAction.can_undo`.
        """
        since = (at or timezone.now()) - UNDO_WITHIN
        newer = ModerationAction.objects.filter(comment=OuterRef("comment"), pk__gt=OuterRef("pk"))
        recent = self.standing().filter(~Exists(newer), at__gt=since, comment__isnull=False)
        return recent if user.has_perm(MODERATES) else recent.filter(by=user)


class ModerationAction(models.Model):
    """One decision. `before` and `after` say how the response stood, so that it can go back."""

    verb = models.CharField(max_length=10, choices=Verb)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    at = models.DateTimeField(default=timezone.now)
    because = models.CharField(max_length=MAX_BECAUSE_CHARS, blank=True)
    comment = models.ForeignKey(
        Comment, on_delete=models.SET_NULL, null=True, related_name="decisions"
    )
    # Who wrote it, known also when the response is gone.
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    undoes = models.OneToOneField(
        "self", on_delete=models.SET_NULL, null=True, related_name="undoing"
    )
    undone_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+"
    )

    objects: ClassVar[Any] = ModerationActionQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("decision")
        verbose_name_plural = gettext_lazy("decisions")
        constraints = [
            models.CheckConstraint(
                condition=Q(undone_at=None) | ~Q(verb=Verb.UNDO), name="moderation_undo_is_final"
            ),
        ]
        indexes = [
            # The decisions of one moderator, newest first (those of all have the key's own).
            models.Index(fields=["by", "-id"], name="moderation_of_moderator"),
        ]

    def __str__(self) -> str:
        return f"{self.verb}, {self.at:%Y-%m-%d}"

    @property
    def who(self) -> str:
        return self.by.signature if self.by else _("Somebody who left")

    @property
    def sentence(self) -> str:
        """What was done, by whom."""
        said = {
            Verb.APPROVE: _("%(who)s approved it"),
            Verb.HIDE: _("%(who)s hid it"),
            Verb.SPAM: _("%(who)s marked it as spam"),
            Verb.BAN: _("%(who)s hid it and banned whoever wrote it"),
            Verb.REMOVE: _("%(who)s deleted it"),
            Verb.UNDO: _("%(who)s took the decision back"),
        }
        return said[Verb(self.verb)] % {"who": self.who}

    def can_undo(self, user: User, at: datetime | None = None) -> bool:
        """Agrees with `ModerationActionQuerySet.undoable_by`."""
        at = at or timezone.now()
        if self.verb in FINAL or self.undone_at or at - self.at >= UNDO_WITHIN:
            return False
        if self.comment is None or (self.by_id != user.pk and not user.has_perm(MODERATES)):
            return False
        return not self.comment.decisions.filter(pk__gt=self.pk).exists()

    @property
    def mark(self) -> str:
        """What one has seen who looks at its response now, as long as nothing newer happens."""
        return mark_of(self.comment, self.pk) if self.comment else ""

    @transaction.atomic
    def undo(self, *, by: User, at: datetime | None = None) -> ModerationAction:
        """Put everything back as it was before: the response, its reports, a ban.

        Raises `ResponseGone`, `Overtaken`, `NotUndoable`, `PermissionDenied`.
        """
        at = at or timezone.now()
        if self.by_id != by.pk and not by.has_perm(MODERATES):
            raise PermissionDenied
        locked = _locked(Comment.objects.filter(decisions=self.pk).first())
        last = locked.decisions.select_related("by").order_by("-pk").first()
        if last is None or last.pk != self.pk or locked.status != self.after["status"]:
            raise Overtaken(last)
        if not last.can_undo(by, at):
            raise NotUndoable
        ModerationAction.objects.filter(pk=self.pk).update(undone_at=at, undone_by=by)
        self.undone_at, self.undone_by = at, by
        action = ModerationAction.objects.create(
            verb=Verb.UNDO,
            by=by,
            at=at,
            comment=locked,
            person=locked.author,
            before=self.after,
            after=self.before,
            undoes=self,
        )
        self._reopen_reports()
        if self.after.get("ban"):
            end_ban(self.after["ban"])
        self._take_trust_back(locked)
        undone.send(ModerationAction, action=self)
        locked.put_back(
            self.before["status"],
            only_from=locked.status,
            held_because=self.before["held_because"],
            taken_by=self.before["taken_by"],
        )
        untell_writer(self)
        return action

    def _take_trust_back(self, comment: Comment) -> None:
        """From a guest to whom this approval gave it, and none since."""
        guest = comment.guest
        if self.verb != Verb.APPROVE or guest is None or guest.trusted_at is None:
            return
        approved = ModerationAction.objects.approving().filter(comment__guest=guest)
        if guest.trusted_at >= self.at and not approved.exists():
            guest.distrust()

    def _reopen_reports(self) -> None:
        """But for those of people who have reported it again since."""
        again = Report.objects.open().filter(comment=self.comment_id, by__isnull=False)
        settled = Report.objects.filter(settled_by=self)
        settled.exclude(by__in=again.values("by")).update(settled_at=None, settled_by=None)
