"""Which coding a page travels in."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.codings import QUICK, THOROUGH, choose, takes_plain

pytestmark = pytest.mark.once
OFFERED = ("br", "zstd", "gzip")


@pytest.mark.parametrize(
    ("accepted", "chosen"),
    [
        ("", "identity"),
        ("identity", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("zstd, gzip", "zstd"),
        ("gzip;q=1.0, br;q=0.5", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("*", "br"),
        ("br;q=0, *", "zstd"),
        ("*;q=0", "identity"),
        ("*;q=0, gzip", "gzip"),
        ("gzip;q=0", "identity"),
        ("gzip;q=0.000", "identity"),
        ("gzip;q=0.001", "gzip"),
        ("gzip;q=0.5, identity", "identity"),
        ("gzip;q=0.5, identity;q=0.5", "gzip"),
        ("identity;q=0, deflate", "identity"),
        ("gzip ; q = 1 , br;q=0", "gzip"),
        ("brotli", "identity"),
        ("gzip;q=2", "identity"),
        ("gzip;level=9", "identity"),
        (",,;q=1,", "identity"),
    ],
)
def test_a_client_gets_what_it_likes_best(accepted, chosen):
    assert choose(accepted, OFFERED) == chosen


@pytest.mark.parametrize(
    ("accepted", "is_plain"),
    [
        ("", True),
        ("gzip", True),
        ("gzip, identity;q=0", False),
        ("gzip, *;q=0", False),
        ("*;q=0, identity;q=0.1", True),
    ],
)
def test_a_client_may_refuse_the_page_as_it_is(accepted, is_plain):
    assert takes_plain(accepted) is is_plain


@given(st.text())
def test_whatever_a_client_says_it_gets_something_that_is_offered(accepted):
    assert choose(accepted, OFFERED) in {*OFFERED, "identity"}


@pytest.mark.parametrize("codings", [QUICK, THOROUGH])
def test_the_same_bytes_are_always_the_same_compressed(codings):
    page = b"<p>It was a quiet morning.</p>" * 100
    for compress in codings.values():
        assert compress(page) == compress(page)
        assert len(compress(page)) < len(page) / 4
