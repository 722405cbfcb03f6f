"""Asking Akismet about a response that is held for it, and telling Akismet when it was wrong."""

from __future__ import annotations

from datetime import UTC
from typing import Any

from django.conf import settings
from django.db import transaction

from blog import akismet
from blog.models import Comment, Lesson, PostStats, Publication

RULE = "akismet"


def ask(comment_id: int) -> None:
    """Let what Akismet thinks of a response decide, if that is all it is held for.

    Safe to do twice. Raises `akismet.AkismetFailed`.
    """
    comment = Comment.objects.with_people().select_related("post").filter(pk=comment_id).first()
    reason = _unanswered(comment) if comment else None
    key = Publication.current().akismet_key
    if comment is None or reason is None:
        return
    if not key:
        # Taken out of the settings meanwhile: nobody is waited for.
        _settle(comment_id, None)
        return
    try:
        opinion = akismet.check(facts_of(comment, reason), key=key)
    except akismet.KeyRefused:
        give_up(comment_id, "key")
        return
    _settle(comment_id, None if opinion == akismet.Opinion.HAM else {"says": opinion.value})


def give_up(comment_id: int, why: str) -> None:
    """Akismet does not answer: a moderator does, and is told so."""
    with transaction.atomic():
        comment = _locked(comment_id)
        if comment:
            _say(comment, {"failed": why})


def teach(comment_id: int) -> None:
    """Tell Akismet what a moderator decided, where it had thought otherwise.

    Raises `akismet.AkismetFailed` or `akismet.KeyRefused`.
    """
    lesson = Lesson.objects.filter(pk=comment_id).first()
    comment = Comment.objects.with_people().select_related("post").filter(pk=comment_id).first()
    key = Publication.current().akismet_key
    if not key or lesson is None or comment is None or not comment.address:
        return
    asked: list[dict[str, Any]] = [one for one in comment.held_because if one.get("rule") == RULE]
    reason = asked[0] if asked else {}
    if lesson.is_spam != ("says" in reason):
        akismet.teach(facts_of(comment, reason), key=key, is_spam=lesson.is_spam)


def facts_of(comment: Comment, reason: dict[str, Any]) -> dict[str, str]:
    """All that Akismet is told of a response; the settings of the publication say so too."""
    person = comment.author or comment.guest
    return {
        "blog": akismet.blog(),
        "user_ip": comment.address or "",
        "user_agent": str(reason.get("agent", "")),
        "referrer": str(reason.get("referrer", "")),
        "permalink": settings.SITE_URL + comment.post.get_absolute_url(),
        "comment_type": "comment",
        "comment_author": comment.signature,
        "comment_author_email": person.email if person else "",
        "comment_content": comment.source,
        "comment_date_gmt": comment.created_at.astimezone(UTC).isoformat(timespec="seconds"),
        "blog_lang": comment.post.language.replace("-", "_").lower(),
        "blog_charset": "UTF-8",
    }


def _settle(comment_id: int, said: dict[str, Any] | None) -> None:
    with transaction.atomic():
        comment = _locked(comment_id)
        if comment is None:
            return
        _say(comment, said)
        if said:
            comment.mark_spam(by=Comment.Hand.NOBODY)
        elif not comment.held_because and comment.is_held:
            comment.approve()


def _locked(comment_id: int) -> Comment | None:
    """The response, unless it is decided already; nobody decides it meanwhile."""
    waiting = Comment.objects.filter(pk=comment_id).first()
    if waiting is None:
        return None
    waiting.hold_guest()
    PostStats.hold(waiting.post_id)
    found: Comment | None = (
        Comment.objects.select_for_update(of=("self",)).filter(pk=comment_id).first()
    )
    return found if found and _unanswered(found) else None


def _unanswered(comment: Comment) -> dict[str, Any] | None:
    """The reason for which it waits for Akismet, if it does."""
    if comment.status not in {Comment.Status.HELD, Comment.Status.UNCONFIRMED}:
        return None
    reasons: list[dict[str, Any]] = comment.held_because
    asked = (one for one in reasons if one.get("rule") == RULE)
    return next((one for one in asked if not {"says", "failed"} & set(one)), None)


def _say(comment: Comment, said: dict[str, Any] | None) -> None:
    """Put what came of it in the place of the question."""
    kept = [one for one in comment.held_because if one.get("rule") != RULE]
    comment.held_because = [*kept, {"rule": RULE, **said}] if said else kept
    comment.save(update_fields=["held_because"])
