"""The index on PostgreSQL: two `tsvector`s beside the story's entry, written by us word for word.

`heads` has the few words of title, names and what a text is about, weighed; `words` has all words
of a story. PostgreSQL's own parser is not asked: it would take words apart in another way than
SQLite does.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from blog.search.entry import Entry, Part
from blog.search.words import Term


def hits(terms: Sequence[Term], part: Part = Part.ANYWHERE) -> tuple[str, list[str]]:
    """SQL that selects the keys of the stories with all of these."""
    column = "words" if part is Part.ANYWHERE else "heads"
    sql = f"SELECT post_id FROM blog_searchentry WHERE {column} @@ %s::tsquery"  # noqa: S608 -- names of our own
    return sql, [_asked(terms, (), part)]


def newest(terms: Sequence[Term], facets: Sequence[str], part: Part, *, limit: int) -> list[int]:
    """The keys of the newest stories with all of these, the newest first."""
    column = "words" if part is Part.ANYWHERE else "heads"
    sql = (
        f"SELECT post_id FROM blog_searchentry WHERE {column} @@ %s::tsquery "  # noqa: S608
        "ORDER BY post_id DESC LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [_asked(terms, facets, part), limit])
        return [pk for (pk,) in cursor.fetchall()]


def store(entries: list[Entry]) -> None:
    rows = [(_words(entry), _heads(entry), entry.pk) for entry in entries]
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE blog_searchentry SET words = %s::tsvector, heads = %s::tsvector "
            "WHERE post_id = %s",
            rows,
        )


def forget(pk: int) -> None:
    """Nothing is left to do: the words go with the entry."""


def _asked(terms: Sequence[Term], facets: Sequence[str], part: Part) -> str:
    asked = [(term.word, f"{part.value}{'*' if term.is_prefix else ''}") for term in terms]
    words = [f"'{word}'{':' if how else ''}{how}" for word, how in asked]
    return " & ".join(words + [f"'{facet}'" for facet in facets])


def _words(entry: Entry) -> str:
    return " ".join(f"'{word}'" for word in (*entry.all_words, *entry.facets))


def _heads(entry: Entry) -> str:
    """Each word once, with the weight of the best place where it stands."""
    weights: dict[str, str] = {}
    for words, weight in ((entry.title, "A"), (entry.names, "B"), (entry.leading, "C")):
        for word in words:
            weights.setdefault(word, weight)
    heads = [f"'{word}':1{weight}" for word, weight in weights.items()]
    return " ".join(heads + [f"'{facet}'" for facet in entry.facets])
