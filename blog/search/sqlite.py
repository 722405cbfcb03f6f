"""The index on SQLite: two FTS5 tables, whose tokenizer parts our words where we put spaces.

`blog_searchheads` has the few words of title, names and what a text is about, by column;
`blog_searchwords` has all words of a story, each once, and `blog_searchvocabulary` shows which
words there are in it.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NamedTuple

from django.db import connection, connections, transaction

from accounts.statements import rows
from blog.search.entry import OUT, Entry, Part
from blog.search.words import Term

# The beginnings of which FTS5 keeps lists (`prefix` of its tables).
KEPT_LETTERS = 3
# More lists than these are not walked side by side.
MAX_WORDS = 32
# Among so many times as many that have the words somewhere, there are mostly enough that have them
# where they are wanted.
MOSTLY = 5
# So many are walked to at once: they are found soon, once the lists are there.
AT_LEAST = 100
# Before and behind all that words are written with.
FIRST_LETTER, LAST_LETTER = "\x01", "\U0010ffff"
# From word to word: of each no more than its first place in the index is looked up.
BEGINNING = """
    WITH RECURSIVE begun (word) AS (
        SELECT (
            SELECT term FROM blog_searchvocabulary WHERE term >= %s AND term < %s LIMIT 1
        )
        UNION ALL
        SELECT (
            SELECT term FROM blog_searchvocabulary WHERE term >= word || %s AND term < %s LIMIT 1
        )
        FROM begun WHERE word IS NOT NULL LIMIT %s
    )
    SELECT word FROM begun
