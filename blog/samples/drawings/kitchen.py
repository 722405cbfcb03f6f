"""Bread and dye: things made with the hands."""

from __future__ import annotations

import math

from PIL import Image

from blog.samples.drawings.canvas import Canvas, Point, mix, ramp, rgb, smooth_noise


def crumb() -> Image.Image:
    """A slice of bread, cut across: crust, and the bubbles the yeast left."""
    sheet = Canvas(2000, 1333, "#3b3a38", seed=41)
    sheet.sky(((0, "#47443f"), (1, "#2c2a28")))
    rim = _loaf(1.0)
    sheet.polygon([(x + 14, y + 34) for x, y in rim], rgb("#000000", 0.28))
    for i in range(24):
        shade = ramp(((0, "#5d3116"), (0.35, "#8f5423"), (0.75, "#c88b45"), (1, "#ecd3a2")), i / 23)
        sheet.polygon(_loaf(1.0 - 0.055 * i / 23), rgb(shade))
    sheet.polygon(_loaf(0.94), rgb("#f1dfb9"))
    _bubbles(sheet)
    return sheet.finish(9)


def _loaf(size: float) -> list[Point]:
    """The outline of a tin loaf's slice with a domed top."""
    cx, cy, points = 1000.0, 700.0, []
    for i in range(361):
        turn = math.radians(i)
        x, y = math.cos(turn), math.sin(turn)
        wide = 810 * math.copysign(abs(x) ** 0.55, x)
        tall = 520 * math.copysign(abs(y) ** (0.42 if y > 0 else 0.85), y)
        wobble = 1 + 0.008 * math.sin(turn * 5 + 1) + 0.005 * math.sin(turn * 11)
        points.append((cx + wide * size * wobble, cy + tall * size * wobble))
    return points


def _bubbles(sheet: Canvas) -> None:
    """Big ones first; a smaller one only where it touches no other."""
    kept: list[tuple[float, float, float]] = []
    for tries, radius in ((40, 44.0), (160, 28.0), (700, 17.0), (1500, 9.0), (1500, 5.0)):
        for _ in range(tries):
            x, y = sheet.dice.uniform(230, 1770), sheet.dice.uniform(230, 1175)
            r = radius * sheet.dice.uniform(0.7, 1.25)
            if _inside(x, y, r) and not any(
                abs(x - a) < r + c * 1.12 + 3 and math.hypot(x - a, y - b) < r + c * 1.12 + 3
                for a, b, c in kept
            ):
                kept.append((x, y, r))
    for x, y, r in kept:
        _bubble(sheet, x, y, r)


def _inside(x: float, y: float, r: float) -> bool:
    across = abs(x - 1000) / (745 - r)
    down = (y - 700) / (470 - r)
    return across < 1 and abs(down) < 1 and across ** (2 / 0.6) + abs(down) ** (2 / 0.7) < 1


def _bubble(sheet: Canvas, x: float, y: float, r: float) -> None:
    lean, flat = sheet.dice.uniform(0, math.pi), sheet.dice.uniform(0.6, 0.95)
    bumps = [sheet.dice.uniform(0.88, 1.12) for _ in range(7)]

    def ring(scale: float, dx: float = 0, dy: float = 0) -> list[Point]:
        line = []
        for i in range(29):
            turn = 2 * math.pi * i / 28
            k, t = int(i / 4) % 7, i / 4 % 1
            reach = r * scale * (bumps[k] * (1 - t) + bumps[(k + 1) % 7] * t)
            a, b = math.cos(turn) * reach, math.sin(turn) * reach * flat
            line.append(
                (
                    x + dx + a * math.cos(lean) - b * math.sin(lean),
                    y + dy + a * math.sin(lean) + b * math.cos(lean),
                )
            )
        return line

    sheet.polygon(ring(1.14, 0, r * 0.1), rgb("#fbf0d6", 0.8))
    sheet.polygon(ring(1.0), rgb("#d3b27c"))
    sheet.polygon(ring(0.8, 0, r * 0.1), rgb("#dfc392"))
    sheet.polygon(ring(0.5, 0, r * 0.22), rgb("#e8d1a5"))


_DIPS = (
    (0, "#e9e3c8"),
    (0.12, "#b9cdb9"),
    (0.3, "#7fa9b6"),
    (0.55, "#3f6f98"),
    (0.8, "#22447a"),
    (1, "#141f45"),
)


def indigo() -> Image.Image:
    """Ten lengths of cloth on a line: none, one, two … nine dips in the vat."""
    sheet = Canvas(2400, 1350, "#ece6d6", seed=42)
    sheet.sky(((0, "#e7e0cd"), (1, "#f3eee0")))
    for i in range(10):
        _cloth(sheet, 150 + 214 * i, ramp(_DIPS, i / 9), 1010 + sheet.dice.uniform(-46, 46))
    sheet.line([(0, 132), (1200, 142), (2400, 132)], rgb("#4b4034"), 7)
    for i in range(10):
        for dx in (26, 140):
            sheet.rectangle((150 + 214 * i + dx, 108), (15, 66), rgb("#8d6b43"), 4)
            sheet.rectangle((150 + 214 * i + dx, 108), (6, 66), rgb("#ffffff", 0.22), 3)
    return sheet.finish(9)


