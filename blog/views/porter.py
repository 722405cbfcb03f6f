"""Who stands between a form under a story and the story: limits, traps, and what is said after."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.limits import Limit
from blog.caching import reader_of
from blog.gate import Person, Verdict, judge
from blog.models import Comment, Post
from blog.talk import address_of
from blog.traps import WAITS, look

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


def where_it_is(request: HttpRequest, response: Comment) -> str:
    """Where whoever sent it looks now: at the response, or at the sentence that it waits.

    Why is never said: whoever sends spam would learn from it.
    """
    if not response.is_unread:
        return address_of(response, reader_of(request))
    request.session[WAITS] = response.post_id
    return f"{response.post.get_absolute_url()}#respond"
