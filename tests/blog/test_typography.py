from __future__ import annotations

import pytest

from blog.figures import Picture
from blog.markdown import render, typeset
from blog.models import Post
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
        ("*non*!", f"non{N}!"),
        ("**Note**: fin", f"Note{N}: fin"),
        ("[lien](/x)?", f"lien{N}?"),
        ("`code`; fin", f"code{N}; fin"),
        ("«*oui*»", f"«{N}oui{N}»"),
        ("« *oui* »", f"«{N}oui{N}»"),
        ('*"oui"*!', f"«{N}oui{N}»{N}!"),
        ("(vraiment?)", f"(vraiment{N}?)"),
        ("«Quoi?»", f"«{N}Quoi{N}?{N}»"),
        ("Quoi...?", f"Quoi…{N}?"),
        ("100 %!", f"100 %{N}!"),
        ("page 3: fin", f"page 3{N}: fin"),
        ("suivant:\nligne", f"suivant{N}:\nligne"),
        ("H~2~O!", f"H2O{N}!"),
        ("https://e.org/a--b?c=d;e!", f"https://e.org/a--b?c=d;e{N}!"),
        ("(www.e.org/l'a)", "(www.e.org/l'a)"),
        ("$x$!", f"x{N}!"),
        ("a\\!", "a!"),
    ],
)
def test_french_has_narrow_spaces_that_do_not_break(typed, set_):
    assert text(f"x {typed}", "fr") == f"x {set_}"


@pytest.mark.parametrize(
    ("typed", "set_"),
    [
        ("L'été: qu'est-ce?", f"L’été{N}: qu’est-ce{N}?"),
        ('"Bonjour!"', f"«{N}Bonjour{N}!{N}»"),
        ("«Bonjour» -- ou «adieu»", f"«{N}Bonjour{N}» – ou «{N}adieu{N}»"),
        ("Pourquoi ? Parce que !", f"Pourquoi{N}? Parce que{N}!"),
        ("Vu sur https://e.org/l'a?b...", "Vu sur https://e.org/l'a?b…"),
    ],
)
def test_a_french_title_is_set_as_its_text_is(typed, set_):
    assert typeset(typed, "fr") == set_
    assert Post(title=typed, language="fr").display_title == set_
    assert text(typed, "fr") == set_


@pytest.mark.parametrize(
    ("language", "typed", "set_"),
    [
        ("de", "\"Wer sagte 'nein'?\"", "„Wer sagte ‚nein‘?“"),
        ("de", "Seite 3--4 -- und so...", "Seite 3–4 – und so…"),
        ("es", '"¿Qué?", dijo.', "«¿Qué?», dijo."),
        ("es", "¡Hola!", "¡Hola!"),
        ("it", 'l\'"onda"', "l’«onda»"),
        ("ru", "\"Вот 'так'\"", "«Вот „так“»"),
    ],
)
def test_sentences_are_set_as_their_language_sets_them(language, typed, set_):
    assert text(typed, language) == set_


def test_captions_are_set_as_their_story_is():
    src = "/media/pictures/abcdefgh12345678/1.jpg"

    def find(tokens):
        return {token: Picture(token, 9, 9, (9,), caption='Dit "non"!') for token in tokens}

    own = parse(render(f"![]({src})", language="fr", find_pictures=find).html)
    said = parse(render(f'![]({src} "L\'eau: bleue")', language="fr", find_pictures=find).html)
    assert own.one("figcaption").text == f"Dit «{N}non{N}»{N}!"
    assert said.one("figcaption").text == f"L’eau{N}: bleue"


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
