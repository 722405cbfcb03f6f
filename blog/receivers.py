"""What follows once something is committed; the only signals of the project."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from functools import partial
from threading import local
from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.db import transaction
from django.db.models import F, QuerySet
from django.db.models.signals import post_delete, post_save, pre_delete
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Author, Follow, User
from blog import learner, search, share_pictures
from blog.models import (
    Authorship,
    Clap,
    Comment,
    CommentClap,
    Guest,
    Highlight,
    Image,
    Lesson,
    ModerationAction,
    Post,
    PostTag,
    Publication,
    SharedPassages,
    Tag,
)
from blog.models.moderation import MODERATES, Verb, decided, undone
from blog.models.post import brought_out, taken_back, words_changed
from blog.tasks import (
    announce,
    ask_akismet,
    count_passages,
    draw_share_pictures,
    index_stories,
    make_avif,
    redraw_share_pictures,
    relate_around,
    rerender_stories_with,
    teach_akismet,
    tell_hub,
)
from blog.visitors import read_visitor

# What many have highlighted is counted once for all that happens meanwhile.
COUNT_PASSAGES_AFTER = timedelta(minutes=1)

logger = logging.getLogger("longhand.search")


def connect() -> None:
    post_save.connect(follow_picture, sender=Image, dispatch_uid="blog.image")
    brought_out.connect(follow_publication, dispatch_uid="blog.post.publication")
    post_delete.connect(uncount_follower, sender=Follow, dispatch_uid="blog.follow.removal")
    words_changed.connect(follow_words, sender=Post, dispatch_uid="blog.search")
    words_changed.connect(follow_company, sender=Post, dispatch_uid="blog.related")
    brought_out.connect(follow_company, sender=Post, dispatch_uid="blog.related")
    taken_back.connect(leave_company, sender=Post, dispatch_uid="blog.related")
    words_changed.connect(follow_update, sender=Post, dispatch_uid="blog.hub.update")
    taken_back.connect(follow_withdrawal, sender=Post, dispatch_uid="blog.hub.withdrawal")
    post_delete.connect(forget_words, sender=Post, dispatch_uid="blog.search.forget")
    post_save.connect(follow_author, sender=Author, dispatch_uid="blog.search.author")
    post_save.connect(follow_tag, sender=Tag, dispatch_uid="blog.search.tag")
    pre_delete.connect(follow_tag, sender=Tag, dispatch_uid="blog.search.tag.gone")
    pre_delete.connect(leave_pictures, sender=Post, dispatch_uid="blog.post.pictures")
    brought_out.connect(draw_story, dispatch_uid="blog.share.publication")
    words_changed.connect(draw_story, sender=Post, dispatch_uid="blog.share.words")
    post_delete.connect(drop_drawing, sender=Post, dispatch_uid="blog.share.gone")
    post_save.connect(draw_author, sender=Author, dispatch_uid="blog.share.author")
    post_save.connect(draw_publication, sender=Publication, dispatch_uid="blog.share.site")
    post_save.connect(follow_highlight, sender=Highlight, dispatch_uid="blog.highlight")
    post_delete.connect(follow_highlight, sender=Highlight, dispatch_uid="blog.highlight.removal")
    words_changed.connect(follow_quoted, sender=Post, dispatch_uid="blog.highlight.words")
    post_save.connect(follow_response, sender=Comment, dispatch_uid="blog.akismet")
    decided.connect(follow_decision, dispatch_uid="blog.learner")
    undone.connect(follow_undoing, dispatch_uid="blog.learner.undoing")
    post_save.connect(follow_lesson, sender=Lesson, dispatch_uid="blog.akismet.lesson")
    user_logged_in.connect(adopt_claps, dispatch_uid="blog.clap.adopt")
    user_logged_in.connect(adopt_responses, dispatch_uid="blog.guest.adopt")


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


def follow_update(
    post: Post, *, only_rendering: bool = False, only_state: bool = False, **_signal: Any
) -> None:
    """Feeds say other words of a story that stands in them; a save changes them one by one.

    That it comes out is told when it appears (`tasks.announce`).
    """
    says_more = not only_rendering and not only_state
    if says_more and post.is_live and post.visibility == Post.Visibility.PUBLIC:
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
_waiting_for_company = _Waiting()
_untold = _Waiting()
_undrawn = _Waiting()


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


def follow_company(post: Post, *, only_rendering: bool = False, **_signal: Any) -> None:
    """What is read after a story, and what it is read after, follows its words.

    A draft has no company yet, a scheduled story gets it when it appears, and one that is rendered
    anew says what it said.
    """
    if post.status == Post.Status.PUBLISHED and not only_rendering:
        _relate_later(post)


def leave_company(post: Post, **_signal: Any) -> None:
    """Other stories fill the places of one that was taken back."""
    _relate_later(post)


def _relate_later(post: Post) -> None:
    _waiting_for_company.pks.add(post.pk)
    transaction.on_commit(partial(_relate, post.pk, post.published_at))


def _relate(pk: int, published_at: datetime | None) -> None:
    if pk not in _waiting_for_company.pks:
        return
    _waiting_for_company.pks.discard(pk)
    is_to_come = published_at is not None and published_at > timezone.now()
    task = relate_around.using(run_after=published_at) if is_to_come else relate_around
    task.enqueue(pk)


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
    # Its keys first: in one question with "or", all pictures are joined with all stories.
    shown = set(instance.images.values_list("pk", flat=True))
    shown |= {instance.lead_image_id} if instance.lead_image_id else set()
    Image.objects.filter(pk__in=shown).update(used_at=timezone.now())


def draw_story(post: Post, *, only_rendering: bool = False, **_signal: Any) -> None:
    """What chats show of a story without a picture says its title and its authors.

    To render it anew changes neither, and a new renderer does that to every story there is.
    """
    if only_rendering or not share_pictures.matters_for(post):
        return
    _undrawn.pks.add(post.pk)
    transaction.on_commit(partial(_draw_if_due, post.pk), robust=True)


def _draw_if_due(pk: int) -> None:
    if pk not in _undrawn.pks:
        return
    _undrawn.pks.discard(pk)
    if share_pictures.is_due(pk):
        draw_share_pictures.enqueue([pk])


def drop_drawing(instance: Post, **_signal: Any) -> None:
    transaction.on_commit(partial(share_pictures.forget, instance), robust=True)


def draw_author(
    instance: Author, *, created: bool, update_fields: frozenset[str] | None, **_signal: Any
) -> None:
    if created or (update_fields is not None and "name" not in update_fields):
        return
    for pks in share_pictures.chunks(by=instance):
        transaction.on_commit(partial(draw_share_pictures.enqueue, pks))


def draw_publication(instance: Publication, **_signal: Any) -> None:
    transaction.on_commit(redraw_share_pictures.enqueue)


def follow_highlight(instance: Highlight, *, origin: Any = None, **_signal: Any) -> None:
    """What the readers of its story have in common may have changed."""
    if getattr(origin, "model", type(origin)) is Post:
        return  # the story itself goes, and a crowd's marks with it
    if SharedPassages.objects.ask(instance.post_id):
        later = count_passages.using(run_after=timezone.now() + COUNT_PASSAGES_AFTER)
        transaction.on_commit(partial(later.enqueue, instance.post_id))


def follow_quoted(
    post: Post, *, only_rendering: bool = False, only_state: bool = False, **_signal: Any
) -> None:
    """A passage that its story does not say any more is shown to nobody: counted at once."""
    if not only_rendering and not only_state and SharedPassages.objects.ask(post.pk):
        transaction.on_commit(partial(count_passages.enqueue, post.pk))


def follow_response(instance: Comment, *, created: bool, **_signal: Any) -> None:
    """One that is held for it waits for Akismet's opinion, which takes as long as it takes."""
    if created and any(reason.get("rule") == "akismet" for reason in instance.held_because):
        transaction.on_commit(partial(ask_akismet.enqueue, instance.pk))


