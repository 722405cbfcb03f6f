"""The responses under a story, read thread by thread and in pages.

Places are found on a few numbers of each response; only what a page shows is read whole.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts.addresses import address
from accounts.models import User
from accounts.statements import Found, Statement
from blog import keyset, threads
from blog.models import Comment, Post
from blog.models.comment import CommentQuerySet
from blog.orders import Order
from blog.pages import place_of
from blog.replies import grow_among, replies_among, walk_from
from blog.sight import Sight, Sql

THREADS_PER_PAGE = 30
# With the replies. A thread that never ends must not make a page that never ends; the rest is a
# click away.
RESPONSES_PER_PAGE = 60
# A talk that fits on a page is read at once and walked through here.
MOST_AT_ONCE = RESPONSES_PER_PAGE
# Where many threads stand, one with hundreds of replies must not bury those below it.
REPLIES_ABREAST = 10
# Kept at its place among the others once it cannot be read any more.
PINNED = Q(pinned_at__isnull=False, status=Comment.Status.PUBLISHED)

Talk = list[threads.Node[Comment]]


def first_threads(
    post: Post, after: str = "", *, order: Order = Order.BEST, reader: User | None = None
) -> tuple[Talk, str]:
    """The first threads (after a place in the list), and the address of the next ones or ""."""
    sight = Sight.of(reader, post)
    whole = None if after else whole_talk(post)
    if whole is not None:
        return whole.first_threads(sight, order)
    return walked_threads(post, sight, after, order=order)


def walked_threads(
    post: Post, sight: Sight, after: str = "", *, order: Order = Order.BEST
) -> tuple[Talk, str]:
    """`first_threads` of a talk that is not read whole."""
    roots = _roots(post, sight, order, after)
    steps = walk_from(roots, sight, limit=RESPONSES_PER_PAGE, abreast=REPLIES_ABREAST)
    return _page(_dress(steps, _shown_of(steps, post), sight, post), order)


def _shown_of(steps: list[threads.Step], post: Post) -> dict[int, Comment]:
    """The responses themselves, by their keys."""
    if not steps:
        return {}
    rows = _SHOWN.ask(story=post.pk, steps=[step.id for step in steps], writers=_writers(post))
    return {row.id: row for row in rows}


class WholeTalk:
    """All that was ever said below a story, as the database told it; grown once it is wanted."""

    def __init__(self, post: Post, found: Found[Comment]) -> None:
        self.post, self._found = post, found

    @property
    def rows(self) -> list[tuple[Any, ...]]:
        """All that was told, of the responses and of their people."""
        return self._found.rows

    def said_by(self, people: Collection[int]) -> list[Comment]:
        """What these accounts said here."""
        writer = self._found.place("author_id")
        return [self._found.instance(row) for row in self.rows if row[writer] in people]

    def first_threads(self, sight: Sight, order: Order = Order.BEST) -> tuple[Talk, str]:
        everything = self._found.instances()
        writers = _writers(self.post)
        answered = {
            one.root_id for one in everything if one.is_visible and one.author_id in writers
        }
        for one in everything:
            one.is_answered = one.id in answered  # type: ignore[attr-defined]
        return _page(_give_addresses(_grow_whole(everything, sight, order), self.post), order)


def whole_talk(post: Post) -> WholeTalk | None:
    """All that was ever said below a story, if that is no more than a page holds."""
    if post.response_count > RESPONSES_PER_PAGE:
        return None
    found = _SAID.found(story=post.pk)
    # With more, most of it has been hidden.
    return WholeTalk(post, found) if len(found.rows) <= RESPONSES_PER_PAGE else None


def _grow_whole(everything: list[Comment], sight: Sight, order: Order) -> Talk:
    """Agrees with a walk from `_roots`, dressed."""
    replies = replies_among(everything, sight)
    tops = order.sorted(replies[None])
    pinned = [one for one in everything if one.is_pinned]
    page = [one for one in tops if not one.is_pinned][: THREADS_PER_PAGE + 1]
    return grow_among([*page, *pinned], replies, sight, abreast=REPLIES_ABREAST)


def thread_of(comment: Comment, after: str = "", *, reader: User | None = None) -> Talk:
    """One response, from wherever in its thread, with what was said to it (after a place).

    Empty when there is nothing (left) to read; what this reader keeps away from has its place.
    """
    sight, place = Sight.of(reader, comment.post), place_of(after) if after else None
    most = RESPONSES_PER_PAGE
    steps = walk_from(("%s", [comment.pk]), sight, limit=most, abreast=most, after=place)
    replies = [step.id for step in steps if step.id != comment.pk]
    known = Comment.objects.with_people().in_bulk(replies) if replies else {}
    dressed = _dress(steps, {**known, comment.pk: comment}, sight, comment.post)
    return [node for node in dressed if _stands(node) or comment.is_visible]


def one_of(post: Post, pk: int) -> Comment | None:
    """A response to a story with what it answers, for a page of its own."""
    whole = beginnings(post).select_related(
        "author__author", "guest", "root", "parent__author__author", "parent__guest"
    )
    found: Comment | None = whole.filter(pk=pk).first()
    for one in filter(None, [found, found and found.root, found and found.parent]):
        # Its address needs the story; nobody has to ask for it.
        one.post = post
    return found


def answered_by(comment: Comment, reader: User | None) -> Comment | None:
    """What it replies to, if the reader sees that."""
    above = comment.parent
    return above if above and Sight.of(reader, comment.post).sees(above) else None


def address_of(comment: Comment, reader: User | None = None) -> str:
    """Where a reader finds it: under its story, or on its own page when it is not there."""
    post = comment.post
    if _is_on_first_page(comment, reader):
        return f"{post.get_absolute_url()}#{comment.anchor}"
    if not Sight.of(reader, post).sees(comment):
        return f"{post.get_absolute_url()}#responses"
    page, _more_url = first_threads(post, reader=reader)
    is_there = any(node.comment.pk == comment.pk for node in threads.walk(page))
    return f"{(post if is_there else comment).get_absolute_url()}#{comment.anchor}"


def _is_on_first_page(comment: Comment, reader: User | None) -> bool:
    """Whether that is sure without looking: it begins a thread where there are few responses.

    Everybody sees what they said themselves.
    """
    is_own = reader is not None and comment.author_id == reader.pk
    if not (is_own and comment.is_visible and comment.parent_id is None):
        return False
    return len(_EVERY.values(story=comment.post_id)) <= THREADS_PER_PAGE


_EVERY: Statement[Any] = Statement(
    lambda story: Comment.objects.filter(post=story).values_list("pk")[: THREADS_PER_PAGE + 1]
)


def page_url(post: Post, order: Order, **place: str) -> str:
    """The responses to a story in an order; the best is the usual one and needs no word."""
    url = address("blog:comments", post.slug)
    query = {**({} if order is Order.BEST else {"order": str(order)}), **place}
    return f"{url}?{urlencode(query)}" if query else url


def ways_to_order(post: Post, order: Order) -> list[Mapping[str, Any]]:
    """Every order with its address."""
    return [
        {"order": str(one), "url": page_url(post, one), "is_current": one is order} for one in Order
    ]


def removable(nodes: Talk, reader: User | None) -> set[int]:
    """Which of these responses the reader may delete."""
    if reader is None or not nodes:
        return set()
    return {node.comment.pk for node in threads.walk(nodes) if node.comment.can_remove(reader)}


def beginnings(post: Post) -> QuerySet[Comment]:
    """Responses to a story as the head of a thread shows them.

    `is_answered` says whether an author of the story has replied in the thread, on whatever page.
    """
    return _with_answers(Comment.objects.filter(post=post).with_people(), _writers(post))


def _with_answers(responses: CommentQuerySet, writers: list[int]) -> CommentQuerySet:
    answers = Comment.objects.visible().filter(root=OuterRef("pk"), author__in=writers)
    answered: CommentQuerySet = responses.annotate(is_answered=Exists(answers))
    return answered


def _writers(post: Post) -> list[int]:
    return [author.user_id for author in post.byline if author.user_id]


_SAID: Statement[Comment] = Statement(
    lambda story: Comment.objects.filter(post=story).with_people().on_page()[: MOST_AT_ONCE + 1]
)

_SHOWN: Statement[Comment] = Statement(
    lambda story, steps, writers: _with_answers(
        Comment.objects.filter(post=story, pk__in=steps).with_people().on_page(), writers
    )
)


def _roots(post: Post, sight: Sight, order: Order, after: str) -> Sql:
    """The keys of what begins the threads of a page: on the first also of the pinned one."""
    values: Sequence[Any]
    if after:
        behind = _standing(post.pk, sight, order).filter(order.after(after))
        keys, values = behind.query.sql_with_params()
    else:
        who = {"reader": sight.reader_id} if sight.reader_id else {}
        unseen = {"unseen": sorted(sight.unseen)} if sight.unseen else {}
        keys, values = _STANDING[order].sql(story=post.pk, **who, **unseen)
    # One more than a page holds says whether there is a next one.
    sql = f"SELECT * FROM ({keys} LIMIT %s) page"  # noqa: S608 -- written by Django
    most = THREADS_PER_PAGE + 1
    if after:
        return sql, [*values, most]
    pinned, pinned_values = _PINNED.sql(story=post.pk)
    return f"{sql} UNION ALL {pinned}", [*values, most, *pinned_values]


def _standing(story: int, sight: Sight, order: Order) -> QuerySet[Any]:
    """The keys of what begins the threads of a story, but for the pinned one, in an order."""
    below = Comment.objects.filter(sight.seen(), root=OuterRef("pk"))
    every = Comment.objects.filter(post=story, parent=None)
    standing = every.filter(sight.seen() | Exists(below), ~PINNED)
    return standing.order_by(*order.columns).values("pk")


def _first_page(order: Order) -> Statement[Any]:
    return Statement(
        lambda story, reader=None, unseen=(): _standing(
            story, Sight(reader, frozenset(unseen)), order
        )
    )


_STANDING = {order: _first_page(order) for order in Order}
_PINNED: Statement[Any] = Statement(
    lambda story: Comment.objects.filter(PINNED, post=story, parent=None).values("pk")
)


def _page(found: Talk, order: Order) -> tuple[Talk, str]:
    """As many threads as a page holds, in their order."""
    by_key = {node.comment.id: node for node in found}
    ordered = [by_key[root.id] for root in order.sorted(node.comment for node in found)]
    pinned = [node for node in ordered if node.comment.is_pinned]
    others = [node for node in ordered if not node.comment.is_pinned]
    room = THREADS_PER_PAGE - len(pinned)
    more_url = ""
    if len(others) > room:
        last = others[room - 1].comment
        more_url = page_url(last.post, order, after=order.cursor(last))
    # Left out only now: what began a thread counts for the page, though nothing of it stands.
    return [node for node in [*pinned, *others[:room]] if _stands(node)], more_url


def _dress(steps: list[threads.Step], known: dict[int, Comment], sight: Sight, post: Post) -> Talk:
    """The steps as trees of the responses themselves."""
    dressed = [
        _dress_one(node, known, sight)
        for node in threads.grow(steps)
        # Somebody may have deleted it a moment ago.
        if node.comment.id in known
    ]
    return _give_addresses(dressed, post)


def _give_addresses(talk: Talk, post: Post) -> Talk:
    for node in threads.walk(talk):
        # Its address needs the story; nobody has to ask for it.
        node.comment.post = post
        if node.continues:
            node.more_url = _rest_of(node)
    for top in talk:
        # Whether a reply may be answered is asked of what began its thread.
        for node in threads.walk(top.replies):
            node.comment.root = top.comment.root or top.comment
    return talk


def _dress_one(
    node: threads.Node[threads.Step], known: dict[int, Comment], sight: Sight
) -> threads.Node[Comment]:
    comment = known[node.comment.id]
    replies = [
        _dress_one(reply, known, sight) for reply in node.replies if reply.comment.id in known
    ]
    standing = [reply for reply in replies if _stands(reply)]
    return threads.Node(comment, node.depth, standing, node.continues, is_seen=sight.sees(comment))


def _stands(node: threads.Node[Comment]) -> bool:
    return node.is_seen or bool(node.replies) or node.continues


def _rest_of(node: threads.Node[Comment]) -> str:
    """The page on which the replies go on that follow those of `node`."""
    url = node.comment.get_absolute_url()
    if not node.replies:
        return url
    last = node.replies[-1].comment
    return f"{url}?{urlencode({'after': keyset.encode(last.created_at, last.pk)})}"
