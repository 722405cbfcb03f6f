"""What stands in pages again and again but for a few words: rendered once, then filled in.

A response is said by some hundred steps of a template, twenty times on a page, and nearly always by
the same ones. So each way that these steps can go is gone once, by the template, with a hole where
something is said that differs; after that it is one text with the values put in.

What decides which way it goes is a flag: True, False, or one of a few words. The template sees
nothing but flags and holes, so that nothing of one page can get into the mould of another.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from django.conf import settings
from django.template import engines
from markupsafe import Markup

from blog.jinja.escaping import Hole, shown
from blog.jinja.speech import speech

# Of one template. A response can go some dozens of ways, times the languages.
KEPT = 1_000

Facts = Mapping[str, Any]


class Mould:
    """A text with places in it, which are what `cut` finds."""

    def __init__(self, text: str, cut: re.Pattern[str] = Hole.CUT) -> None:
        pieces = cut.split(text)
        self._text = "%s".join(piece.replace("%", "%%") for piece in pieces[::2])
        self._names = [name.removeprefix("!") for name in pieces[1::2]]
        self._escaped = sorted({name for name in pieces[1::2] if name[0] != "!"})

    def filled(self, facts: Facts) -> Markup:
        # Only what is said here: to say the field of a form makes its token.
        said = {name: shown(facts[name]) for name in self._escaped}
        values = tuple([said[name] if name in said else facts[name] for name in self._names])
        return Markup(self._text % values)  # noqa: S704 -- a template has said it


class Moulds:
    """Those of one template, which uses `flags` and `values`."""

    def __init__(self, template: str, *, flags: Sequence[str], values: Sequence[str]) -> None:
        self.template, self.flags, self.values = template, flags, values
        self._way = itemgetter(*flags)
        self._kept: dict[Any, Mould] = {}
        _EVERY.append(self)

    def filled(self, facts: Facts, *, language: str) -> Markup:
        """What the template says of these facts, which have a value for each name.

        `language` is the active one; a page asks for it once.
        """
        way = language, self._way(facts)
        mould = self._kept.get(way)
        # While somebody works on templates, each page is as they are now.
        if mould is None or settings.DEBUG:
            mould = self._cut(facts)
            if len(self._kept) >= KEPT:
                self._kept.clear()
            self._kept[way] = mould
        return mould.filled(facts)

    def _cut(self, facts: Facts) -> Mould:
        flags = {name: facts[name] for name in self.flags}
        holes = {name: Hole(name, type(facts[name])) for name in self.values}
        engine: Any = engines["jinja"]
        return Mould(engine.env.get_template(self.template).render(speech() | flags | holes))

    def forget(self) -> None:
        self._kept.clear()


_EVERY: list[Moulds] = []


def every() -> list[Moulds]:
    return [*_EVERY]


def forget() -> None:
    for moulds in _EVERY:
        moulds.forget()
