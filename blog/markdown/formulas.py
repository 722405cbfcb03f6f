r"""Formulas in LaTeX: `$…$` in a sentence, `$$…$$` on lines of its own.

Dollars are money first. Those around a formula hug it, nothing that belongs to a word stands
outside of them, and what begins with an amount and goes on in words is none: "$5 and $10".
"""

from __future__ import annotations

import re

from django.utils.translation import gettext
from markdown_it import MarkdownIt
from markdown_it.rules_block import StateBlock
from markdown_it.rules_core import StateCore
from markdown_it.rules_inline import StateInline

from blog.markdown.limits import MAX_MATH_CHARS, SourceTooComplex
from blog.mathml import MAX_FORMULA_CHARS

MARK = "$$"
MAX_FORMULA_LINES = 60
INLINE = re.compile(r"\$(?![\s$])([^$\\`]*(?:\\.[^$\\`]*)*)(?<!\s)\$(?![\w$])", re.DOTALL)
AMOUNT = re.compile(r"[\d.,]+\s+[^\W\d_]{2,}")
WORD = re.compile(r"[\w$]")


def install(md: MarkdownIt) -> None:
    """Add formulas to a parser."""
    interrupts = ["paragraph", "reference", "blockquote", "list"]
    md.block.ruler.before("fence", "formula", _block, {"alt": interrupts})
    md.inline.ruler.before("escape", "formula", _inline)
    md.core.ruler.before("text_join", "check_formulas", _check)


def _inline(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "$" or (
        state.pos > 0 and WORD.match(state.src, state.pos - 1, state.pos)
    ):
        return False
    end = min(state.posMax, state.pos + MAX_FORMULA_CHARS + 2)
    match = INLINE.match(state.src, state.pos, end)
    # Where the look ahead ended, the sign after it was not seen.
    if not match or AMOUNT.match(match[1]) or WORD.match(state.src, match.end()):
        return False
    if not silent:
        token = state.push("math_inline", "", 0)
        token.content = match[1]
    state.pos = match.end()
    return True


def _block(state: StateBlock, start_line: int, end_line: int, silent: bool) -> bool:
    if state.is_code_block(start_line) or not _line(state, start_line).startswith(MARK):
        return False
    parts: list[str] = []
    for line in range(start_line, min(end_line, start_line + MAX_FORMULA_LINES)):
        text = _line(state, line) if line > start_line else _line(state, line)[len(MARK) :]
        if (not text and line > start_line) or state.sCount[line] < state.blkIndent:
            return False  # LaTeX has no empty lines in formulas either
        before, mark, after = text.partition(MARK)
        parts.append(before)
        if not mark:
            continue
        content = "\n".join(parts).strip()
        if after or not content or len(content) > MAX_FORMULA_CHARS:
            return False
        if not silent:
            token = state.push("math_block", "", 0)
            token.block, token.content, token.map = True, content, [start_line, line + 1]
            state.line = line + 1
        return True
    return False


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]].rstrip()


def _check(state: StateCore) -> None:
    """Each is read once more, by a slower reader."""
    chars = sum(
        len(token.content)
        for block in state.tokens
        for token in (block, *(block.children or ()))
        if token.type in ("math_block", "math_inline")
    )
    if chars > MAX_MATH_CHARS:
        raise SourceTooComplex(
            gettext("This text has more formulas than one page can show. Part it into two stories.")
        )
