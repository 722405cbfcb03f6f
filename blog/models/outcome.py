"""What whoever wrote a response is told when somebody decides about it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from accounts.models import Notification
from blog.models.comment import Comment

if TYPE_CHECKING:
    from blog.models.moderation import ModerationAction

KIND = "moderation"


def tell_writer(action: ModerationAction, *, hand: Comment.Hand, is_first: bool) -> None:
    """Say what was decided, and why; nothing to whoever decided, nor that nothing changed.

    `is_first`: no reader had seen the response before.
    """
    comment = action.comment
    if comment is None or comment.author is None or comment.author == action.by:
        return
    if action.before["status"] == action.after["status"]:
        return
    text = _sentence(action.verb, hand, is_first=is_first)
    Notification.objects.tell(
        [comment.author],
        kind=KIND,
        # The publication decides, whoever does it.
        by=None,
        text=text % {"title": comment.post.display_title},
        url=_place_of(comment, action.after["status"]),
        key=_key(action),
        quote=action.because,
    )


def untell_writer(action: ModerationAction) -> None:
    """It was taken back: whoever has not heard of it need not, all others hear of that."""
    comment = action.comment
    if comment is None or comment.author is None:
        return
    told = Notification.objects.filter(recipient=comment.author, key=_key(action))
    if not told.exists() or told.filter(read_at=None, mailed_at=None).delete()[0]:
        return
    text = _("A decision about your response to “%(title)s” was taken back")
    Notification.objects.tell(
        [comment.author],
        kind=KIND,
        by=None,
        text=text % {"title": comment.post.display_title},
        url=_place_of(comment, action.before["status"]),
        key=_key(action),
    )


def _sentence(verb: str, hand: Comment.Hand, *, is_first: bool) -> str:
    if verb == "approve":
        if is_first:
            return _("Your response to “%(title)s” stands there now")
        return _("Your response to “%(title)s” stands there again")
    if verb == "spam":
        return _("A moderator took your response to “%(title)s” for spam, and hid it")
    is_by_author = hand == Comment.Hand.AUTHOR
    if verb == "remove" and is_by_author:
        return _("Your response to “%(title)s” was deleted by an author of the story")
    if verb == "remove":
        return _("Your response to “%(title)s” was deleted by a moderator")
    if is_by_author:
        return _("Your response to “%(title)s” was hidden by an author of the story")
    return _("Your response to “%(title)s” was hidden by a moderator")


def _place_of(comment: Comment, status: str) -> str:
    if status == Comment.Status.PUBLISHED:
        return comment.get_absolute_url()
    return f"{comment.post.get_absolute_url()}#responses"


def _key(action: ModerationAction) -> str:
    return f"moderation:{action.pk}"
