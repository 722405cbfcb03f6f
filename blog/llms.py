"""llms.txt: where a language model finds the stories (llmstxt.org)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from blog.formats import markdown_url, text_url
from blog.models import Post, Publication

STORY_COUNT = 50
MARKS = re.compile(r"([\\`*_\[\]<>#])")


def llms_txt(publication: Publication, posts: Iterable[Post]) -> str:
    """`posts` are the newest with their bylines."""
    parts = [f"# {_line(publication.name)}"]
    if publication.tagline:
        parts.append(f"> {_line(publication.tagline)}")
    stories = [_story(post) for post in posts]
    if stories:
        parts.append(_section(_("Newest stories"), stories))
    parts.append(_section(_("All stories"), _ways()))
    return "\n\n".join(parts) + "\n"


def _section(title: str, entries: Iterable[str]) -> str:
    return "\n".join([f"## {title}", "", *entries])


def _story(post: Post) -> str:
    url = markdown_url(post) if post.offers_markdown else text_url(post)
    names = ", ".join(author.name for author in post.byline)
    about = " ".join(filter(None, (f"{names}." if names else "", post.summary or post.subtitle)))
    return _entry(str(post), url, about)


def _ways() -> Iterator[str]:
    for name, view in (
        (_("Archive by year and month"), "archive"),
        (_("Authors"), "authors"),
        (_("Subjects"), "tags"),
        (_("Feed, with whole stories"), "feed"),
        (_("Sitemap"), "sitemap"),
    ):
        yield _entry(name, f"{settings.SITE_URL}{reverse(f'blog:{view}')}", "")


def _entry(name: str, url: str, about: str) -> str:
    return f"- [{_line(name)}]({url}){f': {_line(about)}' if about else ''}"


def _line(text: str) -> str:
    """One line in which nothing is a mark of Markdown."""
    return MARKS.sub(r"\\\1", " ".join(text.split()))
