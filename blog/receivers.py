"""What follows once something is committed; the only signals of the project."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models import F
from django.db.models.signals import post_delete, post_save
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Author, Follow, User
from blog.models import Clap, Image, Post
from blog.models.post import brought_out
from blog.tasks import announce, make_avif, rerender_stories_with
from blog.visitors import read_visitor


def connect() -> None:
    post_save.connect(follow_picture, sender=Image, dispatch_uid="blog.image")
    brought_out.connect(follow_publication, dispatch_uid="blog.post.publication")
    post_delete.connect(uncount_follower, sender=Follow, dispatch_uid="blog.follow.removal")
    user_logged_in.connect(adopt_claps, dispatch_uid="blog.clap.adopt")


def follow_picture(
    instance: Image, *, created: bool, update_fields: frozenset[str] | None, **_signal: Any
) -> None:
    """AVIF takes seconds, so a new picture gets it after the answer.

    When other words are said about a picture, every story that shows it says them.
    """
    if created:
        transaction.on_commit(partial(make_avif.enqueue, instance.pk))
    elif update_fields != frozenset({"has_avif"}):
        transaction.on_commit(partial(rerender_stories_with.enqueue, instance.pk))


def follow_publication(post: Post, **_signal: Any) -> None:
    """Those who follow its authors hear of it when it appears, be that now or later."""
    at = post.published_at
    # Later than the story itself becomes visible, so that whoever is told finds it.
    later = announce.using(run_after=at) if at and at > timezone.now() else announce
    transaction.on_commit(partial(later.enqueue, post.pk))


def uncount_follower(instance: Follow, **_signal: Any) -> None:
    """Somebody who followed has left altogether; `unfollow` counts by itself."""
    Author.objects.filter(pk=instance.author_id).update(follower_count=F("follower_count") - 1)


def adopt_claps(request: HttpRequest | None, user: User, **_signal: Any) -> None:
    """Claps given before signing in become the person's own."""
    visitor = read_visitor(request) if request else None
    if visitor:
        Clap.objects.adopt(visitor=visitor, user=user)
