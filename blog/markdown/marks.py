"""Marks around a few letters: `^above^`, `~below~`, and `==marked==`."""

from __future__ import annotations

import re
from functools import partial

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Delimiter

# What is set above or below is short and has no spaces but those with a backslash before them.
ABOVE = re.compile(r"\^((?:[^\s\\\[\]^]|\\[ !-/:-@\[-`{-~]){1,60})\^")
BELOW = re.compile(r"(?<!~)~((?:[^\s\\\[\]~]|\\[ !-/:-@\[-`{-~]){1,60})~(?!~)")
ESCAPED = re.compile(r"\\([ !-/:-@\[-`{-~])")
EQUALS = "="
IN_CODE = re.compile(r"\w", re.ASCII)


def install(md: MarkdownIt) -> None:
    """Add the marks to a parser that has `~~struck~~` already."""
    md.inline.ruler.before("emphasis", "above", partial(_raise_or_lower, "sup", ABOVE))
    md.inline.ruler.before("strikethrough", "below", partial(_raise_or_lower, "sub", BELOW))
    md.inline.ruler.before("emphasis", "mark", _note_mark)
    md.inline.ruler2.before("emphasis", "mark", _close_marks)


def _raise_or_lower(tag: str, pattern: re.Pattern[str], state: StateInline, silent: bool) -> bool:
    match = pattern.match(state.src, state.pos, state.posMax)
    if not match or not any(sign.isalnum() for sign in match[1]):
        return False
    if not silent:
        state.push(f"{tag}_open", tag, 1)
        state.push("text", "", 0).content = ESCAPED.sub(r"\1", match[1])
        state.push(f"{tag}_close", tag, -1)
    state.pos = match.end()
    return True


def _note_mark(state: StateInline, silent: bool) -> bool:
    """Two equals signs may open or close; `a==b` is a comparison, `===` a line."""
    if silent or state.src[state.pos] != EQUALS:
        return False
    run = state.scanDelims(state.pos, True)
    state.push("text", "", 0).content = EQUALS * run.length
    before = state.src[state.pos - 1 : state.pos]
    after = state.src[state.pos + run.length : state.pos + run.length + 1]
    if run.length == 2 and not (IN_CODE.match(before) and IN_CODE.match(after)):
        place = len(state.tokens) - 1
        mark = Delimiter(ord(EQUALS), 0, place, -1, run.can_open, run.can_close)
        state.delimiters.append(mark)
    state.pos += run.length
    return True


def _close_marks(state: StateInline) -> None:
    inner = (meta["delimiters"] for meta in state.tokens_meta if meta and "delimiters" in meta)
    for delimiters in (state.delimiters, *inner):
        for opening in delimiters:
            if opening.marker == ord(EQUALS) and opening.end != -1:
                begin, end = (
                    state.tokens[opening.token],
                    state.tokens[delimiters[opening.end].token],
                )
                begin.type, begin.tag, begin.nesting, begin.content = "mark_open", "mark", 1, ""
                end.type, end.tag, end.nesting, end.content = "mark_close", "mark", -1, ""
