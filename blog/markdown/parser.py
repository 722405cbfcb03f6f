"""The parsers: one dialect for stories, a narrow one for responses."""

from __future__ import annotations

import re
from functools import lru_cache, partial

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline import image as parse_image
from mdit_py_plugins.deflist import deflist_plugin

from blog.markdown import (
    abbreviations,
    containers,
    embeds,
    footnotes,
    formulas,
    marks,
    mentions,
    structure,
    typography,
)
from blog.markdown.elements import Elements
from blog.markdown.limits import MAX_NESTING
from blog.sanitize import URL_SCHEMES

RESPONSE_BLOCKS = ["blockquote", "code", "fence", "list", "paragraph"]
RESPONSE_INLINE = ["autolink", "backticks", "emphasis", "entity", "escape", "link", "newline"]
MAX_IMAGES_IN_ALT = 2
SCHEME = re.compile(r"\s*([a-z][a-z0-9+.-]*):", re.IGNORECASE)


@lru_cache(maxsize=32)
def story_parser(style: typography.Style) -> MarkdownIt:
    """The dialect of stories. Parsers keep nothing between texts, so they are shared."""
    md = _base(style).enable(["table", "strikethrough"])
    md.options["tasklists"] = True
    md.inline.ruler.at("image", _image)
    md.use(deflist_plugin)
    containers.install(md)
    embeds.install(md)
    formulas.install(md)
    marks.install(md)
    footnotes.install(md)
    abbreviations.install(md, style)
    # The plugin brings renderers of its own; ours are the ones to use.
    md.renderer = Elements(md)
    md.core.ruler.after("footnotes", "headings", structure.number_headings)
    md.core.ruler.after("headings", "cells", structure.align_cells)
    md.core.ruler.after("cells", "pictures", partial(structure.place_pictures, style=style))
    return md


@lru_cache(maxsize=32)
def response_parser(style: typography.Style) -> MarkdownIt:
    """Paragraphs, emphasis, links, quotes, lists, code, @handles; a line break stays one."""
    md = _base(style)
    md.options["breaks"] = True
    for rules, wanted in ((md.block.ruler, RESPONSE_BLOCKS), (md.inline.ruler, RESPONSE_INLINE)):
        rules.enableOnly([*wanted, "text"] if rules is md.inline.ruler else wanted)
    mentions.install(md)
    return md


def _base(style: typography.Style) -> MarkdownIt:
    options = {"html": False, "maxNesting": MAX_NESTING, "xhtmlOut": False}
    md = MarkdownIt("commonmark", options, renderer_cls=Elements)
    if style.quotes:
        md.options["quotes"] = list(style.quotes)
    md.validateLink = _is_link  # type: ignore[method-assign]
    md.core.ruler.after("block", "check_blocks", structure.check_blocks)
    md.core.ruler.after("inline", "typography", typography.rule(style))
    md.core.ruler.after("text_join", "cap_marks", structure.cap_marks)
    return md


def _is_link(url: str) -> bool:
    """An address we would not keep stays text, so that its writer sees that it is none."""
    scheme = SCHEME.match(url)
    return scheme is None or scheme[1].lower() in URL_SCHEMES


def _image(state: StateInline, silent: bool) -> bool:
    """Descriptions are parsed like text: pictures inside pictures would recurse for ever."""
    depth = state.env.get("image_depth", 0)
    if depth >= MAX_IMAGES_IN_ALT:
        return False
    state.env["image_depth"] = depth + 1
    try:
        return parse_image(state, silent)
    finally:
        state.env["image_depth"] = depth
