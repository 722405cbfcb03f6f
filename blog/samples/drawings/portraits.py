"""The authors, as patterns: they do not exist, so they have no faces."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from PIL import Image

from blog.samples.drawings.canvas import Canvas, rgb

_SIDE = 480


def swell() -> Image.Image:
    """Rings of swell going out from a low sun."""
    sheet = Canvas(_SIDE, _SIDE, "#f0cfa4", seed=91)
    for i in range(9):
        shade = ("#1d3b53", "#2f5673", "#4c7a92", "#86a9b5")[i % 4]
        sheet.circle((330, 500), 430 - 47 * i, fill=rgb(shade))
    sheet.circle((150, 138), 62, fill=rgb("#c65b3c"))
    return sheet.finish(7)


def compass() -> Image.Image:
    """Eight leaves turned about a point, as on an old chart."""
    sheet = Canvas(_SIDE, _SIDE, "#29354a", seed=92)
    middle = (240.0, 240.0)
    for i in range(16):
        turn, reach = math.pi * i / 8, (212 if i % 4 == 0 else 168 if i % 2 == 0 else 118)
        tip = (middle[0] + reach * math.cos(turn), middle[1] + reach * math.sin(turn))
        for side, tone in ((-1, "#e7d9b4"), (1, "#b9493a")):
            root = turn + side * math.pi / 8
            waist = (middle[0] + 62 * math.cos(root), middle[1] + 62 * math.sin(root))
            sheet.polygon([middle, waist, tip], rgb(tone, 0.95))
    sheet.circle(middle, 228, outline=rgb("#e7d9b4", 0.8), width=4)
    sheet.circle(middle, 26, fill=rgb("#29354a"))
    sheet.circle(middle, 10, fill=rgb("#e7d9b4"))
    return sheet.finish(7)


def tile() -> Image.Image:
    """An eight-pointed star between quarter circles, from a kitchen wall."""
    sheet = Canvas(_SIDE, _SIDE, "#efe4cd", seed=93)
    for x, y in ((0, 0), (_SIDE, 0), (0, _SIDE), (_SIDE, _SIDE)):
        for radius, tone in ((176, "#2c6e63"), (132, "#efe4cd"), (104, "#d08a3c"), (58, "#7b2f3b")):
            sheet.circle((x, y), radius, fill=rgb(tone))
    for reach, tone in ((150, "#7b2f3b"), (112, "#efe4cd"), (84, "#2c6e63")):
        for turn in (0.0, math.pi / 4):
            corners = [
                (
                    240 + reach * math.cos(turn + math.pi * k / 2),
                    240 + reach * math.sin(turn + math.pi * k / 2),
                )
                for k in range(4)
            ]
            sheet.polygon(corners, rgb(tone))
    sheet.circle((240, 240), 26, fill=rgb("#d08a3c"))
    return sheet.finish(7)


def waves() -> Image.Image:
    """Rows of waves, each a fan of rings over the row behind it."""
    sheet = Canvas(_SIDE, _SIDE, "#1f3354", seed=94)
    for row in range(9):
        for column in range(-1, 5):
            centre = (column * 120 + (60 if row % 2 else 0), row * 60 + 30)
            for radius, tone in (
                (60, "#1f3354"),
                (52, "#f1ead8"),
                (42, "#1f3354"),
                (30, "#c9573f"),
            ):
                sheet.circle(centre, radius, fill=rgb(tone))
            sheet.circle(centre, 14, fill=rgb("#f1ead8"))
    return sheet.finish(7)


AVATARS: Mapping[str, Callable[[], Image.Image]] = {
    "maren": swell,
    "jonas": compass,
    "leila": tile,
    "haruka": waves,
}
