"""HTML as a tree, so that tests ask what a browser would make of it and not how it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"br", "hr", "img", "input", "link", "meta", "source", "rect"}


@dataclass
class Element:
    tag: str
    attrs: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    @property
    def text(self) -> str:
        pieces: list[str] = []
        waiting: list[Element | str] = [self]
        while waiting:
            node = waiting.pop()
            if isinstance(node, str):
                pieces.append(node)
            else:
                waiting.extend(reversed(node.children))
        return "".join(pieces)

    @property
    def elements(self) -> list[Element]:
        """Every element below this one, in document order. Not recursive: trees may be deep."""
        found: list[Element] = []
        waiting = [c for c in reversed(self.children) if isinstance(c, Element)]
        while waiting:
            element = waiting.pop()
            found.append(element)
            waiting.extend(c for c in reversed(element.children) if isinstance(c, Element))
        return found

    def all(self, tag: str, **attrs: str) -> list[Element]:
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attrs.items()}
        return [
            element
            for element in self.elements
            if element.tag == tag
            and all(element.attrs.get(name) == value for name, value in wanted.items())
        ]

    def one(self, tag: str, **attrs: str) -> Element:
        found = self.all(tag, **attrs)
        assert len(found) == 1, f"{len(found)} of <{tag} {attrs}>"
        return found[0]


class _Builder(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("#root")
        self.open = [self.root]
        self.strange: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        if len(element.attrs) != len(attrs):
            self.strange.append(f"an attribute twice in <{tag}>")
        self.open[-1].children.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].children.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        if self.open[-1].tag != tag:
            self.strange.append(f"</{tag}> closes <{self.open[-1].tag}>")
            return
        self.open.pop()

    def handle_data(self, data: str) -> None:
        self.open[-1].children.append(data)

    def handle_comment(self, data: str) -> None:
        self.strange.append("a comment")

    def handle_decl(self, decl: str) -> None:
        self.strange.append("a declaration")

    def handle_pi(self, data: str) -> None:
        self.strange.append("an instruction")

    def unknown_decl(self, data: str) -> None:
        self.strange.append("a section")


def parse(html: str) -> Element:
    """The tree; fails when a tag is not closed in order, or when there is a comment."""
    builder = _Builder()
    builder.feed(html)
    builder.close()
    assert not builder.strange, builder.strange
    assert builder.open == [builder.root], "a tag stays open"
    return builder.root
