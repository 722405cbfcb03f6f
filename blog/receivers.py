"""What follows once something is committed; the only signals of the project."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models import Q
from django.db.models.signals import post_save, pre_delete
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import User
from blog.models import Clap, Image, Post
from blog.tasks import make_avif, rerender_stories_with
from blog.visitors import read_visitor


def connect() -> None:
    post_save.connect(follow_picture, sender=Image, dispatch_uid="blog.image")
    pre_delete.connect(leave_pictures, sender=Post, dispatch_uid="blog.post.pictures")
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


def leave_pictures(instance: Post, **_signal: Any) -> None:
    """A story that goes shows its pictures for the last time now."""
    shown = Image.objects.filter(Q(posts=instance) | Q(led_posts=instance))
    Image.objects.filter(pk__in=shown.values("pk")).update(used_at=timezone.now())


def adopt_claps(request: HttpRequest | None, user: User, **_signal: Any) -> None:
    """Claps given before signing in become the person's own."""
    visitor = read_visitor(request) if request else None
    if visitor:
        Clap.objects.adopt(visitor=visitor, user=user)
