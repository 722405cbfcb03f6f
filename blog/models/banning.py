"""Keeping out whoever wrote a response: the one place that knows how that is done."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import Ban, User
from accounts.models.ban import NotBannable
from blog.models.comment import Comment


def can_ban(comment: Comment) -> bool:
    """Whether it is known whom to keep out: an account, or the address a guest came from."""
    return bool(comment.author_id or comment.address)


def ban_writer(comment: Comment, *, by: User, until: datetime | None, because: str) -> int | None:
    """Keep whoever wrote it out, `until` then or for good: the key of the ban that is new by it.

    None when they were kept out like this already. Raises `NotBannable`.
    """
    if not can_ban(comment):
        raise NotBannable(_("Nobody knows who wrote this, and so whom to keep out."))
    whom = {"user": comment.author} if comment.author_id else {"address": comment.address}
    now = timezone.now()
    ban = Ban.objects.ban(by=by, until=until, because=because, **whom)
    return int(ban.pk) if ban.begins_at >= now else None


def end_ban(pk: int) -> None:
    """Let the person respond again, if they are still kept out by this ban."""
    ban = Ban.objects.filter(pk=pk).first()
    if ban is not None:
        ban.end()
