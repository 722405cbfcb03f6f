"""A pseudo-language: every text that goes through gettext stands between ⟦ and ⟧."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from typing import Any
from unittest import mock

from django.utils import translation

from blog.jinja import backend

OPEN, CLOSE = "⟦", "⟧"
# What a person reads or hears of an element besides its text.
SAID_BY_ATTRIBUTE = ("aria-label", "title", "placeholder", "alt", "aria-roledescription")
UNREAD = frozenset(("script", "style", "template", "code", "pre", "textarea", "math", "datalist"))
VOID = frozenset(
    [
        "area",
        "base",
        "br",
        "col",
        "embed",
        "hr",
        "img",
        "input",
        "link",
        "meta",
        "source",
        "track",
        "wbr",
        "circle",
        "path",
        "rect",
    ]
)


def wrapped(text: str) -> str:
    return f"{OPEN}{text}{CLOSE}" if text.strip() else text


def _plural(one: str, many: str, number: int) -> str:
    return wrapped(one if number == 1 else many)


def _in_context(context: str, message: str) -> str:
    # The form of a date is no word.
    return message if context.startswith("date") else wrapped(message)


@contextmanager
def pseudo_language() -> Iterator[None]:
    """While this lasts, all that is said through gettext is marked, Django's own words as well."""
    asked: Any = translation._trans  # what every gettext of Django's asks in the end
    with (
        mock.patch.object(asked, "gettext", wrapped),
        mock.patch.object(asked, "ngettext", _plural),
        mock.patch.object(asked, "pgettext", _in_context),
        mock.patch.object(asked, "npgettext", lambda _context, *said: _plural(*said)),
    ):
        # What was said before is kept in other words.
        backend.forget()
        yield
    backend.forget()


class _Reader(HTMLParser):
    """Collects what a person reads or hears of a page and what is not between the brackets."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.stack: list[tuple[str, bool]] = []
        self.depth = 0
        self.bare: list[str] = []

    @property
    def is_quiet(self) -> bool:
        return any(quiet for _tag, quiet in self.stack)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        quiet = tag in UNREAD or "hidden" in has or has.get("aria-hidden") == "true"
        # What says its language is no word of the interface.
        quiet = quiet or ("lang" in has and tag != "html")
        # The names of towns are those of the time zone database.
        quiet = quiet or has.get("name") == "time_zone"
        if tag not in VOID:
            self.stack.append((tag, quiet))
        for name, value in has.items():
            if name in SAID_BY_ATTRIBUTE or name.startswith("data-text"):
                self._look(value, f"{tag} {name}")
        if tag == "input" and has.get("type") in ("submit", "button"):
            self._look(has.get("value", ""), "button")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        for i in range(len(self.stack) - 1, -1, -1):
            if self.stack[i][0] == tag:
                del self.stack[i:]
                return

    def handle_data(self, data: str) -> None:
        if not self.is_quiet:
            self._look(data, self.stack[-1][0] if self.stack else "")

    def _look(self, text: str, where: str) -> None:
        out = []
        for letter in text:
            if letter == OPEN:
                self.depth += 1
            elif letter == CLOSE:
                self.depth -= 1
            elif self.depth == 0:
                out.append(letter)
        said = "".join(out)
        if any(letter.isalpha() for letter in said):
            self.bare.append(f"{where}: {' '.join(said.split())}")


def bare_words(html: str) -> list[str]:
    """What a person reads or hears of the page and what no translator was asked for."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.bare
