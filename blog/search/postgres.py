"""The index on PostgreSQL: a `tsvector` beside the story's entry, written by us word for word.

Its own parser is not asked: it would take words apart in another way than SQLite does.
"""

from __future__ import annotations

from collections import defaultdict

from django.db import connection

from blog.search.entry import Entry
from blog.search.words import Term

# What a tsvector can hold: places beyond the last are all the last, and a word has so many.
LAST_PLACE = 16_383
MAX_PLACES = 255


def hits(terms: list[Term], *, only_names: bool = False) -> tuple[str, list[str]]:
    """SQL that selects the keys of the stories with all of these, in their names or anywhere."""
    where = "AB" if only_names else ""
    asked = ((term.word, f"{where}{'*' if term.is_prefix else ''}") for term in terms)
    query = " & ".join(f"'{word}'{':' if how else ''}{how}" for word, how in asked)
    return "SELECT post_id FROM blog_searchentry WHERE words @@ %s::tsquery", [query]


def store(entries: list[Entry]) -> None:
    rows = [(_vector(entry), entry.pk) for entry in entries]
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE blog_searchentry SET words = %s::tsvector WHERE post_id = %s", rows
        )


def forget(pk: int) -> None:
    """Nothing is left to do: the words go with the entry."""


def _vector(entry: Entry) -> str:
    """Each word once, with its places: A for the title down to D for the text."""
    places: defaultdict[str, list[str]] = defaultdict(list)
    place = 0
    weighed = ((entry.title, "A"), (entry.names, "B"), (entry.subtitle, "C"), (entry.text, ""))
    for words, weight in weighed:
        for word in words:
            place = min(place + 1, LAST_PLACE)
            if len(places[word]) < MAX_PLACES:
                places[word].append(f"{place}{weight}")
    return " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())
