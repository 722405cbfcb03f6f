"""The last gate before HTML is stored: what is not named here does not get through."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

import nh3
from pygments.token import STANDARD_TYPES  # type: ignore[import-untyped]

from blog.embeds import PLAYER
from blog.figures import SRC

STORY_REL = "noopener noreferrer"
RESPONSE_REL = "nofollow ugc noopener"
URL_SCHEMES = {"http", "https", "mailto"}

_BOTH_TAGS = {"p", "br", "em", "strong", "s", "a", "code", "pre", "div", "span", "blockquote"}
_BOTH_TAGS |= {"ul", "ol", "li"}
_STORY_TAGS = _BOTH_TAGS | {"h2", "h3", "h4", "hr", "img", "sup", "section", "aside", "input"}
_STORY_TAGS |= {"dl", "dt", "dd", "table", "thead", "tbody", "tr", "th", "td"}
_STORY_TAGS |= {"sub", "mark", "abbr", "details", "summary"}

# Their content is not for reading: it goes with the tag instead of staying behind as text.
_DROPPED_WITH_CONTENT = {"script", "style", "title", "textarea", "template", "iframe", "object"}
_DROPPED_WITH_CONTENT |= {"noscript", "noembed", "noframes", "xmp", "svg", "math", "select"}

_SYNTAX_CLASSES = {name for name in STANDARD_TYPES.values() if name}

# Every id starts with a prefix of ours: `id=location` would hide document.location from scripts.
_ID: Final = re.compile(r"h-[\w-]{1,80}|fn-[0-9]{1,6}|fnref-[0-9]{1,6}(?:-[0-9]{1,6})?")
_LOCAL: Final = re.compile(r"[#?]|/(?![/\\])|[\w.~%-]+(?:[/?#]|$)")


def _attribute(tag: str, name: str, value: str) -> str | None:
    """nh3 asks for every attribute that is allowed at all. None drops it."""
    if name == "id":
        return value if _ID.fullmatch(value) else None
    if name == "src":
        # Pictures come from our own uploads only: nothing is loaded from another host.
        return value if SRC.fullmatch(value) else None
    if name == "data-player":
        # The two hosts that may show their own pages in ours, and nothing but a film there.
        return value if PLAYER.fullmatch(value) else None
    if name == "start":
        return value if re.fullmatch(r"[0-9]{1,9}", value) else None
    return value


_STORY = nh3.Cleaner(
    tags=_STORY_TAGS,
    clean_content_tags=_DROPPED_WITH_CONTENT,
    attributes={
        "a": {"href", "title", "id", "aria-label"},
        "abbr": {"title"},
        "div": {"data-language", "aria-label"},
        "h2": {"id"},
        "h3": {"id"},
        "h4": {"id"},
        "img": {"src", "alt", "title"},
        "input": {"checked", "aria-label"},
        "li": {"id"},
        "ol": {"start"},
        "p": {"data-player"},
        "section": {"aria-label"},
    },
    tag_attribute_values={
        "aside": {"data-kind": {"note", "warning"}},
        "code": {"data-display": {"block"}},
        "div": {"tabindex": {"0"}, "role": {"region", "group"}},
        # Set below in any case; let through here, they keep their places, and a text rendered
        # twice is the same bytes.
        "input": {"type": {"checkbox"}, "disabled": {""}},
        "li": {"data-done": {"true", "false"}},
        "p": {"data-width": {"text", "wide", "full"}, "data-embed": {"page", "post", "video"}},
        "pre": {"tabindex": {"0"}},
        "td": {"data-align": {"left", "center", "right"}},
        "th": {"data-align": {"left", "center", "right"}, "scope": {"col"}},
    },
    set_tag_attribute_values={"input": {"type": "checkbox", "disabled": ""}},
    allowed_classes={
        "a": {"anchor", "footnote-backref"},
        "aside": {"pull", "callout"},
        "code": {"highlight", "math"},
        "div": {"code", "formula", "table"},
        "li": {"task"},
        "p": {"callout__label", "embed"},
        "section": {"footnotes"},
        "span": _SYNTAX_CLASSES | {"embed__name", "embed__address"},
        "sup": {"footnote-ref"},
    },
    attribute_filter=_attribute,
    url_schemes=URL_SCHEMES,
    link_rel=STORY_REL,
)

_RESPONSE = nh3.Cleaner(
    tags=_BOTH_TAGS,
    clean_content_tags=_DROPPED_WITH_CONTENT,
    attributes={"a": {"href", "title"}, "div": {"data-language"}, "ol": {"start"}},
    tag_attribute_values={"pre": {"tabindex": {"0"}}},
    allowed_classes={"code": {"highlight"}, "div": {"code"}, "span": _SYNTAX_CLASSES},
    attribute_filter=_attribute,
    url_schemes=URL_SCHEMES,
    link_rel=RESPONSE_REL,
)


def clean(html: str) -> str:
    """A story's HTML with only what a story may contain.

    Links to other hosts get `rel`. Pictures keep our own addresses only; `figures.expand` makes
    the rest of them afterwards.
    """
    return _clean(html, _STORY, STORY_REL)


def clean_response(html: str) -> str:
    """A response's HTML: paragraphs, emphasis, links, quotes, lists, code."""
    return _clean(html, _RESPONSE, RESPONSE_REL)


def is_local(href: str) -> bool:
    """Whether a link stays on this site: a path or a place on the page.

    What a browser would read as another host (`//host`, `/\\host`) is not local.
    """
    return bool(_LOCAL.match(re.sub(r"[\x00-\x20]", "", href)))


def _clean(html: str, cleaner: nh3.Cleaner, rel: str) -> str:
    # A lone surrogate cannot leave Python as UTF-8; nothing is lost, it was no character.
    readable = html.encode("utf-8", "replace").decode("utf-8")
    return _LINK.sub(_without_rel(rel), cleaner.clean(readable))


_LINK: Final = re.compile(r'<a((?: [a-z][a-z-]*="[^"<>]*")*)>')
_HREF: Final = re.compile(r' href="([^"]*)"')


def _without_rel(rel: str) -> Callable[[re.Match[str]], str]:
    """nh3 marks every link; a link that stays here needs no mark."""
    mark = f' rel="{rel}"'

    def shorten(match: re.Match[str]) -> str:
        attributes = match[1]
        href = _HREF.search(attributes)
        if href is None or is_local(href[1]):
            attributes = attributes.replace(mark, "", 1)
        return f"<a{attributes}>"

    return shorten
