"""Stories of a list as the database told of them: instances are made only where they are wanted.

A list that is made anew shows nearly the same stories as before. What its template says of each is
kept (`blog.jinja.pieces`) under all that was told of it, and most are never made.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any

from accounts.json_rows import instances
from accounts.models import Author
from accounts.statements import Found
from blog.models import Post
from blog.models.post import SIGNATURE

Row = tuple[Any, ...]

_COLUMNS = [path.rpartition("__")[2] for path in SIGNATURE.values()]


class Told:
    """One story, by one row for each of its authors (`PostQuerySet.signed`)."""

    def __init__(self, found: Found[Post], rows: list[Row], said: tuple[Row, ...]) -> None:
        self._found, self._rows = found, rows
        # All that was told of it; the same story with anything else to say says something else.
        self.said = said

    def __getitem__(self, name: str) -> Any:
        """A column or an annotation, as the database gave it."""
        return self._rows[0][self._found.place(name)]

    def make(self) -> Post:
        """The story itself, with its authors; another instance each time."""
        post = self._found.instance(self._rows[0])
        start = self._found.place(next(iter(SIGNATURE)))
        told = [row[start : start + len(SIGNATURE)] for row in self._rows]
        post.sign_as(instances(Author, _COLUMNS, filter(itemgetter(0), told), db=post._state.db))
        return post

    @property
    def writers(self) -> list[int]:
        """The keys of its authors."""
        key = self._found.place("author_id")
        return [row[key] for row in self._rows if row[key] is not None]

    @property
    def pk(self) -> int:
        key: int = self["id"]
        return key

    @property
    def published_at(self) -> datetime | None:
        at: datetime | None = self._found.value(self._rows[0], "published_at")
        return at


def told(found: Found[Post], *, asked: Sequence[str] = ()) -> list[Told]:
    """The stories of an answer, in its order.

    `asked` are the annotations, one behind the other, that say something of the question and not of
    the story.
    """
    start = found.place(asked[0]) if asked else 0
    end = start + len(asked)
    stories = []
    for rows in _by_story(found.rows, found.place("id")):
        said = tuple([row[:start] + row[end:] for row in rows])
        stories.append(Told(found, rows, said))
    return stories


def _by_story(rows: Iterable[Row], key: int) -> Iterator[list[Row]]:
    story: list[Row] = []
    for row in rows:
        if story and story[0][key] != row[key]:
            yield story
            story = []
        story.append(row)
    if story:
        yield story
