"""The index on PostgreSQL: two `tsvector`s beside the story's entry, written by us word for word.

`heads` has the few words of title, names and what a text is about, each marked with the parts that
have it; `words` has all words of a story. PostgreSQL's own parser is not asked: it would take words
apart in another way than SQLite does. Nor are its weights: its index does not know them, so that
every story with a word would have to be read to see where it stands.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from accounts import replica
from blog.search.entry import Entry, Part
from blog.search.words import Term

# So many are gathered and sorted; of more, the newest are met soon enough on the way from the end.
FEW = 1_000
MARKS = {Part.TITLE: "a", Part.NAMES: "b", Part.LEADING: "c", Part.ANYWHERE: ""}


def hits(terms: Sequence[Term], part: Part = Part.ANYWHERE) -> tuple[str, list[str]]:
    """SQL that selects the keys of the stories with all of these."""
    column = "words" if part is Part.ANYWHERE else "heads"
    sql = f"SELECT post_id FROM blog_searchentry WHERE {column} @@ %s::tsquery"  # noqa: S608 -- names of our own
    return sql, [_asked(terms, (), part)]


def newest(terms: Sequence[Term], facets: Sequence[str], part: Part, *, limit: int) -> list[int]:
    """The keys of the newest stories with all of these, the newest first."""
    column = "words" if part is Part.ANYWHERE else "heads"
    found = f"SELECT post_id FROM blog_searchentry WHERE {column} @@ %s::tsquery"  # noqa: S608 -- as above
    # PostgreSQL takes every word for one that some stories in a hundred have: of one that hardly
    # any has it would look for the newest through all of them.
    sql = f"""
        WITH few AS MATERIALIZED ({found} LIMIT {FEW + 1}),
            counted AS (SELECT COUNT(post_id) AS many FROM few)
        (SELECT post_id FROM few WHERE (SELECT many FROM counted) <= {FEW})
        UNION ALL
        ({found} AND (SELECT many FROM counted) > {FEW} ORDER BY post_id DESC LIMIT %s)
        ORDER BY post_id DESC LIMIT %s
    """  # noqa: S608 -- names of our own
    asked = _asked(terms, facets, part)
    with replica.cursor() as cursor:
        cursor.execute(sql, [asked, asked, limit, limit])
        return [pk for (pk,) in cursor.fetchall()]


def store(entries: list[Entry]) -> None:
    rows = [(*columns(entry), entry.pk) for entry in entries]
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE blog_searchentry SET words = %s::tsvector, heads = %s::tsvector "
            "WHERE post_id = %s",
            rows,
        )


def columns(entry: Entry) -> tuple[str, str]:
    """What stands in `words` and in `heads`."""
    return _words(entry), _heads(entry)


def forget(pk: int) -> None:
    """Nothing is left to do: the words go with the entry."""


def _asked(terms: Sequence[Term], facets: Sequence[str], part: Part) -> str:
    mark = MARKS[part]
    words = [f"'{mark}{term.word}'{':*' if term.is_prefix else ''}" for term in terms]
    return " & ".join(words + [f"'{facet}'" for facet in facets])


def _words(entry: Entry) -> str:
    return " ".join(f"'{word}'" for word in (*entry.all_words, *entry.facets))


def _heads(entry: Entry) -> str:
    """Each part's words, with those of the parts before."""
    title, names = entry.title, entry.title + entry.names
    parts = ((Part.TITLE, title), (Part.NAMES, names), (Part.LEADING, names + entry.leading))
    heads = [f"'{MARKS[part]}{word}'" for part, words in parts for word in words]
    return " ".join(heads + [f"'{facet}'" for facet in entry.facets])
