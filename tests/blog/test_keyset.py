from __future__ import annotations

import base64
import re
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blog.keyset import decode, encode

NOON = datetime(2026, 11, 23, 12, 0, 0, 123456, tzinfo=UTC)


def cursor(plain: str) -> str:
    return base64.urlsafe_b64encode(plain.encode()).rstrip(b"=").decode()


def test_a_cursor_leads_back_to_its_row_to_the_microsecond():
    assert decode(encode(NOON, 7)) == (NOON, 7)


def test_a_cursor_needs_no_quoting_in_an_address():
    assert re.fullmatch(r"[A-Za-z0-9_-]+", encode(NOON, 2**63 - 1))


@given(
    # The first hours of the calendar are in no year at all in UTC.
    st.datetimes(
        min_value=datetime(1, 1, 2), timezones=st.just(timezone(timedelta(hours=5, minutes=30)))
    ),
    st.integers(min_value=1, max_value=2**63 - 1),
)
def test_every_row_has_a_cursor(at, pk):
    assert decode(encode(at, pk)) == (at, pk)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        "x",
        "%%%",
        "日本",
        "A" * 500,
        "\x00",
        encode(NOON, 7)[:-3],
        encode(NOON, 7) + "=",
        encode(NOON, 7) + "\n",
        " " + encode(NOON, 7),
        cursor("2026-11-23T12:00:00+00:00"),
        cursor("2026-11-23T12:00:00|7"),
        cursor("2026-11-23|7"),
        cursor("2026-11-23T12:00:00+00:00|"),
        cursor("2026-11-23T12:00:00+00:00|0"),
        cursor("2026-11-23T12:00:00+00:00|-7"),
        cursor("2026-11-23T12:00:00+00:00| 7"),
        cursor("2026-11-23T12:00:00+00:00|7_0"),
        cursor("2026-11-23T12:00:00+00:00|7|8"),
        cursor("2026-11-23T12:00:00Z|7"),
        cursor("2026-11-23T12:00:00+01:00|7"),
        cursor("0001-01-01T00:00:00+23:59|1"),
        cursor("9999-12-31T23:59:59-23:59|1"),
        cursor("2026-13-23T12:00:00+00:00|7"),
        cursor(f"2026-11-23T12:00:00+00:00|{2**63}"),
        cursor("2026-11-23T12:00:00+00:00|" + "9" * 40),
    ],
)
def test_a_cursor_somebody_changed_is_an_error_and_never_a_crash(bad):
    with pytest.raises(ValueError, match="not a place"):
        decode(bad)


@given(st.text(max_size=120))
def test_any_text_is_a_cursor_or_a_value_error(text):
    try:
        at, pk = decode(text)
    except ValueError:
        return
    assert encode(at, pk) == text


def test_a_time_without_a_zone_has_no_cursor():
    with pytest.raises(ValueError, match="time zone"):
        encode(datetime(2026, 1, 1), 1)
