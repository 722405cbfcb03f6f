"""Wheels, lenses and bells, drawn as an engraver's plate would have them."""

from __future__ import annotations

import itertools
import math

from PIL import Image

from blog.samples.drawings.canvas import Canvas, Color, Point, rgb

_NIGHT, _BRASS, _BLUE = "#14202b", "#c99a4b", "#8fb7c9"


def tide_wheels() -> Image.Image:
    """Eight pulleys on cranks, one wire, and the curve the pen has drawn."""
    sheet = Canvas(2266, 1350, "#efe8d8", seed=51)
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
    last = path[-1][0] + 55
    path += [_polar((last, 215), 55, math.pi + math.pi * i / 24) for i in range(25)]
    sheet.circle((last, 215), 50, fill=rgb(_BRASS), outline=rgb("#2b2a27"), width=4)
    sheet.circle((last, 215), 12, fill=rgb("#efe8d8"), outline=rgb("#2b2a27"), width=4)
    sheet.line([(last, 90), (last, 205)], rgb("#2b2a27", 0.5), 8)
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


def lens_steps() -> Image.Image:
    """A thick lens, the parts of it that do nothing, and what is left when they are gone."""
    sheet = Canvas(1600, 1067, "#ece7da", seed=53)
    for column, stage in enumerate(("whole", "cut", "stepped")):
        _stage(sheet, 330 + 430 * column, stage)
    for x in (545, 975):
        sheet.line([(x - 34, 533), (x + 30, 533)], rgb("#2b2a27", 0.7), 4)
        sheet.polygon([(x + 42, 533), (x + 20, 520), (x + 20, 546)], rgb("#2b2a27", 0.7))
    return sheet.finish(5)


def _bulge(rise: float) -> float:
    return math.sqrt(max(0.0, 520.0**2 - rise * rise)) - 330


def _stage(sheet: Canvas, x: float, stage: str) -> None:
    glass, edge = rgb("#6f9db0", 0.75), rgb("#23475a")
    half, rings = 400, 5
    back = x - 60
    if stage != "stepped":
        face = [(back + _bulge(y), 533 + y) for y in range(-half, half + 1, 4)]
        whole = [(back, 533 - half), *face, (back, 533 + half)]
        sheet.polygon(whole, glass if stage == "whole" else rgb("#6f9db0", 0.22))
        sheet.line([*whole, whole[0]], edge if stage == "whole" else rgb("#23475a", 0.35), 3.5)
        if stage == "whole":
            return
    for ring in range(-rings, rings):
        low, high = ring * half / rings, (ring + 1) * half / rings
        outer = max(abs(low), abs(high))
        base = back + (_bulge(outer) - 14 if stage == "cut" else 0)
        shift = 0 if stage == "cut" else back + 14 - _bulge(outer) - back
        front = [
            (back + _bulge(low + (high - low) * i / 12) + shift, 533 + low + (high - low) * i / 12)
            for i in range(13)
        ]
        piece = [(base, 533 + low), *front, (base, 533 + high)]
        sheet.polygon(piece, glass)
        sheet.line([*piece, piece[0]], edge, 3)


_RINGS = (
    ("hum", 2, 0.0),
    ("prime", 2, 0.5),
    ("tierce", 3, 0.0),
    ("quint", 3, 0.5),
    ("nominal", 4, 0.0),
)


def bell_rings() -> Image.Image:
    """The rim of a bell seen from below, bent as each of its five partials bends it."""
    sheet = Canvas(2400, 960, "#f4efe3", seed=54)
    for i, (name, waves, turn) in enumerate(_RINGS):
        centre = (320 + 440 * i, 400)
        for step in range(9):
            share = -1 + step / 4
            strong = abs(share) == 1
            color = "#8c5a2b" if share > 0 else "#2f5673"
            sheet.line(
                _bent(centre, 150, 30 * share, waves, turn),
                rgb(color, 1 if strong else 0.28),
                4 if strong else 1.6,
            )
        for node in range(2 * waves):
            angle = math.pi * (node + 0.5 + turn) / waves
            sheet.circle(_polar(centre, 150, angle), 8, fill=rgb("#b4322a"))
        sheet.text((centre[0], 680), name, 42, rgb("#1b1a17", 0.85))
        sheet.text((centre[0], 738), f"{2 * waves} still places", 27, rgb("#1b1a17", 0.55))
    return sheet.finish(4)


