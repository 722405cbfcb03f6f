"""Seas, harbours and the lights beside them."""

from __future__ import annotations

import math
import random

from PIL import Image

from blog.samples.drawings.canvas import Canvas, Point, bezier, mix, rgb, smooth_noise

_SEA = (
    ("#c9d3d8", 0.52),
    ("#9fb3bf", 0.58),
    ("#6f8c9e", 0.655),
    ("#476579", 0.75),
    ("#24394a", 0.87),
)


def seas() -> Image.Image:
    """Five sheets of water under a low sun, the nearest the darkest."""
    sheet = Canvas(2400, 1350, seed=11)
    sheet.sky(
        ((0, "#d3dbe2"), (0.55, "#e9e4da"), (0.8, "#f3e2c9"), (1, "#efd9bd")), bottom=0.56 * 1350
    )
    sheet.glow((1640, 610), 520, "#fff3d9", 0.9)
    sheet.circle((1640, 560), 66, fill=rgb("#fff8ea"))
    for depth, (color, level) in enumerate(_SEA):
        _water(sheet, color, level * sheet.height, depth)
    return sheet.finish()


def _water(sheet: Canvas, color: str, level: float, depth: int) -> None:
    swell = 3 + 7 * depth
    line = smooth_noise(sheet.dice, 401, 7 + 2 * depth)
    xs = [i * sheet.width / 400 for i in range(401)]
    crest = [
        (x, level + swell * (0.7 * h + 0.3 * math.sin(x / (90 + 60 * depth) + depth)))
        for x, h in zip(xs, line, strict=True)
    ]
    edge: list[Point] = [(sheet.width, sheet.height), (0, sheet.height)]
    sheet.polygon([*crest, *edge], rgb(color))
    sheet.line(crest, rgb(mix(color, "#ffffff", 0.35), 0.7), 1.5 + 0.4 * depth)
    _ripples(sheet, color, level, depth)


def _ripples(sheet: Canvas, color: str, level: float, depth: int) -> None:
    """Short strokes of light, closer together and brighter under the sun."""
    dice: random.Random = sheet.dice
    reach = (0.06 + 0.035 * depth) * sheet.height
    for _ in range(150):
        down = dice.random()
        x = (
            dice.gauss(1640, 190 + 80 * depth)
            if dice.random() < 0.65
            else dice.uniform(0, sheet.width)
        )
        y = level + 14 + depth * 6 + down * reach
        half = dice.uniform(10, 34) * (1 + 0.55 * depth)
        near = math.exp(-(((x - 1640) / (260 + 60 * depth)) ** 2))
        tone = mix(mix(color, "#ffffff", 0.16), "#ffedcf", near * 0.75)
        lift = dice.uniform(0.5, 1 + depth)
        thick = 1.0 + 0.9 * depth
        above = bezier(
            (x - half, y), (x - half / 3, y - thick), (x + half / 3, y - thick), (x + half, y), 8
        )
        below = bezier(
            (x + half, y), (x + half / 3, y + lift), (x - half / 3, y + lift), (x - half, y), 8
        )
        sheet.polygon([*above, *below], rgb(tone, 0.25 + 0.5 * near))


def lighthouse_night() -> Image.Image:
    """A tower on a rock, two beams, and the loom of them on the water."""
    sheet = Canvas(1600, 1067, "#0f1b2a", seed=12)
    sheet.sky(((0, "#0b1420"), (0.6, "#1d3347"), (1, "#35546a")), bottom=760)
    for _ in range(260):
        place = (sheet.dice.uniform(0, 1600), sheet.dice.uniform(0, 700))
        sheet.circle(
            place, sheet.dice.uniform(0.5, 1.7), fill=rgb("#e9eef2", sheet.dice.uniform(0.25, 0.9))
        )
    lamp: Point = (930, 330)
    for end, spread in ((-90, 90), (1690, 74)):
        for share in (1.0, 0.7, 0.42, 0.2):
            tip = lamp[1] - 40
            sheet.polygon(
                [lamp, (end, tip - spread * share), (end, tip + spread * share)],
                rgb("#ffeab8", 0.12),
            )
    sheet.sky(((0, "#2a4a5e"), (1, "#0d1a26")), top=760)
    for _ in range(240):
        x, y = sheet.dice.gauss(lamp[0], 320), sheet.dice.uniform(768, 1050)
        half = sheet.dice.uniform(8, 36) * (0.5 + (y - 760) / 200)
        sheet.line(
            [(x - half, y), (x + half, y)],
            rgb("#f1d9a0", max(0.05, 0.42 - abs(x - lamp[0]) / 900)),
            1.8,
        )
    _rock(sheet)
    _tower(sheet, lamp)
    return sheet.finish(6)


