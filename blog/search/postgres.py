"""The index on PostgreSQL: two `tsvector`s beside the story's entry, written by us word for word.

`heads` has the few words of title, names and what a text is about, each marked with the parts that
have it; `words` has all words of a story. PostgreSQL's own parser is not asked: it would take words
apart in another way than SQLite does. Nor are its weights: its index does not know them, so that
every story with a word would have to be read to see where it stands.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from django.db import connection

from accounts import replica
from blog.search.entry import OUT, Entry, Part
from blog.search.words import Term

# So many of the newest stories, and of all from first to last, are looked at to choose the way.
LOOKED_AT = 256
# What none of them has, half a story is taken to have.
UNSEEN = 1 / LOOKED_AT / 2
# Among so many, any way is short; and to pass so many is shorter than to look for a way.
SHORT, SHORT_WAY = 8_000, 1_000
# So many are looked up whole, for all parts.
FEW = 1_000
# What one of so many of the newest has is not taken for rare.
COMMON = 25
# Nobody waits for a longer way than this from the newest.
MAX_EXPECTED = 15_000
# While one story is looked up, so many places of a word's list are read, or stories passed.
PLACES_A_STORY, PASSED_A_STORY = 8, 2
# No fewer are looked up, once a list is read.
AT_LEAST = 60
# So many times as many as are wanted are looked up, so that there are enough.
ROOM = 3
# While one story is looked up, so many keys are gone through; no larger part than this of all.
KEYS_A_STORY, LONGEST_REACH = 50, 1 / 3
MARKS = {Part.TITLE: "a", Part.NAMES: "b", Part.LEADING: "c", Part.ANYWHERE: ""}
COLUMNS = {part: "words" if part is Part.ANYWHERE else "heads" for part in Part}
NEWEST = "(SELECT * FROM blog_searchentry ORDER BY post_id DESC LIMIT %s) AS newest"


def hits(terms: Sequence[Term], part: Part = Part.ANYWHERE) -> tuple[str, list[str]]:
    """SQL that selects the keys of the stories with all of these."""
    sql = f"SELECT post_id FROM blog_searchentry WHERE {COLUMNS[part]} @@ %s::tsquery"  # noqa: S608 -- names of our own
    return sql, [_asked(terms, (), part)]


@dataclass(frozen=True)
class Sight:
    """Which share of stories has all words, the one that may go on, and all but that."""

    all: float
    beginning: float
    others: float


class Search:
    """The newest stories with all of some words, part by part.

    In the index, a word is the list of all stories that have it, and the lists of all words with a
    beginning are read before anything is compared: millions of places for "th". So some stories
    are looked at first. What many have is soon met on the way from the newest; what fewer have is
    looked up among the newest, or among all; and if they are few, once for all parts. Each way the
    same are found.
    """

    def __init__(
        self, terms: Sequence[Term], facets: Sequence[str], parts: Sequence[Part] = tuple(Part)
    ) -> None:
        """Each of `parts` has what those before it have."""
        self._terms, self._facets, self._parts = terms, facets, parts
        self._begun = [term for term in terms if term.is_prefix]
        self._whole = [term for term in terms if not term.is_prefix]
        self._all: dict[Part, dict[int, int] | None] = {}
        self._newest_of: dict[tuple[Part, int], list[int]] = {}

    def newest(self, part: Part, *, limit: int) -> list[int]:
        """The keys of the newest that have the words in this part, the newest first."""
        if self._all.get(self._parts[-1]) is None:
            met = self._on_the_way(part, limit)
            if len(met) == limit:
                return met
        if limit <= AT_LEAST:
            return self._some(part, limit)
        few = self._all.get(part)
        if few is None:
            few = self._few_around(part)
        return self._looked_up(part, limit) if few is None else self._having(few, part)[:limit]

    def _some(self, part: Part, limit: int) -> list[int]:
        """A few of the newest: mostly, some of those of the widest part have the words here too."""
        found = self._looked_up(self._parts[-1], AT_LEAST)
        if part is not self._parts[-1]:
            are_all = len(found) < AT_LEAST
            found = self._having(self._with_parts(found, self._parts[-1]), part)
            if len(found) < limit and not are_all:
                return self._looked_up(part, limit)
        return found[:limit]

    def _having(self, firsts: dict[int, int], part: Part) -> list[int]:
        place = self._parts.index(part)
        return [pk for pk, first in firsts.items() if first <= place]

    def _on_the_way(self, part: Part, limit: int) -> list[int]:
        """Those met first on the way from the newest, if that way is the shorter one."""
        if self._last <= FEW:
            return []
        expected = limit / max(self._near[part].all, UNSEEN)
        if expected > SHORT_WAY:
            # Of what was rare until lately, the newest let one think too well.
            far = max(self._far[part].all, UNSEEN)
            expected = max(expected, limit / far)
            if expected > min(MAX_EXPECTED, self._cost(part, limit) / 2):
                return []
        sql = f"SELECT post_id FROM {NEWEST} WHERE {_has(part)} ORDER BY post_id DESC LIMIT %s"  # noqa: S608 -- our own names
        return [pk for (pk,) in _rows(sql, round(2 * expected), self._asked(part), limit)]

    def _few_around(self, part: Part) -> dict[int, int] | None:
        """All that have the words in a wider part, if there are few."""
        place = self._parts.index(part)
        known = (self._few(wider) for wider in self._parts[:place:-1])
        return next((few for few in known if few is not None), None)

    def _few(self, part: Part) -> dict[int, int] | None:
        """All that have the words here, and the first part that has them; if there are few."""
        if part not in self._all:
            self._all[part] = self._look_for_few(part) if self._may_be_few(part) else None
        return self._all[part]

    def _look_for_few(self, part: Part) -> dict[int, int] | None:
        found = self._found(part, limit=FEW + 1, order="")
        return self._with_parts(found, part) if len(found) <= FEW else None

    def _may_be_few(self, part: Part) -> bool:
        if self._last <= FEW:
            return True
        near, far = self._near[part].all, self._far[part].all
        if part is self._parts[-1]:
            return near * COMMON < 1 and far * self._last <= 2 * FEW
        # What is nearer to the name may be found sooner.
        return not near and not far and part is self._parts[-2]

    def _with_parts(self, found: list[int], part: Part) -> dict[int, int]:
        """These stories, the newest first, and the first part in which each has the words."""
        nearer = self._parts[: self._parts.index(part)]
        which = "".join(f", {_has(one)}" for one in nearer)
        sql = f"""
            SELECT post_id{which} FROM blog_searchentry WHERE post_id = ANY(%s)
            ORDER BY post_id DESC
        """  # noqa: S608 -- our own names
        rows = _rows(sql, *map(self._asked, nearer), found) if found else []
        return {pk: [*has, True].index(True) for pk, *has in rows}

    def _looked_up(self, part: Part, limit: int) -> list[int]:
        """The newest by the index: among as many stories as have enough, then among all.

        To read a word's list takes little; to look up all who stand in it, much.
        """
        if (part, limit) not in self._newest_of:
            reach = self._reach(part, limit)
            found = self._found(part, limit=limit, since=self._last - reach) if reach else []
            is_enough = len(found) == limit
            self._newest_of[part, limit] = found if is_enough else self._found(part, limit=limit)
        return self._newest_of[part, limit]

    def _reach(self, part: Part, limit: int) -> int:
        """Among so many of the newest there should be enough; 0: look at all."""
        far = self._far[part]
        share = min(self._near[part].all, far.all)
        reach = round(ROOM * limit / max(share, UNSEEN))
        rows = far.others if self._is_read(part, self._last) else far.all
        worth = max(rows, UNSEEN) * KEYS_A_STORY
        return reach if reach < self._last * min(LONGEST_REACH, worth) else 0

    def _found(
        self, part: Part, *, limit: int, since: int = 0, order: str = "ORDER BY post_id DESC"
    ) -> list[int]:
        where, params = self._where(part, among=self._last - since)
        # Sorted afterwards: else PostgreSQL might read all stories in order.
        sql = f"""
            WITH found AS MATERIALIZED (
                SELECT post_id FROM blog_searchentry WHERE {where} AND post_id > %s
            )
            SELECT post_id FROM found {order} LIMIT %s
        """  # noqa: S608 -- our own names
        return [pk for (pk,) in _rows(sql, *params, since, limit)]

    def _where(self, part: Part, *, among: int) -> tuple[str, list[Any]]:
        """What the index is asked, and what the stories that it has are asked themselves.

        That a story is out nearly all have, and it may be so with a beginning: long lists to read.
        """
        is_read = self._is_read(part, among)
        terms = self._whole if is_read else self._terms
        index = _asked(terms, [facet for facet in self._facets if facet != OUT], part)
        column, story = (COLUMNS[part], self._asked(part)) if is_read else ("heads", f"'{OUT}'")
        # What @@ stands for: by this name the index is not asked.
        return f"{_has(part)} AND ts_match_vq({column}, %s::tsquery)", [index, story]

    def _is_read(self, part: Part, among: int) -> bool:
        """Whether the stories themselves, so many of them, are asked for the beginning."""
        if not self._whole and set(self._facets) <= {OUT}:
            return False
        far = self._far[part]
        read = among * max(far.others, UNSEEN)
        return self._last * far.beginning > PLACES_A_STORY * read

    def _cost(self, part: Part, limit: int) -> float:
        """What it takes to look them up, in stories that could be passed meanwhile."""
        far = self._far[part]
        reach = self._reach(part, limit) or self._last
        is_read = self._is_read(part, reach)
        places = far.others if is_read else far.all + far.beginning
        looked_up = reach * max(far.others if is_read else far.all, UNSEEN)
        return self._last * places * PASSED_A_STORY / PLACES_A_STORY + looked_up * PASSED_A_STORY

    @property
    def _last(self) -> int:
        return self._newest[0]

    @property
    def _near(self) -> dict[Part, Sight]:
        return self._newest[1]

    @cached_property
    def _newest(self) -> tuple[int, dict[Part, Sight]]:
        """The last key, and what the newest stories have."""
        return self._look(NEWEST, LOOKED_AT)

    @cached_property
    def _far(self) -> dict[Part, Sight]:
        """What stories have from the first to the last."""
        if self._last <= SHORT:
            return self._near
        # The same ones each time, until there are twice as many: so they are in memory.
        step = 1 << (self._last // LOOKED_AT).bit_length()
        spread = "(SELECT * FROM blog_searchentry WHERE post_id = ANY(%s)) AS spread"
        return self._look(spread, list(range(step, self._last + 1, step)))[1]

    def _look(self, stories: str, which: int | list[int]) -> tuple[int, dict[Part, Sight]]:
        """The last key of these stories, and what they have."""
        has, counts, asked = [], [], []
        for part in self._parts:
            begun, rest = f"begun_{part.value}", f"rest_{part.value}"
            has += [f"{_has(part)} AS {begun}", f"{_has(part)} AS {rest}"]
            asked += [_asked(self._begun, (), part), _asked(self._whole, self._facets, part)]
            every = f"{begun} AND {rest}" if self._begun else rest
            counts += [f"COUNT(post_id) FILTER (WHERE {one})" for one in (every, begun, rest)]
        # Each is asked once: a story's words are packed, and to unpack them takes the most.
        sql = f"""
            WITH seen AS MATERIALIZED (SELECT post_id, {", ".join(has)} FROM {stories})
            SELECT MAX(post_id), COUNT(post_id), {", ".join(counts)} FROM seen
        """  # noqa: S608 -- our own names
        ((last, count, *seen),) = _rows(sql, *asked, which)
        shares = iter(number / count if count else 0.0 for number in seen)
        return last or 0, {
            part: Sight(next(shares), next(shares), next(shares)) for part in self._parts
        }

    def _asked(self, part: Part) -> str:
        return _asked(self._terms, self._facets, part)


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


def empty_with_stories(_using: str) -> None:
    """Nothing is left to empty: the words stand in the rows of `SearchEntry`, and go with them."""


def forget(pk: int) -> None:
    """Nothing is left to do: the words go with the entry."""


def _rows(sql: str, *params: Any) -> list[tuple[Any, ...]]:
    with replica.cursor() as cursor:
        cursor.execute(sql, params)
        return list(cursor.fetchall())


def _has(part: Part) -> str:
    return f"{COLUMNS[part]} @@ %s::tsquery"


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
