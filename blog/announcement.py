"""Telling those who follow an author that a story of theirs has appeared."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.kinds import Kind
from accounts.models import Follow, Notification, User
from blog.models import Post
from blog.models.post import with_bylines

BATCH_PEOPLE = 1000
STORY = Kind("story", gettext_lazy("A new story by somebody you follow"), by_mail=False)


def announce_post(post_id: int) -> bool:
    """Tell the followers of its authors, once; False when there was nothing to tell.

    The claim is one conditional UPDATE, so of two workers one finds the story told already.
    """
    now = timezone.now()
    with transaction.atomic():
        if not Post.objects.unannounced(now).filter(pk=post_id).update(announced_at=now):
            return False
        [post] = with_bylines(Post.objects.light().filter(pk=post_id))
        for people in _followers(post):
            _tell(people, post)
    return True


def _followers(post: Post) -> Iterator[list[User]]:
    """Everybody who follows one of its authors and is none of them, each once, in batches."""
    theirs = Follow.objects.filter(author__in=post.byline)
    people = User.objects.filter(is_active=True, pk__in=theirs.values("user")).order_by("pk")
    people = people.exclude(author__in=post.byline)
    last = 0
    while batch := list(people.filter(pk__gt=last)[:BATCH_PEOPLE]):
        yield batch
        last = batch[-1].pk


def _tell(people: list[User], post: Post) -> None:
    names = ", ".join(author.name for author in post.byline)
    Notification.objects.tell(
        people,
        kind=STORY.name,
        by=post.byline[0].user,
        text=_("%(names)s published “%(title)s”") % {"names": names, "title": post.display_title},
        url=post.get_absolute_url(),
        key=f"story:{post.pk}",
    )
