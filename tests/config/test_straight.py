"""Questions that go straight to the driver answer what Django's cursors answer."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import DatabaseError, OperationalError, ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.models import User

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


@pytest.mark.django_db(transaction=True)
class TestOutsideOfTransactions:
    """As pages are asked for."""

    def test_values_of_every_kind_are_found(self):
        at = timezone.now()
        User.objects.create(name="O’Neill", email="o@example.org", joined_at=at)
        sql = "SELECT name FROM accounts_user WHERE name = %s AND joined_at <= %s AND id < %s"
        then = connection.ops.adapt_datetimefield_value(at)
        for number in (2**31 - 1, 2**62) * TIMES:
            assert STRAIGHT.rows(sql, ["O’Neill", then, number]) == [("O’Neill",)]

    def test_a_percent_sign_is_one_without_values(self):
        assert STRAIGHT.rows("SELECT '100 %%'", []) == [("100 %",)]

    def test_an_error_is_one_of_djangos_and_what_comes_after_is_answered(self):
        for _time in range(TIMES):
            with pytest.raises(ProgrammingError if is_postgresql() else OperationalError):
                STRAIGHT.rows("SELECT 1 FROM nowhere", [])
            assert STRAIGHT.rows("SELECT 1", []) == [(1,)]

    def test_what_was_asked_before_is_answered_after_the_database_forgot_it(self):
        for _time in range(TIMES):
            assert STRAIGHT.rows("SELECT 1", []) == [(1,)]
        with connection.cursor() as cursor:
            cursor.execute("DEALLOCATE ALL" if is_postgresql() else "SELECT 1")
        assert STRAIGHT.rows("SELECT 1", []) == [(1,)]

    def test_who_asks_over_a_line_that_was_cut_is_told_so_once(self):
        if is_postgresql():
            for _time in range(TIMES):
                assert STRAIGHT.rows("SELECT 1", []) == [(1,)]
            for sql in ("SELECT pg_terminate_backend(pg_backend_pid())", "SELECT 1"):
                with pytest.raises(OperationalError):
                    STRAIGHT.rows(sql, [])
            # As at the end of a request.
            connection.close_if_unusable_or_obsolete()
        assert STRAIGHT.rows("SELECT 1", []) == [(1,)]

    @pytest.mark.parametrize("takes_names", [True, False])
    def test_names_are_used_for_what_is_asked_often_and_where_they_may_be(
        self, takes_names, monkeypatch
    ):
        connection.ensure_connection()
        if is_postgresql():
            with connection.cursor() as cursor:
                cursor.execute("DEALLOCATE ALL")
            # As if nothing had been asked over this line yet.
            monkeypatch.setattr(connection.connection, "straight", None, raising=False)
            if not takes_names:
                monkeypatch.setattr(connection.connection, "prepare_threshold", None)
        for number in range(TIMES):
            assert STRAIGHT.rows(f"SELECT {number}", []) == [(number,)]
            assert STRAIGHT.rows("SELECT 'often'", []) == [("often",)]
        if is_postgresql():
            named = STRAIGHT.rows("SELECT statement FROM pg_prepared_statements", [])
            assert named == ([("SELECT 'often'",)] if takes_names else [])


def is_postgresql() -> bool:
    return connection.vendor == "postgresql"
