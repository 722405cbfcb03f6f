from __future__ import annotations

from dataclasses import replace

import pytest

from blog.figures import Picture, expand, figure_html, first_at_once, picture_html, url
from blog.sanitize import clean
from tests.blog.dom import Element, parse

TOKEN = "abcdefgh12345678"
OTHER = "8765432187654321"
SRC = f"/media/pictures/{TOKEN}/1600.jpg"
CAT = Picture(
    token=TOKEN,
    width=1600,
    height=900,
    widths=(320, 640, 960, 1440, 1600),
    alt="A cat on a wall",
    caption="The cat",
    credit_name="Ada",
    credit_agency="Wire",
    credit_url="https://e.org/?a=1&b=2",
    color="#aabbcc",
)
EVIL = "\"><script>alert('1')</script>&"
PICTURES = {TOKEN: CAT, OTHER: replace(CAT, token=OTHER, alt="A dog", caption="The dog")}


def img(token: str = TOKEN, *, alt: str = "", title: str = "") -> str:
    shown = f' title="{title}"' if title else ""
    return f'<img src="/media/pictures/{token}/1600.jpg" alt="{alt}"{shown}>'


def expanded(html: str) -> Element:
    return parse(expand(clean(html), PICTURES))


def test_a_picture_is_offered_in_every_width_and_format():
    picture = parse(picture_html(replace(CAT, has_avif=True), sizes="100vw")).one("picture")
    avif, webp = picture.all("source")
    image = picture.one("img")
    assert (avif.attrs["type"], webp.attrs["type"]) == ("image/avif", "image/webp")
    for source, extension in ((avif, "avif"), (webp, "webp"), (image, "jpg")):
        assert source.attrs["srcset"].split(", ") == [
            f"{url(TOKEN, width, extension)} {width}w" for width in CAT.widths
        ]
        assert source.attrs["sizes"] == "100vw"


def test_avif_is_not_offered_before_it_is_made():
    assert len(parse(picture_html(CAT, sizes="100vw")).all("source")) == 1


def test_the_page_keeps_the_pictures_place_before_it_has_arrived():
    image = parse(picture_html(CAT, sizes="100vw")).one("img")
    assert (image.attrs["width"], image.attrs["height"]) == ("1600", "900")
    assert (image.attrs["loading"], image.attrs["decoding"]) == ("lazy", "async")
    assert image.attrs["src"] == url(TOKEN, 960, "jpg")


def test_the_first_picture_of_a_page_does_not_wait():
    image = parse(picture_html(CAT, sizes="100vw", lazy=False)).one("img")
    assert "loading" not in image.attrs
    assert image.attrs["fetchpriority"] == "high"


def test_a_small_picture_has_its_only_width_as_fallback():
    small = replace(CAT, width=200, height=100, widths=(200,))
    assert parse(picture_html(small, sizes="1px")).one("img").attrs["src"] == url(TOKEN, 200, "jpg")


@pytest.mark.parametrize(
    ("said", "decorative", "alt"),
    [
        (None, False, "A cat on a wall"),
        ("", False, "A cat on a wall"),
        ("Asleep", False, "Asleep"),
        (None, True, ""),
        ("", True, ""),
        ("Asleep", True, "Asleep"),
    ],
)
def test_what_the_text_says_about_a_picture_comes_first(said, decorative, alt):
    picture = replace(CAT, is_decorative=decorative)
    assert parse(picture_html(picture, sizes="1px", alt=said)).one("img").attrs["alt"] == alt


def test_a_figure_has_caption_and_credit():
    figure = parse(figure_html(CAT)).one("figure")
    assert figure.attrs == {"class": "figure", "data-width": "text"}
    assert figure.one("figcaption").text == "The cat Photo: Ada / Wire"
    credit = figure.one("span", class_="figure__credit")
    assert credit.text == "Photo: Ada / Wire"
    assert credit.one("a").attrs["href"] == "https://e.org/?a=1&b=2"


