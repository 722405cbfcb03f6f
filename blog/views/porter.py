"""Who stands between a form under a story and the story: limits, traps, and what is said after."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.limits import Limit
from blog.gate import Person, Verdict, judge
from blog.models import Comment, Post
from blog.traps import look

# Whoever is behind it: a school may share an address, a swarm of accounts may too.
OF_ADDRESS = Limit("responses", times=100, per_seconds=3600, of_address=True)
# So many an hour may come to moderators from one address.
HELD_OF_ADDRESS = Limit("held-responses", times=30, per_seconds=3600, of_address=True)


class TooManyFromAddress(Exception):
    """More came from one address lately than people there would write."""


def examine(request: HttpRequest, *, post: Post, by: Person, source: str) -> Verdict:
    """What to do with the response that this request sends. Raises `TooManyFromAddress`."""
    if not OF_ADDRESS.allows(request):
        raise TooManyFromAddress
    verdict = judge(
        post=post,
        by=by,
        source=source,
        traps=look(request.POST, story=post.pk),
        agent=request.headers.get("User-Agent", ""),
        referrer=request.headers.get("Referer", ""),
    )
    if verdict.reasons and not HELD_OF_ADDRESS.allows(request):
        raise TooManyFromAddress
    return verdict


def say_what_follows(request: HttpRequest, response: Comment) -> None:
    """That it waits, if it does, and never why: whoever sends spam would learn from it."""
    if not response.is_visible:
        text = _(
            "Thank you. Your response waits for a moderator; readers see it when it has been read."
        )
        messages.info(request, text)
