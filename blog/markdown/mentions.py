"""`@handle` in a response: the name of somebody who writes here, a link to their page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token

from blog.markdown.plaintext import outside_quotations
from blog.markdown.typography import written

MAX_HANDLES = 50  # different ones in one text; those after them stay text
# In an address of e-mail, of another network or of the web, an @ names nobody here. Letters of
# other scripts may stand beside it: some put no space between words.
HANDLE = re.compile(r"(?<![\w@/.+-])@([a-z0-9_]{1,30})(?![\w@]|[.-]\w)", re.ASCII | re.IGNORECASE)


def install(md: MarkdownIt) -> None:
    """Have a parser find handles: `env["handles"]`, in lower case, each once.

    `env["called"]` are those outside quotations: who quotes does not call anybody.
    """
    md.core.ruler.after("typography", "mentions", _find)


def _find(state: StateCore) -> None:
    handles: dict[str, None] = {}
    for block in state.tokens:
        if block.children and "@" in block.content:
            block.children = list(_parted(block.children, handles))
    called = dict.fromkeys(_named(outside_quotations(state.tokens)))
    state.env.update(handles=tuple(handles), called=tuple(called))


def _named(blocks: Iterable[Token]) -> Iterator[str]:
    for block in blocks:
        for child in block.children or ():
            if child.type == "mention":
                yield handle_of(child)


def handle_of(mention: Token) -> str:
    return mention.content.removeprefix("@").lower()


def _parted(children: list[Token], handles: dict[str, None]) -> Iterator[Token]:
    """The handles in a text as tokens of their own, but for those that are in a link already."""
    words = {id(token) for token in written(children)}
    link_depth = 0
    for token in children:
        if token.type in ("link_open", "link_close"):
            link_depth += token.nesting
        if id(token) in words and not link_depth:
            yield from _split(token, handles)
        else:
            yield token


def _split(token: Token, handles: dict[str, None]) -> Iterator[Token]:
    done = 0
    for match in HANDLE.finditer(token.content):
        handle = match[1].lower()
        if handle not in handles and len(handles) >= MAX_HANDLES:
            continue
        handles[handle] = None
        if match.start() > done:
            yield _part(token, "text", token.content[done : match.start()])
        yield _part(token, "mention", match[0])
        done = match.end()
    if not done:
        yield token
    elif done < len(token.content):
        yield _part(token, "text", token.content[done:])


def _part(token: Token, kind: str, content: str) -> Token:
    return Token(kind, "", 0, content=content, level=token.level)
