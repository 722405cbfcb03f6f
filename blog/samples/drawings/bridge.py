"""The Forth Bridge from the side."""

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
