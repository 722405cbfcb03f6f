"""Letters, types and dots: the things a page is made of."""

from __future__ import annotations

import math

from PIL import Image

from blog.samples.drawings.canvas import Canvas, Point, bezier, mix, rgb


def semicolon() -> Image.Image:
    """One semicolon, very large, between the lines a punchcutter would have scratched."""
    sheet = Canvas(2400, 1350, "#f5efe1", seed=71)
    ink, faint = rgb("#1b1a17"), rgb("#b4322a", 0.5)
    for y in (322, 968, 1204):
        sheet.line([(0, y), (2400, y)], faint, 2)
    for x in (1032, 1368):
        sheet.dashes((x, 110), (x, 1260), faint, 2, 12)
    sheet.circle((1200, 478), 156, fill=ink)
    head: Point = (1200, 812)
    sheet.circle(head, 156, fill=ink)
    tail = [
        *bezier((1352, 780), (1402, 930), (1330, 1110), (1108, 1204), 60),
        *bezier((1092, 1176), (1210, 1110), (1262, 1022), (1236, 938), 60),
        (1150, 930),
    ]
    sheet.polygon(tail, ink)
    for centre in ((1200, 478), head):
        sheet.circle(centre, 168, outline=faint, width=2)
        for dx, dy in ((30, 0), (0, 30)):
            ends = [(centre[0] - dx, centre[1] - dy), (centre[0] + dx, centre[1] + dy)]
            sheet.line(ends, rgb("#f5efe1", 0.7), 2)
    for y, name in ((322, "x-height"), (968, "baseline"), (1204, "descender")):
        sheet.text((150, y - 26), name, 30, rgb("#b4322a", 0.85), "lm")
    return sheet.finish(7)


# The letters as Louis Braille numbered the dots: 1 2 3 down the left, 4 5 6 down the right.
_CELLS = {"s": "234", "i": "24", "x": "1346", "d": "145", "o": "135", "t": "2345"}


def braille() -> Image.Image:
    """The words "six dots" raised on thick paper, lit from the upper left."""
    sheet = Canvas(2400, 1350, "#e9e2d0", seed=72)
    sheet.sky(((0, "#f0eadb"), (1, "#ddd4be")))
    for row, word in enumerate(("six", "dots")):
        for place, letter in enumerate(word):
            corner = (430 + 440 * place, 215 + 590 * row)
            for dot in range(6):
                centre = (corner[0] + 165 * (dot // 3), corner[1] + 165 * (dot % 3))
                if str(dot + 1) in _CELLS[letter]:
                    _raised(sheet, centre)
                else:
                    sheet.circle(centre, 5, fill=rgb("#8f836a", 0.45))
    return sheet.finish(8)


def _raised(sheet: Canvas, centre: Point) -> None:
    x, y = centre
    sheet.glow((x + 26, y + 30), 108, "#6d6149", 0.75)
    for i in range(30):
        share = i / 29
        tone = mix("#b3a78c", "#fdfaf0", share**0.8)
        sheet.circle((x - 14 * share, y - 16 * share), 58 * (1 - share) + 3, fill=rgb(tone))


_EVEN = ("ABCDEFGHIKLM", "NOPQRSTUVWXZ", "1234567890&ß")
_WIDE = (  # letters much used have wide boxes: the letter, and its share of the row
    (("k", 1), ("s", 2), ("t", 1.5), ("u", 1.5), ("r", 2), ("v", 1), ("w", 1), ("ff", 1), ("z", 1)),
    (("b", 1), ("o", 1.5), ("n", 2.5), ("i", 2), ("c", 1), ("e", 3), ("y", 1)),
    (("f", 1), ("l", 1.5), ("m", 1.5), ("d", 1.5), ("a", 2), ("h", 1.5), ("g", 1.5), ("p", 1.5)),
)
_ROWS = (*(tuple((letter, 1.0) for letter in row) for row in _EVEN), *_WIDE)


def typecase() -> Image.Image:
    """A wooden case of type seen from above; the box of one letter is lit."""
    sheet = Canvas(2400, 1350, "#4a3220", seed=73)
    sheet.sky(((0, "#6a4a2f"), (1, "#43301f")))
    tops = (70, 240, 410, 590, 820, 1050)
    for top, bottom, row in zip(tops, (*tops[1:], 1280), _ROWS, strict=True):
        left = 80.0
        for letter, share in row:
            wide = 2240 * share / sum(part for _, part in row)
            _box(sheet, (left, top), (wide - 16, bottom - top - 16), letter)
            left += wide
    return sheet.finish(9)


def _box(sheet: Canvas, corner: Point, size: Point, letter: str) -> None:
    (x, y), (w, h) = corner, size
    lit = letter == "ß"
    sheet.rectangle((x - 5, y - 5), (w + 10, h + 10), rgb("#8a6340"), 5)
    sheet.rectangle(corner, size, rgb("#d8a64a" if lit else "#2a1c12"), 3)
    for _ in range(round(w * h / (2600 if not lit else 5200))):
        place = (sheet.dice.uniform(x + 20, x + w - 20), sheet.dice.uniform(y + 20, y + h - 20))
        _sort(sheet, place, lit)
    sheet.polygon(
        [(x, y), (x + w, y), (x + w - 14, y + 14), (x + 14, y + 14)], rgb("#000000", 0.35)
    )
    sheet.polygon([(x, y), (x + 14, y + 14), (x + 14, y + h), (x, y + h)], rgb("#000000", 0.25))
    middle = (x + w / 2, y + h / 2)
    sheet.circle(middle, 40, fill=rgb("#fbf3df" if lit else "#f0e6cf", 0.96 if lit else 0.8))
    if lit:
        _eszett(sheet, middle)
    else:
        sheet.text(middle, letter, 46, rgb("#2a1c12"))


def _eszett(sheet: Canvas, centre: Point) -> None:
    """Pillow's own face has no such letter: a stem that bends over, and a three for its bows."""
    x, y = centre
    line = [
        (x - 12, y + 22),
        *bezier((x - 12, y - 6), (x - 13, y - 29), (x + 14, y - 29), (x + 12, y - 11), 20),
        *bezier((x + 11, y - 5), (x + 8, y - 1), (x + 3, y - 2), (x + 1, y - 1), 12),
        *bezier((x + 2, y - 1), (x + 19, y - 1), (x + 21, y + 24), (x - 3, y + 20), 20),
    ]
    sheet.line(line, rgb("#b4322a"), 6)


def _sort(sheet: Canvas, place: Point, lit: bool) -> None:
    """One piece of type, lying as it fell."""
    turn, long, wide = sheet.dice.uniform(0, math.pi), 30, 7
    cos, sin = math.cos(turn), math.sin(turn)
    corners = [
        (place[0] + a * cos - b * sin, place[1] + a * sin + b * cos)
        for a, b in ((-long, -wide), (long, -wide), (long, wide), (-long, wide))
    ]
    tone = sheet.dice.choice(("#8f9396", "#6d7277", "#a9adb0", "#575c61"))
    sheet.polygon(corners, rgb(mix(tone, "#f2d48c", 0.35) if lit else tone))
    sheet.line(corners[:2], rgb("#ffffff", 0.4), 2)