def _cloth(sheet: Canvas, x: float, color: str, tall: float) -> None:
    """Folds are soft stripes; each dip leaves a faint line where the cloth met the air."""
    wave = smooth_noise(sheet.dice, 186, 4)
    for i in range(185):
        fold = math.sin(i / 185 * math.pi * 5 + wave[0] * 3) * 0.5 + wave[i] * 0.5
        tone = mix(color, "#ffffff" if fold > 0 else "#0b1026", abs(fold) * 0.17)
        foot = 138 + tall + 12 * math.sin(i / 185 * math.pi * 2.5 + wave[3] * 4) - abs(i - 92) / 14
        sheet.rectangle((x + i, 138), (1.5, foot - 138), rgb(tone))
    for i in range(0, round(tall), 5):
        sheet.line([(x, 140 + i), (x + 185, 140 + i)], rgb("#ffffff", 0.045), 1)


def shibori() -> Image.Image:
    """Blue cloth with rows of white rings, where a thread kept the dye out."""
    sheet = Canvas(1600, 1067, "#1d3466", seed=43)
    for _ in range(60):
        place = (sheet.dice.uniform(0, 1600), sheet.dice.uniform(0, 1067))
        tone = sheet.dice.choice(("#16264f", "#27457d", "#1a2f5e"))
        sheet.glow(place, sheet.dice.uniform(120, 330), tone, 0.55)
    for row in range(8):
        for column in range(12):
            x = 28 + 140 * column + (70 if row % 2 else 0) + sheet.dice.uniform(-7, 7)
            _ring(sheet, (x, 45 + 140 * row + sheet.dice.uniform(-7, 7)))
    for i in range(0, 1067, 3):
        sheet.line([(0, i), (1600, i)], rgb("#0b1533", 0.12), 1)
    return sheet.finish(10)


def _ring(sheet: Canvas, centre: Point) -> None:
    sheet.glow(centre, 74, "#b9cde3", 0.5)
    bumps = smooth_noise(sheet.dice, 24, 9)
    bumps[-1] = bumps[0]
    for ring, (radius, color, strength) in enumerate(
        (
            (47, "#dfe7ea", 0.85),
            (37, "#2a4a84", 0.85),
            (28, "#eef1ec", 0.95),
            (17, "#23407a", 0.7),
            (9, "#f4f2e8", 0.95),
        )
    ):
        points = []
        for i in range(48):
            turn = 2 * math.pi * i / 48
            reach = radius * (1 + 0.13 * bumps[i // 2]) + (3 if (i + ring) % 3 == 0 else 0)
            points.append((centre[0] + reach * math.cos(turn), centre[1] + reach * math.sin(turn)))
        sheet.polygon(points, rgb(color, strength))


def vat() -> Image.Image:
    """Looking down into an indigo vat: yellow-green liquor, a coppery skin, blue foam."""
    sheet = Canvas(1600, 1067, "#b8ab94", seed=44)
    sheet.sky(((0, "#c3b7a1"), (1, "#a4967e")))
    middle: Point = (800, 533)
    sheet.circle((814, 560), 486, fill=rgb("#3a2f22", 0.3))
    for i, tone in enumerate(("#54341f", "#7a4d2e", "#935f39", "#6a4327", "#3a2415")):
        sheet.circle(middle, 484 - 13 * i, fill=rgb(tone))
    sheet.circle(middle, 428, fill=rgb("#4f5d1e"))
    sheet.glow((730, 470), 470, "#a59a2c", 0.9)
    for _ in range(70):
        turn, reach = sheet.dice.uniform(0, 2 * math.pi), 412 * math.sqrt(sheet.dice.random())
        start = (middle[0] + reach * math.cos(turn), middle[1] + reach * math.sin(turn))
        _film(sheet, start, middle)
    _foam(sheet, (915, 600))
    sheet.arc((800, 533), 424, (0, 360), rgb("#1d1207", 0.7), 8)
    return sheet.finish(9)


def _film(sheet: Canvas, start: Point, middle: Point) -> None:
    """A shred of the skin that forms where the liquor meets the air."""
    tone = sheet.dice.choice(("#2a3b6e", "#b0713d", "#364a80", "#c98d55", "#243463"))
    x, y = start
    path = []
    for _ in range(26):
        dx, dy = x - middle[0], y - middle[1]
        far = math.hypot(dx, dy) or 1
        if far > 412:
            break
        path.append((x, y))
        x, y = (
            x - dy / far * 9 + sheet.dice.uniform(-2, 2),
            y + dx / far * 9 + sheet.dice.uniform(-2, 2),
        )
    if len(path) > 3:
        sheet.line(path, rgb(tone, sheet.dice.uniform(0.18, 0.5)), sheet.dice.uniform(2, 9))


def _foam(sheet: Canvas, centre: Point) -> None:
    """The flower: a raft of blue bubbles that says the vat is alive."""
    for _ in range(340):
        turn, reach = sheet.dice.uniform(0, 2 * math.pi), 150 * sheet.dice.random() ** 0.7
        place = (centre[0] + 1.25 * reach * math.cos(turn), centre[1] + reach * math.sin(turn))
        radius = sheet.dice.uniform(5, 21) * (1.1 - reach / 260)
        tone = sheet.dice.choice(("#2c4690", "#3a5aa8", "#20346f", "#5574b8"))
        sheet.circle(place, radius, fill=rgb(tone, 0.85), outline=rgb("#b9c8ea", 0.5), width=1.5)
        shine = (place[0] - radius * 0.35, place[1] - radius * 0.35)
        sheet.circle(shine, radius * 0.2, fill=rgb("#eef3ff", 0.8))
