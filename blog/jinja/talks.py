"""What a page says of the talk below a story: said once, and kept under all that was told of it.

Whoever is signed in gets a page of their own each time, and nearly all of its talk is what others
get. What is kept has holes where something is the reader's own. It is said again to whom the
database tells the same, word for word, and who may do the same below the story.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from secrets import token_hex
from typing import Any

from django.utils.translation import get_language
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from accounts.models import User
from blog.clock import zone_of_page
from blog.jinja import responses as of_one
from blog.jinja.moulds import Mould
from blog.keeping import Keeping
from blog.models import Comment, Post
from blog.sight import Sight
from blog.talk import Talk, WholeTalk, removable, walked_threads, whole_talk
from blog.threads import Node
from blog.ways import Ways

# All talks together, in letters: one of twenty responses has some 60,000.
KEPT_LETTERS = 2_000_000
# By chance, so that nobody can write into a response what would be taken for a hole.
MARK = "\ue000" + token_hex(16) + "{}\ue000"
CUT = re.compile(MARK.format("([a-z_]+)"))


class FirstThreads:
    """The first threads below a story, for somebody signed in: grown if nothing is kept of them."""

    def __init__(self, post: Post, reader: User, ways: Ways) -> None:
        self._post, self._reader = post, reader
        self._whole, self._sight = whole_talk(post), Sight.of(reader, post)
        self._key = _key(self._whole, reader, ways, self._sight) if self._whole else ()
        self._kept = _KEPT.find(self._key, self._whole.rows) if self._whole else None

    def __len__(self) -> int:
        return self._kept.count if self._kept else len(self.grown)

    @property
    def more_url(self) -> str:
        return self._kept.more_url if self._kept else self._grown[1]

    @property
    def grown(self) -> Talk:
        return self._grown[0]

    def __iter__(self) -> Iterator[Node[Comment]]:
        return iter(self.grown)

    @property
    def removable(self) -> set[int]:
        return removable(self.grown, self._reader)

    @cached_property
    def _grown(self) -> tuple[Talk, str]:
        if self._whole is None:
            return walked_threads(self._post, reader=self._reader)
        return self._whole.first_threads(self._sight)

    def said(self, context: Context) -> Markup:
        kept = self._kept
        if kept is None and self._whole and _KEPT.is_asked_again(self._key):
            kept = self._say_for_others(context)
        if kept is None:
            return of_one.Talk(context).said(self.grown)
        return kept.mould.filled(of_one.own(context))

    def _say_for_others(self, context: Context) -> Kept:
        holes = {name: Markup(MARK.format(name)) for name in of_one.OWN}  # noqa: S704 -- ours
        text = of_one.Talk(context, holes).said(self.grown)
        kept = Kept(Mould(text, CUT), len(self), self.more_url)
        if self._whole:
            _KEPT.keep(self._key, self._whole.rows, kept, weight=len(text))
        return kept


@dataclass(frozen=True, slots=True)
class Kept:
    """What is said, and what else a page asks of it."""

    mould: Mould
    count: int
    more_url: str


_KEPT: Keeping[Kept] = Keeping(KEPT_LETTERS)


def _key(whole: WholeTalk, reader: User, ways: Ways, sight: Sight) -> tuple[Any, ...]:
    """All that decides what is said of the talk, and is not told with it."""
    post = whole.post
    return (
        *(post.pk, post.slug, post.takes_responses),
        *(get_language(), str(zone_of_page())),
        tuple([(author.pk, author.user_id) for author in post.byline]),
        *(ways, sight.unseen),
        *(post.is_by(reader), reader.has_perm("blog.moderate_comment")),
        tuple([(one.pk, one.can_edit(reader)) for one in whole.said_by(reader)]),
    )


@pass_context
def responses(context: Context, threads: FirstThreads | Sequence[Node[Comment]]) -> Markup:
    """Each with its replies."""
    if isinstance(threads, FirstThreads):
        return threads.said(context)
    return of_one.Talk(context).said(threads)
