"""What Django's templates take from those of Jinja2 (`blog.jinja`): parts, and the frame."""

from __future__ import annotations

from typing import Any

from django import template
from django.template import Node, NodeList, engines
from django.template.base import Parser, Token
from django.template.context import RequestContext
from django.template.loader_tags import BlockNode
from django.utils.safestring import SafeString

register = template.Library()

FRAME = "filled.jinja"


@register.simple_tag(takes_context=True)
def part(context: RequestContext, name: str, **given: Any) -> SafeString:
    """A part of a page, with all names that stand here and those it is given."""
    return _render(name, context, given)


@register.tag
def frame(parser: Parser, _token: Token) -> Frame:
    """The page around the blocks that stand in it."""
    nodes = parser.parse(("endframe",))
    parser.delete_first_token()
    return Frame(nodes)


class Frame(Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: RequestContext) -> SafeString:  # type: ignore[override]
        blocks = [node for node in self.nodelist if isinstance(node, BlockNode)]
        filled = {node.name: node.render(context) for node in blocks}
        return _render(FRAME, context, {"filled": filled})


def _render(name: str, context: RequestContext, given: dict[str, Any]) -> SafeString:
    names: dict[Any, Any] = context.flatten()
    page = engines["jinja"].get_template(name)
    return SafeString(page.render({**names, **given}, context.request))
