"""A story as feeds and mails send it: nothing in it needs our page around it."""

from __future__ import annotations

import pytest

from blog.dialect import DRAWINGS, FORMS, drawn
from blog.figures import Picture
from blog.markdown import render
from blog.portable import portable
from tests.blog.dom import Element, parse

SITE, PAGE = "https://example.org", "/a-story/"
TOKEN = "abcdefgh12345678"
SRC = f"/media/pictures/{TOKEN}/1600.jpg"


def sent(source: str) -> Element:
    html = render(source, find_pictures=find).html
    return parse(portable(html, site=SITE, page=PAGE))


def find(tokens):
    return {t: Picture(t, 1600, 900, (320, 1600), alt="own", color="#aabbcc") for t in tokens}


def test_every_address_holds_elsewhere():
    root = sent(
        f"[a](/b) [c](#h-d) [e](https://e.org) [g](?h)\n\n# D\n\nx[^1]\n\n![]({SRC})\n\n[^1]: n"
    )
    hrefs = [a.attrs["href"] for a in root.all("a")]
    assert hrefs == [
        f"{SITE}/b",
        f"{SITE}{PAGE}#h-d",
        "https://e.org",
        f"{SITE}{PAGE}?h",
        f"{SITE}{PAGE}#fn-1",
        f"{SITE}{PAGE}#fnref-1",
    ]
    picture = root.one("figure").one("picture")
    assert picture.one("img").attrs["src"] == f"{SITE}{SRC}"
    for source in picture.all("source"):
        assert all(part.startswith(SITE) for part in source.attrs["srcset"].split(", "))


def test_words_that_look_like_addresses_stay_words():
    assert 'href="/x" src="#y"' in sent('`href="/x" src="#y"`').text


def test_what_folds_stands_open():
    details = sent("::: details A\nb\n:::").one("details")
    assert "open" in details.attrs
    assert details.one("summary").text == "A"


def test_a_card_is_a_plain_link():
    root = sent("https://youtu.be/dQw4w9WgXcQ\n\nhttps://e.org/a?b=1&c=2")
    film, page = root.all("p")
    assert film.attrs == page.attrs == {}
    assert film.text == "Video on YouTube: youtu.be/dQw4w9WgXcQ"
    assert film.one("a").attrs["href"] == "https://youtu.be/dQw4w9WgXcQ"
    assert page.text == "e.org/a?b=1&c=2"
    assert [element.tag for element in root.elements] == ["p", "a", "p", "a"]


def test_formulas_stay_formulas():
    root = sent("$$x^2$$")
    assert root.one("math").one("msup").text == "x2"
    assert "tabindex" not in root.one("div").attrs


def test_boxes_are_signs_and_headings_have_no_anchors():
    root = sent("# A\n\n- [x] b\n- [ ] c")
    assert [li.text.split() for li in root.all("li")] == [["☑", "b"], ["☐", "c"]]
    assert root.all("a") == root.all("input") == []


def test_nothing_is_left_that_needs_our_page():
    for form in FORMS:
        html = portable(form.html, site=SITE, page=PAGE)
        for element in parse(html).elements:
            assert element.tag not in {"script", "iframe", "input", "svg", "button"}
            assert not {"tabindex", "data-player", "style", "loading"} & element.attrs.keys()
            for name in ("href", "src", "srcset"):
                assert element.attrs.get(name, "https:").startswith(("https:", "mailto:"))


@pytest.mark.parametrize(
    "typed",
    [
        '<p class="embed" data-embed="video" data-player="x"><a href="/y">',
        "`<details>` and <details>",
        '![" srcset="/x](/media/pictures/abcdefgh12345678/1.jpg)',
    ],
)
def test_words_that_look_like_our_html_are_not_taken_for_it(typed):
    before, after = parse(render(typed, find_pictures=find).html), sent(typed)
    assert after.text == before.text
    assert "details" not in {element.tag for element in after.elements}


def test_the_drawings_of_the_examples_are_there_for_all_of_them():
    assert drawn([*DRAWINGS, TOKEN]) == DRAWINGS
