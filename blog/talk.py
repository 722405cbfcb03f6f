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
    return _tree(page), more_url


def thread_of(comment: Comment) -> list[threads.Node]:
    """One response with what was said to it."""
    return _tree([comment], root_pk=comment.root_id or comment.pk)


def _tree(tops: list[Comment], root_pk: int | None = None) -> list[threads.Node]:
    if not tops:
        return []
    roots = [root_pk] if root_pk else [top.pk for top in tops]
    replies = Comment.objects.in_thread().with_people().filter(root__in=roots).order_by("pk")
    top_pks = {top.pk for top in tops}
    rows = [row for row in replies[:REPLIES_PER_PAGE] if row.pk not in top_pks]
    nodes = threads.build([*tops, *rows])
    # A thread read from its middle: what is not below the response asked for stays away.
    return [node for node in nodes if node.comment.pk in top_pks]


def _place(cursor: str) -> tuple[object, int]:
    try:
        return keyset.decode(cursor)
    except ValueError as error:
        raise Http404(_("There is no such page.")) from error
