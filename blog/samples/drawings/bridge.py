"""The Forth Bridge from the side, and the reason why it stands."""

from __future__ import annotations

import itertools

from PIL import Image

from blog.samples.drawings.canvas import Canvas, Point, rgb

_RED, _WATER, _DECK = "#9c3a2b", 920.0, 700.0
_TOWERS = (470.0, 1200.0, 1930.0)
_ARM, _TOP = 292.0, 395.0


def forth() -> Image.Image:
    """Three double cantilevers, two girders hung between them, haze on the far shore."""
    sheet = Canvas(2400, 1350, "#d9dfdf", seed=81)
    sheet.sky(((0, "#b8c8d0"), (0.6, "#dfe2db"), (1, "#ecdfcb")), bottom=_WATER)
    sheet.sky(((0, "#c2cbc8"), (1, "#6d8791")), top=_WATER)
    shore = [(0, 868), (300, 850), (760, 876), (1300, 862), (1900, 880), (2400, 846)]
    sheet.polygon([*shore, (2400, _WATER), (0, _WATER)], rgb("#aab9b8"))
    for _ in range(330):
        x, down = sheet.dice.uniform(0, 2400), sheet.dice.random() ** 1.4
        half = 14 + 80 * down * sheet.dice.random()
        y = _WATER + 10 + 415 * down
        sheet.line([(x - half, y), (x + half, y)], rgb("#eef0ea", 0.22), 1.5 + 2.5 * down)
    _deck(sheet)
    for x in _TOWERS:
        _cantilever(sheet, x)
    for left, right in ((_TOWERS[0], _TOWERS[1]), (_TOWERS[1], _TOWERS[2])):
        _girder(sheet, left + 60 + _ARM, right - 60 - _ARM)
    _train(sheet)
    return sheet.finish(6)


def _deck(sheet: Canvas) -> None:
    for x in range(-20, 130, 48):
        sheet.rectangle((x, _DECK + 10), (18, _WATER - _DECK - 14), rgb("#b3a792"))
        sheet.rectangle((2400 - x - 18, _DECK + 10), (18, _WATER - _DECK - 14), rgb("#b3a792"))
    sheet.rectangle((0, _DECK - 7), (2400, 14), rgb(_RED))
    sheet.line([(0, _DECK - 20), (2400, _DECK - 20)], rgb(_RED, 0.7), 2)


def _cantilever(sheet: Canvas, x: float) -> None:
    """Tubes carry the push along the bottom; lattices carry the pull along the top."""
    foot, top = _WATER - 28, _TOP
    for side in (-1, 1):
        root: Point = (x + side * 62, foot)
        head: Point = (x + side * 48, top)
        tip_low: Point = (x + side * (60 + _ARM), _DECK + 16)
        tip_high: Point = (x + side * (60 + _ARM), _DECK - 52)
        sheet.line([root, head], rgb(_RED), 15)
        _braces(sheet, root, head, tip_low, tip_high, side)
        lower = _arch(root, tip_low)
        sheet.line(lower, rgb(_RED), 15)
        sheet.line([head, tip_high], rgb(_RED), 9)
        sheet.line([tip_high, tip_low], rgb(_RED), 8)
        sheet.rectangle((root[0] - 34, foot), (68, 44), rgb("#8f8676"), 5)
        sheet.rectangle((root[0] - 42, foot + 30), (84, 14), rgb("#5f6663", 0.6), 5)
    sheet.line([(x - 62, foot), (x + 48, top)], rgb(_RED), 8)
    sheet.line([(x + 62, foot), (x - 48, top)], rgb(_RED), 8)
    sheet.line([(x - 48, top), (x + 48, top)], rgb(_RED), 9)
    _mirror(sheet, x)


def _arch(root: Point, tip: Point) -> list[Point]:
    steps = 24
    return [
        (
            root[0] + (tip[0] - root[0]) * i / steps,
            root[1] + (tip[1] - root[1]) * (1 - (1 - i / steps) ** 1.7),
        )
        for i in range(steps + 1)
    ]


def _braces(
    sheet: Canvas, root: Point, head: Point, tip_low: Point, tip_high: Point, side: int
) -> None:
    lower, shares = _arch(root, tip_low), (0.0, 0.25, 0.46, 0.64, 0.79, 0.91, 1.0)

    def above(share: float) -> Point:
        return (
            head[0] + (tip_high[0] - head[0]) * share,
            head[1] + (tip_high[1] - head[1]) * share,
        )

    def below(share: float) -> Point:
        return lower[round(share * (len(lower) - 1))]

    for here, there in itertools.pairwise(shares):
        sheet.line([below(here), above(there)], rgb(_RED), 7)
        sheet.line([above(here), below(there)], rgb(_RED, 0.92), 4)
        x = below(there)[0]
        sheet.line([(x, _DECK), below(there)], rgb(_RED, 0.7), 3)


def _girder(sheet: Canvas, left: float, right: float) -> None:
    low, high, bays = _DECK + 14, _DECK - 50, 4
    step = (right - left) / bays
    bulge = [-8, 10, 16, 10, -8]
    tops = [(left + step * i, high - bulge[i]) for i in range(bays + 1)]
    sheet.line(tops, rgb(_RED), 7)
    sheet.line([(left, low), (right, low)], rgb(_RED), 7)
    for i in range(bays):
        sheet.line([(left + step * i, low), tops[i + 1]], rgb(_RED), 4)
        sheet.line([tops[i], (left + step * (i + 1), low)], rgb(_RED), 4)


