"""Who wrote which stories, read for all stories of a page at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from typing import Any

from django.db.models import F

from accounts.models import Author
from accounts.statements import Found, Statement


class Bylines:
    """The authors of some stories in their order, by the keys of the stories.

    An author is made once, however many of the stories they wrote; and not at all, if of a story
    only their key is asked for.
    """

    def __init__(self, posts: Collection[int]) -> None:
        self._rows: defaultdict[int, list[Any]] = defaultdict(list)
        self._made: dict[int, Author] = {}
        if posts:
            self._found: Found[Author] = _SIGNED.found(posts=sorted(posts))
            self._key, post = self._found.place("id"), self._found.place("of_post")
            for row in self._found:
                self._rows[row[post]].append(row)

    def writers(self, post: int) -> list[int]:
        """The keys of a story's authors."""
        return [row[self._key] for row in self._rows.get(post, ())]

    def of(self, post: int) -> list[Author]:
        return [self._author(row) for row in self._rows.get(post, ())]

    def _author(self, row: tuple[Any, ...]) -> Author:
        key = row[self._key]
        if key not in self._made:
            self._made[key] = self._found.instance(row)
        return self._made[key]


# Biographies stand on a page of their own.
_SIGNED: Statement[Author] = Statement(
    lambda posts: (
        Author.objects.filter(authorships__post__in=posts)
        .annotate(of_post=F("authorships__post"))
        .order_by("authorships__position", "authorships__pk")
        .defer("bio")
    )
)
