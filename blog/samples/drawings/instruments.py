"""Wheels, lenses and bells, drawn as an engraver's plate would have them."""

from __future__ import annotations

import itertools
import math

from PIL import Image

from blog.samples.drawings.canvas import Canvas, Color, Point, rgb

_NIGHT, _BRASS, _BLUE = "#14202b", "#c99a4b", "#8fb7c9"


def tide_wheels() -> Image.Image:
    """Eight pulleys on cranks, one wire, and the curve the pen has drawn."""
    sheet = Canvas(2400, 1350, "#efe8d8", seed=51)
    plate = rgb("#2b2a27")
    wheels = _wheels()
    _wire(sheet, wheels)
    for x, y, radius, angle in wheels:
        above = y < 675
        hub = (x - 46 * math.cos(angle), y - 46 * math.sin(angle))
        sheet.circle(hub, 86, outline=rgb("#2b2a27", 0.32), width=2)
        for tooth in range(48):
            turn = 2 * math.pi * tooth / 48
            ends = [_polar(hub, r, turn) for r in (86, 94)]
            sheet.line(ends, rgb("#2b2a27", 0.32), 3)
        sheet.line([hub, (hub[0], 90 if above else 1010)], rgb("#2b2a27", 0.22), 8)
        sheet.circle((x, y), radius, fill=rgb(_BRASS), outline=plate, width=4)
        sheet.circle((x, y), radius - 12, outline=rgb("#7a5a22"), width=2)
        for spoke in range(5):
            turn = angle + 2 * math.pi * spoke / 5
            sheet.line(
                [_polar((x, y), 14, turn), _polar((x, y), radius - 14, turn)], rgb("#7a5a22"), 6
            )
        sheet.line([hub, (x, y)], plate, 9)
        sheet.circle((x, y), 15, fill=rgb("#efe8d8"), outline=plate, width=4)
        sheet.circle(hub, 8, fill=plate)
    for y in (90, 1010):
        sheet.line([(140, y), (2120, y)], plate, 9)
    _paper_roll(sheet)
    return sheet.finish(6)


def _wheels() -> list[tuple[float, float, float, float]]:
    """Place, radius and crank angle of each wheel, alternately above and below."""
    sizes = (74, 64, 58, 50, 64, 54, 58, 50)
    turns = (0.4, 2.3, 5.2, 3.6, 1.1, 4.4, 2.9, 0.1)
    return [
        (
            250 + 232 * i + 46 * math.cos(turn),
            (330 if i % 2 == 0 else 770) + 46 * math.sin(turn),
            float(size),
            turn,
        )
        for i, (size, turn) in enumerate(zip(sizes, turns, strict=True))
    ]


def _wire(sheet: Canvas, wheels: list[tuple[float, float, float, float]]) -> None:
    """The wire rises over the upper wheels and dips under the lower ones."""
    path: list[Point] = [(wheels[0][0] - wheels[0][2], 1010)]
    for i, (x, y, radius, _) in enumerate(wheels):
        over = -1 if i % 2 == 0 else 1
        for step in range(25):
            turn = math.pi - math.pi * step / 24
            path.append((x + radius * math.cos(turn), y + over * radius * math.sin(turn)))
    path += [(path[-1][0], 250), (path[-1][0] + 50, 200), (path[-1][0] + 110, 250)]
    path.append((path[-1][0], 1130))
    sheet.line(path, rgb("#2f5673"), 5)
    pen = path[-1]
    sheet.polygon([(pen[0] - 13, 1120), (pen[0] + 13, 1120), (pen[0], 1168)], rgb("#2b2a27"))


def _paper_roll(sheet: Canvas) -> None:
    sheet.rectangle((140, 1085), (1986, 190), rgb("#fbf8ef"), 6, rgb("#2b2a27", 0.5))
    curve = []
    for i in range(1600):
        t = i / 1600 * 46
        high = math.cos(t * 2) + 0.36 * math.cos(t * 2.069 + 1) + 0.2 * math.cos(t * 1.96)
        curve.append((160 + i * 1.1605, 1180 - 50 * high))
    sheet.line([(140, 1180), (2126, 1180)], rgb("#2b2a27", 0.25), 2)
    sheet.line(curve, rgb("#b4452c"), 3)


