"""Questions that go straight to the driver answer what Django's cursors answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

pytestmark = pytest.mark.django_db
STRAIGHT: Any = connection
# More often than it takes until PostgreSQL knows a statement by name.
TIMES = 6


@pytest.mark.parametrize("number", [0, -1, 40_000, 2**31 - 1, 2**31, 2**62])
def test_a_number_of_any_size_is_found(number):
    sql = "SELECT COUNT(*) FROM accounts_user WHERE id = %s OR id < %s"
    for _time in range(TIMES):
        assert STRAIGHT.rows(sql, [number, 0]) == [(0,)]


def test_a_percent_sign_is_one_with_and_without_values():
    assert STRAIGHT.rows("SELECT '100 %%'", []) == [("100 %",)]
    assert STRAIGHT.rows("SELECT '100 %%' FROM accounts_user WHERE id = %s", [1]) == []


def test_whoever_listens_hears_of_it():
    with CaptureQueriesContext(connection) as heard:
        STRAIGHT.rows("SELECT 1", [])
    assert [query["sql"] for query in heard.captured_queries] == ["SELECT 1"]


def test_an_error_is_one_of_djangos_and_ends_what_was_begun():
    for _time in range(TIMES):
        with pytest.raises(DatabaseError), transaction.atomic():
            STRAIGHT.rows("SELECT 1 FROM nowhere", [])
        assert STRAIGHT.rows("SELECT 1", []) == [(1,)]


def test_after_an_error_nothing_is_asked_until_the_end_of_the_transaction():
    with transaction.atomic():
        transaction.set_rollback(True)
        with pytest.raises(transaction.TransactionManagementError):
            STRAIGHT.rows("SELECT 1", [])
