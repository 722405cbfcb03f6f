"""The forms that stories have beyond CommonMark, tables and notes; each typed, each seen."""

from __future__ import annotations

import pytest

from blog.markdown import SourceTooComplex, findings, render
from blog.markdown.abbreviations import MAX_ABBREVIATIONS
from blog.markdown.limits import MAX_EMBEDS, MAX_MATH_CHARS
from blog.mathml import formula
from tests.blog.dom import Element, parse

TEX = r"\int_0^\infty e^{-x^2}\,dx=\frac{\sqrt{\pi}}{2}"
FILM = "dQw4w9WgXcQ"


def words(text: str) -> set[str]:
    return set(text.split())


# A second time on purpose, like the sanitiser's list in its test.
MATH_TAGS = words(
    "math mrow mi mn mo mtext mspace mfrac msqrt mroot mstyle msub msup msubsup munder mover "
    "munderover mtable mtr mtd mpadded mphantom"
)
MATH_ATTRIBUTES = words(
    "accent accentunder depth display displaystyle fence form height largeop linethickness lspace "
    "mathsize mathvariant maxsize minsize movablelimits rspace scriptlevel separator stretchy "
    "symmetric voffset width data-align"
)


def story(source: str, **options) -> Element:
    return parse(render(source, **options).html)


# --- marks


@pytest.mark.parametrize(
    ("typed", "tag", "within"),
    [
        ("x^2^", "sup", "2"),
        ("1^er^ mai", "sup", "er"),
        (r"a^two\ words^", "sup", "two words"),
        ("H~2~O", "sub", "2"),
        (r"x~i\~j~", "sub", "i~j"),
        ("a ==word== b", "mark", "word"),
        ("a ==two *words*== b", "mark", "two words"),
        ("日本==語==です", "mark", "語"),
        ("==“quoted”==", "mark", "“quoted”"),
    ],
)
def test_a_few_letters_are_raised_lowered_or_marked(typed, tag, within):
    assert story(typed).one(tag).text == within


@pytest.mark.parametrize(
    "typed",
    [
        "2^10 and 3^5",
        "^_^ or ^^",
        "[^1][^2]",
        "~/a and ~/b",
        "a~b",
        r"x\^2\^",
        "`x^2^ ~a~ ==b==`",
        "a == b and c == d",
        "a==b and c==d",
        "a === b ===",
        "==no end",
        "= a =",
    ],
)
def test_what_only_looks_like_such_a_mark_stays_as_typed(typed):
    root = story(typed)
    assert not [element for element in root.elements if element.tag in {"sup", "sub", "mark"}]


def test_struck_words_are_not_lowered():
    root = story("~~gone~~ and ~low~")
    assert (root.one("s").text, root.one("sub").text) == ("gone", "low")


def test_raised_and_lowered_letters_belong_to_their_word():
    rendered = render("H~2~O and 1^st^ ==of== all")
    assert rendered.text == "H2O and 1st of all"
    assert rendered.word_count == 5


# --- abbreviations


def test_an_abbreviation_says_everywhere_what_it_stands_for():
    root = story(
        '*[HTML]: HyperText "Markup" Language\n*[W3C]: Consortium\n\n# HTML\n\nBy W3C, HTML.'
    )
    assert [(a.text, a.attrs["title"]) for a in root.all("abbr")] == [
        ("HTML", "HyperText “Markup” Language"),
        ("W3C", "Consortium"),
        ("HTML", "HyperText “Markup” Language"),
    ]
    assert root.one("h2").attrs["id"] == "h-html"
    assert [element.tag for element in root.children if isinstance(element, Element)] == ["h2", "p"]


def test_only_whole_words_are_abbreviations_and_never_code():
    root = story("an HTMLX, XHTML, `HTML`, <https://e.org/HTML>\n\n*[HTML]: x")
    assert root.all("abbr") == []


def test_an_abbreviation_is_found_where_words_have_no_spaces():
    assert story("日本のNHKは\n\n*[NHK]: 日本放送協会", language="ja").one("abbr").text == "NHK"


