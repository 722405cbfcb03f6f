"""A clock whose hours are longer by day than by night."""

from __future__ import annotations

import math

from PIL import Image

from blog.samples.drawings.canvas import Canvas, Point, mix, rgb

_MIDDLE: Point = (1000, 690)
# Of a summer's day: where day begins and ends on the dial, in degrees from the right, clockwise.
_DAWN, _DUSK = 157.0, 383.0
_HOURS = 6


def wadokei() -> Image.Image:
    """A dial with twelve plates: six wide ones of the day above, six narrow ones of the night."""
    sheet = Canvas(2000, 1333, "#2a2119", seed=47)
    sheet.sky(((0, "#3b2d20"), (0.5, "#2a2119"), (1, "#1a140f")))
    sheet.glow((1000, 560), 980, "#8a6234", 0.5)
    for i in range(9):
        y = 80 + i * 152
        sheet.line([(0, y), (2000, y + sheet.dice.uniform(-14, 14))], rgb("#120d09", 0.35), 3)
    _case(sheet)
    _plates(sheet)
    _middle(sheet)
    _hand(sheet)
    return sheet.finish(6)


def _at(degrees: float, radius: float) -> Point:
    turn = math.radians(degrees)
    return _MIDDLE[0] + radius * math.cos(turn), _MIDDLE[1] + radius * math.sin(turn)


def _case(sheet: Canvas) -> None:
    for radius, tone in ((600, "#15100b"), (578, "#8f6a34"), (560, "#c59a52"), (540, "#5e4421")):
        sheet.circle(_MIDDLE, radius, fill=rgb(tone))
    for degrees in range(0, 360, 3):
        start, end = _at(degrees, 546), _at(degrees, 556)
        sheet.line([start, end], rgb("#3a2912", 0.8), 3)
    sheet.circle(_MIDDLE, 522, fill=rgb("#d9b673"))
    sheet.circle(_MIDDLE, 330, fill=rgb("#3f2d17"))


def _plates(sheet: Canvas) -> None:
    """Day's plates are light, night's are dark, each with as many strokes as the bell has."""
    day, night = (_DUSK - _DAWN) / _HOURS, (360 - _DUSK + _DAWN) / _HOURS
    # Noon, the ninth hour, stands in the middle of the day: half a plate after the third.
    counts = (6, 5, 4, 9, 8, 7)
    for i, count in enumerate(counts):
        _plate(sheet, _DAWN + day * i, day, count, is_day=True)
        _plate(sheet, _DUSK + night * i, night, count, is_day=False)


def _plate(sheet: Canvas, start: float, width: float, count: int, *, is_day: bool) -> None:
    body, ink = ("#f3e6c6", "#7b2f1e") if is_day else ("#22304a", "#d8cfb4")
    first, last = start + 1.1, start + width - 1.1
    steps = [first + (last - first) * i / 24 for i in range(25)]
    outer = [_at(degrees, 506) for degrees in steps]
    inner = [_at(degrees, 346) for degrees in reversed(steps)]
    sheet.polygon([*outer, *inner], rgb(body))
    sheet.line([*outer, *inner, outer[0]], rgb(mix(body, "#000000", 0.45)), 3)
    spread = min(3.0, (last - first - 3) / count)
    centre = (first + last) / 2
    for i in range(count):
        degrees = centre + (i - (count - 1) / 2) * spread
        sheet.line([_at(degrees, 398), _at(degrees, 462)], rgb(ink), 7)


def _middle(sheet: Canvas) -> None:
    """Sun above and moon below, with cut rays between them."""
    for degrees in range(0, 360, 15):
        sheet.line([_at(degrees, 190), _at(degrees, 312)], rgb("#8f6a34", 0.7), 4)
    for radius in (312, 190):
        sheet.circle(_MIDDLE, radius, outline=rgb("#c59a52"), width=5)
    sheet.circle(_at(270, 250), 46, fill=rgb("#d96a3a"))
    sheet.circle(_at(90, 250), 40, fill=rgb("#e9e3d0"))
    sheet.circle((_at(90, 250)[0] + 18, _at(90, 250)[1] - 8), 34, fill=rgb("#3f2d17"))


def _hand(sheet: Canvas) -> None:
    """It stands still at the top; what turns is the dial."""
    tip, x, y = _at(270, 574), *_MIDDLE
    sheet.polygon(
        [(x - 15, y), (x - 5, tip[1] + 60), tip, (x + 5, tip[1] + 60), (x + 15, y)], rgb("#15100b")
    )
    sheet.circle(_MIDDLE, 58, fill=rgb("#c59a52"))
    sheet.circle(_MIDDLE, 34, fill=rgb("#5e4421"))
    sheet.circle(_MIDDLE, 12, fill=rgb("#15100b"))