def _rock(sheet: Canvas) -> None:
    line = smooth_noise(sheet.dice, 61, 16)
    top = [
        (560 + 13 * i, 800 - 92 * math.sin(math.pi * i / 60) ** 0.6 + 12 * line[i])
        for i in range(61)
    ]
    sheet.polygon([*top, (1340, 850), (560, 850)], rgb("#0a1119"))


def _tower(sheet: Canvas, lamp: Point) -> None:
    x, y = lamp
    sheet.polygon(
        [(x - 42, y + 62), (x + 42, y + 62), (x + 78, 760), (x - 78, 760)], rgb("#16222e")
    )
    sheet.polygon([(x + 8, y + 62), (x + 42, y + 62), (x + 78, 760), (x + 22, 760)], rgb("#0b131b"))
    for band in (0.28, 0.62):
        top = y + 62 + (760 - y - 62) * band
        sheet.polygon(
            [
                (x - 52 - 28 * band, top),
                (x + 52 + 20 * band, top),
                (x + 60 + 20 * band, top + 62),
                (x - 58 - 28 * band, top + 62),
            ],
            rgb("#8c3a2c", 0.8),
        )
    sheet.rectangle((x - 62, y + 50), (124, 16), rgb("#0b131b"))
    sheet.rectangle((x - 30, y - 34), (60, 84), rgb("#fff3d0"))
    for post in (-30, -10, 10, 27):
        sheet.rectangle((x + post, y - 34), (3, 84), rgb("#0b131b"))
    sheet.polygon([(x - 44, y - 34), (x + 44, y - 34), (x, y - 78)], rgb("#0b131b"))
    sheet.glow((x, y + 5), 210, "#ffe9b0", 0.8)


def harbour_dusk() -> Image.Image:
    """A loaded ship coming in after sunset, and a pilot boat, white over red, going out to her."""
    sheet = Canvas(2400, 1350, "#39475c", seed=13)
    water = 850.0
    sheet.sky(((0, "#33435e"), (0.45, "#7a7690"), (0.75, "#d59a86"), (1, "#f0c69a")), bottom=water)
    sheet.sky(((0, "#c99b88"), (0.25, "#76748c"), (1, "#1d2a3f")), top=water)
    for depth, (color, high) in enumerate((("#8d7f92", 70), ("#655f7b", 44))):
        line = smooth_noise(sheet.dice, 121, 9 + 4 * depth)
        ridge = [(i * 20, water - high * (0.7 + 0.5 * h)) for i, h in enumerate(line)]
        sheet.polygon([*ridge, (2400, water), (0, water)], rgb(color))
    _shimmer(sheet, water)
    _ship(sheet, 860, water + 40)
    _pilot_boat(sheet, 470, water + 190)
    return sheet.finish(6)


def _shimmer(sheet: Canvas, water: float) -> None:
    for _ in range(520):
        near = sheet.dice.random() ** 1.6
        x, y = sheet.dice.uniform(0, 2400), water + 8 + near * 480
        half = 12 + 90 * near * sheet.dice.random()
        tone = "#f3cfa8" if sheet.dice.random() < 0.5 else "#2a3750"
        sheet.line(
            [(x - half, y), (x + half, y)], rgb(tone, 0.07 + 0.12 * (1 - near)), 1.5 + 3 * near
        )