def test_the_longer_of_two_abbreviations_is_meant():
    root = story("*[UN]: a\n*[UN Women]: b\n\nUN Women of the UN")
    assert [a.text for a in root.all("abbr")] == ["UN Women", "UN"]


@pytest.mark.parametrize("typed", ["*[]: x", "*[a]:", "*[ a ]: x", "*[a]: ", "    *[a]: x"])
def test_a_line_that_explains_nothing_stays_to_be_read(typed):
    root = story(f"{typed}\n\na")
    assert root.all("abbr") == []
    assert "*[" in root.text


def test_what_an_abbreviation_stands_for_is_only_words():
    abbr = story('*[a]: "><script>alert(1)</script>\n\na').one("abbr")
    assert abbr.attrs == {"title": '"><script>alert(1)</script>'}


def test_there_are_as_many_abbreviations_as_a_reader_could_want():
    source = "".join(f"*[a{n}]: b\n" for n in range(MAX_ABBREVIATIONS + 1))
    root = story(source + "\na0 a100")
    assert [a.text for a in root.all("abbr")] == ["a0"]
    assert "*[a100]: b" in root.text


# --- details and callouts


def test_details_open_by_their_summary():
    details = story('::: details What\'s "in" *it*\nOne `x`.\n\n- two\n:::\n\nafter').one("details")
    assert details.attrs == {}
    assert details.children[0] == details.one("summary")
    assert details.one("summary").text == "What’s “in” it"
    assert details.text.split() == ["What’s", "“in”", "it", "One", "x.", "two"]


def test_details_without_words_have_some_in_the_language_of_the_story():
    assert story("::: details\na\n:::").one("summary").text == "Details"


def test_details_stand_in_details():
    outer, inner = story(":::: details A\n::: details B\nc\n:::\n::::").all("details")
    assert (outer.text.split(), inner.text.split()) == (["A", "B", "c"], ["B", "c"])


def test_a_callout_may_have_a_title_and_a_warning_stays_one():
    note, warning = story("::: note By the *way*\na\n:::\n\n::: warning Hot\nb\n:::").all("aside")
    assert note.one("p", class_="callout__label").text == "By the way"
    assert warning.one("p", class_="callout__label").text == "Warning · Hot"


@pytest.mark.parametrize("typed", ["::: pull Words", "::: wide x", "::: danger", "::: detailsx"])
def test_other_containers_have_no_title(typed):
    root = story(f"{typed}\na\n:::")
    assert not [element for element in root.elements if element.tag in {"aside", "details"}]


# --- formulas


def test_a_formula_in_a_sentence_is_mathml():
    math = story("so $E = mc^2$, he said").one("math")
    assert math.attrs == {}
    assert math.text == "E=mc2"
    assert math.one("msup").text == "c2"


@pytest.mark.parametrize(
    "typed", [f"$$\n{TEX}\n$$", f"$${TEX}$$", f"$$ {TEX} $$", f"$${TEX[:9]}\n{TEX[9:]}$$"]
)
def test_a_formula_on_lines_of_its_own_stands_in_a_box_that_scrolls(typed):
    box = story(f"before\n{typed}\nafter").one("div", class_="formula")
    assert (box.attrs["tabindex"], box.attrs["role"]) == ("0", "group")
    assert box.attrs["aria-label"]
    assert box.one("math").attrs == {"display": "block"}
    assert box.one("mfrac").text == "π2"


@pytest.mark.parametrize(
    "typed",
    [
        "$5 and $10",
        "$5, or €4 ($6)",
        "US$5 or CA$6",
        "a $20 bill and a 5$ coin",
        "$HOME/$USER",
        "$ x$",
        "$x $",
        "$$",
        "$$x$$ in a sentence",
        r"\$x\$",
        r"$x\$",
        "`$x$`",
        "$5 for `code$`",
        "$x$y",
        "$$\nno end",
        "$$\na\n\nb\n$$",
        "    $$x$$",
    ],
)
def test_money_and_other_dollars_stay_as_typed(typed):
    root = story(typed)
    assert root.all("math") == root.all("code", class_="math") == []
    plain = typed.replace("`", "").replace("\\", "")
    assert "".join(root.text.split()) == "".join(plain.split())


