"""Markdown to HTML: the one way from what an author types to what a reader sees.

Source → tokens → HTML → sanitised → pictures and formulas filled in. Preview, page, feed and
mail all use it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, NamedTuple

from django.utils import translation
from markdown_it import MarkdownIt
from markdown_it.token import Token

from blog import figures, mathml, sanitize
from blog.figures import Picture
from blog.markdown import lines
from blog.markdown.limits import (
    MAX_HTML_CHARS,
    MAX_PICTURES,
    MAX_RESPONSE_BYTES,
    MAX_SOURCE_BYTES,
    MAX_TOKENS,
    MarkdownError,
    SourceTooComplex,
    SourceTooLong,
    check_length,
    check_lines,
    too_deep,
    too_large,
    too_many_pictures,
)
from blog.markdown.parser import response_parser, story_parser
from blog.markdown.plaintext import count_words, outside_quotations, plain_text
from blog.markdown.structure import Heading
from blog.markdown.typography import set_caption, style_for, typeset

__all__ = [
    "MAX_RESPONSE_BYTES",
    "MAX_SOURCE_BYTES",
    "VERSION",
    "Heading",
    "MarkdownError",
    "PeopleFinder",
    "PictureFinder",
    "Rendered",
    "Said",
    "SourceTooComplex",
    "SourceTooLong",
    "parse",
    "read_response",
    "render",
    "render_response",
    "set_caption",
    "typeset",
]

# Raise it whenever the same source gives other HTML: stored pages are then rendered again.
VERSION = 4

# Whoever sends one has it read by the rules, rendered, and told of.
RESPONSES_AT_ONCE = 16

PictureFinder = Callable[[Collection[str]], Mapping[str, Picture]]
# From handles in lower case to the addresses of those whom somebody has.
PeopleFinder = Callable[[Collection[str]], Mapping[str, str]]


@dataclass(frozen=True)
class Rendered:
    """A story ready to be stored.

    `html` is sanitised. `text` has its words for search and excerpts. `picture_tokens` are the
    pictures it mentions, each once, whether or not they were found.
    """

    html: str
    text: str
    word_count: int
    picture_tokens: tuple[str, ...]
    headings: tuple[Heading, ...]


@dataclass(frozen=True)
class Said:
    """What a response says: its words without marks, and whom it calls: handles in lower case.

    What it quotes is left out, unless it says nothing else.
    """

    text: str
    called: tuple[str, ...]


def find_nobody(handles: Collection[str]) -> Mapping[str, str]:
    """For texts in which an @ names nobody: it stays text."""
    return {}


def find_no_pictures(tokens: Collection[str]) -> Mapping[str, Picture]:
    """For texts whose pictures do not matter: their descriptions stand in their place."""
    return {}


def render(
    source: str,
    *,
    language: str = "en",
    find_pictures: PictureFinder = find_no_pictures,
    with_lines: bool = False,
) -> Rendered:
    """A story's Markdown as HTML.

    `language` (a tag like `pt-BR`) chooses quotes and dashes. `with_lines` says at each block
    from which line it came (`data-line`): for a preview, never to be stored. Raises SourceTooLong
    or SourceTooComplex, both MarkdownError, with a sentence for the author.
    """
    check_length(source, most_bytes=MAX_SOURCE_BYTES)
    check_lines(source)
    md = story_parser(style_for(language))
    env: dict[str, Any] = {}
    with translation.override(_known_form(language)):
        tokens = _parse(md, source, env)
        mentioned: tuple[str, ...] = env["pictures"]
        text = plain_text(tokens)
        if with_lines:
            tokens = lines.mark(tokens, source)
        html = sanitize.clean(_write(md, tokens, env))
        shown = find_pictures(mentioned) if mentioned else {}
        html = figures.expand(html, {token: set_caption(shown[token], language) for token in shown})
        html = mathml.expand(html)
        if len(html) > MAX_HTML_CHARS:
            raise too_large()
    return Rendered(
        html=lines.show(html) if with_lines else html,
        text=text,
        word_count=count_words(text),
        picture_tokens=mentioned,
        headings=tuple(env["headings"]),
    )


def parse(source: str, *, language: str = "en") -> list[Token]:
    """A story's Markdown as the parser's tokens: for whoever reads it in another way than HTML.

    Raises SourceTooLong or SourceTooComplex, both MarkdownError.
    """
    check_length(source, most_bytes=MAX_SOURCE_BYTES)
    check_lines(source)
    with translation.override(_known_form(language)):
        return _parse(story_parser(style_for(language)), source, {})


def render_response(
    source: str, *, language: str = "en", find_people: PeopleFinder = find_nobody
) -> str:
    """A response's Markdown as HTML: the narrow profile, no headings, pictures or HTML.

    Raises SourceTooLong or SourceTooComplex, both MarkdownError.
    """
    made = _made(source, language)
    people = find_people(made.handles) if made.handles else {}
    if not people:
        return made.html
    md, tokens, env = _parse_response(source, language)
    return _write_response(md, tokens, {**env, "people": people}, language)


def read_response(source: str, *, language: str = "en") -> Said:
    """What a response says, for whoever is told of it.

    Raises SourceTooLong or SourceTooComplex, both MarkdownError.
    """
    return _made(source, language).said


class _Made(NamedTuple):
    """What a response says, and its HTML as long as an @ names nobody."""

    html: str
    handles: Collection[str]
    said: Said


@lru_cache(maxsize=RESPONSES_AT_ONCE)
def _made(source: str, language: str) -> _Made:
    md, tokens, env = _parse_response(source, language)
    own = plain_text(outside_quotations(tokens))
    said = Said(text=own or plain_text(tokens), called=env["called"])
    html = _write_response(md, tokens, {**env, "people": {}}, language)
    return _Made(html, tuple(env["handles"]), said)


def _write_response(md: MarkdownIt, tokens: list[Token], env: dict[str, Any], language: str) -> str:
    with translation.override(_known_form(language)):
        return sanitize.clean_response(_write(md, tokens, env))


def _parse_response(source: str, language: str) -> tuple[MarkdownIt, list[Token], dict[str, Any]]:
    check_length(source, most_bytes=MAX_RESPONSE_BYTES)
    md = response_parser(style_for(language))
    env: dict[str, Any] = {}
    with translation.override(_known_form(language)):
        return md, _parse(md, source, env), env


def _parse(md: MarkdownIt, source: str, env: dict[str, Any]) -> list[Token]:
    # A lone surrogate is no character and cannot be stored: it becomes a question mark.
    readable = source.encode("utf-8", "replace").decode("utf-8")
    try:
        tokens = md.parse(readable, env)
    except RecursionError as error:
        raise too_deep() from error
    if len(tokens) + sum(len(token.children or ()) for token in tokens) > MAX_TOKENS:
        raise too_large()
    if (
        sum(child.type == "image" for token in tokens for child in token.children or ())
        > MAX_PICTURES
    ):
        raise too_many_pictures()
    return tokens


def _write(md: MarkdownIt, tokens: list[Token], env: dict[str, Any]) -> str:
    html: str = md.renderer.render(tokens, md.options, env)
    if len(html) > MAX_HTML_CHARS:
        raise too_large()
    return html


LANGUAGE_TAG = re.compile(r"[a-z]{2,3}(-[a-z0-9]{2,8}){0,3}", re.IGNORECASE)


def _known_form(language: str) -> str:
    """Django looks for files by this name; what is no language tag gets English."""
    return language.lower() if LANGUAGE_TAG.fullmatch(language) else "en"
