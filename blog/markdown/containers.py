"""What stands between `::: name` and `:::`: pull quotes, callouts, details, wider pictures."""

from __future__ import annotations

from collections.abc import Iterator

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.token import Token
from mdit_py_plugins.container import container_plugin

PLACEMENTS = ("text", "wide", "full")
CALLOUTS = ("note", "warning")
DETAILS = "details"
TITLED = (*CALLOUTS, DETAILS)  # these may have words of their own after their name
KINDS = ("pull", *TITLED, *PLACEMENTS)


def install(md: MarkdownIt) -> None:
    """Add containers to a parser. What comes after a name is parsed like a heading's words."""
    md.use(container_plugin, "aside", validate=_is_container)
    md.core.ruler.before("inline", "titles", _set_titles)


def _is_container(params: str, _markup: str) -> bool:
    kind, _, title = params.strip().partition(" ")
    return kind in KINDS and (not title or kind in TITLED)


def _set_titles(state: StateCore) -> None:
    state.tokens = list(_titled(state.tokens))


def _titled(tokens: list[Token]) -> Iterator[Token]:
    for token in tokens:
        yield token
        if token.type != "container_aside_open":
            continue
        token.info, _, title = token.info.strip().partition(" ")
        token.meta["has_title"] = bool(title)
        if title and token.map:
            lines = [token.map[0], token.map[0] + 1]
            name = "summary" if token.info == DETAILS else "label"
            yield Token(f"{name}_open", "", 1, block=True, level=token.level + 1, info=token.info)
            yield Token(
                "inline", "", 0, content=title.strip(), map=lines, level=token.level + 2,
                children=[], block=True,
            )  # fmt: skip
            yield Token(f"{name}_close", "", -1, block=True, level=token.level + 1)
