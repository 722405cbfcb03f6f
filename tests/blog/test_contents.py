"""The list of contents on a long story's page."""

from __future__ import annotations

import pytest

from blog.contents import MOST_HEADINGS, Entry, contents
from blog.markdown import render
from tests.blog.dom import parse
from tests.making import make_post

LONG = "# One\n\n## Two *and* `code`[^1]\n\n### Three\n\n## Four\n\n#### Five\n\n[^1]: x"


def of(source: str) -> list[Entry]:
    return contents(render(source).html)


def test_a_story_with_four_headings_has_contents_with_the_words_of_the_headings():
    assert of(LONG) == [
        Entry(2, "One", "h-one"),
        Entry(2, "Two and code", "h-two-and-code"),
        Entry(3, "Three", "h-three"),
        Entry(2, "Four", "h-four"),
    ]


def test_a_story_with_three_headings_has_none():
    assert of("# A\n\n# B\n\n# C\n\n#### D\n\n#### E") == []


def test_headings_that_are_quoted_or_folded_away_are_not_listed():
    inside = "> # A\n\n- # B\n\n::: note\n# C\n:::\n\n::: details x\n# D\n:::\n\n"
    assert of(inside * 2) == []
    assert len(of(inside + "# E\n\n# F\n\n# G\n\n# H")) == 4


def test_headings_with_signs_are_words_again():
    assert of("# a < b & c\n\n# “\n\n# $x^2$\n\n# مرحبا")[0].text == "a < b & c"


def test_contents_end_somewhere():
    assert len(of("# a\n" * (MOST_HEADINGS + 50))) == MOST_HEADINGS


@pytest.mark.django_db
def test_the_page_of_a_long_story_leads_to_its_parts(client):
    long, short = make_post(source=LONG), make_post(source="# A\n\n# B")
    page = client.get(long.get_absolute_url()).content.decode()
    nav = parse(
        page[page.index('<nav class="page__column contents"') :].split("</nav>")[0] + "</nav>"
    )
    links = [link.attrs["href"] for link in nav.all("a")]
    assert links == ["#h-one", "#h-two-and-code", "#h-three", "#h-four"]
    assert all(f'id="{link[1:]}"' in page for link in links)
    page = client.get(short.get_absolute_url()).content.decode()
    assert "contents" not in page
