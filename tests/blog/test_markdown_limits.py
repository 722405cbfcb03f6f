from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from blog.markdown import (
    MAX_RESPONSE_BYTES,
    MAX_SOURCE_BYTES,
    MarkdownError,
    SourceTooComplex,
    SourceTooLong,
    render,
    render_response,
)
from blog.markdown.highlighting import LANGUAGES, highlight, label
from blog.markdown.limits import MAX_HTML_CHARS, MAX_INLINE_NESTING, MAX_NESTING
from blog.mathml import MAX_DEPTH
from tests.blog.dom import Element, parse

SIZE = MAX_SOURCE_BYTES


def fill(piece: str, head: str = "") -> str:
    return (head + piece * (SIZE // len(piece) + 1))[:SIZE]


def nest(before: str, after: str, middle: str = "x") -> str:
    count = (SIZE - len(middle)) // (len(before) + len(after))
    return before * count + middle + after * count


def depth(root: Element) -> int:
    deepest, level = 0, [root]
    while level:
        level = [c for e in level for c in e.children if isinstance(c, Element)]
        deepest += bool(level)
    return deepest


# Each held a parser for seconds, or grew, or nested without end, before there were bounds.
SHAPES = {
    "brackets": fill("["),
    "footnote marks without end": fill("[^"),
    "footnote marks after a note": fill("[^", "[^a]: x\n\n"),
    "picture marks": fill("!["),
    "closing brackets": fill("]"),
    "brackets, then closed": "[" * 9_000 + "]" * 9_000 + "(a)",
    "double quotes": fill('"'),
    "quotes that open": fill(' "a'),
    "paragraphs of quotes": fill(' "a' * 999 + "\n\n"),
    "a wide table": "|" + "a|" * 20_000 + "\n|" + "-|" * 20_000 + "\n" + "|\n" * 20_000,
    "a table that fills itself": "|" + "a|" * 256 + "\n|" + "-|" * 256 + "\n" + "a|\n" * 14_000,
    "one note, many marks": fill("[^1]", "[^1]: x\n\n"),
    "a chain of notes": "".join(f"[^{n}]: x[^{n + 1}]\n" for n in range(7_000)) + "\n[^0]",
    "notes in notes": fill("[^a]: "),
    "quotes in quotes": fill(">"),
    "lists in lists": fill("- "),
    "stairs of lists": "\n".join("  " * n + "- a" for n in range(400)),
    "stairs of definitions": "a\n" + "\n".join("  " * n + ": a" for n in range(400)),
    "containers in containers": fill("::: note\n"),
    "emphasis in emphasis": nest("*a ", " a*"),
    "strong in strong": nest("**a ", " a**"),
    "struck in struck": nest("~~a ", " a~~"),
    "stars": fill("*"),
    "stars and lines": fill("*_**__"),
    "links in links": nest("[", "](b)"),
    "pictures in pictures": nest("![", "](b)"),
    "links that never end": fill("[a](<b"),
    "references": "".join(f"[{n}]: /{n}\n" for n in range(7_000)) + "[1] " * 7_000,
    "backticks": "".join("`" * n + "a" for n in range(1, 630)),
    "comments": fill("<!-- "),
    "addresses": fill("<http://a"),
    "headings": fill("# a\n"),
    "the same heading": fill("# a b c d e f g\n"),
    "empty lines": fill("\n"),
    "dollars": fill("$"),
    "dollars that open": fill("$a "),
    "dollars that close": fill(" a$"),
    "dollars with a backslash": fill("$a\\"),
    "formulas": fill("$x$ "),
    "formulas of scripts": fill("$" + "x_1^2" * 300 + "$\n\n"),
    "formulas in formulas": fill("${" * 500 + "x" + "}$" * 500),
    "a deep formula": "$$" + "{" * 900 + "x" + "}" * 900 + "$$",
    "one formula of everything": "$$" + "\\frac{" * 300 + "$$",
    "formulas that grow": fill("$x" + "'" * 1_500 + "$\n\n"),
    "formulas that never end": fill("$$a\n"),
    "formulas in quotes that never end": fill("> $$\n"),
    "code in a sentence": fill("`a` "),
    "carets": fill("^"),
    "carets that open": fill("^a"),
    "raised": fill("^a^"),
    "tildes that open": fill("~a"),
    "equals signs": fill("="),
    "marks that open": fill(" ==a"),
    "marks in marks": nest("==a ", " a=="),
    "marks and stars": fill("==*a "),
    "abbreviations": "".join(f"*[a{n}]: b\n" for n in range(7_000)) + "a1 " * 20_000,
    "one abbreviation, many places": fill("a ", "*[a]: " + "b" * 190 + "\n\n"),
    "abbreviations of one letter": "".join(f"*[{chr(97 + n)}]: b\n" for n in range(26))
    + "\n"
    + "a b c d e f g " * 10_000,
    "cards": fill("https://e.org/a\n\n"),
    "long addresses": fill("https://e.org/" + "a" * 1_900 + "\n\n"),
    "one long address": "https://e.org/" + "%" * 190_000,
    "addresses of addresses": fill("https://"),
    "addresses that end badly": fill("https://e.org/?!"),
    "details in details": fill("::: details a\n"),
    "titles": fill("::: note " + "*a* " * 20 + "\n:::\n"),
    "spaces": fill(" "),
    "colons": fill(":"),
    "zero bytes": fill("\0"),
    "code": "```py\n" + fill("def f(x): return 'a' # c\n")[:-10],
    "blocks of code": fill("```py\n" + "x = [1, 'a']\n" * 1_400 + "```\n"),
    "pictures": fill("![](/media/pictures/abcdefgh12345678/1.jpg) "),
    "escapes": fill("\\"),
    "entities": fill("&"),
}


def rendered_or_refused(render_it) -> str:
    """The HTML, or "" when the text is refused with a sentence."""
    try:
        return render_it()
    except MarkdownError as error:
        if not str(error).endswith("."):
            raise
        return ""


@pytest.mark.parametrize("name", SHAPES)
def test_hostile_text_is_refused_or_becomes_a_bounded_page(name):
    html = rendered_or_refused(lambda: render(SHAPES[name]).html)
    assert len(html) <= MAX_HTML_CHARS
    assert depth(parse(html)) <= MAX_NESTING + max(MAX_INLINE_NESTING, MAX_DEPTH) + 10


@pytest.mark.parametrize("name", SHAPES)
def test_hostile_responses_become_small_pages(name):
    html = rendered_or_refused(lambda: render_response(SHAPES[name][:MAX_RESPONSE_BYTES]))
    assert len(html) < 40 * MAX_RESPONSE_BYTES


def test_a_story_of_just_200_kb_is_taken_and_one_byte_more_is_not():
    assert render("ä" * (SIZE // 2)).word_count == 1
    with pytest.raises(SourceTooLong, match="201 KB, and 200 KB"):
        render("ä" * (SIZE // 2) + "a")


def test_a_response_of_just_5_kb_is_taken_and_one_byte_more_is_not():
    assert render_response("a" * MAX_RESPONSE_BYTES)
    with pytest.raises(SourceTooLong, match="5 KB"):
        render_response("a" * MAX_RESPONSE_BYTES + "b")


def test_every_refusal_is_a_value_error_with_a_sentence():
    assert issubclass(MarkdownError, ValueError)
    assert issubclass(SourceTooLong, MarkdownError)
    assert issubclass(SourceTooComplex, MarkdownError)


def test_no_word_is_lost_by_nesting_deeply():
    """The parser by itself leaves out what is nested too deeply, without a word."""
    fine = "\n".join("  " * n + f"- w{n}" for n in range(9))
    assert all(f"w{n}" in render(fine).text for n in range(9))
    with pytest.raises(SourceTooComplex):
        render("\n".join("  " * n + f"- w{n}" for n in range(12)))
    with pytest.raises(SourceTooComplex):
        render_response(">" * 25 + " lost")


def test_emphasis_beyond_the_bound_keeps_its_words():
    rendered = render("*a " * 100 + "x" + " b*" * 100)
    assert parse(rendered.html).text.split() == ["a"] * 100 + ["x"] + ["b"] * 100


def test_a_story_with_301_pictures_is_refused_with_a_sentence():
    picture = "![](/media/pictures/abcdefgh12345678/1.jpg)\n\n"
    assert render(picture * 300)
    with pytest.raises(SourceTooComplex, match="300 pictures"):
        render(picture * 301)


def test_characters_that_are_none_do_no_harm():
    assert parse(render("a\ud800b \x00 \ufffe \u202e c").html).text.strip()
    assert render_response("a\udfffb")


def test_a_parser_keeps_nothing_from_the_text_before():
    first = render("# A\n\nx[^1]\n\n[^1]: n\n\n[r]: /x").html
    render("# A\n\n[^1] [r]\n\n[^2]: m")
    assert render("# A\n\nx[^1]\n\n[^1]: n\n\n[r]: /x").html == first


MARKS = (
    "[ ] ( ) ![ [^1] [^1]:\n * ** _ ~~ ` ``` > - 1. # | \\ < > & \" ' : ::: ~ \n \n\n --- a b é 日 "
    "note\n wide\n ```py\n [x] $ \t :--: {.a} /media/pictures/ = === ! == == ^ ^2^ ~2~ $$ $$\n $x$ "
    "details\n *[a]: https://youtu.be/dQw4w9WgXcQ\n\n \\frac "
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.sampled_from([*MARKS.split(" "), " "]), max_size=60))
def test_any_mixture_of_marks_becomes_well_formed_html(pieces):
    source = "".join(pieces)
    for html in (render(source).html, render_response(source, language="fr")):
        ids = [e.attrs["id"] for e in parse(html).elements if "id" in e.attrs]
        assert len(ids) == len(set(ids))


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_every_language_that_is_coloured_keeps_each_character(language):
    code = "a <b> & \"c\" 'd' # e\n{{ f }} // g\n\n\t(((([[[[{{{{ \\ é 日\n"
    assert parse(f"<pre>{highlight(code, language)}</pre>").text == code
    assert label(language) or language == "text"


def test_very_long_code_is_shown_without_colour():
    assert "<span" in highlight("def f(): 1\n", "python")
    assert "<span" not in highlight("def f(): 1\n" * 2_000, "python")
