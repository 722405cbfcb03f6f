"""What changed between two versions of a story, as readers read it."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from blog import changes
from blog.figures import Picture

TOKEN, OTHER = "a" * 16, "b" * 16


def version(source="", title="T", subtitle=""):
    return SimpleNamespace(title=title, subtitle=subtitle, source=source)


def way(before, after, *, language="en", pictures=None):
    known = pictures or {}
    return changes.between(before, after, language=language, find_pictures=lambda _tokens: known)


def shown(before, after, **options):
    """The change of a text: what went in -…-, what came in +…+."""
    marks = {"same": "{}", "added": "+{}+", "removed": "-{}-"}
    pieces = way(version(before), version(after), **options)["text"]
    return "".join(marks[kind].format(text) for kind, text in pieces)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("It was *calm*.", "It was *wild*.", "It was -calm-+wild+."),
        ("## One\n\nTwo.", "## Two\n\nTwo.", "-One-+Two+\n\nTwo."),
        ("- a\n- b", "- a\n- c", "• a\n\n• -b-+c+"),
        ("1. a\n2. b", "1. a\n2. c", "1. a\n\n2. -b-+c+"),
        ("|a|b|\n|-|-|\n|1|2|", "|a|b|\n|-|-|\n|1|3|", "a | b\n\n1 | -2-+3+"),
        ("```py\nx = 1\n```", "```py\nx = 2\n```", "x = -1-+2+"),
        ("One[^1].\n\n[^1]: Old.", "One[^1].\n\n[^1]: New.", "One[1].\n\n-Old-+New+."),
        ('"Yes"', '"No"', "“-Yes-+No+”"),
        ("One  \ntwo", "One  \n2", "One\n-two-+2+"),
        ("&#0;x", "&#xD800;y", "\ufffd-x-+y+"),
    ],
)
def test_marks_are_left_out_and_words_are_shown(before, after, expected):
    assert shown(before, after) == expected


def test_an_address_is_told_where_it_changed_and_nowhere_else():
    before = "See [this](https://example.org/a/) and [that](https://example.org/c/)."
    after = before.replace("/a/", "/b/")
    assert shown(before, after) == ("See this- ‹example.org/a›-+ ‹example.org/b›+ and that.")


def test_a_picture_is_told_by_what_it_shows():
    pictures = {TOKEN: Picture(TOKEN, 4, 3, (4,), alt="A lighthouse")}
    before, after = "Sea.", f"Sea.\n\n![](/media/pictures/{TOKEN}/640.jpg)"
    assert shown(before, after, pictures=pictures) == "Sea.\n\n+[Picture: A lighthouse]+"


def test_another_picture_with_the_same_description_is_another_picture():
    before = f"![The sea](/media/pictures/{TOKEN}/640.jpg)"
    assert shown(before, before.replace(TOKEN, OTHER)) == (
        "-[Picture: The sea]-+[Picture: The sea]+"
    )


def test_title_and_subtitle_are_told_as_readers_see_them():
    found = way(version(title='"Old"'), version(title='"New"', subtitle="Sub"), language="de")
    assert found == {
        "title": [["same", "„"], ["removed", "Old"], ["added", "New"], ["same", "“"]],
        "subtitle": [["added", "Sub"]],
    }


def test_two_that_say_the_same_have_no_way_between_them():
    assert way(version("x"), version("x")) == {}


def test_a_change_of_marks_alone_is_a_change_without_words():
    assert way(version("a *b*"), version("a **b**")) == {"text": []}


def test_of_a_long_text_little_more_than_the_change_is_kept():
    before = "\n\n".join(f"Paragraph {n} of many." for n in range(2_000))
    found = way(version(before), version(before.replace("Paragraph 1000 ", "Passage 1000 ")))
    assert sum(len(text) for _kind, text in found["text"]) < 2_000
    assert "is_cut" not in found


def test_a_text_written_anew_is_cut_and_says_so():
    found = way(version("old " * 40_000), version("new " * 40_000))
    assert found["is_cut"]
    assert sum(len(text) for _kind, text in found["text"]) <= changes.MAX_SHOWN_CHARS


def test_a_text_that_cannot_be_rendered_any_more_is_compared_as_it_was_typed():
    too_deep = "> " * 50 + "deep"
    assert shown(too_deep, "> flat").endswith("-+flat+")


def test_markup_is_text():
    assert shown("a", "<script>alert(1)</script>") == "-a-+<script>alert(1)</script>+"
