"""A story's HTML for places that have neither our stylesheet nor our scripts: feeds and mails.

Addresses hold everywhere, what folds stands open, cards are links, boxes to tick are signs.
Formulas and everything else stay as they are.
"""

from __future__ import annotations

import re
from functools import partial

# The sanitiser, and all that writes after it, escape `<` and `>` in text and in values: a tag is
# what stands between them.
ATTRIBUTES = r'(?: [a-z][a-z-]*="[^"<>]*")*'
TAG = re.compile(rf"<[a-z][a-z0-9]*{ATTRIBUTES}>")
ADDRESS = re.compile(r' (href|src|srcset)="([^"]*)"')
# They are for keyboards and scripts of ours.
OURS_ALONE = re.compile(r' (?:tabindex|data-player|loading|fetchpriority|decoding)="[^"]*"')
ANCHOR = re.compile(rf'<a class="anchor"{ATTRIBUTES}></a>')
GROUND = re.compile(rf'<svg class="figure__ground"{ATTRIBUTES}><rect{ATTRIBUTES}/></svg>')
BOX = re.compile(rf"<input({ATTRIBUTES})>")
CARD = re.compile(
    rf'<p class="embed" data-embed="([a-z]+)"{ATTRIBUTES}>(<a{ATTRIBUTES}>)'
    r'<span class="embed__name">([^<]*)</span> <span class="embed__address">([^<]*)</span></a></p>'
)


def portable(html: str, *, site: str, page: str) -> str:
    """Stored HTML as it can be sent. `site` is our origin, `page` the path of the story on it."""
    html = CARD.sub(_link, GROUND.sub("", ANCHOR.sub("", html)))
    html = BOX.sub(_sign, html).replace("<details>", '<details open="">')
    return TAG.sub(partial(_settle, site, page), html)


def _link(match: re.Match[str]) -> str:
    kind, link, name, address = match.groups()
    return f"<p>{link}{address if kind == 'page' else f'{name}: {address}'}</a></p>"


def _sign(match: re.Match[str]) -> str:
    return "☑" if " checked=" in match[1] else "☐"


def _settle(site: str, page: str, match: re.Match[str]) -> str:
    tag = OURS_ALONE.sub("", match[0])

    def absolute(found: re.Match[str]) -> str:
        name, value = found.groups()
        parts = value.split(", ") if name == "srcset" else [value]
        return f' {name}="{", ".join(_address(part, site, page) for part in parts)}"'

    return ADDRESS.sub(absolute, tag)


def _address(value: str, site: str, page: str) -> str:
    if value.startswith(("#", "?")):
        return f"{site}{page}{value}"
    is_path = value.startswith("/") and not value.startswith(("//", "/\\"))
    return f"{site}{value}" if is_path else value
