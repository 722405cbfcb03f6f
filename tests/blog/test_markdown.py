from __future__ import annotations

import pytest
from django.utils import translation

from blog.figures import Picture
from blog.markdown import Heading, render, render_response
from tests.blog.dom import Element, parse

TOKEN = "abcdefgh12345678"
OTHER = "8765432187654321"
SRC = f"/media/pictures/{TOKEN}/1600.jpg"


def story(source: str, **options) -> Element:
    return parse(render(source, **options).html)


def find(tokens):
    return {token: Picture(token, 1600, 900, (320, 1600), alt="own") for token in tokens}


# --- the dialect


def test_html_in_a_story_is_shown_and_not_obeyed():
    root = story("<script>alert(1)</script>\n\na <b>c</b> &amp; d")
    assert root.text.split() == ["<script>alert(1)</script>", "a", "<b>c</b>", "&", "d"]
    assert {element.tag for element in root.elements} == {"p"}


@pytest.mark.parametrize(
    ("source", "tag"),
    [("*a*", "em"), ("**a**", "strong"), ("~~a~~", "s"), ("`a`", "code"), ("> a", "blockquote")],
)
def test_marks_become_elements(source, tag):
    assert story(source).one(tag).text.strip() == "a"


@pytest.mark.parametrize("source", ["***", "---", "* * *"])
def test_a_section_break_is_a_rule(source):
    assert story(f"a\n\n{source}\n\nb").one("hr")


def test_bare_addresses_are_not_links():
    assert story("see https://e.org and e.org").all("a") == []
    assert story("see <https://e.org>").one("a").attrs["href"] == "https://e.org"


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "JAVASCRIPT:x", "data:text/html,x", "file:///x", "vbscript:x"]
)
def test_an_address_that_is_not_for_the_web_is_no_link(href):
    root = story(f"[x]({href}) <{href}> ![y]({href})\n\n[z]\n\n[z]: {href}")
    assert root.all("a") == root.all("img") == []


def test_headings_stand_below_the_title():
    root = story("# A\n\n## B\n\n### C\n\n#### D\n\n###### E\n\nF\n===")
    tags = [element.tag for element in root.elements if element.tag.startswith("h")]
    assert tags == ["h2", "h2", "h3", "h4", "h4", "h2"]


def test_each_heading_has_an_anchor_of_its_own():
    root = story("# Same\n\n# Same\n\n# Same 2\n\n# Same\n\n# ???\n\n# مرحبا")
    ids = [heading.attrs["id"] for heading in root.all("h2")]
    assert ids == ["h-same", "h-same-2", "h-same-2-2", "h-same-3", "h-section", "h-مرحبا"]
    assert [a.attrs["href"] for a in root.all("a", class_="anchor")] == [f"#{i}" for i in ids]
    assert all(a.attrs["aria-label"] and not a.text for a in root.all("a", class_="anchor"))


def test_headings_are_told_for_a_table_of_contents():
    rendered = render('# A *b* `c`\n\n> # quoted\n\n### "D"')
    assert rendered.headings == (Heading(2, "A b c", "h-a-b-c"), Heading(3, "“D”", "h-d"))


def test_code_is_coloured_and_says_its_language():
    block = story('```py\ndef f():\n    return "<b>"  # x\n```').one("div", class_="code")
    assert block.attrs["data-language"] == "Python"
    assert block.one("pre").attrs == {"tabindex": "0"}
    assert block.one("code", class_="highlight").text == 'def f():\n    return "<b>"  # x\n'
    assert [span.text for span in block.all("span", class_="k")] == ["def", "return"]


@pytest.mark.parametrize(
    ("info", "label"),
    [("C++", "C++"), ("js", "JavaScript"), ("klingon", "klingon"), ("sh -x", "Bash")],
)
def test_a_language_is_named_as_readers_know_it(info, label):
    assert story(f"```{info}\nx\n```").one("div").attrs["data-language"] == label


def test_code_without_a_language_has_no_label():
    for source in ("```\nx < y\n```", "    x < y", "```text\nx < y\n```"):
        block = story(source).one("div", class_="code")
        assert "data-language" not in block.attrs
        assert block.text.strip() == "x < y"


def test_a_hostile_language_name_is_only_a_name():
    block = story('```"><script>alert(1)</script>\nx\n```').one("div")
    assert block.attrs["data-language"] == '"><script>alert(1)</script>'[:30]
    assert [element.tag for element in block.elements] == ["pre", "code"]