def test_a_caption_said_in_the_text_replaces_the_pictures_own():
    assert "Ours" in parse(figure_html(CAT, caption="Ours")).one("figcaption").text
    assert "The cat" in parse(figure_html(CAT, caption="  ")).one("figcaption").text


def test_a_figure_without_words_has_no_caption():
    bare = Picture(TOKEN, 10, 10, (10,))
    assert parse(figure_html(bare)).all("figcaption") == []


@pytest.mark.parametrize(
    "address", ["", "javascript:alert(1)", "//e.org", "https://", " https:// e", "data:,x", "e.org"]
)
def test_a_credit_is_a_link_only_to_the_web(address):
    credit = parse(figure_html(replace(CAT, credit_url=address))).one("span")
    assert credit.text == "Photo: Ada / Wire"
    assert credit.all("a") == []


def test_a_credit_may_be_only_a_name_or_only_an_agency():
    only_name = replace(CAT, credit_agency="")
    only_agency = replace(CAT, credit_name=" ")
    assert parse(figure_html(only_name)).one("span").text == "Photo: Ada"
    assert parse(figure_html(only_agency)).one("span").text == "Photo: Wire"


def test_everything_people_typed_is_escaped():
    evil = replace(
        CAT,
        alt=EVIL,
        caption=EVIL,
        credit_name=EVIL,
        credit_agency="100% %(who)s",
        credit_url=f"https://e.org/{EVIL}",
    )
    figure = parse(figure_html(evil, placement=EVIL)).one("figure")
    assert figure.all("script") == []
    assert figure.attrs["data-width"] == "text"
    assert figure.one("img").attrs["alt"] == EVIL
    assert figure.one("figcaption").text == f"{EVIL} Photo: {EVIL} / 100% %(who)s"
    assert figure.one("a").attrs["href"] == f"https://e.org/{EVIL}"


def test_the_pictures_colour_stands_until_it_arrives():
    frame = parse(figure_html(CAT)).one("div", class_="figure__frame")
    assert frame.one("svg", aria_hidden="true").one("rect").attrs["fill"] == "#aabbcc"


@pytest.mark.parametrize("color", ["", "red", "#AABBCC", "#abc", '#aabbcc" onload="x'])
def test_a_colour_that_is_none_is_left_out(color):
    assert parse(figure_html(replace(CAT, color=color))).all("svg") == []


def test_a_figure_carries_no_style_attribute():
    assert all("style" not in e.attrs for e in parse(figure_html(CAT)).elements)


def test_a_picture_alone_in_its_paragraph_becomes_a_figure():
    root = expanded(f"<p>before</p><p>{img(alt='Asleep', title='Mine')}</p><p>after</p>")
    assert [child.tag for child in root.children if isinstance(child, Element)] == [
        "p",
        "figure",
        "p",
    ]
    assert root.one("img").attrs["alt"] == "Asleep"
    assert "Mine" in root.one("figcaption").text


@pytest.mark.parametrize(
    ("placement", "sizes"),
    [
        ("text", "min(100vw - 3rem, 42.5rem)"),
        ("wide", "min(100vw - 3rem, 61.25rem)"),
        ("full", "100vw"),
    ],
)
def test_a_figure_stands_as_wide_as_its_paragraph_asks(placement, sizes):
    asked = "" if placement == "text" else f' data-width="{placement}"'
    figure = expanded(f"<p{asked}>{img()}</p>").one("figure", data_width=placement)
    assert figure.one("img").attrs["sizes"] == sizes


@pytest.mark.parametrize(
    ("placement", "count", "sizes"),
    [
        ("text", 2, "min(50vw - 2rem, 20.75rem)"),
        ("wide", 2, "min(50vw - 2rem, 30.1rem)"),
        ("full", 2, "calc(50vw - 2rem)"),
        ("full", 3, "(max-width: 36rem) calc(100vw - 3rem), calc(33vw - 1.6rem)"),
    ],
)
def test_pictures_of_a_row_are_taken_as_large_as_their_share_of_it(placement, count, sizes):
    asked = "" if placement == "text" else f' data-width="{placement}"'
    row = expanded(f"<p{asked}>{img() * count}</p>").one("div", data_row=str(count))
    assert {image.attrs["sizes"] for image in row.all("img")} == {sizes}


