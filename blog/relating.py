"""Which stories are read after which: found when one of them changes, and kept.

Never asked of all stories: what may be related is the newest of each subject and author, and what
shares a word that few stories have.
"""

from __future__ import annotations

import logging
import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from math import log
from typing import Any

from django.db.models import Count, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from accounts.models import Author
from blog import search
from blog.models import Authorship, Post, PostTag, ReadNext, Related
from blog.models.related import MAX_PLACES
from blog.search.words import DENSE, words_of

# Raise it when stories are related in another way than before: all lists are made anew.
RULES = 1
# A page never shows more stories of one author, in its shelves together.
MAX_OF_ONE = 3
# One more than the page shows, in case one is withdrawn.
KEPT_OF_AUTHOR = 4

NEWEST_OF_TAG = 60
NEWEST_OF_AUTHOR = 24
CANDIDATES = 200
TAG_POINTS = 4.0
AUTHOR_POINTS = 2.0
WORD_POINTS = 1.0  # twice that for a word that hardly another story has
IN_ANOTHER_LANGUAGE = 0.5

# A word is rare when no more than one story in eight has it, and few of very many.
ONE_IN = 8
RARE_AT_LEAST = 3
RARE_AT_MOST = 200
RARE_WORDS = 12
MAX_ASKED = 40
MIN_WORD_CHARS = 4
TITLE_WEIGHT = 4
IS_DENSE = re.compile(f"[{DENSE}]")

# So many stories take a task some seconds.
BATCH = 100

logger = logging.getLogger("longhand.related")