def test_a_table_scrolls_in_its_own_box_and_aligns():
    box = story("| a | b | c |\n|:--|:-:|--:|\n| 1 | 2 |").one("div", class_="table")
    assert (box.attrs["tabindex"], box.attrs["role"]) == ("0", "group")
    assert box.attrs["aria-label"]
    assert [th.attrs["data-align"] for th in box.all("th")] == ["left", "center", "right"]
    assert {th.attrs["scope"] for th in box.all("th")} == {"col"}
    assert [td.text for td in box.all("td")] == ["1", "2", ""]
    assert all("style" not in element.attrs for element in box.elements)


def test_task_lists_show_what_is_done():
    todo, done, plain = story("- [ ] a\n- [x] *b*\n- c").all("li")
    assert (todo.attrs, done.attrs) == (
        {"class": "task", "data-done": "false"},
        {"class": "task", "data-done": "true"},
    )
    assert "checked" in done.one("input").attrs
    assert "checked" not in todo.one("input").attrs
    assert all("disabled" in li.one("input").attrs for li in (todo, done))
    assert done.text.strip() == "b"
    assert plain.attrs == {}


def test_lists_of_definitions_and_numbers():
    root = story("Term\n: Meaning\n\n3. three\n4. four")
    assert (root.one("dt").text, root.one("dd").text) == ("Term", "Meaning")
    assert root.one("ol").attrs == {"start": "3"}


@pytest.mark.parametrize(
    ("name", "attrs", "label"),
    [
        ("pull", {"class": "pull"}, []),
        ("note", {"class": "callout", "data-kind": "note"}, ["Note"]),
        ("warning", {"class": "callout", "data-kind": "warning"}, ["Warning"]),
    ],
)
def test_asides(name, attrs, label):
    aside = story(f"::: {name}\na *b*\n\n- c\n:::\n\nafter").one("aside")
    assert aside.attrs == attrs
    assert aside.text.split() == [*label, "a", "b", "c"]


def test_asides_inside_each_other_close_in_order():
    outer, inner = story(":::: note\na\n::: pull\nb\n:::\nc\n::::\nd").all("aside")
    assert outer.text.split() == ["Note", "a", "b", "c"]
    assert inner.text.split() == ["b"]


def test_an_unknown_container_is_text():
    root = story("::: danger\na\n:::")
    assert root.all("aside") == []
    assert "danger" in root.text


# --- pictures


def test_a_picture_of_ours_becomes_a_figure():
    rendered = render(f'![cat]({SRC} "cap")', find_pictures=find)
    figure = parse(rendered.html).one("figure")
    assert figure.one("img").attrs["alt"] == "cat"
    assert figure.one("figcaption").text == "cap"
    assert rendered.picture_tokens == (TOKEN,)


@pytest.mark.parametrize("width", ["wide", "full"])
def test_a_picture_may_stand_wider_than_the_text(width):
    root = story(f"::: {width}\n![]({SRC})\n\nwords\n:::\n\n![]({SRC})", find_pictures=find)
    assert [f.attrs["data-width"] for f in root.all("figure")] == [width, "text"]
    assert root.one("p").attrs == {}


def test_two_pictures_in_one_paragraph_stand_side_by_side():
    other = SRC.replace(TOKEN, OTHER)
    rendered = render(f"![]({SRC})\n![]({other})\n\n![]({SRC})", find_pictures=find)
    assert len(parse(rendered.html).one("div", data_row="2").all("figure")) == 2
    assert rendered.picture_tokens == (TOKEN, OTHER)


def test_pictures_are_asked_for_once_and_only_when_there_are_any():
    asked = []

    def remember(tokens):
        asked.append(tuple(tokens))
        return {}

    render("words", find_pictures=remember)
    render(f"![a]({SRC}) ![b]({SRC})", find_pictures=remember)
    assert asked == [(TOKEN,)]


def test_an_unknown_picture_leaves_its_description_and_is_still_told():
    rendered = render(f"![a cat]({SRC})")
    assert parse(rendered.html).text.strip() == "a cat"
    assert rendered.picture_tokens == (TOKEN,)


