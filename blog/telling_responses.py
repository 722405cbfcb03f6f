"""What people are told of who respond, are answered, called or responded to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import unquote, urlsplit

from django.urls import Resolver404, resolve
from django.utils.translation import gettext_lazy as _

from accounts.kinds import About, Kind, register
from accounts.models import User
from accounts.statements import Statement
from blog.models import Comment, Post
from blog.models.hearing import MENTION, REPLY, STORY
from blog.models.outcome import KIND as OUTCOME

# Whoever is here and reads it on the page needs no letter; a slip is mended meanwhile.
TALK_MAIL_AFTER = timedelta(minutes=5)
# A letter says how many there are by then; while it lies unread there is no second one.
STORY_MAIL_AFTER = timedelta(hours=1)
# Time enough to take a slip of the hand back before anybody hears of it.
OUTCOME_MAIL_AFTER = timedelta(minutes=10)
# What says whether readers may open a story.
STATE_FIELDS = ("status", "published_at", "expires_at")


def register_kinds() -> None:
    """Make these known to `accounts`, in the order in which people read of them."""
    register(
        Kind(
            REPLY,
            _("Somebody answers your response"),
            hint=_("Read it there, and answer if you like:"),
            about=About.RESPONSES,
            mail_after=TALK_MAIL_AFTER,
            who_may_open=who_may_open,
        ),
        Kind(
            MENTION,
            _("Somebody mentions you in a response"),
            hint=_("Read it there, and answer if you like:"),
            about=About.RESPONSES,
            mail_after=TALK_MAIL_AFTER,
            concerns=lambda user: user.author_or_none is not None,
            who_may_open=who_may_open,
        ),
        Kind(
            STORY,
            _("Somebody responds to your story"),
            hint=_("Read it there, and answer if you like:"),
            about=About.RESPONSES,
            mail_after=STORY_MAIL_AFTER,
            concerns=lambda user: user.author_or_none is not None,
            who_may_open=who_may_open,
        ),
        Kind(
            OUTCOME,
            _("A moderator decides about your response"),
            hint=_("The story is here:"),
            about=About.MODERATION,
            mail_after=OUTCOME_MAIL_AFTER,
            who_may_open=who_may_open,
        ),
    )


def who_may_open(people: Sequence[User], url: str) -> Sequence[User]:
    """Everybody, while readers may read the response, or the story, that `url` leads to."""
    try:
        match = resolve(unquote(urlsplit(url).path))
    except Resolver404:
        return []
    # By its key: the story may have moved to another address.
    if match.url_name == "comment":
        under = _RESPONDED_TO.one(response=match.kwargs["pk"])
        return people if under and under.is_live else []
    post = _STATE.one(slug=str(match.kwargs.get("slug", "")))
    return people if post is None or post.is_live else []


_RESPONDED_TO: Statement[Post] = Statement(
    lambda response: Post.objects.only(*STATE_FIELDS).filter(
        comments__in=Comment.objects.visible().filter(pk=response)
    )
)
_STATE: Statement[Post] = Statement(lambda slug: Post.objects.only(*STATE_FIELDS).filter(slug=slug))
