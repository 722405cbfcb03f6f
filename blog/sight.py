"""What one reader sees of a talk: the rule as a condition for queries, and as SQL for a walk."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from accounts.distance import unseen_by
from accounts.models import User
from blog.models import Comment, Post

# And the values for its marks.
Sql = tuple[str, list[Any]]


@dataclass(frozen=True)
class Sight:
    """What everybody may read, and what of their own waits; without whom the reader keeps away.

    What these people say is gone from sight, what others answered to it is not: where somebody
    answered, an empty place stays, so that nobody loses what was said to them.
    """

    reader_id: int | None = None
    unseen: frozenset[int] = frozenset()

    @classmethod
    def of(cls, reader: User | None, post: Post) -> Sight:
        if reader is None:
            return cls()
        people = unseen_by(reader, is_host=post.can_host(reader))
        return cls(reader.pk, frozenset(people))

    def sees(self, comment: Comment) -> bool:
        """Agrees with `seen` and `seen_sql`."""
        if comment.is_visible:
            return comment.author_id not in self.unseen
        return comment.seems_held and self.reader_id is not None and self.is_own(comment)

    def is_own(self, comment: Comment) -> bool:
        return comment.author_id == self.reader_id

    def seen(self) -> Q:
        said = Q(status=Comment.Status.PUBLISHED)
        if self.unseen:
            said &= Q(author=None) | ~Q(author__in=self.unseen)
        if self.reader_id is None:
            return said
        return said | Comment.SEEMS_HELD & Q(author=self.reader_id)

    def seen_sql(self, name: str) -> Sql:
        """Whether the row of this name is seen."""
        said = f"{name}.status = 'published'"
        values: list[Any] = []
        if self.unseen:
            marks = _marks(self.unseen)
            said += f" AND ({name}.author_id IS NULL OR {name}.author_id NOT IN ({marks}))"
            values += sorted(self.unseen)
        if self.reader_id is not None:
            held = f"{name}.status = 'held' OR ({name}.status = 'spam' AND {name}.taken_by = '')"
            said = f"({said}) OR ({name}.author_id = %s AND ({held}))"
            values.append(self.reader_id)
        return f"({said})", values


def _marks(keys: frozenset[int]) -> str:
    return ", ".join(["%s"] * len(keys))
