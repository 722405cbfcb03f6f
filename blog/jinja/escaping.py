"""A value as text in a page, or the place of one."""

from __future__ import annotations

import re
from typing import Any, NoReturn

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString
from markupsafe import Markup

FINISHED = {Markup, SafeString}
NEEDS_ESCAPE = re.compile(r"""[&<>"']""")


def shown(value: Any) -> str:
    """The value as Django writes it into a page, with no object of its own for most texts."""
    kind = type(value)
    if (kind is str and NEEDS_ESCAPE.search(value) is None) or kind in FINISHED:
        said: str = value
        return said
    if kind is int:
        return str(value)
    return value.mark if kind is Hole else conditional_escape(value)


class Hole:
    """Where something will be said that differs (`moulds`). It can be said, and nothing else.

    `kind` is that of the value: addresses are looked up by it.
    """

    # Nobody's text (U+E000, private use); the other is for `|safe`.
    MARK, MARK_AS_IT_IS = "\ue000{}\ue000", "\ue000!{}\ue000"
    CUT = re.compile("\ue000(!?[a-z_]+)\ue000")

    def __init__(self, name: str, kind: type) -> None:
        self.name, self.kind = name, kind
        self.mark = self.MARK.format(name)

    def __str__(self) -> str:
        return self.mark

    def __html__(self) -> str:
        return self.MARK_AS_IT_IS.format(self.name)

    def _refuse(self, *_args: object) -> NoReturn:
        raise TypeError(f"A mould asks for {self.name}, which is only said: make it a flag.")

    __bool__ = __eq__ = __ne__ = __len__ = __iter__ = __contains__ = _refuse
    __hash__ = None  # type: ignore[assignment]
