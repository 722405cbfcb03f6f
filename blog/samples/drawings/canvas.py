"""A sheet to draw on: twice as large as the picture, in the picture's own units."""

from __future__ import annotations

import io
import itertools
import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from PIL import Image, ImageChops, ImageDraw, ImageFilter, ImageFont

Point = tuple[float, float]
Color = tuple[int, ...]  # three parts, or four with opacity

OVERSAMPLING = 2  # lines are drawn large and made small: Pillow's own are jagged
JPEG_QUALITY = 88


def rgb(code: str, opacity: float = 1.0) -> Color:
    """`"#2b47a8"` as Pillow wants it; with an opacity below 1 it is laid over what is there."""
    parts = tuple(int(code[i : i + 2], 16) for i in (1, 3, 5))
    return parts if opacity >= 1 else (*parts, round(255 * opacity))


def mix(one: str, other: str, share: float) -> str:
    """The colour `share` of the way from one to the other."""
    pairs = zip(rgb(one), rgb(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02x}" for a, b in pairs)


def ramp(stops: Sequence[tuple[float, str]], at: float) -> str:
    """The colour at a place (0 to 1) on a scale given by its stops."""
    for (start, one), (end, other) in itertools.pairwise(stops):
        if at <= end:
            return mix(one, other, max(0.0, (at - start) / (end - start)))
    return stops[-1][1]


def bezier(start: Point, pull: Point, push: Point, end: Point, steps: int = 40) -> list[Point]:
    """Points along a cubic curve, both ends included."""
    line = []
    for i in range(steps + 1):
        t, u = i / steps, 1 - i / steps
        a, b, c, d = u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t
        line.append(
            (
                a * start[0] + b * pull[0] + c * push[0] + d * end[0],
                a * start[1] + b * pull[1] + c * push[1] + d * end[1],
            )
        )
    return line


def smooth_noise(dice: random.Random, length: int, knots: int) -> list[float]:
    """A gentle random line of values between -1 and 1, the same for the same dice."""
    heights = [dice.uniform(-1, 1) for _ in range(knots + 3)]
    line = []
    for i in range(length):
        place = i / max(1, length - 1) * knots
        k, t = int(place), place - int(place)
        ease = t * t * (3 - 2 * t)
        line.append(heights[k] * (1 - ease) + heights[k + 1] * ease)
    return line


@dataclass
class Canvas:
    """Everything is measured in pixels of the finished picture; y runs downwards."""

    width: int = 2000
    height: int = 1333
    paper: str = "#f7f5ef"
    seed: int = 1
    image: Image.Image = field(init=False)
    dice: random.Random = field(init=False)

    def __post_init__(self) -> None:
        size = (self.width * OVERSAMPLING, self.height * OVERSAMPLING)
        self.image = Image.new("RGB", size, rgb(self.paper))
        self.dice = random.Random(self.seed)  # noqa: S311 - a picture, not a secret

    @property
    def pen(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.image, "RGBA")

    def polygon(self, points: Iterable[Point], fill: Color) -> None:
        self.pen.polygon(_large(points), fill=fill)

    def line(self, points: Iterable[Point], color: Color, width: float = 2.0) -> None:
        thick = max(1, round(width * OVERSAMPLING))
        self.pen.line(_large(points), fill=color, width=thick, joint="curve")

    def dashes(
        self, start: Point, end: Point, color: Color, width: float = 2.0, step: float = 14
    ) -> None:
        length = math.dist(start, end)
        for i in range(int(length / step / 2) + 1):
            a, b = i * 2 * step / length, min(1.0, (i * 2 + 1) * step / length)
            self.line([_between(start, end, a), _between(start, end, b)], color, width)

    def circle(
        self,
        centre: Point,
        radius: float,
        fill: Color | None = None,
        outline: Color | None = None,
        width: float = 2.0,
    ) -> None:
        (x, y), r = centre, radius
        box = [v * OVERSAMPLING for v in (x - r, y - r, x + r, y + r)]
        thick = max(1, round(width * OVERSAMPLING)) if outline else 0
        self.pen.ellipse(box, fill=fill, outline=outline, width=thick)

    def arc(
        self,
        centre: Point,
        radius: float,
        degrees: tuple[float, float],
        color: Color,
        width: float = 2.0,
    ) -> None:
        (x, y), r = centre, radius
        box = [v * OVERSAMPLING for v in (x - r, y - r, x + r, y + r)]
        self.pen.arc(box, *degrees, fill=color, width=max(1, round(width * OVERSAMPLING)))

    def rectangle(
        self,
        corner: Point,
        size: Point,
        fill: Color,
        radius: float = 0,
        outline: Color | None = None,
    ) -> None:
        (x, y), (w, h) = corner, size
        box = [v * OVERSAMPLING for v in (x, y, x + w, y + h)]
        edge = 2 * OVERSAMPLING if outline else 0
        self.pen.rounded_rectangle(
            box, radius * OVERSAMPLING, fill=fill, outline=outline, width=edge
        )

    def text(self, place: Point, words: str, size: float, color: Color, anchor: str = "mm") -> None:
        """Words in the one face Pillow carries itself: no picture needs a font of the machine."""
        font = ImageFont.load_default(size * OVERSAMPLING)
        self.pen.text(_large([place])[0], words, font=font, fill=color, anchor=anchor)

    def sky(self, stops: Sequence[tuple[float, str]], top: float = 0, bottom: float = -1) -> None:
        """Fill from `top` to `bottom` (or the whole sheet) with these colours, from above down."""
        first = round(top * OVERSAMPLING)
        last = self.image.height if bottom < 0 else round(bottom * OVERSAMPLING)
        rows = last - first
        strip = Image.new("RGB", (1, rows))
        strip.putdata([rgb(ramp(stops, i / max(1, rows - 1))) for i in range(rows)])
        self.image.paste(strip.resize((self.image.width, rows)), (0, first))

    def glow(self, centre: Point, radius: float, color: str, strength: float = 1.0) -> None:
        """Light that fades to nothing at `radius`, added to what is there."""
        side = max(2, round(2 * radius * OVERSAMPLING))
        disc = ImageChops.invert(Image.radial_gradient("L")).point(
            # Pillow's gradient ends in the corners; this one ends inside the square.
            lambda v: round(255 * strength * max(0.0, (v / 255 - 0.3) / 0.7) ** 2)
        )
        mask = disc.resize((side, side), Image.Resampling.BICUBIC)
        x, y = (round(v * OVERSAMPLING - side / 2) for v in centre)
        self.image.paste(Image.new("RGB", (side, side), rgb(color)), (x, y), mask)

    def through(self, points: Iterable[Point], paint: Callable[[Canvas], None]) -> None:
        """Let `paint` work on the sheet, and keep only what falls inside the outline."""
        before = self.image.copy()
        paint(self)
        mask = Image.new("L", self.image.size)
        ImageDraw.Draw(mask).polygon(_large(points), fill=255)
        before.paste(self.image, mask=mask)
        self.image = before

    def blur(self, radius: float) -> None:
        self.image = self.image.filter(ImageFilter.BoxBlur(radius * OVERSAMPLING))

    def finish(self, grain: float = 5.0) -> Image.Image:
        """The picture at its own size, with a little of the paper's grain (levels out of 255)."""
        small = self.image.reduce(OVERSAMPLING)
        return ImageChops.overlay(small, self._grain(small.size, grain))

    def _grain(self, size: tuple[int, int], levels: float) -> Image.Image:
        fine = Image.frombytes("L", size, self.dice.randbytes(size[0] * size[1]))
        few = (size[0] // 3 + 1, size[1] // 3 + 1)
        coarse = Image.frombytes("L", few, self.dice.randbytes(few[0] * few[1]))
        both = Image.blend(fine, coarse.resize(size, Image.Resampling.BICUBIC), 0.5)
        quiet = both.point(lambda v: round(128 + (v - 128) / 128 * levels * 2))
        return Image.merge("RGB", (quiet,) * 3)


def jpeg(picture: Image.Image) -> bytes:
    """The picture as a file."""
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=JPEG_QUALITY, subsampling=0, optimize=True)
    return file.getvalue()


def _large(points: Iterable[Point]) -> list[Point]:
    return [(x * OVERSAMPLING, y * OVERSAMPLING) for x, y in points]


def _between(start: Point, end: Point, share: float) -> Point:
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
