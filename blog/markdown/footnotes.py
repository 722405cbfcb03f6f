"""Footnotes: numbered as a reader meets them, with a way back from each.

The plugin parses marks and notes. Collecting them is done here, because notes that are mentioned
only in other notes need their number in reading order, and a note nobody mentions must not count.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import partial

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.footnote.index import footnote_ref

MARK = re.compile(r"\[\^[^\]\s\^\[]{1,64}\]")


def install(md: MarkdownIt) -> None:
    """Add footnotes to a parser. Notes inside the sentence (`^[…]`) stay off."""
    md.use(footnote_plugin, inline=False, move_to_end=False)
    md.inline.ruler.at("footnote_ref", _mark)
    md.core.ruler.after("text_join", "footnotes", _collect)


_parse_mark = partial(footnote_ref, always_match=False)


def _mark(state: StateInline, silent: bool) -> bool:
    """The plugin looks for the closing bracket to the end of the text each time."""
    return bool(MARK.match(state.src, state.pos)) and _parse_mark(state, silent)


@dataclass
class _Notes:
    """The notes of one text by label, and in which order they were met."""

    bodies: dict[str, list[Token]] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    uses: dict[str, int] = field(default_factory=dict)

    def use(self, label: str) -> dict[str, int]:
        number = self.numbers.setdefault(label, len(self.numbers) + 1)
        self.uses[label] = self.uses.get(label, 0) + 1
        return {"number": number, "use": self.uses[label]}


def _collect(state: StateCore) -> None:
    notes = _Notes()
    tokens = _take_out(state.tokens, notes)
    _number(tokens, notes)
    labels = list(notes.numbers)
    for label in labels:
        _number(notes.bodies[label], notes)
        labels.extend(list(notes.numbers)[len(labels) :])
    if labels:
        tokens.append(Token("footnotes_open", "section", 1, block=True))
        for label in labels:
            tokens.extend(_note(label, notes))
        tokens.append(Token("footnotes_close", "section", -1, block=True))
    state.tokens = tokens


def _take_out(tokens: list[Token], notes: _Notes) -> list[Token]:
    """The text without its notes. When a label is used twice, its first note stands."""
    layers: list[list[Token]] = [[]]
    labels: list[str] = []
    for token in tokens:
        if token.type == "footnote_reference_open":
            labels.append(token.meta["label"])
            layers.append([])
        elif token.type == "footnote_reference_close":
            notes.bodies.setdefault(labels.pop(), layers.pop())
        else:
            layers[-1].append(token)
    return layers[0]


def _number(tokens: list[Token], notes: _Notes) -> None:
    for token in tokens:
        for child in token.children or ():
            if child.type == "footnote_ref":
                child.meta = notes.use(child.meta["label"])


def _note(label: str, notes: _Notes) -> list[Token]:
    meta = {"number": notes.numbers[label], "uses": notes.uses[label]}
    body = list(notes.bodies[label])
    way_back = Token("footnote_backrefs", "", 0, meta=meta)
    is_text_last = bool(body) and body[-1].type == "paragraph_close"
    body.insert(len(body) - 1 if is_text_last else len(body), way_back)
    return [
        Token("footnote_open", "li", 1, meta=meta, block=True),
        *body,
        Token("footnote_close", "li", -1, block=True),
    ]