@pytest.mark.parametrize("typed", ["- a\n  $$x$$", "> $$\n> x\n> $$", "a\n: $$x$$"])
def test_formulas_stand_in_lists_quotes_and_definitions(typed):
    assert story(typed).one("math").attrs == {"display": "block"}


def test_a_formula_is_found_again_by_its_latex():
    assert render(f"a $x_1$ b\n\n$${TEX}$$").text == f"a x_1 b\n{TEX}"


def test_nothing_in_a_formula_is_set_as_words_are():
    math = story(r"""$f' \text{"a" -- b...}$""", language="fr").one("math")
    assert "\u2032" in math.text
    assert '"a" -- b...'.replace(" ", "\u00a0") in math.text


@pytest.mark.parametrize(
    "tex", [r"\frac{1}", "{", r"x^a^b", r"\begin{matrix}", r"\left( x", r"\begin{x}a&b\end{x}"]
)
def test_latex_that_cannot_be_read_is_shown_to_its_author(tex):
    code = story(f"a ${tex}$ b").one("code", class_="math")
    assert code.text == tex


@pytest.mark.parametrize(
    "tex",
    [
        r"\text{<script>alert(1)</script>}",
        r"\text{&lt;img src=x onerror=alert(1)&gt;}",
        r"\text{&#x3c;img src=x onerror=alert(1)&#x3e;}",
        r"\href{javascript:alert(1)}{x}",
        r"\style{position:fixed;inset:0}{x}",
        r"\class{header__site}{x}",
        r"\color{red}x \colorbox{red}{x} \fcolorbox{red}{blue}{x}",
        r"\unicode{x3c}script\unicode{x3e}",
        r'\hspace{1em" onclick="alert(1)}',
        r'\kern{9999999999em}x',
        r"\rule{99999em}{99999em}",
        r"\begin{array}{c\" onclick=\"x}a\end{array}",
        r"\operatorname{<b>}",
        r"<b onclick=alert(1)>",
        r"\verb|<svg onload=alert(1)>|",
        r"\tag{</math><script>alert(1)</script>}",
        r"\mathbf{<i>} \mathbb{&}",
        r"</math><img src=x onerror=alert(1)>",
        r"\boxed{x}\cancel{y}\bcancel{z}",
    ],
)  # fmt: skip
def test_no_formula_brings_anything_but_mathml(tex):
    for source in (f"${tex}$", f"$${tex}$$"):
        for element in story(source).elements:
            if element.tag in {"p", "div"}:
                continue
            if element.tag == "code":
                assert element.attrs.keys() <= {"class", "data-display"}
                continue
            assert element.tag in MATH_TAGS
            assert set(element.attrs) <= MATH_ATTRIBUTES
            assert not any(len(value) > 12 for value in element.attrs.values())
            if any(isinstance(child, str) and child.strip() for child in element.children):
                assert element.tag in {"mi", "mn", "mo", "mtext"}


@pytest.mark.parametrize(
    "tex",
    [
        "".join(rf"\newcommand{{\{'abcdefgh'[n]}}}{{{'x' * 9}}}" for n in range(8)),
        r"\def\a{\a\a}\a",
        "{" * 40 + "x" + "}" * 40,
        "x^{" * 40 + "y" + "}" * 40,
        "x" * 2_001,
    ],
)
def test_a_formula_that_grows_or_goes_deep_is_left_as_it_is(tex):
    assert formula(tex, is_block=False) == ""


def test_letters_have_the_alphabets_of_mathematics():
    assert parse(formula(r"\mathbb{R}", is_block=False)).text == "ℝ"
    assert parse(formula(r"\mathbf{AB}", is_block=False)).text == "𝐀𝐁"
    assert parse(formula(r"\mathrm{d}", is_block=False)).one("mi").attrs["mathvariant"] == "normal"


def test_names_of_functions_stand_apart_from_letters():
    root = parse(formula(r"2\sin x+\cos^2(y)", is_block=False))
    assert len(root.all("mspace")) == 2
    assert "".join(root.text.split()) == "2sinx+cos2(y)"


