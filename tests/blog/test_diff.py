from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.diff import CONTEXT_CHARS, Piece, Thing, compare, compare_lines, shorten

TEXTS = st.text(st.sampled_from("ab \n.é"), max_size=60)


def shown(before, after):
    return marked(compare(before, after))


def marked(pieces):
    marks = {"same": "{}", "added": "+{}+", "removed": "-{}-"}
    return "".join(marks[piece.kind].format(piece.text) for piece in pieces)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("", "", ""),
        ("One two.", "One two.", "One two."),
        ("", "New.", "+New.+"),
        ("Old.", "", "-Old.-"),
        ("One two three.", "One 2 three.", "One -two-+2+ three."),
        ("One two.\n\nThree.", "One two.\n\nThree!", "One two.\n\nThree-.-+!+"),
        ("über den Wolken", "über der Wolken", "über -den-+der+ Wolken"),
        ("A big house.", "A house.", "A -big -house."),
        ("A calm day.", "A calm.", "A calm- day-."),
        ("a snake_case", "a snake_kase", "a snake_-case-+kase+"),
    ],
)
def test_a_change_is_shown_word_by_word(before, after, expected):
    assert shown(before, after) == expected


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("東京は晴れでした。", "東京は雨でした。", "東京は-晴れ-+雨+でした。"),
        ("สวัสดีครับ", "สวัสดีค่ะ", "สวัสดี-ครับ-+ค่ะ+"),
        ("हिन्दी में लिखा", "हिन्दी में पढ़ा", "हिन्दी में -लिखा-+पढ़ा+"),
        ("כָּתַב דבר", "כָּתְבָה דבר", "-כָּתַב-+כָּתְבָה+ דבר"),
        ("cafe\u0301 x", "cafe x", "-cafe\u0301-+cafe+ x"),
        ("👩‍👩‍👧 x", "👩‍👩‍👦 x", "-👩‍👩‍👧-+👩‍👩‍👦+ x"),
        ("👍🏽 x", "👍🏿 x", "-👍🏽-+👍🏿+ x"),
        ("🇩🇪🇫🇷", "🇩🇪🇫🇮", "🇩🇪-🇫🇷-+🇫🇮+"),
    ],
)
def test_a_letter_keeps_its_accents_and_scripts_without_spaces_change_letter_by_letter(
    before, after, expected
):
    assert shown(before, after) == expected


def test_little_that_stayed_between_two_changes_is_read_in_one_go():
    assert (
        shown("Seen by him in May.", "Met her at a May.") == "-Seen by him in-+Met her at a+ May."
    )


def test_a_long_paragraph_keeps_what_stayed_in_it():
    long = " ".join(f"the word {n} of it," for n in range(200))
    assert shown(f"Before. {long} End.", f"After. {long} Stop.") == (
        f"-Before-+After+. {long} -End-+Stop+."
    )


def test_when_every_paragraph_changed_each_is_compared_with_the_one_opposite():
    before = "\n".join(f"Paragraph {n} says old things about {n}." for n in range(2_000))
    pieces = compare(before, before.replace("old", "new"))
    assert {piece.text for piece in pieces if piece.kind != "same"} == {"old", "new"}


def test_what_is_no_word_is_compared_by_its_key_and_shown_by_its_words():
    one, other = Thing("a", "[One]", "(one)"), Thing("b", "[Other]")
    assert marked(compare_lines([(one, " x")], [(one, " y")])) == "(one)- x-+ y+"
    assert marked(compare_lines([(one, " x")], [(other, " x")])) == "-[One]-+[Other]+ x"


def test_a_paragraph_that_came_in_between_is_added_and_nothing_else():
    before = "First.\n\nLast.\n"
    assert [piece.kind for piece in compare(before, "First.\n\nMiddle.\n\nLast.\n")] == [
        "same",
        "added",
        "same",
    ]


@given(TEXTS, TEXTS)
def test_both_texts_can_be_put_together_again(before, after):
    pieces = compare(before, after)
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == before
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == after
    assert all(piece.text for piece in pieces)
    assert all(one.kind != other.kind for one, other in itertools.pairwise(pieces))


@pytest.mark.parametrize(
    "source",
    [
        "\n" * 15_000,
        "a " * 100_000,
        "word\n" * 15_000,
        "\n".join(str(n % 108) for n in range(60_000)),
        "\n".join(" ".join(str(n * m % 3) for n in range(90)) for m in range(700)),
        " ".join(str(n * n % 97) for n in range(3_900)),
    ],
)
def test_texts_made_to_take_long_are_compared_all_the_same(source):
    pieces = compare(source, source + "end")
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == source + "end"
    pieces = compare(source, source[::-1])
    assert "".join(piece.text for piece in pieces if piece.kind != "added") == source


def test_what_stayed_is_cut_in_its_middle():
    long = Piece("same", "begin " + "x " * 5 * CONTEXT_CHARS + "end")
    added = Piece("added", "y" * 10 * CONTEXT_CHARS)
    first, kept, middle, _kept, last = shorten([long, added, long, added, long])
    assert kept == added
    assert all(len(cut.text) < 3 * CONTEXT_CHARS for cut in (first, middle, last))
    assert (first.text[0], first.text[-3:]) == ("…", "end")
    assert (middle.text[:5], middle.text[-3:]) == ("begin", "end")
    assert (last.text[:5], last.text[-1]) == ("begin", "…")
