"""The index on SQLite: two FTS5 tables, whose tokenizer parts our words where we put spaces.

`blog_searchheads` has the few words of title, names and what a text is about, by column;
`blog_searchwords` has all words of a story, each once.
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection

from blog.search.entry import Entry, Part
from blog.search.words import Term

COLUMNS = {Part.TITLE: "title", Part.NAMES: "title names", Part.LEADING: "title names leading"}


def hits(terms: Sequence[Term], part: Part = Part.ANYWHERE) -> tuple[str, list[str]]:
    """SQL that selects the keys of the stories with all of these."""
    table, query = _asked(terms, (), part)
    return f"SELECT rowid FROM {table} WHERE {table} MATCH %s", [query]  # noqa: S608 -- our names


class Search:
    """The newest stories with all of some words, part by part."""

    def __init__(
        self, terms: Sequence[Term], facets: Sequence[str], _parts: Sequence[Part] = tuple(Part)
    ) -> None:
        self._terms, self._facets = terms, facets

    def newest(self, part: Part, *, limit: int) -> list[int]:
        """The keys of the newest that have the words in this part, the newest first."""
        # FTS5 walks by key, and stops at the limit.
        table, query = _asked(self._terms, self._facets, part)
        sql = f"SELECT rowid FROM {table} WHERE {table} MATCH %s ORDER BY rowid DESC LIMIT %s"  # noqa: S608 -- our names
        with connection.cursor() as cursor:
            cursor.execute(sql, [query, limit])
            return [pk for (pk,) in cursor.fetchall()]


def store(entries: list[Entry]) -> None:
    # A row left over by a story that had this key is replaced.
    _write(
        "INSERT OR REPLACE INTO blog_searchwords (rowid, words) VALUES (%s, %s)",
        [[entry.pk, " ".join((*entry.all_words, *entry.facets))] for entry in entries],
    )
    _write(
        "INSERT OR REPLACE INTO blog_searchheads (rowid, title, names, leading, facets) "
        "VALUES (%s, %s, %s, %s, %s)",
        [
            [entry.pk, *map(" ".join, (entry.title, entry.names, entry.leading, entry.facets))]
            for entry in entries
        ],
    )


def forget(pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM blog_searchwords WHERE rowid = %s", [pk])
        cursor.execute("DELETE FROM blog_searchheads WHERE rowid = %s", [pk])


def _asked(terms: Sequence[Term], facets: Sequence[str], part: Part) -> tuple[str, str]:
    # Quoted each: outside of quotes FTS5 takes AND, NEAR, - and + for commands.
    words = " ".join(f'"{term.word}"{"*" if term.is_prefix else ""}' for term in terms)
    marks = " ".join(f'"{facet}"' for facet in facets)
    if part is Part.ANYWHERE:
        return "blog_searchwords", f"{words} {marks}".strip()
    also = f" AND facets : ({marks})" if marks else ""
    return "blog_searchheads", f"{{{COLUMNS[part]}}} : ({words}){also}"


def _write(sql: str, rows: list[list[int | str]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(sql, rows)