def test_sums_have_their_limits_below_and_above_where_there_is_room():
    assert parse(formula(r"\sum_1^n x", is_block=True)).one("munderover")
    assert parse(formula(r"\sum_1^n x", is_block=False)).one("msubsup")


@pytest.mark.parametrize("name", ["align", "align*", "aligned", "split"])
def test_cells_of_a_formula_are_aligned_and_not_numbered(name):
    root = parse(formula(rf"\begin{{{name}}}a&=b\\c&=d\end{{{name}}}", is_block=True))
    assert [cell.attrs["data-align"] for cell in root.all("mtd")] == ["right", "left"] * 2
    assert "(1)" not in root.text


def test_more_formulas_than_a_page_can_show_are_refused_with_a_sentence():
    fine = ("$" + "x" * 100 + "$ ") * (MAX_MATH_CHARS // 100)
    assert render(fine)
    with pytest.raises(SourceTooComplex, match="more formulas"):
        render(fine + "$x$")


# --- cards


@pytest.mark.parametrize(
    ("address", "player"),
    [
        (f"https://www.youtube.com/watch?v={FILM}", FILM),
        (f"http://youtube.com/watch?feature=x&v={FILM}", FILM),
        (f"https://m.youtube.com/watch?v={FILM}&t=1m30s", f"{FILM}?start=90"),
        (f"https://youtu.be/{FILM}?t=42&si=abc", f"{FILM}?start=42"),
        (f"https://www.youtube.com/shorts/{FILM}", FILM),
        (f"https://www.youtube.com/live/{FILM}?start=7", f"{FILM}?start=7"),
        (f"https://www.youtube-nocookie.com/embed/{FILM}", FILM),
    ],
)
def test_a_film_on_youtube_is_a_card_that_knows_its_player(address, player):
    card = story(f"before\n\n{address}\n\nafter").one("p", class_="embed")
    assert card.attrs["data-player"] == f"https://www.youtube-nocookie.com/embed/{player}"
    assert card.one("a").attrs["href"] == address
    assert card.one("span", class_="embed__name").text == "Video on YouTube"


@pytest.mark.parametrize(
    ("address", "player"),
    [
        ("https://vimeo.com/76979871", "76979871?dnt=1"),
        ("https://vimeo.com/76979871/8a9b0c1d2e", "76979871?dnt=1&h=8a9b0c1d2e"),
        ("https://vimeo.com/channels/staffpicks/76979871", "76979871?dnt=1"),
        ("https://player.vimeo.com/video/76979871", "76979871?dnt=1"),
    ],
)
def test_a_film_on_vimeo_is_asked_not_to_track(address, player):
    card = story(address).one("p", class_="embed")
    assert card.attrs["data-player"] == f"https://player.vimeo.com/video/{player}"


def test_a_post_on_mastodon_says_whose_it_is():
    card = story("https://mastodon.social/@Gargron/100254678717223630").one("p", class_="embed")
    assert card.one("span", class_="embed__name").text.startswith(
        "Post by @Gargron@mastodon.social"
    )
    assert "data-player" not in card.attrs


@pytest.mark.parametrize(
    ("address", "name", "shown"),
    [
        ("https://www.nasa.gov/solar-system/", "nasa.gov", "nasa.gov/solar-system"),
        ("https://e.org", "e.org", "e.org"),
        ("https://e.org:8443/a_b*c*", "e.org", "e.org:8443/a_b*c*"),
        ("https://müller.example/ä", "müller.example", "müller.example/ä"),
        ("https://www.youtube.com/@channel", "youtube.com", "youtube.com/@channel"),
        ("https://youtu.be.e.org/dQw4w9WgXcQ", "youtu.be.e.org", "youtu.be.e.org/dQw4w9WgXcQ"),
        ("https://vimeo.com/about", "vimeo.com", "vimeo.com/about"),
        ("https://e.org/" + "a" * 100, "e.org", "e.org/" + "a" * 63 + "…"),
    ],
)
def test_any_other_page_is_a_card_with_its_host_and_address(address, name, shown):
    card = story(address).one("p", class_="embed")
    assert card.attrs["data-embed"] == "page"
    assert card.one("span", class_="embed__name").text == name
    assert card.one("span", class_="embed__address").text == shown
    assert card.one("a").attrs["rel"] == "noopener noreferrer"


@pytest.mark.parametrize(
    "typed",
    [
        f"See https://youtu.be/{FILM}",
        f"https://youtu.be/{FILM} .",
        f"https://youtu.be/{FILM}\nand more",
        f"<https://youtu.be/{FILM}>",
        f"[film](https://youtu.be/{FILM})",
        f"- https://youtu.be/{FILM}",
        f"> https://youtu.be/{FILM}",
        f"`https://youtu.be/{FILM}`",
        f"# https://youtu.be/{FILM}",
        f"youtu.be/{FILM}",
        f"https://youtu.be@evil.example/{FILM}",
        f"https://me:secret@youtu.be/{FILM}",
        f"https://youtu.be%2Eevil.example/{FILM}",
        f"https://youtu.be%40evil.example/{FILM}",
        "https://e.org%5B/",
        "https://localhost/admin/",
        "https://[::1]/",
        "https://e.org:99999/",
        "https://",
        "https://e.org/<b>",
        "javascript:alert(1)",
        "ftp://e.org/x",
        "https://e.org/" + "a" * 2_000,
    ],
)
def test_what_is_not_an_address_alone_on_its_line_is_no_card(typed):
    root = story(typed)
    assert root.all("p", class_="embed") == []
    assert not [element for element in root.elements if "data-player" in element.attrs]


@pytest.mark.parametrize(
    "address",
    [
        "https://www.youtube.com/watch?v=../../x",
        'https://www.youtube.com/watch?v="onclick=1',
        "https://www.youtube.com/watch?v=dQw4w9WgXcQx",
        "https://www.youtube.com/watch",
        "https://youtube.com:8080/watch?v=dQw4w9WgXcQ",
        "https://vimeo.com/76979871?dnt=0",
        "https://www.youtube.com/watch?v=dQw4w9WgXcQ" + "&a=1" * 100,
    ],
)
def test_a_strange_address_of_a_film_gives_no_strange_player(address):
    players = [e.attrs["data-player"] for e in story(address).elements if "data-player" in e.attrs]
    assert players in ([], ["https://player.vimeo.com/video/76979871?dnt=1"])


def test_cards_stand_in_callouts_and_details():
    source = f"::: details More\nhttps://youtu.be/{FILM}\n:::"
    assert story(source).one("details").one("p", class_="embed")


def test_after_a_hundred_cards_addresses_are_text():
    root = story("https://e.org/a\n\n" * (MAX_EMBEDS + 1))
    assert len(root.all("p", class_="embed")) == MAX_EMBEDS
    assert len(root.all("p")) == MAX_EMBEDS + 1


# --- beside the text: preview and findings


def test_the_preview_knows_from_which_line_each_form_came():
    source = (
        "*[a]: b\n\n$$\nx\n$$\n\nhttps://e.org/\n\n::: details T\nin a\n:::\n\n::: note N\nc\n:::\n"
    )
    root = story(source, with_lines=True)
    lines = [
        (element.tag, element.attrs["data-line"])
        for element in root.elements
        if "data-line" in element.attrs
    ]
    assert lines == [
        *(("div", "2"), ("p", "6"), ("details", "8"), ("p", "9"), ("aside", "12"), ("p", "13"))
    ]
    assert "data-line" not in render(source).html


def test_what_is_to_come_is_found_in_titles_and_not_in_formulas():
    source = "::: details TK title\nx $TK$ $[a][b]$ ==TK== https://e.org/TK\n:::\n\n$$TK$$\n"
    found = findings.find(source, language="en")
    assert [(f.line, source[f.start : f.end]) for f in found] == [(0, "TK"), (1, "TK"), (1, "TK")]
    assert source[: found[1].start].endswith("==")