def test_a_picture_that_a_story_begins_with_does_not_wait():
    begins = parse(first_at_once(expand(clean(f"<p>{img()}</p><p>{img(OTHER)}</p>"), PICTURES)))
    first, second = begins.all("img")
    assert (first.attrs.get("loading"), first.attrs.get("fetchpriority")) == (None, "high")
    assert second.attrs["loading"] == "lazy"
    later = expand(clean(f"<p>words</p><p>{img()}</p>"), PICTURES)
    assert first_at_once(later) == later


def test_a_picture_in_a_sentence_stays_in_it():
    paragraph = expanded(f"<p>a {img()} b</p>").one("p")
    assert paragraph.one("picture").one("img").attrs["alt"] == "A cat on a wall"
    assert paragraph.all("figure") == []


@pytest.mark.parametrize("between", ["", " ", "\n", "<br>", "<br>\n"])
def test_two_or_three_pictures_in_one_paragraph_stand_in_a_row(between):
    row = expanded(f"<p>{img()}{between}{img(OTHER)}</p>").one("div", data_row="2")
    assert [image.attrs["alt"] for image in row.all("img")] == ["A cat on a wall", "A dog"]
    assert len(row.all("figure")) == 2
    three = expanded(f"<p>{between.join([img()] * 3)}</p>")
    assert len(three.one("div", data_row="3").all("figcaption")) == 3


def test_more_than_three_pictures_stand_one_by_one():
    root = expanded(f"<p>{img() * 4}</p>")
    assert len(root.all("figure")) == 4
    assert not any("data-row" in element.attrs for element in root.elements)


def test_a_picture_that_is_a_link_stays_one():
    figure = expanded(f'<p><a href="https://e.org/x">{img()}</a></p>').one("figure")
    link = figure.one("div", class_="figure__frame").one("a")
    assert link.attrs == {"href": "https://e.org/x", "rel": "noopener noreferrer"}
    assert link.one("picture")


def test_an_unknown_picture_leaves_its_description():
    root = expanded(f"<p>{img('0' * 16, alt='A &amp; B')}</p><p>x {img('0' * 16, alt='C')}</p>")
    assert root.all("img") == []
    assert [p.text for p in root.all("p")] == ["A & B", "x C"]


def test_pictures_from_elsewhere_are_never_loaded():
    for src in ("https://e.org/x.png", "//e.org/x.png", "/media/avatars/x.jpg", "data:,x"):
        root = expanded(f'<p><img src="{src}" alt="seen" srcset="//e.org 2x"></p>')
        assert root.all("img") == []
        assert root.text.strip() == "seen"


def test_code_that_shows_an_img_tag_is_left_alone():
    html = f"<pre><code>&lt;p&gt;&lt;img src=&quot;{SRC}&quot;&gt;&lt;/p&gt;</code></pre>"
    assert expanded(html).all("picture") == []


def test_html_without_pictures_is_unchanged():
    assert expand("<p>x</p>", PICTURES) == "<p>x</p>"


@pytest.mark.parametrize("text", [EVIL, "a>b", "<p><img src=x>", "' srcset='x", "&quot;", "\\1"])
def test_descriptions_and_captions_cannot_leave_their_place(text):
    quoted = text.replace("&", "&amp;").replace('"', "&quot;")
    root = expanded(f"<p>{img(alt=quoted, title=quoted)}</p>")
    assert root.one("img").attrs["alt"] == text.strip()
    assert root.one("figcaption").text.startswith(text)


def test_many_broken_paragraphs_cost_no_more_than_their_length():
    """A pattern that went back and forth would never end here."""
    html = clean("<p>" + img("0" * 16) * 2_000 + "x</p>") + "<p>" * 20_000
    assert "<img" not in expand(html, {})
