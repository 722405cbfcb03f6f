"""The responses under a story, read thread by thread and in pages.

Places are found on a few numbers of each response; only what a page shows is read whole.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from django.db.models import Q
from django.urls import reverse

from accounts.models import User
from blog import keyset, threads
from blog.models import Comment, Post
from blog.pages import place_of

THREADS_PER_PAGE = 30
# A thread that never ends must not make a page that never ends; the rest is a click away.
REPLIES_PER_PAGE = 300


class Bone(NamedTuple):
    """As much of a response as it takes to find its place."""

    id: int
    parent_id: int | None
    created_at: datetime
    status: str

    @property
    def age(self) -> tuple[datetime, int]:
        return self.created_at, self.id

    @property
    def is_visible(self) -> bool:
        return self.status == Comment.Status.PUBLISHED


def first_threads(post: Post, after: str = "") -> tuple[list[threads.Node[Comment]], str]:
    """The oldest threads (after a place in the list), and the address of the next ones or ""."""
    found = _threads(post, after)
    page = found[:THREADS_PER_PAGE]
    more_url = ""
    if len(found) > THREADS_PER_PAGE:
        more_url = f"{reverse('blog:comments', args=[post.slug])}?after={_cursor(page[-1])}"
    return _fill(page, post), more_url


def thread_of(comment: Comment, after: str = "") -> list[threads.Node[Comment]]:
    """One response, from wherever in its thread, with what was said to it (after a place).

    Empty when there is nothing (left) to read.
    """
    # A reply comes later than what it answers. Nothing above is among the rows, so the
    # builder makes the response a root.
    bones = _bones(Q(pk=comment.pk), Q(root=comment.root_id or comment.pk, pk__gt=comment.pk))
    nodes = [node for node in threads.build(bones) if node.comment.id == comment.pk]
    if after:
        place = place_of(after)
        for node in nodes:
            node.replies = [one for one in node.replies if one.comment.age > place]
    return _fill(nodes, comment.post)


def address_of(comment: Comment) -> str:
    """Where a reader finds it: under its story, or on its own page when it is not there."""
    post = comment.post
    if not comment.is_visible:
        return f"{post.get_absolute_url()}#responses"
    page = _threads(post, "")[:THREADS_PER_PAGE]
    threads.cut(page, REPLIES_PER_PAGE)
    is_there = any(node.comment.id == comment.pk for node in threads.walk(page))
    return f"{(post if is_there else comment).get_absolute_url()}#{comment.anchor}"


def removable(nodes: list[threads.Node[Comment]], reader: User | None) -> set[int]:
    """Which of these responses the reader may delete."""
    if reader is None or not nodes:
        return set()
    keys = [node.comment.pk for node in threads.walk(nodes)]
    return set(
        Comment.objects.removable_by(reader).filter(pk__in=keys).values_list("pk", flat=True)
    )


def _threads(post: Post, after: str) -> list[threads.Node[Bone]]:
    roots = Comment.objects.threads().filter(post=post).order_by("created_at", "pk")
    if after:
        at, pk = place_of(after)
        roots = roots.filter(Q(created_at__gt=at) | Q(created_at=at, pk__gt=pk))
    # One more than a page holds says whether there is a next one.
    page = roots.values("pk")[: THREADS_PER_PAGE + 1]
    return threads.build(_bones(Q(pk__in=page), Q(root__in=page)))


def _bones(tops: Q, below: Q) -> list[Bone]:
    """Two questions, because each has its index, in one query."""
    columns = ("pk", "parent_id", "created_at", "status")
    rows = Comment.objects.order_by().values_list(*columns)
    found = rows.filter(tops).union(rows.filter(below), all=True)
    bones = (Bone(*row) for row in found)
    return threads.standing(sorted(bones, key=lambda bone: bone.age))


def _fill(nodes: list[threads.Node[Bone]], post: Post) -> list[threads.Node[Comment]]:
    """As many of the nodes as a page holds, with the responses themselves."""
    threads.cut(nodes, REPLIES_PER_PAGE)
    keys = [node.comment.id for node in threads.walk(nodes)]
    comments = Comment.objects.with_people().in_bulk(keys) if keys else {}
    for comment in comments.values():
        # Its address needs the story; nobody has to ask for it.
        comment.post = post
    return _dress(nodes, comments)


def _dress(
    nodes: list[threads.Node[Bone]], comments: dict[int, Comment]
) -> list[threads.Node[Comment]]:
    dressed = []
    for node in nodes:
        comment = comments.get(node.comment.id)
        # Somebody may have deleted it a moment ago.
        if comment:
            replies = _dress(node.replies, comments)
            more_url = _rest_of(comment, node) if node.continues else ""
            dressed.append(
                threads.Node(comment, node.depth, replies, node.continues, more_url=more_url)
            )
    return dressed


def _rest_of(comment: Comment, node: threads.Node[Bone]) -> str:
    """The page on which the replies go on that follow those of `node`."""
    url = comment.get_absolute_url()
    return f"{url}?after={_cursor(node.replies[-1])}" if node.replies else url


def _cursor(node: threads.Node[Bone]) -> str:
    return keyset.encode(*node.comment.age)
