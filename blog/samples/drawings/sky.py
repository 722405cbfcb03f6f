"""The night sky, left open for a few hours."""

from __future__ import annotations

import math

from PIL import Image

from blog.samples.drawings.canvas import Canvas, Point, rgb, smooth_noise

_STARS = ("#ffffff", "#dfe9ff", "#fff1d6", "#ffd9b0", "#cfdcff")


def star_trails() -> Image.Image:
    """Arcs around the pole over dark hills: every star turns by the same angle."""
    sheet = Canvas(2400, 1350, "#0d1430", seed=61)
    sheet.sky(((0, "#0a1029"), (0.55, "#1b2752"), (0.85, "#4a4470"), (1, "#8a5f70")), bottom=1150)
    pole: Point = (1500, 640)
    for _ in range(620):
        radius = 1750 * math.sqrt(sheet.dice.random())
        start, tone = sheet.dice.uniform(0, 360), sheet.dice.choice(_STARS)
        bright = sheet.dice.random() ** 2.4
        light = rgb(tone, 0.16 + 0.78 * bright)
        sheet.arc(pole, radius + 4, (start, start + 38), light, 1.2 + 2.4 * bright)
    sheet.circle(pole, 3.5, fill=rgb("#ffffff"))
    for depth, (color, level, rough) in enumerate(
        (("#3b3358", 1090, 60), ("#241f3d", 1150, 84), ("#0f0d1e", 1235, 60))
    ):
        line = smooth_noise(sheet.dice, 241, 6 + 3 * depth)
        ridge = [(i * 10, level - rough * h) for i, h in enumerate(line)]
        sheet.polygon([*ridge, (2400, 1350), (0, 1350)], rgb(color))
    return sheet.finish(6)
