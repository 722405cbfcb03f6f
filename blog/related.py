"""What to read after a story: the parts beside it, more of its author, the same subjects.

And before it: the same story in the reader's own language.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import ingredients
from accounts.models import Author, User
from accounts.statements import Statement
from blog.models import Post, Related
from blog.models.post import PostQuerySet, with_bylines
from blog.models.related import MAX_PLACES
from blog.parts import Neighbours, Place
from blog.relating import MAX_OF_ONE

MORE_COUNT = 3
NEXT_COUNT = 3
NEWEST_COUNT = 8


@dataclass(frozen=True)
class Onward:
    """The ways on: more by the first author and what else to read, both without a story twice.

    `place` is where the story stands in its series, with the parts beside it. `translations` are
    the stories that readers find in lists and that say the same in other languages.
    """

    more: list[Post]
    next: list[Post]
    place: Place | None
    translations: list[Post]


def onward(post: Post, *, seen_by: User | None = None) -> Onward:
    """The ways on from `post`; `seen_by` sees the unpublished parts that they may edit as well.

    One query for all: what was found for it (`relating`), then the newest where that is not enough.
    """
    beside = Neighbours(post, post.series, seen_by=seen_by) if post.series else None
    with ingredients.left_out():
        if beside or seen_by:
            found_rows = list(_candidates(post, timezone.now(), beside))
        else:
            work = {"work": post.work_id} if post.work_id else {}
            found_rows = _ALONE.ask(post=post.pk, at=timezone.now(), **work)
        with_bylines([post, *found_rows])
    rows = [row for row in found_rows if not post.work_id or row.work_id != post.work_id]
    translations = [row for row in found_rows if post.work_id and row.work_id == post.work_id]
    translations.sort(key=lambda row: row.language)
    place = beside.place_among(found_rows) if beside else None
    # Who goes on reading a series does so by its own ways.
    rows = [row for row in rows if not place or row not in (place.previous, place.next)]
    first_author = next(iter(post.byline), None)
    first = first_author.pk if first_author else None
    more = [row for row in rows if first in _writers(row)][:MORE_COUNT]
    ways = Onward(more, _others(rows, more), place, translations)
    _name_ingredients(post, first_author, ways)
    return ways


def _name_ingredients(post: Post, first_author: Author | None, ways: Onward) -> None:
    """Of all that was looked through, what is shown; and the sets from which it was taken.

    Any new story may take a place for which too little was found. Where there is enough of it, a
    story that comes out elsewhere is nothing to this one.
    """
    beside = [ways.place.previous, ways.place.next] if ways.place else []
    shown = [*ways.more, *ways.next, *ways.translations, *(part for part in beside if part)]
    ingredients.add_rows(shown)
    ingredients.add_rows([row.lead_image for row in shown if row.lead_image])
    ingredients.add_rows([author for row in (post, *shown) for author in row.byline])
    ingredients.add("related", post.pk)
    ingredients.add("series-posts", *filter(None, [post.series_id]))
    ingredients.add("work", *filter(None, [post.work_id]))
    ingredients.add("author-posts", *([first_author.pk] if first_author else []))
    places: list[Any] = [*ways.more, *ways.next]
    has_gaps = len(ways.next) < NEXT_COUNT or any(row.place == MAX_PLACES for row in places)
    if has_gaps:
        ingredients.add(*ingredients.POSTS)


def _candidates(post: Post, at: datetime, beside: Neighbours | None = None) -> PostQuerySet:
    """A few rows by their keys, in a union: joined by OR, a database would read all stories."""
    listed = Post.objects.listed(at)
    newest = listed.newest_first().values("pk")[: NEWEST_COUNT + 1]
    some: list[QuerySet[Post]] = [
        listed.filter(related_to__post=post),
        Post.objects.filter(pk__in=newest),
    ]
    if post.work_id:
        some.append(listed.beside(post))
    if beside:
        some += beside.stories
    keys = [stories.order_by().values("pk") for stories in some]
    found: PostQuerySet = Post.objects.filter(pk__in=keys[0].union(*keys[1:]))
    counts = beside.counts if beside else {}
    ranked = found.exclude(pk=post.pk).card().annotate(place=_place(post), **counts)
    return ranked.order_by("place", "-published_at", "-pk")


# For a story that is no part of a series.
_ALONE: Statement[Post] = Statement(
    lambda post, at, work=None: _candidates(Post(pk=post, work_id=work), at)
)


def _place(post: Post) -> Coalesce:
    kept = Related.objects.filter(post=post, other=OuterRef("pk")).values("place")
    return Coalesce(Subquery(kept[:1]), Value(MAX_PLACES))


def _others(rows: list[Post], more: list[Post]) -> list[Post]:
    """The best of the rest, and of nobody so many that the page would be theirs."""
    shown: Counter[int] = Counter()
    for row in more:
        shown.update(_writers(row))
    keys = {row.pk for row in more}
    others: list[Post] = []
    for row in rows:
        writers = _writers(row)
        if row.pk in keys or any(shown[key] >= MAX_OF_ONE for key in writers):
            continue
        shown.update(writers)
        others.append(row)
    return others[:NEXT_COUNT]


def _writers(post: Post) -> list[int]:
    return [author.pk for author in post.byline]
