"""Maps and ground: contour lines, and the chain of triangles through France."""

from __future__ import annotations

import itertools
import math

from PIL import Image

from blog.samples.drawings.canvas import Canvas, Point, bezier, rgb

_HILLS = (  # place, height, width: a country that exists nowhere
    (430, 330, 1.0, 330),
    (980, 220, 0.55, 240),
    (1560, 420, 1.15, 380),
    (1180, 900, 0.8, 300),
    (330, 1010, 0.75, 330),
    (1900, 1120, 0.7, 300),
    (700, 690, -0.45, 220),
    (1500, 1010, -0.3, 180),
)
_STEP = 0.05
_CELL = 12


def contours() -> Image.Image:
    """Hills in contour lines, a valley road, and one small place printed in red."""
    sheet = Canvas(2000, 1333, "#f3eedd", seed=31)
    grid = _heights(sheet)
    level, index = -0.3, 0
    while level < 1.35:
        heavy = index % 5 == 0
        color = rgb("#9a7b4f", 0.95 if heavy else 0.6)
        for segment in _isolines(grid, level):
            sheet.line(segment, color, 2.6 if heavy else 1.3)
        level, index = level + _STEP, index + 1
    _roads(sheet)
    return sheet.finish(5)


def _heights(sheet: Canvas) -> list[list[float]]:
    columns, rows = sheet.width // _CELL + 2, sheet.height // _CELL + 2
    return [[_height(x * _CELL, y * _CELL) for x in range(columns)] for y in range(rows)]


def _height(x: float, y: float) -> float:
    bumps = sum(
        tall * math.exp(-((x - cx) ** 2 + 1.4 * (y - cy) ** 2) / (2 * wide * wide))
        for cx, cy, tall, wide in _HILLS
    )
    return bumps + 0.05 * math.sin(x / 97 + math.sin(y / 71)) + 0.04 * math.sin(y / 59 - x / 143)


def _isolines(grid: list[list[float]], level: float) -> list[tuple[Point, Point]]:
    """Marching squares: where the level crosses the edges of each cell."""
    found: list[tuple[Point, Point]] = []
    for j, (above, below) in enumerate(itertools.pairwise(grid)):
        for i in range(len(above) - 1):
            ring = (above[i], above[i + 1], below[i + 1], below[i])
            if (low := min(ring)) > level or max(ring) <= level or low == level:
                continue
            cuts = _cuts(ring, level, i, j)
            found.extend(zip(cuts[::2], cuts[1::2], strict=False))
    return found


def _cuts(ring: tuple[float, ...], level: float, i: int, j: int) -> list[Point]:
    corners = ((i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1))
    cuts = []
    for k in range(4):
        a, b = ring[k], ring[(k + 1) % 4]
        if (a > level) != (b > level):
            t, (x0, y0), (x1, y1) = (level - a) / (b - a), corners[k], corners[(k + 1) % 4]
            cuts.append(((x0 + (x1 - x0) * t) * _CELL, (y0 + (y1 - y0) * t) * _CELL))
    return cuts


def _roads(sheet: Canvas) -> None:
    stream = [
        *bezier((-20, 560), (300, 700), (560, 520), (760, 700)),
        *bezier((760, 700), (930, 850), (860, 1130), (930, 1360)),
    ]
    sheet.line(stream, rgb("#6d98a8"), 5)
    main = [
        *bezier((-20, 640), (330, 760), (560, 590), (820, 660)),
        *bezier((820, 660), (1180, 760), (1260, 640), (1420, 760)),
        *bezier((1420, 760), (1580, 880), (1800, 760), (2020, 840)),
    ]
    lane = bezier((1010, 707), (1030, 560), (1150, 470), (1110, -20))
    for road, wide in ((lane, 7.0), (main, 13.0)):
        sheet.line(road, rgb("#5a4632"), wide + 5)
        sheet.line(road, rgb("#fbf8ee" if road is lane else "#d9a441"), wide)
    sheet.circle((1010, 707), 40, outline=rgb("#b4322a", 0.9), width=4)
    sheet.circle((1010, 707), 15, fill=rgb("#b4322a"), outline=rgb("#fbf8ee"), width=4)


_TOWNS = (("Dunkirk", 51.03), ("Paris", 48.84), ("Rodez", 44.35), ("Barcelona", 41.38))


def meridian() -> Image.Image:
    """A chain of triangles laid along a line from north (left) to south, with its two bases."""
    sheet = Canvas(2400, 1350, "#f2ead6", seed=32)
    axis = 675.0
    _scale(sheet)
    upper, lower = _stations(sheet, axis - 135), _stations(sheet, axis + 135, 62)
    chain = [point for pair in zip(upper, lower, strict=True) for point in pair]
    for a, b, c in zip(chain, chain[1:], chain[2:], strict=False):
        sheet.polygon([a, b, c], rgb("#b98a4a", 0.13))
    for a, b in [*itertools.pairwise(chain), *zip(chain, chain[2:], strict=False)]:
        sheet.line([a, b], rgb("#3a3428", 0.85), 2.4)
    sheet.line([(120, axis), (2280, axis)], rgb("#b4322a", 0.85), 3)
    for k in (9, 30):
        sheet.line([chain[k], chain[k + 1]], rgb("#b4322a"), 9)
    for x, y in chain:
        sheet.circle((x, y), 8, fill=rgb("#f2ead6"), outline=rgb("#3a3428"), width=3)
    for name, latitude in _TOWNS:
        x = 190 + 200 * (51 - latitude)
        sheet.circle((x, axis), 11, fill=rgb("#b4322a"))
        sheet.dashes((x, axis), (x, 322), rgb("#b4322a", 0.55), 2, 7)
        sheet.text((x, 288), name, 38, rgb("#2b2a27"))
    return sheet.finish(6)


def _scale(sheet: Canvas) -> None:
    for i in range(11):
        x = 190 + 200 * i
        sheet.line([(x, 250), (x, 1090)], rgb("#8a7650", 0.28), 1.5)
        sheet.text((x, 1132), f"{51 - i}°", 28, rgb("#5d4a2b", 0.75))
    for i in range(0, 80, 2):
        sheet.rectangle((190 + 25 * i, 1082), (25, 9), rgb("#2b2a27"))


def _stations(sheet: Canvas, level: float, offset: float = 0) -> list[Point]:
    dice = sheet.dice
    return [
        (165 + offset + 112 * i + dice.uniform(-24, 24), level + dice.uniform(-62, 62))
        for i in range(19)
    ]
