"""Narrowing a search: to an author, a subject, a year, a language."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import Count
from django.utils.translation import gettext as _

from accounts.models import Author
from blog.models import Post, Tag
from blog.search.results import Found

MAX_OFFERED = 8
MAX_VALUE_CHARS = 80
MIN_YEAR, MAX_YEAR = 1, 9999


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
        years: dict[Choice, int] = {}
        languages: dict[Choice, int] = {}
        for one in found:
            year, language = _year(str(one.year)), _language(one.language)
            for choice, counts in ((year, years), (language, languages)):
                if choice:
                    counts[choice] = counts.get(choice, 0) + 1
        by_year = dict(sorted(years.items(), key=lambda item: -int(item[0].value)))
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
    found = Author.objects.filter(authorships__post__in=pks).annotate(hits=Count("authorships"))
    rows: Any = found.order_by("-hits", "name")[: MAX_OFFERED + 1]
    return {_author_choice(author): author.hits for author in rows}


def _tags_of(pks: list[int]) -> dict[Choice, int]:
    found = Tag.objects.filter(post_tags__post__in=pks).annotate(hits=Count("post_tags"))
    return {
        _tag_choice(tag): tag.hits for tag in found.order_by("-hits", "name")[: MAX_OFFERED + 1]
    }


FINDERS = {"author": _author, "tag": _tag, "year": _year, "language": _language}
