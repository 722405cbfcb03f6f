"""How much text the renderer takes, and what it says when it is too much.

A story may be 200 KB. Some shapes of 200 KB would still hold a worker for seconds or grow to
hundreds of megabytes, so what comes out is bounded too.
"""

from __future__ import annotations

from django.utils.translation import gettext

MAX_SOURCE_BYTES = 200 * 1024
MAX_RESPONSE_BYTES = 5 * 1024

MAX_NESTING = 20  # lists and quotes inside each other; a list counts twice (list, item)
MAX_INLINE_NESTING = 16  # emphasis in emphasis; deeper marks are dropped, the words stay
MAX_PICTURES = 300
MAX_LINES = 15_000
# Outside code. Each bracket is looked at as the start of a link, each star as half of a pair.
MAX_MARKS = {"[": 10_000, "*": 30_000, "_": 30_000, "~": 30_000, "=": 30_000}
MAX_BLOCK_TOKENS = 100_000
MAX_TOKENS = 300_000
MAX_HTML_CHARS = 2_000_000

# Only past these numbers is it no longer writing, and the rules below become quadratic.
MAX_QUOTES_PER_BLOCK = 1_000
MAX_HIGHLIGHTED_CHARS = 20_000
MAX_BACK_LINKS = 26
MAX_MATH_CHARS = 50_000  # a quarter of a second
MAX_EMBEDS = 100  # cards in one story; what comes after them are links


class MarkdownError(ValueError):
    """A text that is not rendered. The message is a sentence for the person who wrote it."""


class SourceTooLong(MarkdownError):
    """More bytes than a story or a response may have."""


class SourceTooComplex(MarkdownError):
    """Few enough bytes, but their shape would make a page nobody could open."""


def check_length(source: str, *, most_bytes: int) -> None:
    """Raises SourceTooLong when the text is too long as UTF-8."""
    size = len(source.encode("utf-8", "surrogatepass"))
    if size > most_bytes:
        raise SourceTooLong(
            gettext("This text is too long: it has %(size)s KB, and %(most)s KB is the most.")
            % {"size": -(-size // 1024), "most": most_bytes // 1024}
        )


def check_lines(source: str) -> None:
    """Raises SourceTooComplex when the text has more lines than a story has."""
    if source.count("\n") + source.count("\r") > MAX_LINES:
        raise too_large()


def too_deep() -> SourceTooComplex:
    """For lists and quotes beyond MAX_NESTING."""
    return SourceTooComplex(
        gettext("Lists or quotes stand inside each other too deeply here. Use fewer levels.")
    )


def too_large() -> SourceTooComplex:
    """For text that would become a page of an unreasonable size."""
    return SourceTooComplex(
        gettext("This text makes a page too large to open. Use fewer lines, tables or notes.")
    )


def too_many_pictures() -> SourceTooComplex:
    """For a text with more than MAX_PICTURES pictures."""
    return SourceTooComplex(
        gettext("A story can show at most %(most)s pictures.") % {"most": MAX_PICTURES}
    )
