"""What the page that is being made is made of, so that it can be kept until one of that changes.

An ingredient is a kind and a key: `("post", 12)` is a row, `("author-posts", 3)` the set of an
author's stories that readers find. Rows of the models that say `Ingredient` name themselves when
they are loaded; sets, and rows that are read as bare values, are named by whoever asks for them.
`blog.change_log` has the list of what changes are told by.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from django.db import models
from django.utils import timezone

# Of a page whose sets nobody has named: whatever changes, it may be another page.
ANYTHING = ("anything", 0)
# Which stories readers find in lists, in what order; by what names people and subjects stand there.
POSTS = ("posts", 1)
AUTHORS = ("authors", 1)
TAGS = ("tags", 1)
# What is applauded most, anywhere.
APPLAUSE = ("applause", 1)
# A page of more than these is not worth its list.
MAX_INGREDIENTS = 500


@dataclass(slots=True)
class Recipe:
    """What went into one page, and until when it stays as it is if nothing changes."""

    rows: set[tuple[str, int]] = field(default_factory=set)
    has_all_sets: bool = False
    good_until: datetime | None = None

    def made_of(self) -> frozenset[tuple[str, int]]:
        if self.has_all_sets and len(self.rows) <= MAX_INGREDIENTS:
            return frozenset(self.rows)
        return frozenset({*self.rows, ANYTHING} if len(self.rows) < MAX_INGREDIENTS else {ANYTHING})


_recipe: ContextVar[Recipe | None] = ContextVar("recipe", default=None)


@contextmanager
def collecting() -> Iterator[Recipe]:
    """Write down what is used inside the block."""
    recipe = Recipe()
    token = _recipe.set(recipe)
    try:
        yield recipe
    finally:
        _recipe.reset(token)


@contextmanager
def left_out() -> Iterator[None]:
    """Write nothing down of what is only looked through; what is used of it is added after."""
    token = _recipe.set(None)
    try:
        yield
    finally:
        _recipe.reset(token)


def add(kind: str, *keys: int) -> None:
    """Name rows that were not loaded as models."""
    recipe = _recipe.get()
    if recipe is not None:
        recipe.rows.update((kind, key) for key in keys)


def add_rows(rows: Collection[models.Model]) -> None:
    """Name rows that were loaded while nothing was written down."""
    recipe = _recipe.get()
    if recipe is not None:
        recipe.rows.update((row._meta.model_name or "", row.pk) for row in rows)


def add_all(made_of: frozenset[tuple[str, int]], *, good_until: datetime | None) -> None:
    """Name all of a part of the page that was made before, for this or another one."""
    recipe = _recipe.get()
    if recipe is not None:
        recipe.rows |= made_of
        if good_until is not None:
            recipe.good_until = min(good_until, recipe.good_until or good_until)


def these_sets(*sets: tuple[str, int]) -> None:
    """Name the sets that a page shows or counts; with their rows, they are all it depends on."""
    recipe = _recipe.get()
    if recipe is not None:
        recipe.rows.update(sets)
        recipe.has_all_sets = True


def good_until(at: datetime | None) -> None:
    """The page becomes another one at this time, by itself."""
    recipe = _recipe.get()
    if recipe is not None and at is not None and at > timezone.now():
        recipe.good_until = min(at, recipe.good_until or at)


class Ingredient(models.Model):
    """A row that names itself whenever it is loaded for a page."""

    class Meta:
        abstract = True

    @classmethod
    def from_db(cls, *loaded: Any, **options: Any) -> Self:
        row = super().from_db(*loaded, **options)
        row.name_itself()
        return row

    def name_itself(self) -> None:
        """Whoever makes rows by another way than Django's says this to each of them."""
        recipe = _recipe.get()
        if recipe is not None:
            recipe.rows.add((self._meta.model_name or "", self.pk))