def _polar(centre: Point, radius: float, turn: float) -> Point:
    return (centre[0] + radius * math.cos(turn), centre[1] + radius * math.sin(turn))


def fresnel() -> Image.Image:
    """A first-order apparatus in section: bull's eye, stepped rings, prisms above and below."""
    sheet = Canvas(2400, 1350, _NIGHT, seed=52)
    sheet.sky(((0, "#101a24"), (0.5, "#1c2f3d"), (1, "#101a24")))
    flame: Point = (560.0, 675.0)
    sheet.glow(flame, 620, "#e9b45a", 0.75)
    edges = [-560 + 70 * i for i in range(17)]
    for low, high in itertools.pairwise(edges):
        _ray(sheet, flame, (low + high) / 2)
    for low, high in itertools.pairwise(edges):
        _glass(sheet, flame, low, high)
    _lamp(sheet, flame)
    return sheet.finish(6)


def _glass_at(rise: float) -> float:
    """How far from the flame the apparatus stands, higher up: it curves in over the lamp."""
    bend = max(0.0, abs(rise) - 315)
    return 620 - bend * bend / 330


def _ray(sheet: Canvas, flame: Point, rise: float) -> None:
    x = flame[0] + _glass_at(rise)
    sheet.line([flame, (x + 10, flame[1] + rise)], rgb("#f3cf87", 0.55), 2.6)
    beam = [(x + 30, flame[1] + rise * 0.985), (2400, flame[1] + rise * 0.985)]
    sheet.polygon(
        [
            (x + 10, beam[0][1] - 25),
            (2400, beam[0][1] - 25),
            (2400, beam[0][1] + 25),
            (x + 10, beam[0][1] + 25),
        ],
        rgb("#f7dca0", 0.10),
    )
    sheet.line(beam, rgb("#f7dca0", 0.8), 2.6)


def _glass(sheet: Canvas, flame: Point, low: float, high: float) -> None:
    """One ring of the lens, cut through: a flat back, a bent front, a step to the next."""
    if abs(low + high) / 2 > 315:
        _prism(sheet, flame, low, high)
        return
    back, inner, outer = flame[0] + 600, min(abs(low), abs(high)), max(abs(low), abs(high))
    sign = 1 if low + high > 0 else -1
    face = []
    for i in range(9):
        rise = inner + (outer - inner) * i / 8
        bulge = 62 - (rise * rise - inner * inner) / 1150
        face.append((back + bulge, flame[1] + sign * (rise - (2 if i == 8 else 0))))
    shape = [(back, face[0][1]), *face, (back, face[-1][1])]
    _fill_glass(sheet, shape)


def _prism(sheet: Canvas, flame: Point, low: float, high: float) -> None:
    """A ring outside the lens proper: the ray goes in, is turned by the back, comes out level."""
    middle = (low + high) / 2
    x, y = flame[0] + _glass_at(middle), flame[1] + middle
    sign = 1 if middle > 0 else -1
    shape = [(x - 34, y - 10 * sign), (x + 44, y - 30 * sign), (x + 22, y + 34 * sign)]
    _fill_glass(sheet, shape)


def _fill_glass(sheet: Canvas, shape: list[Point]) -> None:
    fill: Color = rgb("#9cc8d6", 0.42)
    sheet.polygon(shape, fill)
    sheet.line([*shape, shape[0]], rgb("#d9eef3", 0.95), 3)


def _lamp(sheet: Canvas, flame: Point) -> None:
    x, y = flame
    brass = rgb(_BRASS)
    for wide, top, tall in ((46, 44, 60), (26, 104, 330), (64, 434, 26), (110, 460, 215)):
        sheet.rectangle((x - wide, y + top), (2 * wide, tall), brass, 6)
        sheet.rectangle((x - wide, y + top), (wide * 0.5, tall), rgb("#ffffff", 0.18), 6)
        sheet.rectangle((x + wide * 0.4, y + top), (wide * 0.6, tall), rgb("#000000", 0.22), 6)
    drop = [
        (x + 30 * math.sin(t) * math.sin(t / 2) ** 1.5, y + 8 - 52 * math.cos(t))
        for t in (2 * math.pi * i / 60 for i in range(61))
    ]
    sheet.glow((x, y), 130, "#ffdf9b", 1)
    sheet.polygon(drop, rgb("#fff3d2"))
    sheet.glow((x, y + 14), 46, "#ffffff", 1)
