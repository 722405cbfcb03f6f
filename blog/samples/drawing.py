"""The pictures of the sample publication, drawn by this code and by nobody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PIL import Image

from blog.samples.drawings import charts, instruments, kitchen, land, shore
from blog.samples.drawings.canvas import jpeg


@dataclass(frozen=True)
class Drawing:
    """What a picture's record says about it."""

    alt: str
    caption: str
    paint: Callable[[], Image.Image]
    credit_name: str = "Drawn by Longhand"
    credit_agency: str = ""


DRAWINGS: Mapping[str, Drawing] = {
    "seas": Drawing(
        "Layers of sea, pale in the distance and dark near by, under a low white sun",
        "Slack water: the few minutes in which the sum comes to nothing.",
        shore.seas,
    ),
    "tide-curve": Drawing(
        "Five regular waves, one above the other, and below them their uneven sum over thirty days",
        "Five constituents and what they add up to in a month: two springs, two neaps.",
        charts.tide_curve,
    ),
    "tide-wheels": Drawing(
        "A row of wheels joined by one wire that passes over and under them to a pen",
        "One wire over and under eight wheels: the pen moves by the sum.",
        instruments.tide_wheels,
    ),
    "fresnel": Drawing(
        "A stepped lens in section bends the rays of a small flame into one level beam",
        "A drum lens in section: glass refracts in the middle and reflects above and below.",
        instruments.fresnel,
    ),
    "easter-dates": Drawing(
        "A bar chart of 35 days from 22 March to 25 April; 19 April is the tallest bar",
        "How often Easter falls on each day in the whole cycle of 5,700,000 years.",
        charts.easter_dates,
    ),
    "contours": Drawing(
        "A contour map of hills with a yellow road, a lane and a small red ring where they meet",
        "A junction with nothing at it.",
        land.contours,
    ),
    "crumb": Drawing(
        "A slice of white bread cut across, its crumb full of holes of many sizes",
        "The crumb: a foam that has set.",
        kitchen.crumb,
    ),
}


def draw(name: str) -> bytes:
    """A drawing as JPEG bytes, the same every time. Raises KeyError for an unknown name."""
    return jpeg(DRAWINGS[name].paint())
