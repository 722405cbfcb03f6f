"""What to read after a story: the parts beside it, more of its author, the same subjects.

And before it: the same story in the reader's own language.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models import F, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from accounts import ingredients
from accounts.models import User
from accounts.statements import Found, Statement
from blog.keeping import Keeping
from blog.models import Post, Related, Series
from blog.models.post import SIGNATURE_ORDER, PostQuerySet, with_bylines
from blog.models.related import MAX_PLACES
from blog.parts import Neighbours, Place, place_among
from blog.relating import MAX_OF_ONE
from blog.told import told

MORE_COUNT = 3
NEXT_COUNT = 3
NEWEST_COUNT = 8
# By its place, and for each of its authors by theirs.
IN_ORDER = ("place", *SIGNATURE_ORDER)


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
    # Something else may take a place, whatever it is about.
    has_gaps: bool

    @property
    def stories(self) -> list[Post]:
        beside = [self.place.previous, self.place.next] if self.place else []
        return [*self.more, *self.next, *self.translations, *(part for part in beside if part)]


def onward(post: Post, *, seen_by: User | None = None) -> Onward:
    """The ways on from `post`; `seen_by` sees the unpublished parts that they may edit as well.

    One query for what was found for it (`relating`); where that is not enough, another one that
    has the newest as well.
    """
    with ingredients.left_out():
        ways = _ways_among_enough(post, seen_by)
    _name_ingredients(post, ways)
    return ways


def _ways_among_enough(post: Post, seen_by: User | None) -> Onward:
    if seen_by or post.work_id or post.series_id:
        ways = _if_enough(post, _those_for(post, seen_by, newest=False))
    else:
        ways = _ways_from_alone(post)
    return ways or _choose(post, _those_for(post, seen_by, newest=True))


def _ways_from_alone(post: Post) -> Onward | None:
    """From a story that is no part of anything: the same as the last time, if the same is told."""
    found = _FOUND_FOR.found(post=post.pk, at=timezone.now())
    found.rows.sort(key=itemgetter(*map(found.place, IN_ORDER)))
    key = post.pk, tuple([author.pk for author in post.byline[:1]])
    ways = _WAYS.find(key, found.rows)
    if ways is None:
        ways = _if_enough(post, _told_as_candidates(found))
        if ways and _WAYS.is_asked_again(key):
            _WAYS.keep(key, found.rows, ways)
    return ways


def _if_enough(post: Post, candidates: list[_Candidate]) -> Onward | None:
    ways = _choose(post, candidates) if len(candidates) >= NEXT_COUNT else None
    return ways if ways and len(ways.next) == NEXT_COUNT else None


class _Candidate(NamedTuple):
    """What is to be known of a story to choose it; made a whole instance if it is."""

    make: Callable[[], Post]
    pk: int
    work: int | None
    series: int | None
    place: int
    writers: list[int]


def _those_for(post: Post, seen_by: User | None, *, newest: bool) -> list[_Candidate]:
    """What was found for it and the parts beside it, along with the newest if they are wanted."""
    if seen_by:
        # Somebody who sees more than all do.
        rows: list[Any] = list(_candidates(post, timezone.now(), seen_by, newest=newest))
        with_bylines(rows)
        return [
            _Candidate(
                *(partial(_itself, row), row.pk, row.work_id, row.series_id, row.place),
                writers=[author.pk for author in row.byline],
            )
            for row in rows
        ]
    values = {"post": post.pk, "at": timezone.now()}
    if post.work_id:
        values["work"] = post.work_id
    if post.series_id:
        values |= {"series": post.series_id, "position": post.series_position}
    return _told_as_candidates((_WITH_NEWEST if newest else _KEPT).found(**values))


def _told_as_candidates(found: Found[Post]) -> list[_Candidate]:
    return [
        _Candidate(
            *(one.make, one.pk, one["work_id"], one["series_id"], one["place"]),
            writers=one.writers,
        )
        for one in told(found)
    ]


# Some 20 KB each. Several threads may look at what is kept; all that they write to it is what its
# cards say (`blog.jinja.cards`), which is the same whoever asks.
_WAYS: Keeping[Onward] = Keeping(100)


def _itself(row: Post) -> Post:
    return row


def _choose(post: Post, candidates: list[_Candidate]) -> Onward:
    others = [one for one in candidates if not post.work_id or one.work != post.work_id]
    same = [one.make() for one in candidates if post.work_id and one.work == post.work_id]
    place = _place_of(post, post.series, candidates) if post.series else None
    # Who goes on reading a series does so by its own ways.
    parts = {part.pk for part in (place.previous, place.next) if part} if place else set()
    rest = [one for one in others if one.pk not in parts]
    first = post.byline[0].pk if post.byline else None
    more = [one for one in rest if first in one.writers][:MORE_COUNT]
    following = _best_of_the_rest(rest, more)
    return Onward(
        more=[one.make() for one in more],
        next=[one.make() for one in following],
        place=place,
        translations=sorted(same, key=lambda row: row.language),
        has_gaps=len(following) < NEXT_COUNT
        or any(one.place == MAX_PLACES for one in (*more, *following)),
    )


def _place_of(post: Post, series: Series, candidates: list[_Candidate]) -> Place:
    parts = [one.make() for one in candidates if one.series == series.pk]
    return place_among(post, series, parts)


def _name_ingredients(post: Post, ways: Onward) -> None:
    """Of all that was looked through, what is shown; and the sets from which it was taken.

    Any new story may take a place for which too little was found. Where there is enough of it, a
    story that comes out elsewhere is nothing to this one.
    """
    for row in ways.stories:
        # One that will expire says when this page becomes another.
        row.name_itself()
    ingredients.add_rows([row.lead_image for row in ways.stories if row.lead_image])
    ingredients.add_rows([author for row in (post, *ways.stories) for author in row.byline])
    ingredients.add("related", post.pk)
    ingredients.add("series-posts", *filter(None, [post.series_id]))
    ingredients.add("work", *filter(None, [post.work_id]))
    ingredients.add("author-posts", *(author.pk for author in post.byline[:1]))
    if ways.has_gaps:
        ingredients.add(*ingredients.POSTS)


def _candidates(
    post: Post, at: datetime, seen_by: User | None = None, *, newest: bool
) -> PostQuerySet:
    """A few rows by their keys, in a union: joined by OR, a database would read all stories."""
    listed = Post.objects.listed(at)
    some: list[QuerySet[Post]] = [listed.filter(related_to__post=post)]
    if newest:
        latest = listed.newest_first().values("pk")[: NEWEST_COUNT + 1]
        some.append(Post.objects.filter(pk__in=latest))
    if post.work_id:
        some.append(listed.beside(post))
    beside = Neighbours(post, at=at, seen_by=seen_by) if post.series_id else None
    if beside:
        some += beside.stories
    keys = [stories.order_by().values("pk") for stories in some]
    found: PostQuerySet = Post.objects.filter(pk__in=keys[0].union(*keys[1:]))
    counts = beside.counts if beside else {}
    ranked = found.exclude(pk=post.pk).card().annotate(place=_place(post), **counts)
    return ranked.order_by("place", "-published_at", "-pk")


# Nearly every story has only these; to sort a handful of rows, a database takes longer than Python.
_FOUND_FOR: Statement[Post] = Statement(
    lambda post, at: (
        Post.objects.listed(at)
        .filter(related_to__post=post)
        .card()
        .annotate(place=F("related_to__place"))
        .with_signature()
    )
)


def _for_everybody(*, newest: bool) -> Statement[Post]:
    return Statement(
        lambda post, at, work=None, series=None, position=0: _candidates(
            Post(pk=post, work_id=work, series_id=series, series_position=position),
            at,
            newest=newest,
        ).with_signature()
    )


_KEPT = _for_everybody(newest=False)
_WITH_NEWEST = _for_everybody(newest=True)


def _place(post: Post) -> Coalesce:
    kept = Related.objects.filter(post=post, other=OuterRef("pk")).values("place")
    return Coalesce(Subquery(kept[:1]), Value(MAX_PLACES))


def _best_of_the_rest(rest: list[_Candidate], more: list[_Candidate]) -> list[_Candidate]:
    """Of nobody so many that the page would be theirs."""
    shown: Counter[int] = Counter()
    for one in more:
        shown.update(one.writers)
    chosen: list[_Candidate] = []
    for one in rest:
        if one in more or any(shown[key] >= MAX_OF_ONE for key in one.writers):
            continue
        shown.update(one.writers)
        chosen.append(one)
    return chosen[:NEXT_COUNT]
