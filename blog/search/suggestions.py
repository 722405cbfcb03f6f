"""What somebody may be looking for while they still type: stories, authors and subjects."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.utils import timezone

from accounts.addresses import address
from accounts.statements import Statement
from blog.models import Authorship, Post, PostTag
from blog.search.engine import engine
from blog.search.entry import OUT, Part
from blog.search.words import APOSTROPHE, Term, terms_of, words_of

MAX_STORIES = 5
MAX_NAMES = 3
# The newest of those with the words in their title, or in the names of authors and subjects: a
# few, and more only when not all of a few may be seen, or hardly a name is among them.
CANDIDATES = (5, 40)
NAMED_CANDIDATES = (20, 60)


@dataclass(frozen=True)
class Suggestion:
    text: str
    url: str
    language: str = ""


@dataclass(frozen=True)
class Suggestions:
    stories: list[Suggestion]
    authors: list[Suggestion]
    tags: list[Suggestion]


def suggestions(query: str) -> Suggestions:
    """What begins so. Names are those under which readers find a story, so no draft shows."""
    terms = terms_of(query)
    if not terms:
        return Suggestions([], [], [])
    search = engine().Search(terms, (OUT,), (Part.TITLE, Part.NAMES))
    return Suggestions(_stories(search), *_names(search, terms))


def _stories(search: Any) -> list[Suggestion]:
    found: list[Post] = []
    for limit in CANDIDATES:
        pks = search.newest(Part.TITLE, limit=limit)
        found = _STORIES.ask(keys=pks, at=timezone.now()) if pks else []
        if len(found) == MAX_STORIES or len(pks) < limit:
            break
    return [Suggestion(one.display_title, one.get_absolute_url(), one.language) for one in found]


def _names(search: Any, terms: list[Term]) -> tuple[list[Suggestion], list[Suggestion]]:
    """Authors and subjects, those of the newest stories first."""
    authors: list[Suggestion] = []
    tags: list[Suggestion] = []
    for limit in NAMED_CANDIDATES:
        pks = search.newest(Part.NAMES, limit=limit)
        if pks:
            at = timezone.now()
            authors = _fitting(terms, "blog:author", _AUTHORS.values(keys=pks, at=at))
            tags = _fitting(terms, "blog:tag", _TAGS.values(keys=pks, at=at))
        # Of each kind there may be more further on.
        if min(len(authors), len(tags)) >= MAX_NAMES or len(pks) < limit:
            break
    return authors, tags


def _fitting(terms: list[Term], form: str, names: Iterable[tuple[Any, ...]]) -> list[Suggestion]:
    """The first of those whose name has all words. `form` is that of their addresses."""
    fitting = ((name, place) for name, place in dict.fromkeys(names) if _has_all(terms, name))
    return [Suggestion(name, address(form, place)) for name, place in islice(fitting, MAX_NAMES)]


def _has_all(terms: list[Term], name: str) -> bool:
    # To take a name into words takes longer than all else; most have not even the letters.
    if name.isascii() and APOSTROPHE not in name:
        folded = name.lower()
        if any(term.word not in folded for term in terms):
            return False
    words = words_of(name)
    return all(
        any(word.startswith(term.word) if term.is_prefix else word == term.word for word in words)
        for term in terms
    )


_STORIES: Statement[Post] = Statement(
    lambda keys, at: (
        Post.objects.listed_among(keys, at)
        .only("title", "slug", "language")
        .newest_first()[:MAX_STORIES]
    )
)
# By their stories, the newest first.
_AUTHORS: Statement[Any] = Statement(
    lambda keys, at: (
        Authorship.objects.filter(post__in=Post.objects.listed_among(keys, at))
        .order_by("-post", "position")
        .values_list("author__name", "author__handle")
    )
)
_TAGS: Statement[Any] = Statement(
    lambda keys, at: (
        PostTag.objects.filter(post__in=Post.objects.listed_among(keys, at))
        .order_by("-post", "position")
        .values_list("tag__name", "tag__slug")
    )
)