def follow_decision(action: ModerationAction, **_signal: Any) -> None:
    """What moderators decide teaches what spam looks like; authors have other reasons to hide."""
    comment = action.comment
    is_judged = action.verb in {Verb.APPROVE, Verb.SPAM}
    if comment and is_judged and action.by and action.by.has_perm(MODERATES):
        is_spam = action.verb == Verb.SPAM
        transaction.on_commit(partial(learner.learn, comment, is_spam=is_spam), robust=True)


def follow_undoing(action: ModerationAction, **_signal: Any) -> None:
    if action.comment:
        transaction.on_commit(partial(learner.unlearn, action.comment), robust=True)


def follow_lesson(instance: Lesson, **_signal: Any) -> None:
    """Akismet may hear of what a moderator decided, where there is a key to it."""
    if Publication.current().akismet_key:
        transaction.on_commit(partial(teach_akismet.enqueue, instance.pk))


def adopt_claps(request: HttpRequest | None, user: User, **_signal: Any) -> None:
    """Claps given before signing in become the person's own."""
    visitor = read_visitor(request) if request else None
    if visitor:
        CommentClap.objects.adopt(visitor=visitor, user=user)
        Clap.objects.adopt(visitor=visitor, user=user)


def adopt_responses(user: User, **_signal: Any) -> None:
    """What somebody wrote as a guest, before there was an account with their address, is theirs."""
    Guest.objects.adopt(user=user)