def _bent(centre: Point, radius: float, depth: float, waves: int, turn: float) -> list[Point]:
    points = []
    for i in range(241):
        angle = 2 * math.pi * i / 240
        reach = radius + depth * math.cos(waves * angle - math.pi * turn)
        points.append(_polar(centre, reach, angle))
    return points


_BELL_OUTSIDE = (
    (0.0, 0.0), (0.26, 0.0), (0.47, 0.03), (0.53, 0.12), (0.55, 0.3), (0.6, 0.52), (0.7, 0.72),
    (0.83, 0.87), (0.96, 0.97), (0.985, 1.0),
)  # fmt: skip
_BELL_INSIDE = (
    (0.94, 1.0), (0.84, 0.965), (0.71, 0.87), (0.61, 0.7), (0.545, 0.5), (0.505, 0.32),
    (0.475, 0.16), (0.4, 0.085), (0.2, 0.062), (0.0, 0.06),
)  # fmt: skip


def bell_section() -> Image.Image:
    """A bell cut down the middle: thin at the waist, thickest where the clapper strikes."""
    sheet = Canvas(2400, 1600, "#efe9da", seed=55)
    sheet.sky(((0, "#f3eee1"), (1, "#e6dcc6")))
    middle, top, tall, wide = 1200.0, 330.0, 1030.0, 640.0

    def place(side: int, points: list[Point]) -> list[Point]:
        return [(middle + side * wide * x, top + tall * y) for x, y in points]

    outside, inside = _curve(_BELL_OUTSIDE), _curve(_BELL_INSIDE)
    hollow = [*place(-1, inside[::-1]), *place(1, inside[::-1])[::-1]]
    sheet.polygon(hollow, rgb("#caa56a", 0.22))
    for y in range(round(top + 70), round(top + tall), 9):
        sheet.line(
            [(middle, y), (middle + _reach(inside, (y - top) / tall) * wide, y)],
            rgb("#7a5a22", 0.16),
            1.4,
        )
    for side in (-1, 1):
        wall = [*place(side, outside), *place(side, inside)]
        sheet.polygon(wall, rgb("#a8732f"))
        sheet.line(place(side, outside), rgb("#4a3010"), 6)
        sheet.line(place(side, inside), rgb("#4a3010"), 4)
    _crown(sheet, middle, top)
    _clapper(sheet, middle, top, tall)
    sheet.dashes((middle, 90), (middle, 1530), rgb("#1b1a17", 0.35), 2, 18)
    for down, name, out in (
        (0.02, "shoulder", 0.5),
        (0.45, "waist", 0.58),
        (0.88, "sound bow", 0.84),
        (1.0, "lip", 1.0),
    ):
        start = (middle + wide * out + 14, top + tall * down)
        sheet.line([start, (1985, start[1])], rgb("#1b1a17", 0.45), 2)
        sheet.text((2005, start[1]), name, 40, rgb("#1b1a17", 0.8), "lm")
    return sheet.finish(6)


def _curve(knots: tuple[Point, ...]) -> list[Point]:
    """A smooth line through the knots (Catmull and Rom's)."""
    ends = (knots[0], *knots, knots[-1])
    line = []
    for a, b, c, d in zip(ends, ends[1:], ends[2:], ends[3:], strict=False):
        for i in range(12):
            t = i / 12
            line.append(tuple(_through(a[k], b[k], c[k], d[k], t) for k in (0, 1)))
    return [*((p[0], p[1]) for p in line), knots[-1]]


def _through(a: float, b: float, c: float, d: float, t: float) -> float:
    bend = (2 * a - 5 * b + 4 * c - d) * t * t + (3 * b - a - 3 * c + d) * t**3
    return 0.5 * (2 * b + (c - a) * t + bend)


def _reach(line: list[Point], height: float) -> float:
    """How far out the line is at this height."""
    return min(line, key=lambda point: abs(point[1] - height))[0]


def _crown(sheet: Canvas, middle: float, top: float) -> None:
    for dx in (-110, 0, 110):
        sheet.arc((middle + dx, top - 70), 78, (180, 360), rgb("#4a3010"), 40)
        sheet.arc((middle + dx, top - 70), 72, (180, 360), rgb("#a8732f"), 27)
        for side in (-1, 1):
            leg = (middle + dx + side * 58 - 20, top - 70)
            sheet.rectangle(leg, (40, 76), rgb("#4a3010"))
            sheet.rectangle((leg[0] + 7, leg[1] - 2), (26, 78), rgb("#a8732f"))


