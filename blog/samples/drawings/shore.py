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
