"""The responses under a story, read thread by thread and in pages."""

from __future__ import annotations

from django.db.models import Q
from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _

from blog import keyset, threads
from blog.models import Comment, Post

THREADS_PER_PAGE = 30
# A thread that never ends must not make a page that never ends; the rest is a click away.
REPLIES_PER_PAGE = 300


def first_threads(post: Post, after: str = "") -> tuple[list[threads.Node], str]:
    """The oldest threads (after a place in the list), and the address of the next ones or ""."""
    roots = (
        Comment.objects.in_thread()
        .with_people()
        .filter(post=post, parent=None)
        .order_by("created_at", "pk")
    )
    if after:
        at, pk = _place(after)
        roots = roots.filter(Q(created_at__gt=at) | Q(created_at=at, pk__gt=pk))
    found = list(roots[: THREADS_PER_PAGE + 1])
    page = found[:THREADS_PER_PAGE]
    more_url = ""
    if len(found) > THREADS_PER_PAGE:
        cursor = keyset.encode(page[-1].created_at, page[-1].pk)
        more_url = f"{reverse('blog:comments', args=[post.slug])}?after={cursor}"
    return _tree(post, page), more_url


def thread_of(comment: Comment) -> list[threads.Node]:
    """One response, from wherever in its thread, with what was said to it."""
    # Nothing above it is among the rows, so the builder makes it a root.
    around = _replies([comment.root_id or comment.pk], since=comment.pk)
    nodes = threads.build(_of(comment.post, [comment, *around]))
    return [node for node in nodes if node.comment.pk == comment.pk]


def _tree(post: Post, tops: list[Comment]) -> list[threads.Node]:
    if not tops:
        return []
    return threads.build(_of(post, [*tops, *_replies([top.pk for top in tops])]))


def _of(post: Post, comments: list[Comment]) -> list[Comment]:
    """Let each response know its story, which its address needs, without asking for it."""
    for comment in comments:
        comment.post = post
    return comments


def _replies(root_pks: list[int], since: int = 0) -> list[Comment]:
    """The replies in these threads, those after the response `since` (a reply comes later)."""
    replies = Comment.objects.in_thread().with_people()
    found = replies.filter(root__in=root_pks, pk__gt=since).order_by("pk")
    return list(found[:REPLIES_PER_PAGE])


def _place(cursor: str) -> tuple[object, int]:
    try:
        return keyset.decode(cursor)
    except ValueError as error:
        raise Http404(_("There is no such page.")) from error
