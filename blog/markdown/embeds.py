"""Addresses on a line of their own become cards; see `blog.embeds`."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from blog.embeds import embed_for
from blog.markdown.limits import MAX_EMBEDS


def install(md: MarkdownIt) -> None:
    """Add cards to a parser."""
    md.core.ruler.before("inline", "embeds", _embed)


def _embed(state: StateCore) -> None:
    state.tokens = list(_with_cards(state.tokens))


def _with_cards(tokens: list[Token]) -> Iterator[Token]:
    """Only paragraphs of the text itself, or of a callout or details: not of a list or a quote."""
    left, asides, skip = MAX_EMBEDS, 0, 0
    for index, token in enumerate(tokens):
        if token.type in ("container_aside_open", "container_aside_close"):
            asides += token.nesting
        if skip:
            skip -= 1
            continue
        embed = None
        if left and token.type == "paragraph_open" and token.level == asides:
            embed = embed_for(tokens[index + 1].content)
        if embed is None:
            yield token
            continue
        left, skip = left - 1, 2
        yield Token(
            "embed", "", 0, meta={"embed": embed}, map=token.map, block=True, level=token.level
        )
