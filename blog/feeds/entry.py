"""A story as every form of feed says it. All that stands in it can stand in XML."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.conf import settings
from django.utils.encoding import iri_to_uri
from django.utils.text import Truncator

from accounts.characters import printable
from accounts.models import Author
from blog import figures
from blog.markdown import set_caption
from blog.models import Image, Post
from blog.portable import portable
from blog.streams import ENTRY_COUNT, Feeds, Stream, feeds_of_responses

SUMMARY_LENGTH = 200
PICTURE_WIDTH_PX = 1200


class Person(NamedTuple):
    name: str
    url: str = ""
    portrait: str = ""


class Picture(NamedTuple):
    url: str
    width: int
    height: int
    alt: str


class Answered(NamedTuple):
    """What a response answers."""

    id: str
    url: str


@dataclass(frozen=True)
class Entry:
    """One thing to read. Addresses are absolute, texts plain but for `html`."""

    id: str
    url: str
    title: str
    html: str
    published_at: datetime
    updated_at: datetime
    language: str
    people: list[Person]
    summary: str = ""
    tags: list[str] = field(default_factory=list)
    picture: Picture | None = None
    # Where it stood first, if not here.
    canonical_url: str = ""
    answers: Answered | None = None
    # Where one reads what was said to it.
    responses: Feeds | None = None


def entries_of(stream: Stream) -> list[Entry]:
    """The newest stories, in full."""
    return [entry_of(post) for post in stream.posts.newest_first().whole()[:ENTRY_COUNT]]


def entry_of(post: Post) -> Entry:
    image, published_at = post.lead_image, post.published_at or post.created_at
    return Entry(
        id=tag_uri(post.created_at, str(post.pk)),
        url=f"{settings.SITE_URL}{post.get_absolute_url()}",
        title=printable(post.display_title),
        html=_content(post),
        published_at=published_at,
        updated_at=post.edited_at or published_at,
        language=post.language,
        people=[person_of(author) for author in post.byline],
        summary=printable(post.summary or post.display_subtitle or _beginning(post)),
        tags=[name for tag in post.topics if (name := printable(tag.name).strip())],
        picture=_picture(image) if image else None,
        canonical_url=iri_to_uri(post.canonical_url),
        responses=feeds_of_responses(post) if post.responses_open else None,
    )


def tag_uri(at: datetime, rest: str) -> str:
    """The address of an entry may change; its identity never does."""
    return f"tag:{settings.SITE_URL.split('//')[1]},{at:%Y-%m-%d}:{rest}"


def person_of(author: Author) -> Person:
    portrait = f"{settings.SITE_URL}{author.avatar_url}" if author.avatar else ""
    url = f"{settings.SITE_URL}{author.get_absolute_url()}"
    return Person(printable(author.name), url, portrait)


def in_its_direction(html: str, language: str) -> str:
    """Readers of feeds know nothing of a story's language, so its text says how it runs."""
    if language.partition("-")[0] not in settings.LANGUAGES_BIDI:
        return html
    return f'<div dir="rtl" lang="{language}">{html}</div>'


def _content(post: Post) -> str:
    """The lead picture and the text, with addresses that hold elsewhere."""
    image, lead = post.lead_image, ""
    if image:
        lead = figures.figure_html(set_caption(image.facts, post.language), lazy=False)
    html = portable(lead + post.html, site=settings.SITE_URL, page=post.get_absolute_url())
    return printable(in_its_direction(html, post.language))


def _beginning(post: Post) -> str:
    """How the text begins, without its line breaks."""
    return Truncator(" ".join(str(getattr(post, "opening", "")).split())).chars(SUMMARY_LENGTH)


def _picture(image: Image) -> Picture:
    """The smallest of its files that is wide enough."""
    wide_enough = [width for width in sorted(image.widths) if width >= PICTURE_WIDTH_PX]
    width = wide_enough[0] if wide_enough else max(image.widths)
    return Picture(
        url=f"{settings.SITE_URL}{figures.url(image.token, width, 'jpg')}",
        width=width,
        height=max(1, round(image.height * width / image.width)),
        alt=printable(image.alt),
    )
