"""What a page says of the talk below a story: said once, and kept under all that was told of it.

Whoever is signed in gets a page of their own each time, and nearly all of its talk is what others
get. What is kept has holes where something is the reader's own. It is said again to readers to whom
it is the talk that everybody sees, if the database tells the same of it, word for word.
"""

from __future__ import annotations

import re
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
from blog.jinja.moulds import Facts, Mould
from blog.jinja.responses import OWN, Responses
from blog.keeping import Keeping
from blog.models import Post
from blog.sight import Sight
from blog.talk import Talk, WholeTalk
from blog.ways import Ways

# All talks together, in letters of what is said: of twenty responses some 60,000. What was told of
# them, which is kept beside it, has fewer.
KEPT_LETTERS = 2_000_000
# By chance, so that nobody can write into a response what would be taken for a hole.
MARK = "\ue000" + token_hex(16) + "{}\ue000"
CUT = re.compile(MARK.format("([a-z_]+)"))
HOLES = {name: Markup(MARK.format(name)) for name in OWN}  # noqa: S704 -- ours


@dataclass(frozen=True, slots=True)
class Said:
    """A talk as it was said on pages on which `common` was so, and what else a page asks of it."""

    common: Facts
    mould: Mould
    count: int
    more_url: str


_SAID: Keeping[Said] = Keeping(KEPT_LETTERS)


def is_for_everybody(whole: WholeTalk, sight: Sight, ways: Ways) -> bool:
    """Whether nothing of a talk is hidden from its reader or theirs to tend, but what they said."""
    return ways == Ways() and not whole.said_by(sight.unseen)


class FirstThreads:
    """The first threads of a talk that `is_for_everybody`: grown if nothing is kept of them."""

    def __init__(self, whole: WholeTalk, reader: User, sight: Sight) -> None:
        self._whole, self._sight = whole, sight
        own = whole.said_by({reader.pk})
        self.removable = {one.pk for one in own if one.can_remove(reader)}
        self._key = _key(whole.post, *[(one.pk, one.can_edit(reader)) for one in own])
        self._said = _SAID.find(self._key, whole.rows)

    def __len__(self) -> int:
        return self._said.count if self._said else len(self._grown[0])

    @property
    def more_url(self) -> str:
        return self._said.more_url if self._said else self._grown[1]

    @cached_property
    def _grown(self) -> tuple[Talk, str]:
        return self._whole.first_threads(self._sight)

    def said(self, context: Context) -> Markup:
        page = Responses(context)
        if self._said and self._said.common == page.common:
            return self._said.mould.filled(page.own)
        if not _SAID.is_asked_again(self._key):
            return page.said(self._grown[0])
        text = Responses(context, HOLES).said(self._grown[0])
        said = Said(page.common, Mould(text, CUT), len(self), self.more_url)
        _SAID.keep(self._key, self._whole.rows, said, weight=len(text))
        return said.mould.filled(page.own)


def _key(post: Post, *own: tuple[int, bool]) -> tuple[Any, ...]:
    """What else decides what is said than the rows and what all responses have in `common`.

    Of a reader's `own` responses, whether they can be edited.
    """
    writers = tuple([(author.pk, author.user_id) for author in post.byline])
    return post.pk, post.slug, get_language(), str(zone_of_page()), writers, own


@pass_context
def responses(context: Context, threads: FirstThreads | Talk) -> Markup:
    """Each with its replies."""
    if isinstance(threads, FirstThreads):
        return threads.said(context)
    return Responses(context).said(threads)