def _ship(sheet: Canvas, x: float, y: float) -> None:
    """Bow to the left; a stack of boxes, a bridge aft, lights where the rules want them."""
    hull = [(x, y - 118), (x + 40, y), (x + 1230, y), (x + 1262, y - 96), (x + 180, y - 92)]
    colors = ("#3a2f43", "#54394a", "#2d3950", "#6a4346", "#3f4b62")
    for stack in range(17):
        tiers = 3 + (stack * 7 % 3) - (stack < 2)
        for tier in range(tiers):
            corner = (x + 205 + 47 * stack, y - 92 - 31 * (tier + 1))
            sheet.rectangle(corner, (44, 29), rgb(colors[(stack * 3 + tier * 2) % 5]))
    sheet.rectangle((x + 1030, y - 330), (118, 240), rgb("#272c3d"))
    sheet.rectangle((x + 1008, y - 346), (162, 34), rgb("#1f2433"))
    sheet.rectangle((x + 1170, y - 240), (54, 150), rgb("#2b2434"))
    for window in range(8):
        sheet.rectangle((x + 1018 + 18.5 * window, y - 338), (13, 12), rgb("#ffdf9e"))
    for row in range(5):
        for port in range(4):
            sheet.rectangle(
                (x + 1044 + 25 * port, y - 292 + 38 * row),
                (9, 9),
                rgb("#f6cf8c", 0.9 if (row + port) % 3 else 0.25),
            )
    sheet.polygon(hull, rgb("#20202f"))
    sheet.polygon(
        [(x + 31, y - 22), (x + 40, y), (x + 1230, y), (x + 1237, y - 22)], rgb("#6b2f33")
    )
    mast = (x + 88, y - 250)
    sheet.line([(mast[0], y - 100), mast], rgb("#20202f"), 6)
    sheet.line([(x + 1090, y - 346), (x + 1090, y - 440)], rgb("#1f2433"), 7)
    for light in (mast, (x + 1090, y - 440)):
        _light(sheet, light, "#fff6dc", 7, y)
    _light(sheet, (x + 1012, y - 300), "#e05648", 6, y)
    for i in range(44):
        fade, level = 1 - i / 44, y + 4 + 3.2 * i
        ragged = sheet.dice.uniform(-34, 34) * (i / 44 + 0.1)
        ends = [(x + 42 + 1.6 * i + ragged, level), (x + 1230 - 1.2 * i + ragged, level)]
        sheet.line(ends, rgb("#151a2a", 0.5 * fade), 2.6)


def _light(sheet: Canvas, place: Point, color: str, size: float, waterline: float) -> None:
    sheet.glow(place, size * 9, color, 0.7)
    sheet.circle(place, size, fill=rgb(mix(color, "#ffffff", 0.5)))
    for i in range(16):
        y = waterline + 12 + i * 15
        half = (5 + 1.4 * i) * sheet.dice.uniform(0.4, 1)
        sheet.line([(place[0] - half, y), (place[0] + half, y)], rgb(color, 0.5 * (1 - i / 16)), 3)


def _pilot_boat(sheet: Canvas, x: float, y: float) -> None:
    hull = [(x - 130, y - 34), (x - 118, y + 8), (x + 98, y + 8), (x + 158, y - 48)]
    sheet.polygon(hull, rgb("#161b29"))
    sheet.polygon(
        [(x - 60, y - 36), (x - 48, y - 92), (x + 36, y - 92), (x + 66, y - 40)], rgb("#c9682f")
    )
    sheet.polygon(
        [(x - 40, y - 84), (x + 30, y - 84), (x + 42, y - 62), (x - 44, y - 62)], rgb("#ffe3a6")
    )
    sheet.line([(x - 6, y - 92), (x - 6, y - 186)], rgb("#161b29"), 5)
    _light(sheet, (x - 6, y - 184), "#fff6dc", 7, y)
    _light(sheet, (x - 6, y - 150), "#ee4436", 7, y)
    for i in range(9):
        wake = x - 130 - 46 * i
        sheet.line([(wake - 42, y + 8 + i), (wake, y + 6 + i)], rgb("#f3dcc0", 0.5 - 0.05 * i), 4)


