from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.slugs import MAX_SLUG_CHARS, RESERVED, is_reserved, slugify_title


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("The Quiet House", "the-quiet-house"),
        ("It's Ada’s turn", "its-adas-turn"),
        ("either/or — and: both?", "either-or-and-both"),
        ("  spaces\tand\nlines ", "spaces-and-lines"),
        ("snake_case", "snake-case"),
        ("Über Straßen", "über-straßen"),
        ("مرحبا بالعالم", "مرحبا-بالعالم"),
        ("東京の夜", "東京の夜"),
        ("Привет, мир", "привет-мир"),
        ("ＡＢＣ", "abc"),
        ("100 %", "100"),
    ],
)
def test_a_title_becomes_words_with_hyphens_in_its_own_script(title, slug):
    assert slugify_title(title) == slug


@pytest.mark.parametrize("title", ["", "   ", "???", "—", "🙂", "\u200b"])
def test_a_title_without_letters_still_has_an_address(title):
    assert slugify_title(title) == "story"


@pytest.mark.parametrize("title", ["Admin", "search", "TAG", "Archive!", "about", "Feed"])
def test_a_title_that_is_a_reserved_word_gets_another_address(title):
    assert slugify_title(title) == f"{title.lower().rstrip('!')}-story"


def test_a_long_title_is_cut_between_two_words():
    slug = slugify_title("word " * 40)
    assert len(slug) <= MAX_SLUG_CHARS
    assert set(slug.split("-")) == {"word"}
    assert len(slugify_title("x" * 300)) == MAX_SLUG_CHARS


@given(st.text(max_size=200))
def test_any_title_becomes_an_address_that_can_be_used(title):
    slug = slugify_title(title)
    assert re.fullmatch(r"[-\w]+", slug)
    assert len(slug) <= MAX_SLUG_CHARS
    assert not is_reserved(slug)
    assert slug.strip("-") == slug


OURS = """
    admin accounts search tag tags feed media static preview archive authors about series api
    sitemap.xml robots.txt favicon.ico login signup logout me desk healthz oembed llms.txt
    manifest.webmanifest .well-known
"""


@pytest.mark.parametrize("segment", OURS.split())
def test_the_sites_own_addresses_are_reserved(segment):
    assert segment in RESERVED
    assert is_reserved(segment.upper())
    assert is_reserved(f"/{segment}/")


def test_an_ordinary_word_is_not_reserved():
    assert not is_reserved("administration-of-bees")
