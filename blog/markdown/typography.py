"""Quotes, dashes, ellipses and spaces as a printer of the story's language would set them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore
from markdown_it.rules_core.smartquotes import process_inlines
from markdown_it.token import Token

from blog.figures import Picture
from blog.markdown.limits import MAX_QUOTES_PER_BLOCK

NARROW_SPACE = "\u202f"  # no line break, and narrower than a space


@dataclass(frozen=True)
class Style:
    """How a language sets its text. `quotes`: outer open, outer close, inner open, inner close.

    No quotes mean that everything stays as it was typed.
    """

    quotes: tuple[str, str, str, str] | None
    is_french: bool = False


ENGLISH = Style(("“", "”", "‘", "’"))
GERMAN = Style(("„", "“", "‚", "‘"))
GUILLEMETS = Style(("«", "»", "“", "”"))
GUILLEMETS_SINGLE = Style(("«", "»", "‹", "›"))
GUILLEMETS_LOW = Style(("«", "»", "„", "“"))
LOW_HIGH = Style(("„", "”", "«", "»"))
HIGH_HIGH = Style(("”", "”", "’", "’"))
FRENCH = Style((f"«{NARROW_SPACE}", f"{NARROW_SPACE}»", "“", "”"), is_french=True)
UNTOUCHED = Style(None)

# By CLDR and the languages' own style guides; a region only where it differs from its language.
STYLES: dict[str, Style] = {
    **dict.fromkeys(("de", "cs", "sk", "sl", "bg", "is", "et", "lt", "lv", "mk"), GERMAN),
    **dict.fromkeys(("es", "it", "pt", "ca", "gl", "el"), GUILLEMETS),
    **dict.fromkeys(("ar", "fa", "ur", "ps", "ckb", "de-ch", "it-ch"), GUILLEMETS_SINGLE),
    **dict.fromkeys(("ru", "uk", "be"), GUILLEMETS_LOW),
    **dict.fromkeys(("pl", "hu", "ro"), LOW_HIGH),
    **dict.fromkeys(("sv", "fi", "he", "yi"), HIGH_HIGH),
    **dict.fromkeys(("nb", "no", "nn"), Style(("«", "»", "‘", "’"))),
    **dict.fromkeys(("hr", "sr", "bs"), Style(("„", "”", "‘", "’"))),
    **dict.fromkeys(("ja", "zh", "yue"), UNTOUCHED),
    "da": Style(("»", "«", "›", "‹")),
    "fr": FRENCH,
    "pt-br": ENGLISH,
}


def style_for(language: str) -> Style:
    """The style of a language tag like `de` or `pt-BR`; English for what is not known."""
    tag = language.lower().replace("_", "-")
    return STYLES.get(tag) or STYLES.get(tag.partition("-")[0]) or ENGLISH


# A line without any of these stays as it is (French also sets spaces before signs).
SET_OTHERWISE = re.compile(r"""["'.;:!?«»-]""")


@lru_cache(maxsize=32)
def _setter(quotes: tuple[str, ...]) -> MarkdownIt:
    return MarkdownIt("commonmark", {"quotes": list(quotes)})


# Titles are said several times on a page, and those of the newest stories on every page.
@lru_cache(maxsize=4_096)
def typeset(text: str, language: str) -> str:
    """A title or another line of plain text, set as `language` sets its stories."""
    return set_line(text, style_for(language))


def set_line(text: str, style: Style) -> str:
    """A line of plain text set in `style`."""
    if style.quotes is None or not SET_OTHERWISE.search(text):
        return text
    children = [Token("text", "", 0, content=text)]
    line = Token("inline", "", 0, content=text, children=children)
    _typeset(line, style, StateCore(text, _setter(style.quotes), {}, [line]))
    return "".join(child.content for child in line.children or ())


def set_caption(picture: Picture, language: str) -> Picture:
    """A picture whose own caption is set as the story that shows it."""
    return replace(picture, caption=typeset(picture.caption, language))


def rule(style: Style) -> Callable[[StateCore], None]:
    """A core rule of markdown-it. It touches `text` tokens only.

    Code, formulas and what was escaped with a backslash are other kinds of token, so they stay as
    typed; addresses in the text become one for as long as this takes.
    """

    def typeset(state: StateCore) -> None:
        for block in state.tokens:
            if block.type == "inline" and block.children:
                _typeset(block, style, state)

    def leave(state: StateCore) -> None:
        for block in state.tokens:
            if block.type == "inline" and block.children:
                _join_lines(block.children)

    return leave if style.quotes is None else typeset