def ladder() -> Image.Image:
    """A wall of steel, nine metres of rope, and a boat at the top of its swell."""
    sheet = Canvas(2000, 1333, "#8fa3ad", seed=14)
    sheet.sky(((0, "#9fb0b8"), (0.7, "#c9ceca"), (1, "#d9d5c8")), bottom=1010)
    _water(sheet, "#7d98a3", 985, 1)
    side = [(820, -20), (2020, -20), (2020, 1100), (850, 1100)]
    sheet.polygon(side, rgb("#26333d"))
    sheet.polygon([(848, 1010), (2020, 1010), (2020, 1110), (852, 1110)], rgb("#7a2f2b"))
    for row in range(5):
        y = 60 + 212 * row
        sheet.line([(823 + row * 6, y), (2020, y)], rgb("#16202a", 0.6), 3)
        for rivet in range(40):
            sheet.circle((850 + 30 * rivet, y + 12), 2.6, fill=rgb("#16202a", 0.55))
    for _streak in range(26):
        x, top = sheet.dice.uniform(860, 1990), sheet.dice.choice((60, 272, 484, 696))
        sheet.line([(x, top), (x, top + sheet.dice.uniform(40, 190))], rgb("#8a4a2e", 0.26), 4)
    for mark in range(7):
        sheet.text((1860, 965 - 108 * mark), str(9 + mark), 46, rgb("#e9e4d4", 0.85))
    _rungs(sheet, 1130, 910)
    _water(sheet, "#55727f", 1062, 2)
    _tender(sheet, 1090, 1105)
    _water(sheet, "#2f4b58", 1160, 3)
    return sheet.finish(6)


def _rungs(sheet: Canvas, x: float, foot: float) -> None:
    rope, wood = rgb("#d8c79c"), rgb("#c08a4c")
    for dx in (-52, -44, 44, 52):
        sheet.line([(x + dx, -20), (x + dx, foot)], rope, 5)
    for i, y in enumerate(range(20, round(foot) - 10, 46)):
        half = 230 if i in (6, 14) else 74
        sheet.rectangle((x - half + 6, y + 8), (2 * half, 13), rgb("#0d141a", 0.5), 4)
        sheet.rectangle((x - half, y), (2 * half, 14), wood, 4)
        sheet.rectangle((x - half, y), (2 * half, 4), rgb("#ffffff", 0.25), 2)


def _tender(sheet: Canvas, x: float, y: float) -> None:
    """The pilot boat, bow to the left, one person on the foredeck."""
    hull = [(x - 470, y - 96), (x - 400, y + 40), (x + 330, y + 40), (x + 380, y - 60)]
    sheet.polygon(hull, rgb("#141b22"))
    sheet.line([(x - 462, y - 84), (x + 376, y - 54)], rgb("#d8663a"), 12)
    sheet.polygon(
        [(x - 10, y - 78), (x + 40, y - 222), (x + 270, y - 222), (x + 320, y - 66)], rgb("#d8663a")
    )
    sheet.polygon(
        [(x + 34, y - 150), (x + 54, y - 206), (x + 250, y - 206), (x + 266, y - 150)],
        rgb("#1d2a33"),
    )
    sheet.line([(x + 160, y - 222), (x + 160, y - 372)], rgb("#141b22"), 7)
    sheet.circle((x + 160, y - 372), 11, fill=rgb("#fff6dc"))
    sheet.circle((x + 160, y - 332), 11, fill=rgb("#e2382c"))
    sheet.line([(x - 30, y - 128), (x - 440, y - 150)], rgb("#e9e4d4"), 4)
    for post in range(5):
        top = (x - 60 - 92 * post, y - 130 - 5 * post)
        sheet.line([top, (top[0], top[1] + 52)], rgb("#e9e4d4"), 4)
    _figure(sheet, x - 96, y - 84)


def _figure(sheet: Canvas, x: float, y: float) -> None:
    """Somebody in a life jacket, one arm up."""
    sheet.line([(x - 12, y), (x - 6, y - 66)], rgb("#10161c"), 17)
    sheet.line([(x + 20, y), (x + 8, y - 66)], rgb("#10161c"), 17)
    sheet.rectangle((x - 24, y - 136), (50, 78), rgb("#e5b52f"), 16)
    sheet.line([(x + 14, y - 126), (x + 62, y - 178)], rgb("#10161c"), 15)
    sheet.circle((x + 2, y - 156), 20, fill=rgb("#d9a27c"))
    sheet.arc((x + 2, y - 160), 18, (175, 365), rgb("#10161c"), 12)
