"""The pictures of the sample publication, drawn by this code and by nobody else."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PIL import Image

from blog.pictures import Encoded, process
from blog.samples.drawings import (
    bridge,
    charts,
    clock,
    instruments,
    kitchen,
    land,
    page,
    portraits,
    shore,
    sky,
)
from blog.samples.drawings.canvas import jpeg

CREDIT = "Longhand"


@dataclass(frozen=True)
class Drawing:
    """What a picture's record says about it."""

    alt: str
    caption: str
    paint: Callable[[], Image.Image]
    credit_name: str = CREDIT
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
    "lens-steps": Drawing(
        "Three lenses in section: a thick one, one with its idle glass marked, and a stepped one",
        "Only the face of a lens bends the light. The rest is weight.",
        instruments.lens_steps,
    ),
    "lighthouse-night": Drawing(
        "A banded lighthouse on a rock at night, with a beam to either side and stars above",
        "Two panels, two beams.",
        shore.lighthouse_night,
    ),
    "harbour-dusk": Drawing(
        "At dusk a container ship comes in past low hills; a small pilot boat goes out to meet her",
        "White over red at the masthead: pilot ahead.",
        shore.harbour_dusk,
    ),
    "bell-section": Drawing(
        "A bell cut down the middle, with its clapper against the thick part near the lip",
        "A bell in section. The wall is thickest where the clapper strikes.",
        instruments.bell_section,
    ),
    "bell-rings": Drawing(
        "Five circles bent into waves, with four, four, six, six and eight still places",
        "The lip of a bell from below, bent by each of its five tuned partials.",
        instruments.bell_rings,
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
    "meridian": Drawing(
        "A chain of triangles along a red line from Dunkirk to Barcelona, marked in degrees",
        "The chain, simplified. Heavy red: the two sides that were measured on the ground.",
        land.meridian,
    ),
    "forth": Drawing(
        "The Forth Bridge from the side, three red double cantilevers over pale water",
        "A mile and a half of it. The two great gaps are 521 metres each.",
        bridge.forth,
    ),
    "semicolon": Drawing(
        "A single black semicolon, very large, between thin red guide lines",
        "A point above a comma.",
        page.semicolon,
    ),
    "braille": Drawing(
        "Raised dots on thick paper, lit from the side, spelling the words six dots in braille",
        "“Six dots”, in six dots.",
        page.braille,
    ),
    "typecase": Drawing(
        "A printer's wooden case with letters in its boxes; the box with the letter ß is lit",
        "A case, simplified.",
        page.typecase,
    ),
    "indigo": Drawing(
        "Ten lengths of cloth on a line, from undyed cream through sea blue to near black",
        "From nothing to nine dips.",
        kitchen.indigo,
    ),
    "shibori": Drawing(
        "Blue cloth with rows of small white double rings",
        "Each ring was a pinch of cloth, bound with thread.",
        kitchen.shibori,
    ),
    "vat": Drawing(
        "A round vat from above: yellow-green liquid, a coppery film and a raft of blue bubbles",
        "A vat in good health: green below, copper on top, a blue flower in the middle.",
        kitchen.vat,
    ),
    "repeating-circle": Drawing(
        "A brass circle divided all round, with two telescopes across it on a slender stand",
        "A repeating circle: one angle, taken again and again on different parts of the scale.",
        instruments.repeating_circle,
    ),
    "ladder": Drawing(
        "A rope ladder with long steps hangs down a ship's side to a small boat on a swell",
        "Top of the swell, then step.",
        shore.ladder,
    ),
    "cantilever": Drawing(
        "Two people on chairs hold out their arms and sticks; a third sits on a plank hung between",
        "The engineers' own demonstration, after a photograph of the eighteen-eighties.",
        bridge.cantilever,
    ),
    "star-trails": Drawing(
        "Stars drawn out into arcs around one still point above dark hills",
        "Two and a half hours of turning.",
        sky.star_trails,
    ),
    "wadokei": Drawing(
        "A brass dial with twelve plates: the six of the day are wide, the six of the night narrow",
        "A dial at midsummer. The hand stands still, and the hours come to it.",
        clock.wadokei,
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


def draw_avatar(handle: str) -> bytes:
    """An author's picture, 480 px square, as JPEG bytes. Raises KeyError for an unknown handle."""
    return jpeg(portraits.AVATARS[handle]())


def encoded(name: str) -> Encoded:
    """The drawing as an upload of it would be kept; a process of its own may call this."""
    return process(draw(name))
