"""How a page becomes Python: as Jinja2 does it, without steps that change nothing in our pages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from jinja2 import nodes
from jinja2.compiler import CodeGenerator, Frame

from blog.jinja import escaping
from blog.jinja.tags import FILES, WORDS

# Filters whose answers hold nothing to escape: they made it, out of numbers.
SAFE_FILTERS = frozenset(["machine_date", "direction"])


class Compiler(CodeGenerator):
    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:
        self.writeline(f"from {escaping.__name__} import shown")
        super().visit_Template(node, frame)

    def blockvisit(self, body: Iterable[nodes.Node], frame: Frame) -> None:
        """A block says all of it at once: its pieces need not go through every page around it."""
        is_block = bool(frame.block) and frame.buffer is None
        if is_block:
            self.buffer(frame)
        super().blockvisit(_joined(body), frame)
        if is_block:
            self.writeline(f"yield concat({frame.buffer})")
            frame.buffer = None

    def visit_Getitem(self, node: nodes.Getitem, frame: Frame) -> None:
        """Words and files are taken from dictionaries that have whatever they are asked for."""
        if not (isinstance(node.node, nodes.Name) and node.node.name in {WORDS, FILES}):
            super().visit_Getitem(node, frame)
            return
        self.visit(node.node, frame)
        self.write("[")
        self.visit(node.arg, frame)
        self.write("]")

    def visit_Call(self, node: nodes.Call, frame: Frame, forward_caller: bool = False) -> None:
        """What a thing says of itself is called as it is: no method of ours wants the context."""
        has_words = node.args or node.kwargs or node.dyn_args or node.dyn_kwargs
        if not isinstance(node.node, nodes.Getattr) or has_words or forward_caller:
            super().visit_Call(node, frame, forward_caller=forward_caller)
            return
        self.visit(node.node, frame)
        self.write("()")

    def visit_MarkSafe(self, node: nodes.MarkSafe, frame: Frame) -> None:
        """Our tags alone write this node: what they say has nothing in it that is to be escaped."""
        self.visit(node.expr, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write("(" if _is_finished(node) else "shown(")

    def _output_child_post(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        self.write(")")


def _is_finished(node: nodes.Expr) -> bool:
    is_made = isinstance(node, nodes.Filter) and node.name in SAFE_FILTERS
    return is_made or isinstance(node, nodes.MarkSafe)


def _joined(body: Iterable[nodes.Node]) -> Iterator[nodes.Node]:
    """What is put out in a row, at once."""
    row: list[nodes.Output] = []
    for node in body:
        if isinstance(node, nodes.Output):
            row.append(node)
            continue
        yield from _at_once(row)
        row = []
        yield node
    yield from _at_once(row)


def _at_once(row: list[nodes.Output]) -> Iterator[nodes.Node]:
    if row:
        pieces = [piece for node in row for piece in node.nodes]
        yield nodes.Output(pieces, lineno=row[0].lineno)