def test_a_picture_from_elsewhere_becomes_a_link():
    root = story("![a *cat*](https://e.org/cat.png)\n\n![](https://e.org/b.png)")
    assert root.all("img") == []
    assert [a.text for a in root.all("a")] == ["a cat", "https://e.org/b.png"]
    assert root.all("a")[0].attrs["rel"] == "noopener noreferrer"


def test_a_picture_from_elsewhere_inside_a_link_is_its_text():
    (link,) = story("[![cat](https://e.org/cat.png)](https://e.org)").all("a")
    assert (link.text, link.attrs["href"]) == ("cat", "https://e.org")


def test_a_picture_of_ours_may_be_a_link():
    root = story(f"[![cat]({SRC})](https://e.org)", find_pictures=find)
    assert root.one("figure").one("a").one("picture")


def test_a_picture_in_code_is_not_a_picture():
    rendered = render(f"`![a]({SRC})`\n\n    ![a]({SRC})", find_pictures=find)
    assert rendered.picture_tokens == ()
    assert parse(rendered.html).all("img") == []


# --- plain text and counting


def test_the_plain_text_has_the_words_and_no_marks():
    text = render(
        f"# A *b*\n\nc [d](https://e.org/x) `e`\nf![alt]({SRC})\n\n```py\ng = 1\n```\n\n"
        "| h | i |\n|---|---|\n| j | k |\n\nl[^1]\n\n[^1]: m"
    ).text
    assert text.split() == ["A", "b", "c", "d", "e", "f", "g", "=", "1", *"hijklm"]


def test_words_typed_with_angle_brackets_are_words():
    assert render("a < b and <c>").text == "a < b and <c>"


@pytest.mark.parametrize(
    ("source", "count"),
    [
        ("", 0),
        ("one", 1),
        ("one two\nthree", 3),
        ("it's a well-known fact", 4),
        ("one -- two --- three", 3),
        ("one---two", 2),
        ("3.14 and 1,000", 3),
        ("*** \n\n* * *", 0),
        ("हिन्दी में लिखा", 3),
        ("مرحبا بالعالم", 2),
        ("한국어 단어", 2),
        ("日本語の文章", 3),
        ("中文 and English", 3),
        ("สวัสดีชาวโลก", 3),
        ("🙂 🙂", 0),
    ],
)
def test_words_are_counted_as_readers_read_them(source, count):
    assert render(source).word_count == count


# --- language


def test_labels_are_in_the_storys_language():
    seen = []

    def spy(tokens):
        seen.append(translation.get_language())
        return {}

    render(f"![]({SRC})", language="pt-BR", find_pictures=spy)
    render(f"![]({SRC})", language="../../etc", find_pictures=spy)
    assert seen == ["pt-br", "en"]


@pytest.mark.parametrize("language", ["", "tlh", "x" * 50, "de_AT", "\x00", "zh-Hant-TW"])
def test_any_language_can_be_said(language):
    assert parse(render('"a"', language=language).html).text.strip()


# --- responses


def test_a_response_has_paragraphs_emphasis_links_quotes_lists_and_code():
    root = parse(
        render_response(
            "a *b* **c** [d](https://e.org)\ne\n\n> f\n\n- g\n\n1. h\n\n```\ni\n```\n`j`"
        )
    )
    tags = {element.tag for element in root.elements}
    assert tags == {
        *("p", "em", "strong", "a", "br", "blockquote", "ul", "ol", "li", "div", "pre", "code")
    }
    assert root.one("a").attrs["rel"] == "nofollow ugc noopener"


def test_a_response_has_no_headings_pictures_tables_notes_or_html():
    root = parse(
        render_response(
            f"# a\n\n![b]({SRC})\n\n<b>c</b>\n\n| d |\n|---|\n\n***\n\ne[^1]\n\n[^1]: f\n\n"
            "::: note\ng\n:::\n\nh\n===\n\n- [ ] i\n\n[j]: https://e.org\n\n~~k~~\n\n"
            "l^2^ m~2~ ==n== $o$\n\n$$p$$\n\n*[l]: q\n\nhttps://youtu.be/dQw4w9WgXcQ\n\n"
            "::: details r\ns\n:::"
        )
    )
    assert {element.tag for element in root.elements} <= {"p", "br", "a", "ul", "li"}
    assert "# a" in root.text
    assert all("id" not in element.attrs for element in root.elements)


def test_a_response_has_the_quotes_of_its_language():
    assert parse(render_response('"a"', language="de")).text.strip() == "„a“"
