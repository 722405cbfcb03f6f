"""What generated stories and responses say: a pool of texts, rendered once, and words of their own.

Every story has its own title and one sentence that no other has; the rest comes from the pool. So a
million stories take minutes to make, and search still meets frequent words, rare ones and phrases.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate

from benchmarks.desk_list import make_vocabulary
from blog import markdown
from blog.models import Image
from blog.reading import reading_minutes
from blog.search.words import words_of

BODIES = 150
SHORT_WORDS, FULL_WORDS = 120, 700
SAID = 200
SENTENCE_WORDS = 14


@dataclass(frozen=True)
class Body:
    """A text of the pool: what a row needs of it, and what search does."""

    source: str
    html: str
    text: str
    word_count: int
    words: list[str]
    image: int | None


@dataclass(frozen=True)
class Wording:
    """A body with a sentence of a story's own behind it."""

    body: Body
    sentence: str

    @property
    def source(self) -> str:
        return f"{self.body.source}\n{self.sentence}\n"

    @property
    def html(self) -> str:
        return f"{self.body.html}<p>{self.sentence}</p>\n"

    @property
    def text(self) -> str:
        return f"{self.body.text}\n{self.sentence}"

    @property
    def word_count(self) -> int:
        return self.body.word_count + SENTENCE_WORDS

    @property
    def minutes(self) -> int:
        return reading_minutes(self.word_count, int(self.body.image is not None))


class Words:
    """Words as a language has them: the first are everywhere, the last hardly anywhere."""

    def __init__(self, chance: random.Random, known: int) -> None:
        self._chance = chance
        self.all = make_vocabulary(known)
        self._weights = list(accumulate(1 / (place + 1) for place in range(known)))

    def some(self, count: int) -> list[str]:
        return self._chance.choices(self.all, cum_weights=self._weights, k=count)

    def line(self, count: int) -> str:
        return " ".join(self.some(count)).capitalize()

    def sentence(self) -> str:
        """Half of it from among all words alike, so that the rare ones are somewhere."""
        half = SENTENCE_WORDS // 2
        rare = self._chance.choices(self.all, k=SENTENCE_WORDS - half)
        return f"{' '.join(self.some(half) + rare).capitalize()}."

    def name(self) -> str:
        return " ".join(word.capitalize() for word in self._chance.choices(self.all, k=2))


def make_bodies(
    words: Words, images: Sequence[Image], *, length: int, at_most: int = BODIES
) -> list[Body]:
    """The pool of stories; two of three show a picture."""
    pictures = {image.token: image.facts for image in images}
    bodies = []
    for number in range(max(1, min(BODIES, at_most))):
        image = images[number % len(images)] if images and number % 3 else None
        source = "\n\n".join(_blocks(words, length, image)) + "\n"
        rendered = markdown.render(source, find_pictures=lambda _tokens: pictures)
        bodies.append(
            Body(
                source,
                rendered.html,
                rendered.text,
                rendered.word_count,
                words_of(rendered.text),
                image.pk if image else None,
            )
        )
    return bodies


def _blocks(words: Words, length: int, image: Image | None) -> Iterator[str]:
    """As writers do: paragraphs, from time to time a heading, a list, a quotation, a picture."""
    if image:
        yield image.markdown
    written = number = 0
    while written < length:
        size = min(70, length - written)
        written, number = written + size, number + 1
        said = words.some(size)
        middle = size // 2
        yield f"{' '.join(said[:middle]).capitalize()}, *{said[middle]}* {' '.join(said[middle:])}."
        if number % 3 == 0:
            yield f"## {words.line(4)}"
            yield "\n".join(f"- {words.line(3)}" for _item in range(3))
        if number % 5 == 0:
            yield f"> {words.line(12)}."


def make_said(words: Words) -> list[tuple[str, str]]:
    """The pool of responses: source and HTML."""
    sources = [f"{words.line(8 + number % 12)}.\n" for number in range(SAID)]
    return [(source, markdown.render_response(source)) for source in sources]
