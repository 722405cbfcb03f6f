"""What is still missing in a text, and where."""

from __future__ import annotations

import pytest

from blog.markdown import MAX_SOURCE_BYTES, MarkdownError, SourceTooLong
from blog.markdown.findings import MAX_FINDINGS, MAX_SENTENCE_CHARS, Kind, find
from tests.blog.test_markdown_limits import SHAPES

TOKEN = "abcdefghijklmnop"
SRC = f"/media/pictures/{TOKEN}/960.jpg"


def found(source, **about):
    """What is found, each as its kind and the words of the source it points to."""
    findings = find(source, **{"language": "en", **about})
    return [(finding.kind, source[finding.start : finding.end]) for finding in findings]


@pytest.mark.parametrize(
    "source",
    [
        "The mayor, TK, said so.",
        "TK",
        "*TK*",
        "_TK_",
        "> - quoted TK here",
        "# A heading TK #",
        "Heading TK\n===",
        "| a | b |\n|---|---|\n| x | TK |",
        "A [link to TK](https://example.org)",
        "[the law](TK)",
        "Seen[^1]\n\n[^1]: In TK.",
        "Term\n: TK",
        "::: pull\nTK\n:::",
        "1. one\n2. two\n   TK three",
        "`code` TK `code`",
        "Nothing.\n\nThen\nTK.",
        "* deep\n\n  TK in it",
        "😀 TK",
    ],
)
def test_tk_is_found_wherever_somebody_writes_it(source):
    assert (Kind.TO_COME, "TK") in found(source)


def test_tktk_is_one_place():
    assert found("Name TKTK said.") == [(Kind.TO_COME, "TKTK")]


@pytest.mark.parametrize(
    "source",
    [
        "ATK, STKs, TKO, 2TK, TK2 and TK_NAME",
        "tk and Tk",
        "`TK`",
        "```\nTK\n```",
        "    TK",
        "`` a ` TK ``",
    ],
)
def test_longer_words_and_code_are_left_alone(source):
    assert found(source) == []


def test_a_cell_is_found_in_its_own_column():
    source = "| TK | b | TK |\n|---|---|---|\n| b | TK | `TK` |\n| a \\| b | TK |"
    starts = [finding.start for finding in find(source, language="en")]
    assert starts == [2, 11, source.index("TK | `"), source.rindex("TK")]


def test_a_list_item_that_repeats_its_number_is_found_at_its_words():
    [finding] = find("TK. TK.", language="en")[1:]
    assert finding.start == 4


def test_a_picture_without_description_is_found_by_its_token():
    source = f"A\n\n![]({SRC})\n\n![A pier]({SRC})"
    assert found(source, undescribed_tokens={TOKEN}) == [(Kind.UNDESCRIBED, f"![]({SRC})")]
    [finding] = find(source, language="en", undescribed_tokens={TOKEN})
    assert (finding.picture, finding.line) == (TOKEN, 2)
    assert found(source) == []


@pytest.mark.parametrize(
    "link",
    [
        "[x]()",
        "[x](https://)",
        "[x](http://)",
        "[x](mailto:)",
        "[x](#)",
        "[x](#h-nothing)",
        "[x](#fn-1)",
        "[x][lost]",
        "[x][]",
        "[^9]",
        "![x]()",
        "[**x**](https://)",
    ],
)
def test_a_link_to_nowhere_is_found(link):
    assert found(f"Here: {link} it is.") == [(Kind.NOWHERE, link)]


@pytest.mark.parametrize(
    "source",
    [
        "[x](https://example.org) [y](/about/) [z](mailto:a@example.org) <https://example.org>",
        "## Salt and Sea\n\n[x](#h-salt-and-sea) [y](#top)",
        "## “Straße” -- Über\n\n[x](#h-straße-über)",
        "[x][there]\n\n[there]: https://example.org",
        "Noted[^1].\n\n[^1]: Yes. [up](#fnref-1) [here](#fn-1)",
        "`[x]()` and `[x][lost]` and `[^9]`",
        "\\[x][y] and [sic] and [ ] and a[1]",
        "- [ ] to do\n- [x] done",
    ],
)
def test_what_leads_somewhere_is_left_alone(source):
    assert found(source) == []


def test_findings_stand_in_the_order_of_the_text():
    source = "TK and[^a].\n\n[^a]: TK\n\n[x]() TK"
    findings = find(source, language="en")
    assert [finding.start for finding in findings] == sorted(finding.start for finding in findings)
    assert [finding.line for finding in findings] == [0, 2, 4, 4]


def test_the_sentence_around_it_is_shown():
    [finding] = find('It rained. The *mayor*, TK, said "no". Then he left.', language="en")
    assert finding.sentence == 'The *mayor*, TK, said "no".'


def test_a_sentence_without_end_is_cut():
    [finding] = find("word " * 200 + "TK " + "word " * 200, language="en")
    assert "TK" in finding.sentence
    assert len(finding.sentence) <= MAX_SENTENCE_CHARS + 2


def test_the_list_is_bounded():
    assert len(find("TK " * 5000, language="en")) == MAX_FINDINGS


def test_what_is_no_story_is_refused_as_the_page_refuses_it():
    with pytest.raises(SourceTooLong):
        find("x" * (MAX_SOURCE_BYTES + 1), language="en")


def test_half_a_character_keeps_the_place_of_the_others():
    assert found("\ud83d TK") == [(Kind.TO_COME, "TK")]


@pytest.mark.parametrize("name", SHAPES)
def test_hostile_text_is_refused_or_searched(name):
    try:
        findings = find(SHAPES[name], language="en")
    except MarkdownError:
        return
    assert len(findings) <= MAX_FINDINGS
