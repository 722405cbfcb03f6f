"""The cards of the stories that a page leads on to, each filled into its mould."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from blog import figures
from blog.jinja import voice
from blog.jinja.moulds import Moulds
from blog.jinja.tags import WORDS
from blog.models import Post
from blog.templatetags.longhand import direction

SIZES = "(min-width: 62rem) 310px, (min-width: 35rem) 45vw, 92vw"
# As `blog/_facts.jinja` says it, where whoever translates finds it.
MINUTES = "%(minutes)s min read"

CARD = Moulds(
    "blog/_card.jinja",
    flags=["direction", "has_picture", "has_subtitle", "has_byline"],
    values=["address", "frame", "letter", "language", "title", "subtitle", "author", "minutes"],
)


@pass_context
def cards(context: Context, stories: Iterable[Post]) -> Markup:
    words = context[WORDS]
    return Markup("").join([_card(one, words) for one in stories])


def _card(story: Post, words: voice.Words) -> Markup:
    """Said once of each instance: `blog.related` keeps those of what many ask for."""
    said: dict[str, Markup] = story.__dict__.setdefault("_said_on_cards", {})
    card = said.get(words.language)
    if card is None:
        card = said[words.language] = CARD.filled(_facts(story, words), language=words.language)
    return card


def _facts(story: Post, words: voice.Words) -> dict[str, Any]:
    image, minutes = story.lead_image, story.reading_minutes
    picture = figures.picture_html(image.face, sizes=SIZES, alt="") if image else ""
    return {
        "address": story.get_absolute_url(),
        "direction": direction(story.language),
        "language": story.language,
        "has_picture": bool(image),
        "frame": picture,
        "letter": story.title[:1],
        "title": story.display_title,
        "has_subtitle": bool(story.subtitle),
        "subtitle": story.display_subtitle,
        "has_byline": bool(story.byline),
        "author": story.byline[0].name if story.byline else "",
        "minutes": voice.counted(words, MINUTES, MINUTES, minutes, minutes=minutes),
    }