def _clapper(sheet: Canvas, middle: float, top: float, tall: float) -> None:
    swing = math.radians(25.5)
    hang = (middle, top + 90)
    ball = (hang[0] - math.sin(swing) * tall * 0.79, hang[1] + math.cos(swing) * tall * 0.79)
    tail = (hang[0] - math.sin(swing) * tall * 0.96, hang[1] + math.cos(swing) * tall * 0.96)
    sheet.line([hang, tail], rgb("#33302b"), 26)
    sheet.circle(ball, 76, fill=rgb("#33302b"))
    sheet.circle((ball[0] - 22, ball[1] - 24), 22, fill=rgb("#ffffff", 0.14))
    sheet.circle(hang, 24, fill=rgb("#33302b"))


def repeating_circle() -> Image.Image:
    """Borda's instrument: a divided circle, two telescopes that turn on it, a stand."""
    sheet = Canvas(2400, 1350, "#20303a", seed=56)
    sheet.sky(((0, "#2b3d46"), (0.6, "#1f2d35"), (1, "#172127")))
    centre: Point = (1200, 560)
    sheet.glow(centre, 900, "#4a626b", 0.55)
    brass, dark, pale = rgb(_BRASS), rgb("#3a2810"), rgb("#f0d9a4")
    _stand(sheet, centre)
    sheet.circle(centre, 440, outline=dark, width=64)
    sheet.circle(centre, 436, outline=brass, width=54)
    sheet.circle(centre, 424, outline=pale, width=22)
    for tick in range(400):  # the circle was divided into four hundred grades, not 360 degrees
        turn = 2 * math.pi * tick / 400
        deep = 20 if tick % 10 == 0 else 13 if tick % 5 == 0 else 7
        ends = [_polar(centre, r, turn) for r in (424, 424 - deep)]
        sheet.line(ends, dark, 2.4 if tick % 10 == 0 else 1.4)
    for spoke in range(6):
        turn = math.pi * (spoke / 3 + 0.1)
        sheet.line([_polar(centre, 60, turn), _polar(centre, 392, turn)], dark, 30)
        sheet.line([_polar(centre, 60, turn), _polar(centre, 392, turn)], brass, 22)
    _telescope(sheet, centre, math.radians(-38), "#8a6a35")
    _telescope(sheet, centre, math.radians(-9), _BRASS)
    sheet.circle(centre, 74, fill=dark)
    sheet.circle(centre, 66, fill=brass)
    sheet.circle(centre, 40, fill=rgb("#a67a34"))
    sheet.circle(centre, 13, fill=dark)
    return sheet.finish(7)


def _telescope(sheet: Canvas, centre: Point, turn: float, tone: str) -> None:
    cos, sin = math.cos(turn), math.sin(turn)

    def tube(start: float, end: float, half: float, color: Color) -> None:
        corners = ((start, -half), (end, -half), (end, half), (start, half))
        sheet.polygon(
            [(centre[0] + a * cos - b * sin, centre[1] + a * sin + b * cos) for a, b in corners],
            color,
        )

    for start, end, half in ((-560, 620, 31), (600, 690, 43), (-640, -550, 24), (-668, -630, 34)):
        tube(start - 5, end + 5, half + 5, rgb("#2a1c0b"))
        tube(start, end, half, rgb(tone))
        tube(start, end, half * 0.3, rgb("#fff0c8", 0.3))
    for start in (-430, 400):
        tube(start, start + 34, 41, rgb("#2a1c0b"))
        tube(start + 5, start + 29, 36, rgb("#e2b968"))


def _stand(sheet: Canvas, centre: Point) -> None:
    x, y = centre
    dark, brass = rgb("#3a2810"), rgb("#a9803d")
    for wide, top, tall in ((24, 380, 640), (46, 520, 40), (40, 760, 34), (58, 960, 60)):
        sheet.rectangle((x - wide, y + top), (2 * wide, tall), dark, 8)
        sheet.rectangle((x - wide + 5, y + top + 4), (2 * wide - 10, tall - 8), brass, 6)
        sheet.rectangle(
            (x - wide + 9, y + top + 6), (wide * 0.5, tall - 12), rgb("#fff0c8", 0.3), 5
        )
    for side in (-1, 0, 1):
        foot = (x + side * 430, 1350 if side == 0 else 1330)
        sheet.line([(x + side * 40, y + 640), foot], dark, 46)
        sheet.line([(x + side * 40, y + 640), foot], brass, 34)
