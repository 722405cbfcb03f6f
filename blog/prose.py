"""A story's HTML as plain text: one paragraph a line, captions and notes in it, and no marks
but those that plain text needs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

from django.utils.translation import gettext

TEXT_BLOCKS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "pre", "figcaption", "caption", "summary"}
ROWS = {"li", "dt", "dd", "tr"}
FRAMES = {"div", "section", "figure", "blockquote", "ul", "ol", "dl", "table", "details"}
BLOCKS = TEXT_BLOCKS | ROWS | FRAMES
NEVER_CLOSED = frozenset({"br", "hr", "img", "input", "source", "wbr"})
# What stands between the parts of a formula when it is written on one line.
SIGNS = {
    "msup": ("^",),
    "msub": ("_",),
    "msubsup": ("_", "^"),
    "mover": ("^",),
    "munder": ("_",),
    "munderover": ("_", "^"),
    "mfrac": ("/",),
    "mroot": (" root ",),
}
SPACES = re.compile(r"[ \t\n\r]+")  # the spaces that typography made stay
SCENE_BREAK = "* * *"
TO_DO, DONE = "☐", "☑"


def plain(html: str) -> str:
    """The words of sanitised HTML, an empty line between two paragraphs."""
    writer = _Writer()
    writer.feed(html)
    writer.close()
    return "".join(writer.pieces()).strip("\n")


class _Writer(HTMLParser):
    """Follows the tags and closes a line wherever a block begins or ends."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[tuple[str, bool]] = []  # a line, and whether it follows closely
        self.words: list[str] = []
        self.open: list[tuple[str, str]] = []  # tags and their classes
        self.counts: list[int] = []  # how many children each open tag has had
        self.mark = ""
        self.is_close = False
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = {name: value or "" for name, value in attrs}
        if self.counts:
            self._between()
            self.counts[-1] += 1
        if tag == "p" and self.words in ([TO_DO], [DONE]):
            self.words.append(" ")
        elif tag in BLOCKS:
            self._end_line()
        if tag in NEVER_CLOSED:
            self._empty(tag, has)
            return
        kind = has.get("class", "")
        self.open.append((tag, kind))
        self.counts.append(0)
        if self.hidden or kind == "footnote-backref" or tag == "svg":
            self.hidden += 1
        elif tag == "li":
            self.mark = self._bullet()
            self.is_close = self._number() > 1 or self._depth() > 1
        elif tag == "tr":
            self.is_close = self._number() > 1 or self._parent() == "tbody"
        elif tag in {"td", "th"} and self._number() > 1:
            self.words.append("\t")
        elif kind == "footnote-ref":
            self.words.append("[")
        elif self._is_grouped(tag):
            self.words.append("(")
        elif tag == "msqrt":
            self.words.append("√(")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open[-1][0] != tag:
            return
        if tag in BLOCKS:
            self._end_line()
        if self.open[-1][1] == "footnote-ref" and not self.hidden:
            self.words.append("]")
        elif tag == "msqrt" or self._is_grouped(tag):
            self.words.append(")")
        if tag == "li":
            self.mark = ""
        self.open.pop()
        self.counts.pop()
        self.hidden = max(0, self.hidden - 1)

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)

    def close(self) -> None:
        super().close()
        self._end_line()

    def pieces(self) -> Iterator[str]:
        for line, is_close in self.lines:
            yield f"{line}" if is_close else f"\n{line}"
            yield "\n"

    def _empty(self, tag: str, has: dict[str, str]) -> None:
        if tag == "br":
            self.words.append("\v")
        elif tag == "hr":
            self._end_line()
            self.words.append(SCENE_BREAK)
            self._end_line()
        elif tag == "input":
            self.words.append(DONE if "checked" in has else TO_DO)
        elif tag == "img" and has.get("alt"):
            self.words.append(f"[{gettext('Picture')}: {has['alt']}]")

    def _between(self) -> None:
        """The sign before the second and the third part of a formula's element."""
        signs, count = SIGNS.get(self.open[-1][0], ()), self.counts[-1]
        if 1 <= count <= len(signs):
            self.words.append(signs[count - 1])

    def _is_grouped(self, tag: str) -> bool:
        return tag == "mrow" and self._parent() in SIGNS

    def _parent(self) -> str:
        return self.open[-2][0] if len(self.open) > 1 else ""

    def _number(self) -> int:
        """Which child of its parent the innermost open tag is."""
        return self.counts[-2] if len(self.counts) > 1 else 1

    def _depth(self) -> int:
        """How many lists are open."""
        return sum(tag in {"ul", "ol"} for tag, _kind in self.open)

    def _bullet(self) -> str:
        number = self._number()
        if any(kind == "footnotes" for _tag, kind in self.open):
            return f"[{number}] "
        return f"{number}. " if self._parent() == "ol" else "- "

    def _end_line(self) -> None:
        text = "".join(self.words)
        self.words = []
        if not text.strip():
            return
        depth = self._depth()
        is_note = any(kind == "footnotes" for _tag, kind in self.open)
        # What follows in an item stands under its first words.
        indent = "" if is_note else "  " * (depth - 1 if self.mark else depth)
        quote = "> " * sum(tag == "blockquote" for tag, _kind in self.open)
        is_code = any(tag == "pre" for tag, _kind in self.open)
        lines = text.strip("\n").split("\n") if is_code else _lines_of(text)
        for number, line in enumerate(lines):
            start = self.mark if number == 0 else " " * len(self.mark)
            is_close = number > 0 or self.is_close
            self.lines.append((f"{quote}{indent}{start}{line}".rstrip(), is_close))
        self.mark, self.is_close = "", False


def _lines_of(text: str) -> list[str]:
    """Where the author broke a line, it stays broken: poems live on it."""
    cells = text.split("\t")
    if len(cells) > 1:
        return ["\t".join(SPACES.sub(" ", cell).strip() for cell in cells)]
    return [SPACES.sub(" ", line).strip() for line in text.split("\v")]
