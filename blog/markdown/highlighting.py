"""Code in colour: spans with Pygments' short class names."""

from __future__ import annotations

from functools import lru_cache
from html import escape
from itertools import groupby

from pygments.lexer import Lexer  # type: ignore[import-untyped]
from pygments.lexers import get_lexer_by_name  # type: ignore[import-untyped]
from pygments.token import STANDARD_TYPES, _TokenType  # type: ignore[import-untyped]
from pygments.util import ClassNotFound  # type: ignore[import-untyped]

from blog.markdown.limits import MAX_HIGHLIGHTED_CHARS

MAX_LABEL_CHARS = 30

# Named one by one: some of Pygments' five hundred take time that grows with the square of the
# text, and none of those left out is likely in a story.
LANGUAGES = frozenset(
    """
    bash c clojure cmake console cpp csharp css dart diff django docker elixir erlang fortran go
    graphql haskell html http ini java javascript jinja json julia kotlin latex lisp lua make
    markdown matlab nginx nix objective-c ocaml perl php postgresql powershell pycon python r
    ruby rust scala scheme scss sql swift text toml typescript vim xml yaml zig
    """.split()  # noqa: SIM905 -- easier to read as a text
)
OTHER_NAMES = {
    "c#": "csharp", "c++": "cpp", "cs": "csharp", "dockerfile": "docker", "ex": "elixir",
    "golang": "go", "hs": "haskell", "htm": "html", "js": "javascript", "jsx": "javascript",
    "kt": "kotlin", "makefile": "make", "md": "markdown", "objc": "objective-c", "patch": "diff",
    "pl": "perl", "plain": "text", "postgres": "postgresql", "ps1": "powershell", "py": "python",
    "py3": "python", "python3": "python", "rb": "ruby", "rs": "rust", "sh": "bash",
    "shell": "bash", "shell-session": "console", "svg": "xml", "tex": "latex", "ts": "typescript",
    "tsx": "typescript", "txt": "text", "yml": "yaml", "zsh": "bash",
}  # fmt: skip

PLAIN = {"plain", "plaintext", "text", "txt"}


def label(language: str) -> str:
    """The name of a language as a reader knows it: `py` is "Python". Unknown ones as typed.

    Plain text is no language, so it has none.
    """
    if language.lower() in PLAIN:
        return ""
    lexer = _lexer(language)
    return str(lexer.name) if lexer else language[:MAX_LABEL_CHARS]


def highlight(code: str, language: str) -> str:
    """The code as HTML, escaped; plain when its language is not known or it is very long."""
    lexer = _lexer(language) if len(code) <= MAX_HIGHLIGHTED_CHARS else None
    if lexer is None:
        return escape(code, quote=False)
    try:
        pieces = groupby(lexer.get_tokens(code), key=lambda piece: _class(piece[0]))
        return "".join(_span(name, "".join(value for _, value in run)) for name, run in pieces)
    except Exception:
        # Colour is a courtesy: a lexer that stumbles must not keep a story from being saved.
        return escape(code, quote=False)


@lru_cache(maxsize=128)
def _lexer(language: str) -> Lexer | None:
    name = language.lower()
    name = OTHER_NAMES.get(name, name)
    if name not in LANGUAGES:
        return None
    try:
        return get_lexer_by_name(name, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


# Nothing is coloured in these, and leaving their spans out halves a page with much code.
UNCOLORED = frozenset({"", "n", "p", "w", "x", "g", "l"})


def _span(name: str, value: str) -> str:
    text = escape(value, quote=False)
    return text if name in UNCOLORED or value.isspace() else f'<span class="{name}">{text}</span>'


@lru_cache(maxsize=512)
def _class(kind: _TokenType) -> str:
    while kind not in STANDARD_TYPES:
        kind = kind.parent
    return str(STANDARD_TYPES[kind])
