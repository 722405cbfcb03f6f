"""Passages: found again in a text that was edited, and what readers have in common."""

from __future__ import annotations

from urllib.parse import unquote

import pytest

from blog.passages import Quote, Text, fragment, shared_passages

HTML = (
    "<p>The keeper wrote <em>every</em> hour.</p>\n<h2>What</h2><ul><li>Wind south,</li>"
    "<li>lamp trimmed.</li></ul><p>The keeper wrote every day.</p>"
)


def found(html, quote):
    text = Text(html)
    place = text.find(quote)
    return text.quote(*place).exact if place else None


def test_a_text_is_read_as_a_line_of_words():
    assert Text("<p>One&nbsp;<b>t</b>wo</p><p>thr<i>ee</i> &amp; four</p>").plain == (
        "One two three & four"
    )


@pytest.mark.parametrize(
    "exact",
    [
        "keeper wrote every hour",
        "every  hour.\n\nWhat Wind",
        "Wind south,lamp trimmed.",
        "Wind south, lamp trimmed.",
    ],
)
def test_a_quote_is_found_however_its_spaces_stand(exact):
    assert "".join(found(HTML, Quote(exact)).split()) == "".join(exact.split())


def test_of_several_places_the_one_with_the_same_neighbours_is_meant():
    text = Text(HTML)
    first = text.find(Quote("The keeper wrote", suffix=" every hour."))
    second = text.find(Quote("The keeper wrote", prefix="lamp trimmed. ", suffix=" every day"))
    assert first[0] == 0
    assert second[0] > first[1]


def test_a_quote_is_found_after_what_is_around_it_was_edited():
    edited = "<p>New beginning.</p>" + HTML.replace("hour", "night")
    assert found(edited, Quote("lamp trimmed.", "Wind north,", "Nothing")) == "lamp trimmed."


def test_words_that_are_gone_are_not_found():
    assert found(HTML, Quote("The keeper slept every hour")) is None
    assert found("", Quote("The keeper wrote")) is None
    assert found(HTML, Quote("   ")) is None


@pytest.mark.parametrize(
    "words", ["風は南から吹いていた。", "كتب الحارس كل ساعة", "naïve café ☕️ 🎏"]
)
def test_a_quote_of_any_script_is_found(words):
    assert found(f"<p>—— {words} ——</p>", Quote(words)) == words


class TestInCommon:
    def shared(self, *quotes, at_least=3, most=20):
        return [
            (one.quote.exact, one.readers)
            for one in shared_passages(Text(HTML), quotes, at_least=at_least, most=most)
        ]

    def test_what_three_have_marked_is_shared_where_their_marks_meet(self):
        assert self.shared(
            (1, Quote("The keeper wrote every hour. What")),
            (2, Quote("wrote every hour.")),
            (3, Quote("keeper wrote every hour. What")),
        ) == [("wrote every hour.", 3)]

    def test_two_readers_are_not_enough(self):
        assert self.shared((1, Quote("wrote every hour.")), (2, Quote("wrote every hour."))) == []

    def test_a_reader_counts_once_however_often_they_marked_it(self):
        mine = [(1, Quote("wrote every hour.")), (1, Quote("keeper wrote every hour"))]
        assert self.shared(*mine, (2, Quote("wrote every hour."))) == []

    def test_a_scrap_in_common_is_no_passage(self):
        assert (
            self.shared(
                (1, Quote("The keeper wrote")), (2, Quote("wrote every hour")), (3, Quote("wrote"))
            )
            == []
        )

    def test_words_that_do_not_stand_in_the_story_are_never_shown(self):
        assert self.shared(*((reader, Quote("Buy my book today")) for reader in range(9))) == []

    def test_the_most_popular_are_given_in_the_order_of_the_text(self):
        quotes = [(reader, Quote("lamp trimmed.")) for reader in range(4)]
        quotes += [(reader, Quote("wrote every day")) for reader in range(10, 13)]
        quotes += [(reader, Quote("keeper wrote every hour")) for reader in range(20, 25)]
        assert self.shared(*quotes, most=2) == [
            ("keeper wrote every hour", 5),
            ("lamp trimmed.", 4),
        ]


def test_the_address_of_a_short_passage_names_all_of_it():
    address = fragment(Quote("a well-known, 50% & odd #passage"))
    assert address == ":~:text=a%20well%2Dknown%2C%2050%25%20%26%20odd%20%23passage"


def test_the_address_of_a_long_passage_names_its_two_ends():
    words = " ".join(f"word{number}" for number in range(60))
    first, last = fragment(Quote(words)).removeprefix(":~:text=").split(",")
    assert unquote(first) == "word0 word1 word2 word3 word4"
    assert unquote(last) == "word55 word56 word57 word58 word59"
