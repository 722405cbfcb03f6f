"""Django's tags for words, addresses and files, and `{% part %}`, compiled into a page."""

from __future__ import annotations

import re
from collections.abc import Iterator

from jinja2 import nodes
from jinja2.ext import Extension
from jinja2.lexer import Token
from jinja2.parser import Parser

INDENT = re.compile(r"^[ \t]+", re.MULTILINE)
FILLED = re.compile(r"%\((\w+)\)s")
# How a page holds them; no view gives a name that begins like these.
WORDS, ADDRESSES, FILES, CLOCK = "_words", "_addresses", "_files", "_clock"


def _name(name: str) -> nodes.Name:
    return nodes.Name(name, "load")


def _item(of: str, key: str) -> nodes.Expr:
    return nodes.Getitem(_name(of), nodes.Const(key), "load")


class Tags(Extension):
    tags = {"translate", "blocktranslate", "url", "static", "csrf_token", "part"}

    def preprocess(self, source: str, name: str | None, filename: str | None = None) -> str:
        """Indentation is for whoever writes templates: it is 6 to 9 % of a page."""
        return INDENT.sub("", source)

    def parse(self, parser: Parser) -> nodes.Node | list[nodes.Node]:
        token = next(parser.stream)
        node = getattr(self, f"_parse_{token.value}")(parser, token)
        return _at_line(node, token.lineno)

    def _parse_translate(self, parser: Parser, _token: Token) -> nodes.Node:
        text = parser.stream.expect("string").value.replace("%", "%%")
        return _said(parser, nodes.MarkSafe(_item(WORDS, text)))

    def _parse_static(self, parser: Parser, _token: Token) -> nodes.Node:
        return _said(parser, nodes.MarkSafe(_item(FILES, parser.stream.expect("string").value)))

    def _parse_csrf_token(self, parser: Parser, _token: Token) -> nodes.Node:
        return _output(_name("csrf_input"))

    def _parse_url(self, parser: Parser, _token: Token) -> nodes.Node:
        args: list[nodes.Expr] = [nodes.Const(parser.stream.expect("string").value)]
        while not parser.stream.current.test_any("block_end", "name:as"):
            args.append(parser.parse_expression())
        return _said(parser, _call("address", ADDRESSES, args))

    def _parse_blocktranslate(self, parser: Parser, _token: Token) -> nodes.Node:
        is_trimmed = parser.stream.skip_if("name:trimmed")
        counting = list(_pairs(parser, "count"))[:1]
        values = dict(counting) | dict(_pairs(parser, "with"))
        parser.stream.expect("block_end")
        one, end = _sentence(parser, is_trimmed=is_trimmed)
        many = ""
        if end == "plural":
            parser.stream.expect("block_end")
            many, end = _sentence(parser, is_trimmed=is_trimmed)
        if end != "endblocktranslate" or bool(many) != bool(counting):
            parser.fail("blocktranslate: `count` and `plural` belong together")
        for name in _filled_in(one + many):
            values.setdefault(name, _name(name))
        said = [nodes.Keyword(name, value) for name, value in values.items()]
        if not counting:
            return _output(nodes.MarkSafe(_call("filled", WORDS, [nodes.Const(one)], said)))
        args = [nodes.Const(one), nodes.Const(many), counting[0][1]]
        return _output(nodes.MarkSafe(_call("counted", WORDS, args, said)))

    def _parse_part(self, parser: Parser, token: Token) -> nodes.Node:
        """Weave another template in: it sees all names that stand here, and those it is given.

        Unlike `{% include %}` it costs a page nothing. A slip in it is told with this line.
        """
        name = parser.stream.expect("string").value
        given = dict(_pairs(parser, "with"))
        loader = self.environment.loader
        if loader is None:
            parser.fail("part: there is no folder of templates")
        source, filename, _is_fresh = loader.get_source(self.environment, name)
        body = self.environment.parse(source, name, filename).body
        for node in body:
            node.set_lineno(token.lineno, override=True)
        targets: list[nodes.Expr] = [nodes.Name(one, "param") for one in given]
        return nodes.With(targets, list(given.values()), body)


def _at_line(node: nodes.Node, lineno: int) -> nodes.Node:
    return node.set_lineno(lineno)


def _output(value: nodes.Expr) -> nodes.Node:
    return nodes.Output([value])


def _said(parser: Parser, value: nodes.Expr) -> nodes.Node:
    """The value in the page, or under a name (`as`)."""
    if parser.stream.skip_if("name:as"):
        return nodes.Assign(parser.parse_assign_target(name_only=True), value)
    return _output(value)


def _call(
    function: str, of: str, args: list[nodes.Expr], named: list[nodes.Keyword] | None = None
) -> nodes.Expr:
    return nodes.Filter(_name(of), function, args, named or [], None, None)


def _pairs(parser: Parser, keyword: str) -> Iterator[tuple[str, nodes.Expr]]:
    """`with name=value other=value`."""
    if not parser.stream.skip_if(f"name:{keyword}"):
        return
    while parser.stream.current.type == "name" and parser.stream.look().type == "assign":
        name = next(parser.stream).value
        next(parser.stream)
        yield name, parser.parse_expression()


def _sentence(parser: Parser, *, is_trimmed: bool) -> tuple[str, str]:
    """What a translator reads, up to the next tag, and the name of that tag."""
    pieces: list[str] = []
    while True:
        token = next(parser.stream)
        if token.type == "data":
            pieces.append(token.value.replace("%", "%%"))
        elif token.type == "variable_begin":
            pieces.append(f"%({parser.stream.expect('name').value})s")
            parser.stream.expect("variable_end")
        elif token.type == "block_begin":
            text = "".join(pieces)
            if is_trimmed:
                text = " ".join(line.strip() for line in text.strip().splitlines())
            return text, parser.stream.expect("name").value
        else:
            parser.fail("blocktranslate has no end", token.lineno)


def _filled_in(text: str) -> list[str]:
    return FILLED.findall(text)