"""
TABLES = ("blog_searchwords", "blog_searchheads")
COLUMNS = {Part.TITLE: "title", Part.NAMES: "title names", Part.LEADING: "title names leading"}


def hits(terms: Sequence[Term], part: Part = Part.ANYWHERE) -> tuple[str, list[str]]:
    """SQL that selects the keys of the stories with all of these."""
    table, query = _query([_said(term) for term in terms], (), part)
    return f"SELECT rowid FROM {table} WHERE {table} MATCH %s", [query]  # noqa: S608 -- our names


class Search:
    """The newest stories with all of some words, part by part.

    FTS5 walks the lists of words from the newest on, and where few stories have all of them it
    walks to the end. So the widest part is asked first: if it has found all there are, they say
    themselves which have the words nearer to their name, and no list is walked again.
    """

    def __init__(
        self, terms: Sequence[Term], facets: Sequence[str], parts: Sequence[Part] = tuple(Part)
    ) -> None:
        """Each of `parts` has what those before it have."""
        self._terms, self._facets, self._parts = terms, facets, parts
        # Nearly all stories are out: theirs is the longest list, and they are asked themselves.
        self._picky = [facet for facet in facets if facet != OUT]
        self._words = [_any_of(term) for term in terms]
        self._walked: dict[tuple[Part, int], list[int]] = {}
        self._heads: dict[int, Head] = {}

    def newest(self, part: Part, *, limit: int) -> list[int]:
        """The keys of the newest that have the words in this part, the newest first."""
        # Some of them may be drafts.
        most = max(limit + limit // 2, AT_LEAST)
        for wider in reversed(self._parts[self._parts.index(part) :]):
            walked = self._walk(wider, most)
            are_all = len(walked) < most
            if are_all or wider is part or limit * MOSTLY <= len(walked):
                found = self._fitting(walked, part, has_words=wider is part)
                if are_all or len(found) >= limit:
                    return found[:limit]
        return self._ask(part, self._facets, limit)

    def _walk(self, part: Part, limit: int) -> list[int]:
        """Those found first, whether they are out or not."""
        if (part, limit) not in self._walked:
            self._walked[part, limit] = self._ask(part, self._picky, limit)
        return self._walked[part, limit]

    def _ask(self, part: Part, facets: Sequence[str], limit: int) -> list[int]:
        table, query = _query(self._words, facets, part)
        sql = f"SELECT rowid FROM {table} WHERE {table} MATCH %s ORDER BY rowid DESC LIMIT %s"  # noqa: S608 -- our names
        return [pk for (pk,) in rows(sql, [query, limit])]

    def _fitting(self, pks: list[int], part: Part, *, has_words: bool) -> list[int]:
        """Those of these stories that are out, if that was asked, and have the words."""
        self._heads |= _heads([pk for pk in pks if pk not in self._heads])
        terms = () if has_words else self._terms
        is_out = OUT in self._facets
        return [
            pk
            for pk in pks
            if (head := self._heads.get(pk)) and (head.is_out or not is_out)
            if not terms or head.has_all(terms, part)
        ]


class Head(NamedTuple):
    """The words of a story by where they stand, but for those of its text."""

    title: str
    names: str
    leading: str
    facets: str

    @property
    def is_out(self) -> bool:
        return OUT in self.facets.split()

    def has_all(self, terms: Sequence[Term], part: Part) -> bool:
        """Whether it has all words in this part."""
        words = " ".join(self[: len(COLUMNS[part].split())]).split()
        return all(
            any(word.startswith(term.word) for word in words)
            if term.is_prefix
            else term.word in words
            for term in terms
        )


def _heads(pks: list[int]) -> dict[int, Head]:
    if not pks:
        return {}
    # FTS5's own table of what it was given: it would look each up by a question of its own.
    sql = """
        SELECT id, c0, c1, c2, c3 FROM blog_searchheads_content
        WHERE id IN (SELECT value FROM json_each(%s))
    """
    return {pk: Head(*words) for pk, *words in rows(sql, [json.dumps(pks)])}


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
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table} WHERE rowid = %s", [pk])  # noqa: S608 -- our own names


def empty_with_stories(using: str) -> None:
    """Take all words out once there is no story: the keys of the next ones may begin anew.

    Django empties its own tables (`flush`), and these are none of them.
    """
    # In one step: the words of a first story may be on their way.
    with transaction.atomic(using), connections[using].cursor() as cursor:
        tables = connections[using].introspection.table_names(cursor)
        if not {"blog_post", *TABLES}.issubset(tables):
            return
        cursor.execute("SELECT 1 FROM blog_post LIMIT 1")
        if cursor.fetchone():
            return
        for table in TABLES:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608 -- as above


def _query(words: Sequence[str], facets: Sequence[str], part: Part) -> tuple[str, str]:
    """Which table has the answer, and what it is asked."""
    marks = " AND ".join(f'"{facet}"' for facet in facets)
    said = " AND ".join(words)
    if part is Part.ANYWHERE:
        return "blog_searchwords", f"{said} AND {marks}" if marks else said
    also = f" AND facets : ({marks})" if marks else ""
    return "blog_searchheads", f"{{{COLUMNS[part]}}} : ({said}){also}"


def _said(term: Term) -> str:
    # Quoted: outside of quotes FTS5 takes AND, NEAR, - and + for commands.
    return f'"{term.word}"{"*" if term.is_prefix else ""}'


def _any_of(term: Term) -> str:
    """A beginning as the words that begin so, if they are few.

    Of a beginning FTS5 puts the lists of all its words together before it walks, but for those of
    few letters, which it keeps ready.
    """
    if not term.is_prefix or len(term.word) <= KEPT_LETTERS:
        return _said(term)
    words = _beginning(term.word)
    if len(words) > MAX_WORDS:
        return _said(term)
    return f"({' OR '.join(_said(Term(word)) for word in words or [term.word])})"


def _beginning(start: str) -> list[str]:
    """The words of all stories that begin so, but no more than one too many."""
    values = [start, start + LAST_LETTER, FIRST_LETTER, start + LAST_LETTER, MAX_WORDS + 1]
    return [word for (word,) in rows(BEGINNING, values) if word is not None]


def _write(sql: str, values: list[list[int | str]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(sql, values)
