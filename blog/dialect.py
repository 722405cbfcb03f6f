"""Every form that a story can have, once, with an example: what one types and why.

The desk's page "How to write" and `docs/dialect.md` are both made of this list and of the real
renderer, so neither can say what is not so.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from textwrap import dedent

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from blog import markdown
from blog.figures import MEDIA_PATH, Picture

Words = str | Promise


@dataclass(frozen=True)
class Form:
    """One form: its name, what there is to know about it, and an example in `language`."""

    name: Words
    about: Words
    source: str
    language: str = "en"

    @cached_property
    def html(self) -> str:
        """The example as the renderer makes it."""
        return markdown.render(self.source, language=self.language, find_pictures=drawn).html


# Three drawings that stand for an author's photographs; they are files of ours, not uploads.
DRAWINGS = {
    token: Picture(token, 960, 600, (960,), alt=alt, caption=caption, credit_name=credit)
    for token, alt, caption, credit in (
        ("lighthouseatnoon", "A white lighthouse on a rock at noon", "", ""),
        (
            "lighthouseatdusk",
            "The same lighthouse at dusk, its lamp lit",
            "Dusk, the keeper's hour.",
            "Ada Okafor",
        ),
        ("lighthousebymoon", "The same lighthouse by moonlight", "", ""),
    )
}
PICTURE = re.compile(
    rf'<picture>.*?<img src="{MEDIA_PATH}([a-z]{{16}})/[^"]*" srcset="[^"]*" sizes="[^"]*"'
    r"([^<>]*)></picture>"
)


def drawn(tokens: Collection[str]) -> Mapping[str, Picture]:
    """The drawings of the examples, asked for as the renderer asks for pictures."""
    return {token: DRAWINGS[token] for token in tokens if token in DRAWINGS}


def with_drawings(html: str, addresses: Mapping[str, str]) -> str:
    """The HTML of an example with the drawings from where they are: token → address."""
    return PICTURE.sub(lambda match: f'<img src="{addresses[match[1]]}"{match[2]}>', html)


def _form(name: Words, about: Words, source: str, language: str = "en") -> Form:
    return Form(name, about, dedent(source).strip("\n") + "\n", language)


FORMS = (
    _form(
        _("Emphasis"),
        _("One star for what you would say differently, two for what must not be missed."),
        """
        The keeper wound the clockwork *every two hours*, and **never once** overslept.
        He had ~~a dog~~ two cats.
        """,
    ),
    _form(
        _("Headings"),
        _(
            "Two or three number signs. The title stands above your text already, so begin with "
            "two. A story with four headings or more gets a list of its contents."
        ),
        """
        ## The lamp

        ### What it burned
        """,
    ),
    _form(
        _("Links"),
        _(
            "The words in square brackets, the address in round ones. An address in angle "
            "brackets is a link that shows itself."
        ),
        """
        [Augustin Fresnel](https://en.wikipedia.org/wiki/Augustin-Jean_Fresnel) ground the lens.
        The list of lights is at <https://example.org/lights>.
        """,
    ),
    _form(
        _("Lists"),
        _("A hyphen, or a number and a full stop. Two spaces more begin a list in the list."),
        """
        - oil for the lamp
        - wicks
          - broad ones
          - narrow ones

        1. Trim the wick.
        2. Light it a little before sunset.
        """,
    ),
    _form(
        _("Tasks"),
        _("A list item that begins with a box, empty or ticked."),
        """
        - [x] polish the brass
        - [ ] teach the cats to read the barometer
        """,
    ),
    _form(
        _("Definitions"),
        _("The word on one line, its meaning after a colon on the next."),
        """
        Occulting
        : A light that is longer on than off.

        Isophase
        : As long on as off.
        """,
    ),
    _form(
        _("Quotes"),
        _("A greater-than sign before each paragraph."),
        """
        > The sea is never empty. It is only looking the other way.
        >
        > From the log, 4 March 1887
        """,
    ),
    _form(
        _("Pull quotes"),
        _("Words lifted out of the text, large. A second paragraph says whose they are."),
        """
        ::: pull
        I have been wrong about the weather for forty years.

        The keeper
        :::
        """,
    ),
    _form(
        _("Section breaks"),
        _("Three stars on a line of their own."),
        """
        He blew out the lamp.

        ***

        Morning came anyway.
        """,
    ),
    _form(
        _("Footnotes"),
        _(
            "A caret and any name in brackets, and the note wherever you like. Readers see numbers "
            "in the order of the text, and a way back from each note."
        ),
        """
        The lens weighs as much as an elephant.[^weight]

        [^weight]: A small one. Nobody has brought both to one scale.
        """,
    ),
    _form(
        _("Notes and warnings"),
        _("A word beside the text. Both may have a title of their own."),
        """
        ::: note
        The tower is open on Sundays.
        :::

        ::: warning Mind your head
        There are 190 steps, and the last one is low.
        :::
        """,
    ),
    _form(
        _("Details"),
        _("What only some will want to read. A press opens it, with scripts or without."),
        """
        ::: details How we counted the steps
        Twice up and *once down*, with chalk. The three numbers differed; we printed the one in
        the middle.
        :::
        """,
    ),
    _form(
        _("Pictures"),
        _(
            "Drop or paste one into the text, and this line comes by itself. What is said in the "
            "brackets is for those who cannot see it; the words in quotes stand below it, in "
            "place of those that the picture has of its own. The credit comes with the picture."
        ),
        """
        ![](/media/pictures/lighthouseatdusk/960.jpg)
        """,
    ),
    _form(
        _("Wide and full pictures"),
        _("Wider than the text, or as wide as the sheet."),
        """
        ::: wide
        ![](/media/pictures/lighthouseatnoon/960.jpg "Noon. The lamp is off, the paint is wet.")
        :::

        ::: full
        ![](/media/pictures/lighthousebymoon/960.jpg)
        :::
        """,
    ),
    _form(
        _("Pictures in a row"),
        _("Two or three with no empty line between them stand beside each other."),
        """
        ![](/media/pictures/lighthouseatnoon/960.jpg "Noon")
        ![](/media/pictures/lighthouseatdusk/960.jpg "Dusk")
        ![](/media/pictures/lighthousebymoon/960.jpg "Night")
        """,
    ),
    _form(
        _("Tables"),
        _(
            "Bars between the columns, hyphens below the heads. A colon says on which side the "
            "words of a column stand. A wide table scrolls by itself."
        ),
        """
        | Light       | Flash      | Seen for |
        |:------------|:----------:|---------:|
        | North Rock  | every 10 s |   19 km  |
        | South Spit  | every 4 s  |    7 km  |
        """,
    ),
    _form(
        _("Code"),
        _(
            "Between backticks in a sentence; between lines of three for a block. Name the "
            "language and it is coloured."
        ),
        """
        The lamp asks `is_dark()` before it does anything.

        ```python
        def flash(seconds: float) -> None:
            lamp.on()  # and the moths come
            sleep(seconds)
        ```
        """,
    ),
    _form(
        _("Formulas"),
        _(
            "LaTeX between dollar signs that hug it, and between double ones on lines of their "
            "own. Prices stay prices. What cannot be read stays as you typed it."
        ),
        r"""
        A lamp at height $h$ is seen as far as $d \approx 3.57\sqrt{h}$.
        It burns for $5 a night, or $10 in winter.

        $$
        d = \sqrt{2Rh + h^2} \approx \sqrt{2Rh}
        $$
        """,
    ),
    _form(
        _("Above, below, marked"),
        _(
            "Carets raise, tildes lower, two equals signs mark. A space between carets or tildes "
            "needs a backslash before it."
        ),
        """
        On the 3^rd^ he wrote: CO~2~ in the oil room again. ==Open the door first.==
        """,
    ),
    _form(
        _("Abbreviations"),
        _("Say once what letters stand for, on a line of its own; every place shows it."),
        """
        The HMS *Prudence* passed at noon, and the HMS *Folly* did not.

        *[HMS]: His Majesty's Ship
        """,
    ),
    _form(
        _("Films and pages elsewhere"),
        _(
            "An address on a line of its own, with an empty line above and below, becomes a card. "
            "Nobody is asked for anything until a reader presses it; a film from YouTube or Vimeo "
            "then plays in its place."
        ),
        """
        https://www.youtube.com/watch?v=dQw4w9WgXcQ

        https://mastodon.social/@Gargron/100254678717223630

        https://www.nasa.gov/solar-system/
        """,
    ),
    _form(
        _("Quotes, dashes, spaces"),
        _(
            "Type them plainly; they are set as a printer of the story's language would. Code, "
            "formulas and addresses stay as they are. A backslash keeps any sign as typed."
        ),
        r"""
        "It's late," he said -- 'very' late... and read pages 12--15. \*Not a star.\*
        """,
    ),
    _form(
        _("The same in French"),
        _("With the narrow spaces that do not break, before two-part signs and inside « »."),
        """
        "Encore vous?" dit-il: "entrez donc!" Il ajouta -- l'air grave -- «une minute».
        """,
        "fr",
    ),
)  # fmt: skip


def document() -> str:
    """`docs/dialect.md`: each form with its Markdown and the HTML it becomes."""
    parts = [
        "# The dialect\n\n"
        "What one types in a story, and what becomes of it. Made by `script/dialect` from\n"
        "`blog/dialect.py`, with the real renderer; a test says when it is no longer so. The same\n"
        "examples stand in the desk, under \u201cHow to write\u201d.\n\n"
        "The base is CommonMark 0.31.2. HTML is shown, not obeyed. Responses have paragraphs,\n"
        "emphasis, links, quotes, lists and code, and nothing else of this.\n"
    ]
    for form in FORMS:
        parts.append(f"\n## {form.name}\n\n{form.about}\n")
        if form.language != "en":
            parts.append(f"\nLanguage of the story: `{form.language}`\n")
        parts.append(f"\n````markdown\n{form.source}````\n\n````html\n{form.html.strip()}\n````\n")
    return "".join(parts)
