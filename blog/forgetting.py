"""What is kept for some time only: spam, guests who never confirmed, addresses, old bans."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef
from django.utils import timezone

from accounts.models import Ban
from blog.models import Comment, Guest
from blog.models.comment import CommentQuerySet
from blog.models.guest import GuestQuerySet

UNCONFIRMED_KEPT_FOR = timedelta(days=7)
ADDRESSES_KEPT_FOR = timedelta(days=90)
SPAM_KEPT_FOR = timedelta(days=90)
AT_ONCE = 500


def forget_some() -> bool:
    """Let go of some of each; True while there is more."""
    for comment in [*_never_confirmed()[:AT_ONCE], *_old_spam()[:AT_ONCE]]:
        comment.remove()
    idle = list(_without_words().values_list("pk", flat=True)[:AT_ONCE])
    Guest.objects.filter(pk__in=idle, confirmed_at=None).delete()
    old = list(_with_old_address().values_list("pk", flat=True)[:AT_ONCE])
    Comment.objects.filter(pk__in=old).update(address=None)
    Ban.objects.forgettable().delete()
    return is_due()


def is_due() -> bool:
    return (
        _never_confirmed().exists()
        or _old_spam().exists()
        or _without_words().exists()
        or _with_old_address().exists()
        or bool(Ban.objects.forgettable().exists())
    )


def _never_confirmed() -> CommentQuerySet:
    found: CommentQuerySet = Comment.objects.unconfirmed()
    return found.filter(created_at__lte=_ago(UNCONFIRMED_KEPT_FOR)).order_by("created_at")


def _old_spam() -> CommentQuerySet:
    """What it taught stays known; its words are of no use to anybody."""
    found: CommentQuerySet = Comment.objects.filter(status=Comment.Status.SPAM)
    return found.filter(created_at__lte=_ago(SPAM_KEPT_FOR)).order_by("created_at")


def _without_words() -> GuestQuerySet:
    """Guests who never confirmed their address, and of whom nothing waits."""
    said = Comment.objects.filter(guest=OuterRef("pk"))
    found: GuestQuerySet = Guest.objects.filter(confirmed_at=None)
    return found.filter(~Exists(said), created_at__lte=_ago(UNCONFIRMED_KEPT_FOR)).order_by("pk")


def _with_old_address() -> CommentQuerySet:
    found: CommentQuerySet = Comment.objects.filter(address__isnull=False)
    return found.filter(created_at__lte=_ago(ADDRESSES_KEPT_FOR)).order_by("created_at")


def _ago(age: timedelta) -> datetime:
    return timezone.now() - age
