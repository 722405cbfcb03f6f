"""Bread and dye: things made with the hands."""

from __future__ import annotations

import math

from PIL import Image

from blog.samples.drawings.canvas import Canvas, Point, ramp, rgb


def crumb() -> Image.Image:
    """A slice of bread, cut across: crust, and the bubbles the yeast left."""
    sheet = Canvas(2000, 1333, "#3b3a38", seed=41)
    sheet.sky(((0, "#47443f"), (1, "#2c2a28")))
    rim = _loaf(1.0)
    sheet.polygon([(x + 14, y + 34) for x, y in rim], rgb("#000000", 0.28))
    for i in range(24):
        shade = ramp(((0, "#5d3116"), (0.35, "#8f5423"), (0.75, "#c88b45"), (1, "#ecd3a2")), i / 23)
        sheet.polygon(_loaf(1.0 - 0.055 * i / 23), rgb(shade))
    sheet.polygon(_loaf(0.94), rgb("#f1dfb9"))
    _bubbles(sheet)
    return sheet.finish(9)


def _loaf(size: float) -> list[Point]:
    """The outline of a tin loaf's slice with a domed top."""
    cx, cy, points = 1000.0, 700.0, []
    for i in range(361):
        turn = math.radians(i)
        x, y = math.cos(turn), math.sin(turn)
        wide = 810 * math.copysign(abs(x) ** 0.55, x)
        tall = 520 * math.copysign(abs(y) ** (0.42 if y > 0 else 0.85), y)
        wobble = 1 + 0.008 * math.sin(turn * 5 + 1) + 0.005 * math.sin(turn * 11)
        points.append((cx + wide * size * wobble, cy + tall * size * wobble))
    return points


def _bubbles(sheet: Canvas) -> None:
    """Big ones first; a smaller one only where it touches no other."""
    kept: list[tuple[float, float, float]] = []
    for tries, radius in ((40, 44.0), (160, 28.0), (700, 17.0), (1500, 9.0), (1500, 5.0)):
        for _ in range(tries):
            x, y = sheet.dice.uniform(230, 1770), sheet.dice.uniform(230, 1175)
            r = radius * sheet.dice.uniform(0.7, 1.25)
            if _inside(x, y, r) and not any(
                abs(x - a) < r + c * 1.12 + 3 and math.hypot(x - a, y - b) < r + c * 1.12 + 3
                for a, b, c in kept
            ):
                kept.append((x, y, r))
    for x, y, r in kept:
        _bubble(sheet, x, y, r)


def _inside(x: float, y: float, r: float) -> bool:
    across = abs(x - 1000) / (745 - r)
    down = (y - 700) / (470 - r)
    return across < 1 and abs(down) < 1 and across ** (2 / 0.6) + abs(down) ** (2 / 0.7) < 1


def _bubble(sheet: Canvas, x: float, y: float, r: float) -> None:
    lean, flat = sheet.dice.uniform(0, math.pi), sheet.dice.uniform(0.6, 0.95)
    bumps = [sheet.dice.uniform(0.88, 1.12) for _ in range(7)]

    def ring(scale: float, dx: float = 0, dy: float = 0) -> list[Point]:
        line = []
        for i in range(29):
            turn = 2 * math.pi * i / 28
            k, t = int(i / 4) % 7, i / 4 % 1
            reach = r * scale * (bumps[k] * (1 - t) + bumps[(k + 1) % 7] * t)
            a, b = math.cos(turn) * reach, math.sin(turn) * reach * flat
            line.append(
                (
                    x + dx + a * math.cos(lean) - b * math.sin(lean),
                    y + dy + a * math.sin(lean) + b * math.cos(lean),
                )
            )
        return line

    sheet.polygon(ring(1.14, 0, r * 0.1), rgb("#fbf0d6", 0.8))
    sheet.polygon(ring(1.0), rgb("#d3b27c"))
    sheet.polygon(ring(0.8, 0, r * 0.1), rgb("#dfc392"))
    sheet.polygon(ring(0.5, 0, r * 0.22), rgb("#e8d1a5"))
