"""Pictures that plot something: the numbers in them are real."""

from __future__ import annotations

import math
from datetime import date, timedelta

from PIL import Image

from blog.samples.drawings.canvas import Canvas, Point, rgb

INK, PAPER, BLUE, RED, RULE = "#1b1a17", "#f8f5ec", "#2f5673", "#b4452c", "#d8d1c0"

# Hours of a period, metres of amplitude, degrees of phase: a harbour on a shelf sea.
_CONSTITUENTS = (
    ("M2", 12.4206, 2.10, 20.0),
    ("S2", 12.0000, 0.72, 64.0),
    ("N2", 12.6583, 0.41, 350.0),
    ("K1", 23.9345, 0.11, 100.0),
    ("O1", 25.8193, 0.10, 40.0),
)
_HOURS = 24 * 30

# Easters on 22 March, 23 March … 25 April in the whole Gregorian cycle of 5,700,000 years.
EASTERS = (
    27550, 54150, 81225, 110200, 133000, 165300, 186200, 192850, 189525, 189525, 192850, 186200,
    192850, 186200, 192850, 189525, 189525, 192850, 186200, 192850, 186200, 192850, 189525, 189525,
    192850, 186200, 192850, 197400, 220400, 189525, 162450, 137750, 106400, 82650, 42000,
)  # fmt: skip


def tide_curve() -> Image.Image:
    """Thirty days of tide: five simple waves above, their sum below."""
    sheet = Canvas(2400, 1350, PAPER, seed=21)
    left, right = 240.0, 2290.0
    for day in range(31):
        x = left + (right - left) * day / 30
        sheet.line([(x, 130), (x, 1210)], rgb(RULE, 0.55 if day % 5 else 1), 1.5)
        if day % 5 == 0:
            sheet.text((x, 1255), str(day), 30, rgb(INK, 0.65))
    sheet.text((right, 1300), "days", 26, rgb(INK, 0.5), "rm")
    for row, part in enumerate(_CONSTITUENTS):
        middle = 175 + 94 * row
        sheet.line([(left, middle), (right, middle)], rgb(RULE), 1.5)
        sheet.text((left - 40, middle), part[0], 34, rgb(BLUE), "rm")
        sheet.line(_wave((part,), left, right, middle, 19), rgb(BLUE, 0.85), 2.2)
    _sum(sheet, left, right, 930)
    return sheet.finish(3)


def _sum(sheet: Canvas, left: float, right: float, middle: float) -> None:
    total = _wave(_CONSTITUENTS, left, right, middle, 70)
    sheet.polygon([*total, (right, middle), (left, middle)], rgb(BLUE, 0.14))
    sheet.line([(left, middle), (right, middle)], rgb(INK, 0.5), 2)
    sheet.line(total, rgb("#17364d"), 3.4)
    sheet.text((left - 40, middle), "sum", 34, rgb("#17364d"), "rm")
    for metres in (-2, 2):
        y = middle - metres * 70
        sheet.dashes((left, y), (right, y), rgb(INK, 0.28), 1.5, 8)
        sheet.text((left - 40, y), f"{metres:+d} m".replace("-", "–"), 26, rgb(INK, 0.55), "rm")


def _wave(
    parts: tuple[tuple[str, float, float, float], ...],
    left: float,
    right: float,
    middle: float,
    scale: float,
) -> list[Point]:
    steps = 2400
    return [
        (left + (right - left) * i / steps, middle - scale * _height(parts, _HOURS * i / steps))
        for i in range(steps + 1)
    ]


def _height(parts: tuple[tuple[str, float, float, float], ...], hours: float) -> float:
    return sum(
        metres * math.cos(2 * math.pi * hours / period - math.radians(phase))
        for _, period, metres, phase in parts
    )


def easter_dates() -> Image.Image:
    """How often Easter falls on each of its 35 days in the whole cycle of 5,700,000 years."""
    sheet = Canvas(2400, 1350, PAPER, seed=22)
    first, floor, gap = 170.0, 1110.0, 60.0
    most = max(EASTERS)
    for i, count in enumerate(EASTERS):
        x, tall = first + gap * i, 860 * count / most
        day = date(2001, 3, 22) + timedelta(i)
        color = RED if count in (most, min(EASTERS)) else BLUE
        sheet.rectangle((x, floor - tall), (40, tall), rgb(color, 0.92))
        if i % 2 == 0:
            sheet.text((x + 20, floor + 38), str(day.day), 30, rgb(INK, 0.75))
    for count in (50_000, 100_000, 150_000, 200_000):
        y = floor - 860 * count / most
        sheet.line([(first - 20, y), (first + gap * 35, y)], rgb(PAPER, 0.9), 2)
        sheet.text((first - 35, y), f"{count // 1000}k", 26, rgb(INK, 0.55), "rm")
    sheet.line([(first - 20, floor), (first + gap * 35, floor)], rgb(INK), 3)
    for label, start, days in (("March", 0, 10), ("April", 10, 25)):
        ends = (first + gap * start, first + gap * (start + days) - 20)
        sheet.line([(ends[0], floor + 84), (ends[1], floor + 84)], rgb(INK, 0.4), 2)
        sheet.text(((ends[0] + ends[1]) / 2, floor + 128), label, 34, rgb(INK, 0.75))
    return sheet.finish(3)
