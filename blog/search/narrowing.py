"""Narrowing a search: to an author, a subject, a year, a language."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.conf import settings
from django.db import router
from django.db.models import Count, F
from django.utils.translation import gettext as _

from accounts.ingredients import Ingredient
from accounts.json_rows import instances
from accounts.models import Author
from accounts.statements import Statement, rows
from blog.models import Authorship, Post, PostTag, Tag
from blog.search.results import Found

MAX_OFFERED = 8
MAX_VALUE_CHARS = 80
MIN_YEAR, MAX_YEAR = 1, 9999
# Counted before they are joined with their names: else SQLite begins with all names there are.
NAMED = """
    SELECT counted.hits, {columns} FROM ({counted}) AS counted
    JOIN {named} AS named ON named.id = counted.which
    ORDER BY counted.hits DESC, named.name LIMIT {most}
"""

Named = TypeVar("Named", bound=Ingredient)


@dataclass(frozen=True)
class Choice:
    """One value of a filter, as it stands in an address and as it is called."""

    name: str
    value: str
    label: str
    facet: str = ""


@dataclass(frozen=True)
class Group:
    """A filter and what it can be set to."""

    label: str
    choices: list[Choice]


@dataclass(frozen=True)
class Narrowing:
    """What was chosen; `unknown` is what nothing here is called."""

    chosen: list[Choice] = field(default_factory=list)
    unknown: list[Choice] = field(default_factory=list)

    @classmethod
    def asked(cls, query: Mapping[str, Any]) -> Narrowing:
        chosen: list[Choice] = []
        unknown: list[Choice] = []
        for name, find in FINDERS.items():
            value = str(query.get(name, "")).replace("\0", "").strip()[:MAX_VALUE_CHARS]
            if value:
                choice = find(value)
                (chosen if choice else unknown).append(choice or Choice(name, value, value))
        return cls(chosen, unknown)

    @property
    def facets(self) -> tuple[str, ...]:
        return tuple(choice.facet for choice in self.chosen)

    @property
    def fields(self) -> dict[str, str]:
        return {choice.name: choice.value for choice in self.chosen}

    def offered(self, found: Sequence[Found]) -> list[Group]:
        """Filters not used yet that leave some of the hits and take some away."""
        pks = [one.pk for one in found]
        years = sorted(Counter(one.year for one in found).items(), reverse=True)
        by_year = {choice: count for year, count in years if (choice := _year(str(year)))}
        codes = Counter(one.language for one in found).items()
        languages = {choice: count for code, count in codes if (choice := _language(code))}
        groups = {
            "author": (_("Author"), self._counted("author", _authors_of, pks)),
            "tag": (_("Subject"), self._counted("tag", _tags_of, pks)),
            "year": (_("Year"), by_year),
            "language": (_("Language"), languages),
        }
        used = self.fields
        offered = [
            Group(label, [one for one, count in counts.items() if count < len(pks)][:MAX_OFFERED])
            for name, (label, counts) in groups.items()
            if name not in used
        ]
        return [group for group in offered if group.choices]

    def _counted(self, name: str, count: Any, pks: list[int]) -> dict[Choice, int]:
        return count(pks) if pks and name not in self.fields else {}


def _author(handle: str) -> Choice | None:
    found = Author.objects.with_handles([handle.lower()]).first()
    return _author_choice(found) if found else None


def _tag(slug: str) -> Choice | None:
    # A tag that readers find nothing under is not there: it may be the subject of a draft.
    found = Post.objects.findable_subjects().filter(slug=slug).first()
    return _tag_choice(found) if found else None


def _year(year: str) -> Choice | None:
    is_year = year.isascii() and year.isdecimal() and len(year) <= len(str(MAX_YEAR))
    if not is_year or not MIN_YEAR <= int(year) <= MAX_YEAR:
        return None
    return Choice("year", str(int(year)), year, f"#y{int(year)}")


def _language(code: str) -> Choice | None:
    name = dict(settings.LANGUAGES).get(code)
    # As the index writes it, whose words have letters and digits only.
    facet = f"#l{code.lower().replace('-', '')}"
    return Choice("language", code, str(_(name)), facet) if name else None


def _author_choice(author: Author) -> Choice:
    return Choice("author", author.handle, author.name, f"#a{author.pk}")


def _tag_choice(tag: Tag) -> Choice:
    return Choice("tag", tag.slug, tag.name, f"#t{tag.pk}")


def _authors_of(pks: list[int]) -> dict[Choice, int]:
    found = _most_frequent(Author, _BY_AUTHOR, ("id", "name", "handle"), pks)
    return {_author_choice(author): count for author, count in found}


def _tags_of(pks: list[int]) -> dict[Choice, int]:
    found = _most_frequent(Tag, _BY_TAG, ("id", "name", "slug"), pks)
    return {_tag_choice(tag): count for tag, count in found}


def _most_frequent(
    model: type[Named], counted: Statement[Any], columns: tuple[str, ...], pks: list[int]
) -> list[tuple[Named, int]]:
    """Those that most of these stories have, and how many have them."""
    sql, values = counted.sql(keys=pks)
    named = NAMED.format(
        columns=", ".join(f"named.{column}" for column in columns),
        counted=sql,
        named=model._meta.db_table,
        most=MAX_OFFERED + 1,
    )
    database = router.db_for_read(model)
    found = rows(named, values, using=database)
    made = instances(model, columns, [row[1:] for row in found], db=database)
    return list(zip(made, [row[0] for row in found], strict=True))


_BY_AUTHOR: Statement[Any] = Statement(
    lambda keys: _counted_by("author", Authorship.objects.filter(post__in=keys))
)
_BY_TAG: Statement[Any] = Statement(
    lambda keys: _counted_by("tag", PostTag.objects.filter(post__in=keys))
)


def _counted_by(name: str, found: Any) -> Any:
    return found.order_by().values(which=F(name)).annotate(hits=Count("post"))


FINDERS = {"author": _author, "tag": _tag, "year": _year, "language": _language}
