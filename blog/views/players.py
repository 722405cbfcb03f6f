"""Pages in which a reader may have a film played: the one place where another host comes in."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpResponse

from blog.embeds import PLAYABLE, PLAYER_HOSTS
from blog.models import Post


def has_player(story: Post) -> bool:
    """Whether there is a card in the story that plays when it is pressed."""
    return PLAYABLE in story.html


def let_players_in(response: HttpResponse, story: Post) -> None:
    """Widen the policy of a story's page by the hosts of players, if it has a card for one."""
    if has_player(story):
        policy = f"{settings.CONTENT_SECURITY_POLICY}; frame-src {' '.join(PLAYER_HOSTS)}"
        response.headers["Content-Security-Policy"] = policy
