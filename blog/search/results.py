"""What readers find, the best first: a bounded list, the same on both databases."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from itertools import islice, product
from typing import Any, NamedTuple

from django.utils import timezone

from accounts.statements import Statement
from blog import keyset
from blog.models import Authorship, Post, PostTag, SearchWord
from blog.models.post import ROW_FIELDS, with_bylines
from blog.search.engine import engine
from blog.search.entry import OUT, Part
from blog.search.marking import Marker, Piece
from blog.search.question import Question
from blog.search.words import plain, terms_of

# So many stories are looked at and ranked, the newest of those that have the words nearest to their
# name. To weigh all that have a common word takes a second in 10,000 stories (`bm25`), and nobody
# reads the fortieth page: they add a word, or narrow the search, which looks at others.
CANDIDATES = 200
HITS_A_PAGE = 10
MAX_CORRECTIONS = 3
MAX_TRIED = 6
# Enough to see which of two words is used more.
COUNTED = 30
NEWEST = datetime.max.replace(tzinfo=UTC)


class Place(NamedTuple):
    """Where a hit stands: the better its words fit, the earlier; of equals the newer first."""

    rank: int
    age_us: int
    minus_pk: int

    @classmethod
    def of(cls, rank: int, at: datetime, pk: int) -> Place:
        return cls(rank, (NEWEST - at) // timedelta(microseconds=1), -pk)

    @classmethod
    def named(cls, word: str) -> Place:
        """The place that `word` names. Raises ValueError."""
        rank, _dot, cursor = word.partition(".")
        if not (rank.isascii() and rank.isdecimal() and len(rank) == 1):
            raise ValueError("This is no place in a list.")
        return cls.of(int(rank), *keyset.decode(cursor))

    @property
    def word(self) -> str:
        """For an address."""
        at = NEWEST - timedelta(microseconds=self.age_us)
        return f"{self.rank}.{keyset.encode(at, -self.minus_pk)}"


class Found(NamedTuple):
    """A candidate as far as ranking and narrowing need it."""

    place: Place
    year: int
    language: str

    @property
    def pk(self) -> int:
        return -self.place.minus_pk


@dataclass(frozen=True)
class Hit:
    """A story, its title, subtitle and best passage with the words marked."""

    post: Post
    title: list[Piece]
    subtitle: list[Piece]
    extract: list[Piece]


@dataclass(frozen=True)
class HitPage:
    """Some of the hits, and the places from which one goes on ("" where it ends)."""

    hits: list[Hit]
    before: str
    after: str


class Results:
    """All that readers find by one question, at one moment."""

    def __init__(
        self, question: Question, *, candidates: int = CANDIDATES, is_empty: bool = False
    ) -> None:
        self.question = question
        self._is_empty = is_empty
        self._candidates = candidates
        self.is_cut = False

    @cached_property
    def found(self) -> list[Found]:
        """The candidates that readers may see, the best first."""
        if self._is_empty or not self.question.terms:
            return []
        parts = self._parts()
        # The place comes first in each.
        return self._with_phrases(sorted(self._listed(parts)))

    def page(self, *, after: str = "", before: str = "") -> HitPage:
        """The hits behind or ahead of a place. Raises ValueError for what is no place."""
        places = [one.place for one in self.found]
        if before:
            limit = Place.named(before)
            end = sum(1 for place in places if place < limit)
            start = max(0, end - HITS_A_PAGE)
        else:
            last = Place.named(after) if after else None
            start = sum(1 for place in places if place <= last) if last else 0
            end = start + HITS_A_PAGE
        shown = self.found[start:end]
        return HitPage(
            self._hits([one.pk for one in shown]),
            before=shown[0].place.word if shown and start > 0 else "",
            after=shown[-1].place.word if shown and end < len(self.found) else "",
        )

    def _parts(self) -> dict[int, int]:
        """The keys of candidates, and how near to their name they have the words."""
        parts: dict[int, int] = {}
        search = engine().Search(self.question.terms, (OUT, *self.question.facets))
        for number, part in enumerate(Part):
            if len(parts) >= self._candidates:
                break
            pks = search.newest(part, limit=self._candidates)
            self.is_cut |= len(pks) >= self._candidates
            for pk in pks:
                parts.setdefault(pk, number)
        return parts

    def _listed(self, parts: dict[int, int]) -> list[Found]:
        """Those of the candidates that readers find in lists."""
        if not parts:
            return []
        rows = _CANDIDATES.found(keys=list(parts), at=timezone.now())
        key, title, language = map(rows.place, ("id", "title", "language"))
        found = []
        for row in rows:
            at = rows.value(row, "published_at")
            rank = self._rank(parts[row[key]], row[title])
            found.append(Found(Place.of(rank, at, row[key]), at.year, row[language]))
        return found

    def _rank(self, part: int, title: str) -> int:
        """The part, and among titles: the title itself, its whole words, beginnings of words."""
        if part > 0:
            return part + 2
        if _bare(title) == self._bare_query:
            return 0
        have = {term.word for term in terms_of(title, is_finished=True)}
        return 1 if all(term.word in have for term in self.question.terms) else 2

    @cached_property
    def _bare_query(self) -> str:
        return _bare(self.question.query)

    def _with_phrases(self, found: list[Found]) -> list[Found]:
        """Those that have what was quoted word for word; the texts say, for no index is exact."""
        if not found or not self.question.phrases:
            return found
        keys = [one.pk for one in found]
        texts = {pk: texts for pk, *texts in _TEXTS.values(keys=keys)}
        for named in (_AUTHORS, _TAGS):
            for pk, name in named.values(keys=keys):
                texts[pk].append(name)
        return [one for one in found if self._marker.has_phrases(texts.get(one.pk, []))]

    @cached_property
    def _marker(self) -> Marker:
        return Marker(self.question.terms, self.question.phrases)

    def _hits(self, pks: list[int]) -> list[Hit]:
        if not pks:
            return []
        shown = with_bylines(_SHOWN.ask(keys=pks, at=timezone.now()))
        posts = {post.pk: post for post in shown}
        return [self._hit(posts[pk]) for pk in pks if pk in posts]

    def _hit(self, post: Post) -> Hit:
        marker = self._marker
        return Hit(
            post,
            title=marker.marked(post.display_title),
            subtitle=marker.marked(post.display_subtitle),
            extract=marker.extract(post.text),
        )


def _bare(text: str) -> str:
    return " ".join(plain(text).split())


def corrected(question: Question) -> Results | None:
    """What is found by the words that may have been meant by one that finds nothing."""
    wrong = [word for word in question.loose_words if SearchWord.may_be_wrong(word)]
    wrong = [word for word in wrong if not _is_found(word, question)][:MAX_CORRECTIONS]
    meant = [SearchWord.objects.near(word) for word in wrong]
    if not wrong or not all(meant):
        return None
    tried = [
        question.corrected(dict(zip(wrong, words, strict=True)))
        for words in islice(product(*meant), MAX_TRIED)
    ]
    # Of equals the first, which is the nearest.
    best = Results(max(tried, key=_how_many) if len(tried) > 1 else tried[0])
    return best if best.found else None


def _is_found(word: str, question: Question) -> bool:
    terms = tuple(term for term in question.terms if term.word == word)
    if terms == question.terms and not question.facets:
        return False
    return not terms or _how_many(Question(word, terms)) > 0


def _how_many(question: Question) -> int:
    """How many stories readers find so, as far as it matters."""
    search = engine().Search(question.terms, (OUT, *question.facets), (Part.ANYWHERE,))
    pks = search.newest(Part.ANYWHERE, limit=COUNTED)
    return len(_CANDIDATES.values(keys=pks, at=timezone.now())) if pks else 0


_CANDIDATES: Statement[Post] = Statement(
    lambda keys, at: Post.objects.listed_among(keys, at).only("title", "published_at", "language")
)
_SHOWN: Statement[Post] = Statement(
    lambda keys, at: Post.objects.listed_among(keys, at).in_rows().only(*ROW_FIELDS, "text")
)
# Where a phrase may stand.
_TEXTS: Statement[Any] = Statement(
    lambda keys: Post.objects.filter(pk__in=keys).values_list("pk", "title", "subtitle", "text")
)
_AUTHORS: Statement[Any] = Statement(
    lambda keys: (
        Authorship.objects.filter(post__in=keys).order_by().values_list("post", "author__name")
    )
)
_TAGS: Statement[Any] = Statement(
    lambda keys: PostTag.objects.filter(post__in=keys).order_by().values_list("post", "tag__name")
)
