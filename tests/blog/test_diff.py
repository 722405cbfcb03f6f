from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.diff import CONTEXT_CHARS, Piece, compare, shorten

TEXTS = st.text(st.sampled_from("ab \n.é"), max_size=60)


def shown(before, after):
    marks = {"same": "{}", "added": "+{}+", "removed": "-{}-"}
    return "".join(marks[piece.kind].format(piece.text) for piece in compare(before, after))


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
    ],
)
def test_a_change_is_shown_word_by_word(before, after, expected):
    assert shown(before, after) == expected


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
    ],
)
def test_texts_made_to_take_long_are_compared_all_the_same(source):
    pieces = compare(source, source + "end")
    assert "".join(piece.text for piece in pieces if piece.kind != "removed") == source + "end"


def test_what_stayed_is_cut_in_its_middle():
    long = Piece("same", "x" * 10 * CONTEXT_CHARS)
    added = Piece("added", "y" * 10 * CONTEXT_CHARS)
    cut, kept = shorten([long, added])
    assert len(cut.text) < 3 * CONTEXT_CHARS
    assert "…" in cut.text
    assert kept == added