def _typeset(block: Token, style: Style, state: StateCore) -> None:
    children = block.children = list(_parted(block.children or []))
    for token in written(children):
        token.content = _dashes(token.content)
    quotes = block.content.count('"') + block.content.count("'")
    # Each quote copies the text it stands in and looks back for its partner.
    if 0 < quotes <= MAX_QUOTES_PER_BLOCK:
        process_inlines(children, state)
        for token in written(children):  # what found no partner: 'tis, the '90s
            token.content = token.content.replace("'", "’")
    if style.is_french:
        _set_french_spaces(children)


ADDRESS = re.compile(
    r"""\b(?:https?://|www\.)[^\s<>«»“”"]*[^\s<>«»“”".,;:!?'’)\]…]""", re.IGNORECASE
)


def _parted(children: list[Token]) -> Iterator[Token]:
    """The addresses in a text as tokens of their own, which `text_join` joins again."""
    for token in children:
        done = 0
        for match in ADDRESS.finditer(token.content) if token.type == "text" else ():
            if match.start() > done:
                yield _part(token, "text", token.content[done : match.start()])
            yield _part(token, "text_special", match[0])
            done = match.end()
        if not done:
            yield token
        elif done < len(token.content):
            yield _part(token, "text", token.content[done:])


def _part(token: Token, kind: str, content: str) -> Token:
    return Token(kind, "", 0, content=content, level=token.level, info=token.info)


def written(children: list[Token]) -> Iterator[Token]:
    """The words somebody wrote: not the address that an `<https://…>` shows."""
    is_address = False
    for token in children:
        if token.info == "auto":
            is_address = token.type == "link_open"
        elif token.type == "text" and not is_address:
            yield token


ELLIPSIS = re.compile(r"(?<!\.)\.\.\.(?!\.)")
EM_DASH = re.compile(r"(?<!-)---(?!-)")
# Not at the start of a word: `--verbose` is meant as it stands.
EN_DASH = re.compile(r"(?<=\s)--(?=\s|$)|^--(?=\s)|(?<=[^\s-])--(?=[^\s-])|(?<=[^\s-])--$")


def _dashes(text: str) -> str:
    if "--" in text:
        text = EN_DASH.sub("–", EM_DASH.sub("—", text))
    return ELLIPSIS.sub("…", text) if "..." in text else text


TYPED_SPACE = re.compile(r"[ \u00a0]([;:!?»])")
GUILLEMET_SPACE = re.compile(r"«[ \u00a0]?(?!\u202f)")
GUILLEMET_CLOSE = re.compile(r"(?<=[^\s\u202f])»")
HIGH_MARK = re.compile(r"(?<=[^\W_]|[)\]»”’…%€$°])([;!?]+)(?=[\s)\]»”’…,.]|$)")
COLON = re.compile(r"(?<=[^\W_]|[)\]»”’…%€$°]):(?=\s|$)")


def _set_french_spaces(children: list[Token]) -> None:
    """Each text knows the letter before it, which may be emphasised, or a link's, or code's."""
    words = {id(token) for token in written(children)}
    before = " "
    for token in children:
        if token.type in ("softbreak", "hardbreak"):
            before = " "
        elif token.content:
            if id(token) in words:
                token.content = _french_spaces(before + token.content)[1:]
            before = token.content[-1]


def _french_spaces(text: str) -> str:
    """A narrow space that does not break, before ; : ! ? and inside « »."""
    text = TYPED_SPACE.sub(NARROW_SPACE + r"\1", text)
    text = GUILLEMET_SPACE.sub("«" + NARROW_SPACE, text)
    text = GUILLEMET_CLOSE.sub(NARROW_SPACE + "»", text)
    text = HIGH_MARK.sub(NARROW_SPACE + r"\1", text)
    return COLON.sub(NARROW_SPACE + ":", text)


NO_SPACES = re.compile(r"[\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")


def _join_lines(children: list[Token]) -> None:
    """A line break in the source is a space for Latin letters and nothing for kanji and kana."""
    for before, token, after in zip(children, children[1:], children[2:], strict=False):
        if token.type != "softbreak" or before.type != "text" or after.type != "text":
            continue
        if NO_SPACES.match(before.content[-1:]) and NO_SPACES.match(after.content[:1]):
            token.type, token.tag = "text", ""