class Relating:
    """Relates stories one after the other, and remembers which words turned out to be common."""

    def __init__(self) -> None:
        self._common: set[str] = set()
        some = Post.objects.listed().order_by().values("pk")[: RARE_AT_MOST * ONE_IN]
        self._limit = max(RARE_AT_LEAST, some.count() // ONE_IN)

    def relate(self, pk: int) -> list[int]:
        """Keep anew what is read after this story; the keys, the best first."""
        post = _readable().filter(pk=pk).first()
        if post is None:
            ReadNext.objects.drop(pk)
            return []
        chosen = _choose(post, self._ranked(post))
        kept: list[int] = ReadNext.objects.keep(post, chosen, rules=RULES)
        return kept

    def _ranked(self, post: Post) -> list[Any]:
        """Stories that readers find and that have something in common with it, the best first."""
        by_words = self._points_by_words(post)
        points = Counter(by_words)
        points.update(dict.fromkeys(_on_subjects(post), TAG_POINTS))
        points.update(dict.fromkeys(_by_authors(post), AUTHOR_POINTS))
        del points[post.pk]
        best = sorted(points, key=lambda pk: (-points[pk], -pk))[:CANDIDATES]
        found = Post.objects.listed().filter(pk__in=best).annotate(shared=_shared(post))
        rows = list(found.only("language", "published_at").prefetch_related(_bylines()))

        def order(row: Any) -> tuple[float, float, int]:
            known = sum(author in post.byline for author in row.byline)
            worth = TAG_POINTS * row.shared + AUTHOR_POINTS * known + by_words[row.pk]
            if row.language != post.language:
                worth *= IN_ANOTHER_LANGUAGE
            return -worth, -row.published_at.timestamp(), -row.pk

        return sorted(rows, key=order)

    def _points_by_words(self, post: Post) -> defaultdict[int, float]:
        points: defaultdict[int, float] = defaultdict(float)
        for pks in self._sharing_rare_words(post):
            rarity = log(self._limit / len(pks)) / log(self._limit)
            for pk in pks:
                points[pk] += WORD_POINTS * (1 + rarity)
        return points

    def _sharing_rare_words(self, post: Post) -> Iterator[list[int]]:
        """For each word that says what it is about: the stories that have it."""
        asked = found = 0
        for word in _telling_words(post):
            if word in self._common:
                continue
            if asked == MAX_ASKED or found == RARE_WORDS:
                return
            asked += 1
            pks = search.stories_with(word, at_most=self._limit + 1)
            if len(pks) > self._limit:
                self._common.add(word)
            elif pks:
                found += 1
                yield pks


def relate_around(pk: int) -> bool:
    """Relate a story that changed, and those that it comes next to, or no longer stands next to.

    True when more is to be done: there are still lists that hold it, and readers do not find it.
    """
    relating = Relating()
    around = relating.relate(pk)
    is_found = Post.objects.listed().filter(pk=pk).exists()
    holders = Related.objects.filter(other=pk).order_by("post_id")
    if not is_found:
        around += list(holders.values_list("post_id", flat=True)[:BATCH])
    for other in dict.fromkeys(around):
        relating.relate(other)
    return not is_found and holders.exists()


def relate_some(after: int = 0, relating: Relating | None = None) -> int:
    """Relate some of the stories that have no list of today, beyond this key.

    The key of the last one; 0 when there are no more.
    """
    relating = relating or Relating()
    pks = list(missing().filter(pk__gt=after).order_by("pk").values_list("pk", flat=True)[:BATCH])
    for pk in pks:
        try:
            relating.relate(pk)
        except Exception:
            # One that cannot be related must not keep the others waiting.
            logger.exception("Story %d could not be related; the next start tries again.", pk)
    return pks[-1] if pks else 0


def missing() -> QuerySet[Post]:
    """Stories whose list is not there, or not made of what they say now."""
    return ReadNext.missing(RULES)


def _readable() -> QuerySet[Post]:
    out: QuerySet[Post] = Post.objects.published()
    subjects = Prefetch("post_tags", PostTag.objects.select_related("tag"))
    fields = ("title", "subtitle", "text", "language", "version")
    return out.only(*fields).prefetch_related(_bylines(), subjects)


def _bylines() -> Prefetch:
    return Prefetch("authorships", Authorship.objects.select_related("author"))


def _on_subjects(post: Post) -> list[int]:
    """The newest of each of its subjects, by key: so many are read, however many there are."""
    pks: list[int] = []
    for tag in post.topics:
        newest = PostTag.objects.filter(tag=tag).order_by("-post_id")
        pks += newest.values_list("post_id", flat=True)[:NEWEST_OF_TAG]
    return pks


def _by_authors(post: Post) -> list[int]:
    pks: list[int] = []
    for author in post.byline:
        listed = Post.objects.listed_by(author).newest_first()
        pks += listed.values_list("pk", flat=True)[:NEWEST_OF_AUTHOR]
    return pks


def _shared(post: Post) -> Coalesce:
    """How many of its subjects another story has."""
    same = PostTag.objects.filter(post=OuterRef("pk"), tag__in=post.topics)
    counted = same.order_by().values("post").annotate(count=Count("pk")).values("count")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)


def _telling_words(post: Post) -> list[str]:
    """The words that it uses more than once, or in its title: those it uses most come first."""
    weights = Counter(words_of(post.text))
    for word in words_of(f"{post.title}\n{post.subtitle}"):
        weights[word] += TITLE_WEIGHT
    telling = (word for word, weight in weights.items() if weight > 1 and _may_tell(word))
    return sorted(telling, key=lambda word: (-weights[word], word))


def _may_tell(word: str) -> bool:
    if IS_DENSE.match(word):
        return len(word) > 1
    return len(word) >= MIN_WORD_CHARS and not word.isdigit()


def _choose(post: Post, ranked: list[Any]) -> list[int]:
    """The best: some of its first author, the rest of others, of nobody too many."""
    first = next(iter(post.byline), None)
    chosen: list[int] = []
    taken: Counter[Author] = Counter()
    for row in ranked:
        limit = KEPT_OF_AUTHOR if first in row.byline else MAX_OF_ONE
        if any(taken[author] >= limit for author in row.byline):
            continue
        taken.update(row.byline)
        chosen.append(row.pk)
        if len(chosen) == MAX_PLACES:
            break
    return chosen
