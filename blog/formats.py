"""A story as a file: its Markdown with what is known about it on top, and its plain text."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse

from blog import figures
from blog.figures import SRC
from blog.markdown import set_caption
from blog.models import Post
from blog.prose import plain

# JSON is YAML but for characters that YAML wants written as numbers.
UNWRITTEN = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff\ufffe\uffff]")
OUR_PICTURE = re.compile(rf"(?<![\w/.:-]){SRC.pattern}")


def markdown_url(post: Post) -> str:
    return f"{settings.SITE_URL}{reverse('blog:post-markdown', args=[post.slug])}"


def text_url(post: Post) -> str:
    return f"{settings.SITE_URL}{reverse('blog:post-text', args=[post.slug])}"


def markdown_file(post: Post) -> str:
    """What the author typed, with addresses of pictures that hold everywhere."""
    facts = "".join(f"{name}: {_yaml(value)}\n" for name, value in _facts(post) if value)
    source = OUR_PICTURE.sub(lambda match: f"{settings.SITE_URL}{match[0]}", post.source)
    # A browser sends CRLF; a file has one kind of line end.
    text = source.replace("\r\n", "\n").strip("\n")
    return f"---\n{facts}---\n\n{text}\n"


def text_file(post: Post) -> str:
    """What the page says, a paragraph a line; where it stands is its last line."""
    names = ", ".join(author.name for author in post.byline)
    date = post.published_at.date().isoformat() if post.published_at else ""
    head = [
        post.display_title,
        post.display_subtitle,
        " · ".join(filter(None, (names, date))),
    ]
    parts = [*head, _lead(post), plain(post.html), f"{settings.SITE_URL}{post.get_absolute_url()}"]
    return "\n\n".join(part for part in parts if part) + "\n"


def _lead(post: Post) -> str:
    if not post.lead_image:
        return ""
    return plain(figures.figure_html(set_caption(post.lead_image.facts, post.language)))


def _facts(post: Post) -> Iterator[tuple[str, Any]]:
    names = [author.name for author in post.byline]
    url = f"{settings.SITE_URL}{post.get_absolute_url()}"
    yield "title", str(post)
    yield "subtitle", post.subtitle
    yield "description", post.summary
    yield ("author", names[0]) if len(names) == 1 else ("authors", names)
    yield "date", _moment(post.published_at)
    yield "updated", _moment(post.edited_at)
    yield "tags", [tag.name for tag in post.topics]
    yield "language", post.language
    yield "canonical", post.canonical_url or url
    yield "url", url


def _moment(at: Any) -> str:
    return at.isoformat(timespec="seconds") if at else ""


def _yaml(value: Any) -> str:
    return UNWRITTEN.sub(
        lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False)
    )
