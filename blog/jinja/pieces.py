"""What a page says of one story of a list: said once, and kept under all that was told of it.

A page that is made anew, because somebody clapped or a story came out, shows the same stories as
before but for one. A piece is made of what the database has just told, and of nothing else: as long
as it tells the same, word for word, the piece says the same, so what is kept is never old. (Its
template is given the story, the language and the time zone; no other name of a page is there.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.template import engines
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from accounts import ingredients
from blog.jinja.speech import speech
from blog.jinja.tags import CLOCK, WORDS
from blog.models import Post
from blog.subjects import Subjects
from blog.told import Told

# Of each template: a thing has one for each language and time zone. They have about 2 KB.
KEPT = 500


_EVERY: list[Pieces] = []


@dataclass(frozen=True, slots=True)
class Piece:
    """What is said, of what was told; what it is made of, and until when it is to be seen."""

    told: Any
    text: str
    made_of: frozenset[tuple[str, int]]
    good_until: datetime | None


class Pieces:
    """Those of one template, which shows one thing by this name."""

    def __init__(self, template: str, *, name: str) -> None:
        self._template, self._name = template, name
        self._kept: dict[Any, Piece] = {}
        _EVERY.append(self)

    def said(self, context: Context, things: Iterable[Told | Subjects | Post]) -> Markup:
        """What the template says of each of these, in their order."""
        language, zone = context[WORDS].language, str(context[CLOCK].zone)
        texts = [
            self._say(thing) if isinstance(thing, Post) else self._of(thing, language, zone)
            for thing in things
        ]
        return Markup("".join(texts))  # noqa: S704 -- a template has said it

    def _of(self, thing: Told | Subjects, language: str, zone: str) -> str:
        key = thing.pk, language, zone
        piece = self._kept.get(key)
        # While somebody works on templates, each page is as they are now.
        if piece is None or piece.told != thing.said or settings.DEBUG:
            piece = self._make(thing)
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[key] = piece
        ingredients.add_all(piece.made_of, good_until=piece.good_until)
        return piece.text

    def _make(self, thing: Told | Subjects) -> Piece:
        with ingredients.collecting() as recipe:
            text = self._say(thing.make())
        return Piece(thing.said, text, frozenset(recipe.rows), recipe.good_until)

    def _say(self, thing: Any) -> str:
        template = _engine().env.get_template(self._template)
        return str(template.render(speech() | {self._name: thing}))

    def forget(self) -> None:
        self._kept.clear()


def _engine() -> Any:
    return engines["jinja"]


_ROW = Pieces("blog/_row.jinja", name="post")
_LEAD = Pieces("blog/_lead.jinja", name="post")
_APPLAUDED = Pieces("blog/_applauded.jinja", name="post")
_PART = Pieces("blog/_newest_part.jinja", name="part")
_SUBJECTS = Pieces("blog/_chips.jinja", name="tags")


@pass_context
def rows(context: Context, stories: Iterable[Told | Post]) -> Markup:
    return _ROW.said(context, stories)


@pass_context
def lead(context: Context, story: Told) -> Markup:
    return _LEAD.said(context, [story])


@pass_context
def applauded(context: Context, stories: Iterable[Told]) -> Markup:
    return _APPLAUDED.said(context, stories)


@pass_context
def part(context: Context, story: Told) -> Markup:
    return _PART.said(context, [story])


@pass_context
def subjects(context: Context, found: Subjects) -> Markup:
    return _SUBJECTS.said(context, [found])


def forget() -> None:
    for pieces in _EVERY:
        pieces.forget()