def _mirror(sheet: Canvas, x: float) -> None:
    """The tower's broken reflection."""
    for i in range(70):
        y = _WATER + 26 + i * 5.4
        wide = 92 - 0.5 * i + sheet.dice.uniform(-24, 24)
        shift = sheet.dice.uniform(-22, 22)
        ends = [(x - wide + shift, y), (x + wide + shift, y)]
        sheet.line(ends, rgb(_RED, 0.2 * (1 - i / 70)), 3.4)


def _train(sheet: Canvas) -> None:
    for carriage in range(5):
        x = 1350 + 74 * carriage
        sheet.rectangle((x, _DECK - 36), (69, 25), rgb("#24364a"), 4)
        for window in range(5):
            sheet.rectangle((x + 7 + 12 * window, _DECK - 31), (8, 8), rgb("#f2dfae"))


def cantilever() -> Image.Image:
    """Two people on chairs, arms out; a third on the plank between; a pile of bricks each side."""
    sheet = Canvas(2000, 1125, "#e9e1cf", seed=82)
    sheet.sky(((0, "#eee7d8"), (1, "#ddd2ba")))
    floor = 960.0
    sheet.rectangle((0, floor), (2000, 165), rgb("#b9a98a"))
    _sitter(sheet, 620, floor, ((-1, 300.0), (1, 250.0)))
    _sitter(sheet, 1380, floor, ((-1, 250.0), (1, 300.0)))
    for x in (320.0, 1680.0):
        sheet.line([(x, 560), (x, 800)], rgb("#4b4034"), 7)
        for row in range(4):
            for brick in range(3):
                corner = (x - 84 + 57 * brick + (8 if row % 2 else 0), floor - 40 * (row + 1))
                sheet.rectangle(
                    corner, (53, 36), rgb("#a5523a" if (row + brick) % 2 else "#8f4331"), 3
                )
    for x in (870.0, 1130.0):
        sheet.line([(x, 560), (x, 730)], rgb("#4b4034"), 6)
    sheet.rectangle((850, 726), (300, 20), rgb("#8d6b43"), 4)
    _guest(sheet, 1000, 726)
    return sheet.finish(7)


def _sitter(sheet: Canvas, x: float, floor: float, arms: tuple[tuple[int, float], ...]) -> None:
    seat, shoulder = floor - 190, floor - 440
    coat, stick = rgb("#2b3442"), rgb(_RED)
    for side in (-1, 1):
        sheet.line([(x + side * 78, seat), (x + side * 96, floor)], rgb("#5a4632"), 16)
    sheet.rectangle((x - 98, seat - 8), (196, 22), rgb("#5a4632"), 6)
    for side, reach in arms:
        hand = (x + side * reach, 560.0)
        sheet.line([(x + side * 84, seat - 12), hand], stick, 18)
        sheet.line([(x + side * 36, shoulder + 22), hand], coat, 34)
        sheet.circle(hand, 22, fill=rgb("#d9a27c"))
        sheet.line([(x + side * 26, seat - 24), (x + side * 44, floor - 96)], rgb("#3b3327"), 44)
        sheet.line([(x + side * 44, floor - 110), (x + side * 48, floor - 6)], rgb("#3b3327"), 36)
        sheet.rectangle((x + side * 58 - 40, floor - 20), (80, 20), rgb("#1b1a17"), 9)
    sheet.rectangle((x - 58, shoulder), (116, seat - shoulder - 4), coat, 34)
    sheet.polygon([(x - 16, shoulder), (x + 16, shoulder), (x, shoulder + 70)], rgb("#efe8d8"))
    sheet.circle((x, shoulder - 52), 46, fill=rgb("#d9a27c"))
    sheet.rectangle((x - 46, shoulder - 118), (92, 42), rgb("#1b1a17"), 10)
    sheet.rectangle((x - 64, shoulder - 82), (128, 12), rgb("#1b1a17"), 6)


def _guest(sheet: Canvas, x: float, seat: float) -> None:
    coat = rgb("#4c6a5d")
    for side in (-1, 1):
        sheet.line([(x + side * 22, seat - 14), (x + side * 30, seat + 60)], rgb("#2e3d37"), 34)
        sheet.line([(x + side * 30, seat + 50), (x + side * 30, seat + 128)], rgb("#2e3d37"), 28)
        sheet.rectangle((x + side * 36 - 32, seat + 118), (64, 17), rgb("#1b1a17"), 8)
        sheet.line([(x + side * 40, seat - 150), (x + side * 62, seat - 40)], coat, 27)
    sheet.rectangle((x - 47, seat - 176), (94, 172), coat, 30)
    sheet.polygon([(x - 13, seat - 176), (x + 13, seat - 176), (x, seat - 118)], rgb("#efe8d8"))
    sheet.circle((x, seat - 218), 40, fill=rgb("#c99a6e"))
    sheet.arc((x, seat - 224), 37, (180, 360), rgb("#1b1a17"), 22)
