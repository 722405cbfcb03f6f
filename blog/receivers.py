"""What follows once something is committed; the only signals of the project."""

from __future__ import annotations

import logging
from functools import partial
from threading import local
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.db.models.signals import post_delete, post_save, pre_delete
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Author, Follow, User
from blog import search
from blog.models import Authorship, Clap, Image, Post, PostTag, Publication, Tag
from blog.models.post import brought_out, taken_back, words_changed
from blog.tasks import announce, index_stories, make_avif, rerender_stories_with, tell_hub
from blog.visitors import read_visitor

logger = logging.getLogger("longhand.search")


def connect() -> None:
    post_save.connect(follow_picture, sender=Image, dispatch_uid="blog.image")
    brought_out.connect(follow_publication, dispatch_uid="blog.post.publication")
    post_delete.connect(uncount_follower, sender=Follow, dispatch_uid="blog.follow.removal")
    words_changed.connect(follow_words, sender=Post, dispatch_uid="blog.search")
    words_changed.connect(follow_update, sender=Post, dispatch_uid="blog.hub.update")
    taken_back.connect(follow_withdrawal, sender=Post, dispatch_uid="blog.hub.withdrawal")
    post_delete.connect(forget_words, sender=Post, dispatch_uid="blog.search.forget")
    post_save.connect(follow_author, sender=Author, dispatch_uid="blog.search.author")
    post_save.connect(follow_tag, sender=Tag, dispatch_uid="blog.search.tag")
    pre_delete.connect(follow_tag, sender=Tag, dispatch_uid="blog.search.tag.gone")
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


def follow_publication(post: Post, **_signal: Any) -> None:
    """Those who follow its authors hear of it when it appears, be that now or later."""
    at = post.published_at
    # Later than the story itself becomes visible, so that whoever is told finds it.
    later = announce.using(run_after=at) if at and at > timezone.now() else announce
    transaction.on_commit(partial(later.enqueue, post.pk))


def follow_update(post: Post, *, is_rendering: bool = False, **_signal: Any) -> None:
    """Feeds say other words of a story that stands in them; a save changes them one by one."""
    if post.is_live and post.visibility == Post.Visibility.PUBLIC and not is_rendering:
        _tell_hub_after(post)


def follow_withdrawal(post: Post, **_signal: Any) -> None:
    """Feeds show it no more."""
    _tell_hub_after(post)


def _tell_hub_after(post: Post) -> None:
    _untold.pks.add(post.pk)
    transaction.on_commit(partial(_tell_hub, post.pk))


def _tell_hub(pk: int) -> None:
    if pk in _untold.pks:
        _untold.pks.discard(pk)
        if Publication.current().websub_hub:
            tell_hub.enqueue(pk)


def uncount_follower(instance: Follow, **_signal: Any) -> None:
    """Somebody who followed has left altogether; `unfollow` counts by itself."""
    Author.objects.filter(pk=instance.author_id).update(follower_count=F("follower_count") - 1)


class _Waiting(local):
    """Stories that something is done with once this thread's transaction is over."""

    def __init__(self) -> None:
        self.pks: set[int] = set()


_waiting = _Waiting()
_untold = _Waiting()


def follow_words(post: Post, **_signal: Any) -> None:
    """A save changes text, authors and tags one by one: their words are taken in once, after it."""
    _waiting.pks.add(post.pk)
    transaction.on_commit(partial(_index, post.pk))


def _index(pk: int) -> None:
    if pk not in _waiting.pks:
        return
    _waiting.pks.discard(pk)
    try:
        search.index([pk])
    except Exception:
        # The story is saved; whoever saved it must not hear otherwise.
        logger.exception("Story %d is not in the index; the next start tries again.", pk)


def forget_words(instance: Post, **_signal: Any) -> None:
    search.forget(instance.pk)


def follow_author(
    instance: Author, *, created: bool, update_fields: frozenset[str] | None, **_signal: Any
) -> None:
    """Stories are found by the names of their authors."""
    if not created and (update_fields is None or "name" in update_fields):
        _index_later(Authorship.objects.filter(author=instance))


def follow_tag(
    instance: Tag,
    *,
    created: bool = False,
    update_fields: frozenset[str] | None = None,
    **_signal: Any,
) -> None:
    """Stories are found by the names of their tags, while they have them."""
    if not created and (update_fields is None or "name" in update_fields):
        _index_later(PostTag.objects.filter(tag=instance))


def _index_later(of_posts: QuerySet[Any]) -> None:
    # Asked for now: of a tag that goes, nobody knows afterwards which stories had it.
    pks = list(of_posts.values_list("post_id", flat=True))
    if pks:
        transaction.on_commit(partial(index_stories.enqueue, pks))


def leave_pictures(instance: Post, **_signal: Any) -> None:
    """A story that goes shows its pictures for the last time now."""
    shown = Image.objects.filter(Q(posts=instance) | Q(led_posts=instance))
    Image.objects.filter(pk__in=shown.values("pk")).update(used_at=timezone.now())


def adopt_claps(request: HttpRequest | None, user: User, **_signal: Any) -> None:
    """Claps given before signing in become the person's own."""
    visitor = read_visitor(request) if request else None
    if visitor:
        Clap.objects.adopt(visitor=visitor, user=user)
