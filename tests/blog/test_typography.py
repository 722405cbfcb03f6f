from __future__ import annotations

import pytest

from blog.markdown import render, typeset
from tests.blog.dom import parse

N = "\u202f"


def text(source: str, language: str = "en") -> str:
    return parse(render(source, language=language).html).text.strip()


@pytest.mark.parametrize(
    ("language", "outer", "inner"),
    [
        ("en", "“x”", "‘x’"),
        ("de", "„x“", "‚x‘"),
        ("de-CH", "«x»", "‹x›"),
        ("fr", f"«{N}x{N}»", "“x”"),
        ("es", "«x»", "“x”"),
        ("it", "«x»", "“x”"),
        ("pt", "«x»", "“x”"),
        ("pt-BR", "“x”", "‘x’"),
        ("nl", "“x”", "‘x’"),
        ("sv", "”x”", "’x’"),
        ("fi", "”x”", "’x’"),
        ("da", "»x«", "›x‹"),
        ("nb", "«x»", "‘x’"),
        ("pl", "„x”", "«x»"),
        ("cs", "„x“", "‚x‘"),
        ("ru", "«x»", "„x“"),
        ("uk", "«x»", "„x“"),
        ("ar", "«x»", "‹x›"),
        ("fa", "«x»", "‹x›"),
        ("he", "”x”", "’x’"),
        ("tlh", "“x”", "‘x’"),
        ("ja", '"x"', "'x'"),
        ("zh-Hans", '"x"', "'x'"),
    ],
)
def test_quotes_are_those_of_the_language(language, outer, inner):
    assert text('a "x" b', language) == f"a {outer} b"
    assert text("a 'x' b", language) == f"a {inner} b"


def test_quotes_inside_quotes():
    assert text("\"He said 'yes'\"") == "“He said ‘yes’”"
    assert text('"*a* and **b**"') == "“a and b”"


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("it's", "it’s"),
        ("the '90s", "the ’90s"),
        ('6" of rain', '6" of rain'),
        ("a -- b", "a – b"),
        ("1939--1945", "1939–1945"),
        ("a---b", "a—b"),
        ("a --- b", "a — b"),
        ("wait...", "wait…"),
        ("....", "...."),
        ("----", "----"),
        ("use --verbose", "use --verbose"),
        ("(c) (r) +-", "(c) (r) +-"),
        ("a\\-- b", "a-- b"),
        ('\\"a\\"', '"a"'),
        ("&quot;a&quot;", '"a"'),
    ],
)
def test_dashes_ellipses_and_apostrophes(typed, set_):
    assert text(f"x {typed}") == f"x {set_}"


def test_code_stays_as_typed():
    code = "\"a\" 'b' -- --- ... c'd"
    assert text(f"`{code}`") == code
    assert text(f"```\n{code}\n```") == code
    assert text(f"```\n{code} ; !\n```", "fr") == f"{code} ; !"


def test_addresses_stay_as_typed():
    root = parse(render('<https://e.org/a--b...> [x](https://e.org/a--b "it\'s")').html)
    assert [a.attrs["href"] for a in root.all("a")] == [
        "https://e.org/a--b...",
        "https://e.org/a--b",
    ]
    assert root.all("a")[0].text == "https://e.org/a--b..."


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("quoi ?", f"quoi{N}?"),
        ("quoi?", f"quoi{N}?"),
        ("non !", f"non{N}!"),
        ("non?!", f"non{N}?!"),
        ("ceci ; cela", f"ceci{N}; cela"),
        ("ceci : cela", f"ceci{N}: cela"),
        ("ceci: cela", f"ceci{N}: cela"),
        ("« oui »", f"«{N}oui{N}»"),
        ("«oui»", f"«{N}oui{N}»"),
        ("«\u00a0oui\u00a0»", f"«{N}oui{N}»"),
        ('"oui"', f"«{N}oui{N}»"),
        ('"oui" !', f"«{N}oui{N}»{N}!"),
        ("10:30", "10:30"),
        ("https://e.org?a=1", "https://e.org?a=1"),
        ("l'été", "l’été"),
    ],
)
def test_french_has_narrow_spaces_that_do_not_break(typed, set_):
    assert text(f"x {typed}", "fr") == f"x {set_}"


def test_other_languages_have_no_french_spaces():
    assert text("what ? « a »") == "what ? « a »"


def test_lines_of_japanese_join_without_a_space():
    assert text("日本\n語です\nABC\nend", "ja") == "日本語です\nABC\nend"
    assert text("日本\n語", "en") == "日本\n語"


def test_a_block_of_nothing_but_quotes_stays_as_it_is():
    assert set(text('"' * 2_000)) == {'"'}


@pytest.mark.parametrize(
    ("language", "typed", "expected"),
    [
        ("en", "Yesterday's bread", "Yesterday’s bread"),
        ("en", 'She said "no"... twice', "She said “no”… twice"),
        ("de", 'Das "Wetter"', "Das „Wetter“"),
        ("fr", "Pourquoi ?", "Pourquoi\u202f?"),
        ("ja", '"そのまま"', '"そのまま"'),
        ("en", "*No* <b>Markdown</b> [here](x)", "*No* <b>Markdown</b> [here](x)"),
        ("en", "", ""),
    ],
)
def test_a_title_has_the_quotes_of_its_language(language, typed, expected):
    assert typeset(typed, language) == expected
