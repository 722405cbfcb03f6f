"""Words drawn into a picture: which font has which letter, which way they run, where lines break.

Our own fonts cover Latin, Greek, Cyrillic, Arabic and Hebrew; for every other script it is what
the machine has. Nothing here draws the box of a font that lacks a letter.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from PIL import ImageDraw, ImageFont

STATIC = Path(__file__).resolve().parent.parent / "static"
OUR_FONTS = (
    "fonts/source-serif-4/latin-roman.woff2",
    "fonts/source-serif-4/latin-ext-roman.woff2",
    "fonts/source-serif-4/cyrillic-roman.woff2",
    "fonts/source-serif-4/greek-roman.woff2",
    "vendor/noto-naskh-arabic/arabic.woff2",
    "vendor/frank-ruhl-libre/hebrew.woff2",
)
MACHINE_TAKES_SECONDS = 10
# Django's names of languages, where those of fontconfig differ.
MACHINE_NAMES = {"zh-hans": "zh-cn", "zh-hant": "zh-tw"}
PROBE_PX = 24
NO_LETTER = "\U0010fffd"  # of private use: no font has it
# What was meant for a telephone's keyboard stays out of a calm picture.
EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u2b05-\u2b07\u2b1b\u2b1c\u2b50\u2b55\u231a\u231b\u23e9-\u23fa"
    "\ufe0e\ufe0f\u20e3\U000e0020-\U000e007f]|(?<![^\\W\\d_])\u200d|\u200d(?![^\\W\\d_])"
)
# A line breaks anywhere between these, but not before what closes nor after what opens.
IDEOGRAPHS = re.compile(
    "[\u2e80-\u303f\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]"
)
OPENS = "「『（〈《【〔［｛“‘"
CLOSES = "」』）〉》】〕］｝”’、。，．：；！？・ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々"

Font = ImageFont.FreeTypeFont


@dataclass(frozen=True)
class _Run:
    """Letters of one font that run one way."""

    text: str
    path: str
    index: int
    direction: str


@dataclass(frozen=True)
class Line:
    """A line of words, its runs in the order in which they stand from left to right."""

    runs: tuple[_Run, ...]
    size: int
    weight: int
    language: str

    @property
    def width(self) -> float:
        return sum(self._length(run) for run in self.runs)

    def draw(self, on: ImageDraw.ImageDraw, x: float, baseline: float, color: str) -> None:
        for run in self.runs:
            font = _font(run.path, run.index, self.size, self.weight)
            on.text(
                (x, baseline),
                run.text,
                font=font,
                fill=color,
                anchor="ls",
                direction=run.direction,
                language=self.language,
            )
            x += self._length(run)

    def _length(self, run: _Run) -> float:
        font = _font(run.path, run.index, self.size, self.weight)
        return font.getlength(run.text, direction=run.direction, language=self.language)


@dataclass(frozen=True)
class Lettering:
    """How words are set: the language chooses fonts and forms, `is_rtl` the side they begin at."""

    language: str
    is_rtl: bool = False

    def can_set(self, text: str) -> bool:
        """Whether there is a font for every letter."""
        return all(_place(sign, self.language) is not None for sign in text if _is_seen(sign))

    def line(self, text: str, *, size: int, weight: int) -> Line:
        return Line(tuple(self._runs(text)), size, weight, self.language)

    def fit(self, text: str, *, size: int, weight: int, width: float) -> str:
        """As much of the text as a line holds; an ellipsis says that there is more."""
        if self.line(text, size=size, weight=weight).width <= width:
            return text
        while text and self.line(f"{text}…", size=size, weight=weight).width > width:
            text = text[:-1].rstrip()
        return f"{text}…"

    def wrap(self, text: str, *, size: int, weight: int, width: float) -> list[str]:
        """Lines of about the same length, as few as there can be."""

        def length(words: str) -> float:
            return self.line(words, size=size, weight=weight).width

        pieces = _pieces(text)
        lengths = {piece: length(piece.strip()) for piece in set(pieces)}
        gap = length("x x") - length("xx") if " " in text else 0.0

        def broken(most: float) -> list[str]:
            lines: list[str] = []
            used = 0.0
            for piece in pieces:
                more = lengths[piece] + (gap if lines and lines[-1].endswith(" ") else 0.0)
                if lines and used + more <= most:
                    lines[-1] += piece
                    used += more
                else:
                    lines.append(piece)
                    used = lengths[piece]
            return lines

        lines = broken(width)
        low, high = max(lengths.values(), default=0.0), width
        while high - low > 1:
            middle = (low + high) / 2
            if len(broken(middle)) > len(lines):
                low = middle
            else:
                high = middle
        return [line.strip() for line in broken(high)]

    def _runs(self, text: str) -> Iterator[_Run]:
        """The parts of one font and direction, from left to right."""
        ways = _ways(text, self.is_rtl)
        passages = [
            (is_rtl, "".join(sign for sign, _way in part))
            for is_rtl, part in groupby(zip(text, ways, strict=True), key=lambda pair: pair[1])
        ]
        for is_rtl, passage in passages[::-1] if self.is_rtl else passages:
            runs = list(_by_font(passage, self.language, is_rtl))
            yield from runs[::-1] if is_rtl else runs


def without_emoji(text: str) -> str:
    return " ".join(EMOJI.sub("", text).split())


def _pieces(text: str) -> list[str]:
    """Between any two of these a line may break; a space stays with what it follows."""
    pieces: list[str] = []
    for word in re.findall(r"\S+\s*", text):
        begins_word = True
        for sign in word:
            before = pieces[-1][-1] if pieces else ""
            may_break = begins_word or (
                (IDEOGRAPHS.match(sign) or IDEOGRAPHS.match(before))
                and sign not in CLOSES
                and before not in OPENS
                and not sign.isspace()
            )
            if may_break:
                pieces.append(sign)
            else:
                pieces[-1] += sign
            begins_word = False
    return pieces


def _ways(text: str, base: bool) -> list[bool]:
    """Whether each letter runs from right to left; what has no way of its own goes with others."""
    strong: list[bool | None] = []
    for sign in text:
        kind = unicodedata.bidirectional(sign)
        if kind in {"L", "EN"}:
            strong.append(False)
        elif kind in {"R", "AL", "AN"}:
            strong.append(True)
        else:
            strong.append(strong[-1] if kind == "NSM" and strong else None)
    ways: list[bool] = []
    for place, way in enumerate(strong):
        if way is None:
            before = ways[-1] if ways else base
            after = next((one for one in strong[place:] if one is not None), base)
            way = before if before == after else base
        ways.append(way)
    return ways


def _by_font(text: str, language: str, is_rtl: bool) -> Iterator[_Run]:
    """A sign without a look of its own, and one that the font at hand has, stays in the run."""
    found: list[tuple[str, int]] = []
    for sign in text:
        is_same = bool(found) and (not _is_seen(sign) or _has(*found[-1], sign))
        found.append(found[-1] if is_same else _place(sign, language) or _ours(0))
    for (path, index), part in groupby(zip(text, found, strict=True), key=lambda pair: pair[1]):
        words = "".join(sign for sign, _place in part)
        yield _Run(words, path, index, "rtl" if is_rtl else "ltr")


def _is_seen(sign: str) -> bool:
    return not sign.isspace() and unicodedata.category(sign) not in {"Cf", "Mn"}


@lru_cache(maxsize=4096)
def _place(sign: str, language: str) -> tuple[str, int] | None:
    """The file that has this letter, and its place in it; None when no font has."""
    for number in range(len(OUR_FONTS)):
        if _has(*_ours(number), sign):
            return _ours(number)
    theirs = _of_machine(language, sign)
    return theirs if theirs and _has(*theirs, sign) else None


def _ours(number: int) -> tuple[str, int]:
    return str(STATIC / OUR_FONTS[number]), 0


@lru_cache(maxsize=4096)
def _of_machine(language: str, sign: str) -> tuple[str, int] | None:
    """What the machine would show this letter with, in a serif if it has one."""
    asks = shutil.which("fc-match")
    if not asks:
        return None
    name = MACHINE_NAMES.get(language.lower(), language.lower())
    pattern = f"serif:lang={name}:charset={ord(sign):x}:weight=180"
    try:
        answer = subprocess.run(
            [asks, "--format", "%{file}\n%{index}", pattern],
            capture_output=True,
            text=True,
            timeout=MACHINE_TAKES_SECONDS,
            check=True,
        )
        path, index = answer.stdout.splitlines()[:2]
        ImageFont.truetype(path, PROBE_PX, index=int(index))
    except (OSError, ValueError, subprocess.SubprocessError):
        return None
    return path, int(index)


@lru_cache(maxsize=16384)
def _has(path: str, index: int, sign: str) -> bool:
    """Whether the font draws something else for it than for a letter that no font has."""
    return _look(path, index, sign) != _look(path, index, NO_LETTER)


def _look(path: str, index: int, sign: str) -> tuple[tuple[int, int], bytes]:
    font = _plain_font(path, index)
    mask = font.getmask(sign)
    return mask.size, bytes(mask)


@lru_cache(maxsize=32)
def _plain_font(path: str, index: int) -> Font:
    return ImageFont.truetype(path, PROBE_PX, index=index, layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=256)
def _font(path: str, index: int, size: int, weight: int) -> Font:
    font = ImageFont.truetype(path, size, index=index)
    try:
        font.set_variation_by_axes([weight])
    except OSError:
        return font  # it has one weight
    return font
