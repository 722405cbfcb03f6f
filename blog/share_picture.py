"""The picture that chats show of a story without one: title, author and publication on paper."""

from __future__ import annotations

import io
from dataclasses import dataclass

from PIL import Image, ImageDraw

from blog.lettering import Lettering, without_emoji

# Raise it whenever the same words give another picture.
DESIGN = 1
WIDTH_PX, HEIGHT_PX = 1200, 630
MARGIN_PX = 88
PAPER, INK, MUTED, HAIRLINE, ACCENT = "#fffefb", "#1b1a17", "#676257", "#e5e1d6", "#2b47a8"
SITE_SIZE_PX, AUTHOR_SIZE_PX = 32, 34
SITE_BASELINE_PX, AUTHOR_BASELINE_PX = 112, 552
LOGO_PX = 48
TITLE_SIZES_PX = (92, 84, 76, 68, 60, 54, 48, 42, 36, 30)
TITLE_TOP_PX, TITLE_BOTTOM_PX = 150, 452
TITLE_WEIGHT, NAME_WEIGHT = 650, 600
MOST_LINES = 4
# Scripts with marks above and below their letters, or without capitals, need more air.
LEADING, AIRY_LEADING = 1.16, 1.42
AIRY = frozenset({"ar", "fa", "ur", "he", "ja", "zh", "ko", "hi", "bn", "ta", "te", "th", "my"})


@dataclass(frozen=True)
class Words:
    """What stands on it. `logo` is a square PNG, or empty."""

    title: str
    author: str
    site: str
    language: str
    is_rtl: bool = False
    logo: bytes = b""


def draw(words: Words) -> bytes:
    """A PNG. Words for which there is no font are left out: a box in their place says nothing."""
    sheet = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), PAPER)
    _Sheet(sheet, words).fill()
    out = io.BytesIO()
    sheet.save(out, "PNG", optimize=True)
    return out.getvalue()


class _Sheet:
    def __init__(self, sheet: Image.Image, words: Words) -> None:
        self.sheet, self.words = sheet, words
        self.pen = ImageDraw.Draw(sheet)
        self.lettering = Lettering(words.language, words.is_rtl)
        self.room = WIDTH_PX - 2 * MARGIN_PX

    def fill(self) -> None:
        indent = self._logo()
        self._name(self.words.site, SITE_SIZE_PX, SITE_BASELINE_PX, INK, indent)
        self._title()
        rule = 64 if self.words.author else self.room
        left = self._left(rule)
        color = ACCENT if self.words.author else HAIRLINE
        self.pen.rectangle((left, 492, left + rule - 1, 494), fill=color)
        self._name(self.words.author, AUTHOR_SIZE_PX, AUTHOR_BASELINE_PX, MUTED)

    def _logo(self) -> int:
        """Draw the mark beside the name; the room that it takes."""
        if not self.words.logo:
            return 0
        with Image.open(io.BytesIO(self.words.logo), formats=("PNG",)) as file:
            mark = file.convert("RGBA").resize((LOGO_PX, LOGO_PX), Image.Resampling.LANCZOS)
        top = SITE_BASELINE_PX - SITE_SIZE_PX // 3 - LOGO_PX // 2
        self.sheet.paste(mark, (round(self._left(LOGO_PX)), top), mask=mark)
        return LOGO_PX + 16

    def _title(self) -> None:
        title = without_emoji(self.words.title)
        if not title or not self.lettering.can_set(title):
            return
        is_airy = self.words.language.partition("-")[0] in AIRY
        leading = AIRY_LEADING if is_airy else LEADING
        size, lines = self._set(title, leading)
        height = TITLE_BOTTOM_PX - TITLE_TOP_PX
        # Capitals are about two thirds of the size; the eye puts the middle a little higher.
        inked = (len(lines) - 1) * size * leading + size * 0.68
        baseline = TITLE_TOP_PX + (height - inked) * 0.48 + size * 0.68
        for text in lines:
            line = self.lettering.line(text, size=size, weight=TITLE_WEIGHT)
            line.draw(self.pen, self._left(line.width), baseline, INK)
            baseline += size * leading

    def _set(self, title: str, leading: float) -> tuple[int, list[str]]:
        """The largest size in which the title fits, and its lines."""
        height = TITLE_BOTTOM_PX - TITLE_TOP_PX
        size, lines = TITLE_SIZES_PX[-1], [title]
        for size in TITLE_SIZES_PX:
            lines = self.lettering.wrap(title, size=size, weight=TITLE_WEIGHT, width=self.room)
            widest = max(
                self.lettering.line(line, size=size, weight=TITLE_WEIGHT).width for line in lines
            )
            is_low = (len(lines) - 1) * size * leading + size <= height
            if widest <= self.room and is_low and len(lines) <= MOST_LINES:
                return size, lines
        kept = [
            self.lettering.fit(line, size=size, weight=TITLE_WEIGHT, width=self.room)
            for line in lines[:MOST_LINES]
        ]
        return size, kept

    def _name(self, name: str, size: int, baseline: int, color: str, indent: int = 0) -> None:
        name = without_emoji(name)
        if not name or not self.lettering.can_set(name):
            return
        weight, room = NAME_WEIGHT if color == INK else 400, self.room - indent
        text = self.lettering.fit(name, size=size, weight=weight, width=room)
        line = self.lettering.line(text, size=size, weight=weight)
        left = self._left(line.width + indent)
        line.draw(self.pen, left if self.words.is_rtl else left + indent, baseline, color)

    def _left(self, width: float) -> float:
        """Where something of this width begins, so that it stands at the side where lines do."""
        return WIDTH_PX - MARGIN_PX - width if self.words.is_rtl else MARGIN_PX
