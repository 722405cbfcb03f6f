"""Who writes, reads and publishes in the sample publication. All of them are made up."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class SamplePublication:
    """What the publication says about itself; `about` is Markdown."""

    name: str
    tagline: str
    language: str
    about: str


@dataclass(frozen=True)
class SampleAuthor:
    """A public face; `bio` is Markdown, `links` are label and address."""

    handle: str
    name: str
    tagline: str
    bio: str
    links: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class SampleReader:
    """Somebody who responds and does not write."""

    handle: str
    name: str
    time_zone: str


PUBLICATION = SamplePublication(
    name="The Measured Mile",
    tagline="Stories about the sea, the page and the work of hands",
    language="en",
    about=(
        "A measured mile is a stretch of coast with two pairs of posts on it. A ship runs from"
        " one pair to the other against a clock, and learns what it can really do.\n\n"
        "We publish stories of a length you can read before the kettle has gone cold twice:"
        " on tides and lights, on maps and letters, on bread, dye and bronze. The people in"
        " our byline are invented. What they tell you is not."
    ),
)

AUTHORS = (
    SampleAuthor(
        handle="maren",
        name="Maren Tollefsen",
        tagline="Used to correct charts. Writes about the sea and about measuring it.",
        bio=(
            "Maren Tollefsen spent eleven years correcting nautical charts and now lives within"
            " sight of two of the lights she used to move about. She writes on tides, surveys and"
            " instruments, and is **not** to be asked about the weather."
        ),
    ),
    SampleAuthor(
        handle="jonas",
        name="Jonas Achterberg",
        tagline="Maps, letters, misprints. Schreibt auch auf Deutsch.",
        bio=(
            "Jonas Achterberg was trained as a compositor in the last year in which the school"
            " taught it. He writes about *maps*, *type* and the things people believe because they"
            " have seen them printed.\n\nManches davon auf Deutsch."
        ),
    ),
    SampleAuthor(
        handle="leila",
        name="Leila Haddad",
        tagline="Ovens, vats and cities. تكتب بالعربية أيضًا.",
        bio=(
            "Leila Haddad grew up over a bakery and works three days a week in a dye house. She"
            " writes about things made with the hands, and the towns where they are made."
        ),
    ),
    SampleAuthor(
        handle="haruka",
        name="Haruka Mizuno",
        tagline="Clocks, calendars and other promises. 日本語でも書きます。",
        bio=(
            "Haruka Mizuno learned to read the time in her grandfather's workshop, where no two"
            " clocks agreed. She writes in Japanese and translates herself into English, slowly."
        ),
    ),
)

READERS = (
    SampleReader("priya", "Priya Raghavan", "Asia/Kolkata"),
    SampleReader("callum", "Callum Reid", "Europe/London"),
    SampleReader("adaeze", "Adaeze Obi", "Africa/Lagos"),
    SampleReader("tomasz", "Tomasz Wójcik", "Europe/Warsaw"),
    SampleReader("gudrun", "Gudrun Seidel", "Europe/Berlin"),
    SampleReader("sami", "سامي خوري", "Asia/Beirut"),
)
