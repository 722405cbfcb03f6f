"""Stored HTML made anew after the renderer has changed, some at a time."""

from __future__ import annotations

import logging

from blog import markdown
from blog.models import Comment, Post

# So much is rendered at once, in about a second: whatever else waits for the worker goes on.
RESPONSES_AT_ONCE = 200
STORIES_AT_ONCE = 50

logger = logging.getLogger(__name__)


def rerender(row: Post | Comment) -> None:
    """Render one again; what the renderer of today refuses keeps what it has, for good."""
    try:
        row.rerender()
    except markdown.MarkdownError as error:
        kind = type(row)
        kind.objects.filter(pk=row.pk).update(renderer_version=markdown.VERSION)
        logger.warning("%s %d keeps its old HTML: %s", kind.__name__, row.pk, error)


def rerender_some() -> bool:
    """Render a batch of what an older renderer made; whether there may be more.

    Responses come first: as long as one is left, stories are, and those are found by an index.
    """
    comments = list(Comment.objects.outdated().select_related("post")[:RESPONSES_AT_ONCE])
    for comment in comments:
        rerender(comment)
    if len(comments) == RESPONSES_AT_ONCE:
        return True
    posts = list(Post.objects.outdated()[:STORIES_AT_ONCE])
    for post in posts:
        rerender(post)
    return len(posts) == STORIES_AT_ONCE
