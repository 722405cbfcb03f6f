"""What somebody may be looking for while they still type: stories, authors and subjects."""

from __future__ import annotations

from dataclasses import dataclass

from accounts.models import Author
from blog.models import Post, Tag
from blog.search.engine import engine
from blog.search.entry import OUT, Part
from blog.search.words import Term, terms_of, words_of

MAX_STORIES = 5
MAX_NAMES = 3
# The newest of those with the words in their title, or in the names of authors and subjects.
CANDIDATES = 40
NAMED_CANDIDATES = 60


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
    titled = engine().newest(terms, (OUT,), Part.TITLE, limit=CANDIDATES)
    stories = Post.objects.listed().filter(pk__in=titled).newest_first()
    light = stories.only("title", "slug", "language")[:MAX_STORIES]
    named = engine().newest(terms, (OUT,), Part.NAMES, limit=NAMED_CANDIDATES)
    seen = list(Post.objects.listed().filter(pk__in=named).values_list("pk", flat=True))
    return Suggestions(
        [Suggestion(post.display_title, post.get_absolute_url(), post.language) for post in light],
        _named(terms, list(Author.objects.filter(authorships__post__in=seen).distinct())),
        _named(terms, list(Tag.objects.filter(post_tags__post__in=seen).distinct())),
    )


def _named(terms: list[Term], found: list[Author] | list[Tag]) -> list[Suggestion]:
    fitting = [one for one in found if _has_all(terms, one.name)]
    return [Suggestion(one.name, one.get_absolute_url()) for one in fitting[:MAX_NAMES]]


def _has_all(terms: list[Term], name: str) -> bool:
    words = words_of(name)
    return all(
        any(word.startswith(term.word) if term.is_prefix else word == term.word for word in words)
        for term in terms
    )
