"""An XML document that is being written, element by element."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from io import StringIO
from xml.sax.xmlreader import AttributesImpl

from django.utils.xmlutils import SimplerXMLGenerator


class Document:
    def __init__(self) -> None:
        self._out = StringIO()
        self._xml = SimplerXMLGenerator(self._out, "utf-8", short_empty_elements=True)
        self._xml.startDocument()

    @contextmanager
    def element(self, name: str, attributes: Mapping[str, str] | None = None) -> Iterator[None]:
        """What is written in this block stands inside of the element."""
        self._xml.startElement(name, AttributesImpl(dict(attributes or {})))
        yield
        self._xml.endElement(name)

    def line(self, name: str, text: str = "", attributes: Mapping[str, str] | None = None) -> None:
        """An element that holds nothing but text."""
        self._xml.addQuickElement(name, text, dict(attributes or {}))

    def to_bytes(self) -> bytes:
        return self._out.getvalue().encode()
