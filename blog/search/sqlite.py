"""The index on SQLite: an FTS5 table, whose tokenizer parts our words where we put spaces."""

from __future__ import annotations

from django.db import connection

from blog.search.entry import Entry
from blog.search.words import Term


def hits(terms: list[Term], *, only_names: bool = False) -> tuple[str, list[str]]:
    """SQL that selects the keys of the stories with all of these, in their names or anywhere."""
    # Quoted each: outside of quotes FTS5 takes AND, NEAR, - and + for commands.
    query = " ".join(f'"{term.word}"{"*" if term.is_prefix else ""}' for term in terms)
    if only_names:
        query = f"{{title names}} : ({query})"
    return "SELECT rowid FROM blog_searchwords WHERE blog_searchwords MATCH %s", [query]


def store(entries: list[Entry]) -> None:
    rows: list[list[int | str]] = [
        [entry.pk, *map(" ".join, (entry.title, entry.names, entry.subtitle, entry.text))]
        for entry in entries
    ]
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT OR REPLACE INTO blog_searchwords (rowid, title, names, subtitle, text) "
            "VALUES (%s, %s, %s, %s, %s)",
            rows,
        )


def forget(pk: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM blog_searchwords WHERE rowid = %s", [pk])
