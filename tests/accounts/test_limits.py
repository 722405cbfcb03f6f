"""A limit counts exactly, for each client, within windows that end."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connection
from django.test import RequestFactory
from django.utils import timezone

from accounts.limits import Limit
from accounts.models import Tally
from tests.making import make_person

HOUR = Limit("of-this-test", times=3, per_seconds=3600)
# The beginning of a window.
NOON = datetime(2026, 5, 1, 12, tzinfo=UTC)
THREADS = 16


def asked(address="192.0.2.7", person=None):
    request = RequestFactory().get("/", REMOTE_ADDR=address)
    if person:
        request.user = person
    return request


@pytest.fixture
def clock(monkeypatch):
    """Say what time it is."""

    def is_now(moment):
        monkeypatch.setattr(timezone, "now", lambda: moment)

    is_now(NOON)
    return is_now


@pytest.mark.django_db
def test_a_limit_holds_however_slowly_it_is_used_up(clock):
    answers = []
    for minutes in (0, 11, 22, 33, 44, 55):
        clock(NOON + timedelta(minutes=minutes))
        answers.append(HOUR.allows(asked()))
    assert answers == [True] * 3 + [False] * 3


@pytest.mark.django_db
def test_a_window_ends_also_for_somebody_who_never_stops(clock):
    for seconds in range(0, 3600, 120):
        clock(NOON + timedelta(seconds=seconds))
        HOUR.allows(asked())
    assert not HOUR.allows(asked())
    clock(NOON + timedelta(hours=1))
    assert HOUR.allows(asked())


@pytest.mark.django_db
def test_everybody_and_every_limit_is_counted_alone(clock):
    once = Limit("once", times=1, per_seconds=3600)
    assert once.allows(asked())
    assert not once.allows(asked())
    assert once.allows(asked("192.0.2.8"))
    assert HOUR.allows(asked())


@pytest.mark.django_db
def test_people_who_are_signed_in_do_not_share_the_count_of_their_office(clock):
    once, ada, bea = Limit("once", times=1, per_seconds=3600), make_person(), make_person()
    assert once.allows(asked(person=ada))
    assert once.allows(asked(person=bea))
    assert not once.allows(asked("192.0.2.8", person=ada))


@pytest.mark.django_db
def test_a_crowd_does_not_wipe_out_what_was_counted(clock):
    cache.set("of-somebody-else", 1)
    once = Limit("once", times=1, per_seconds=3600)
    once.allows(asked())
    for number in range(400):
        once.allows(asked(f"2001:db8::{number:x}"))
    assert not once.allows(asked())
    assert cache.get("of-somebody-else") == 1


def test_the_cache_has_room_for_a_crowd():
    # django-allauth counts failed sign-ins there; Django's own limit is 300.
    assert settings.CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] == 100_000


@pytest.mark.django_db
def test_what_has_ended_is_swept_away_by_whoever_is_counted_next(clock):
    for number in range(5):
        HOUR.allows(asked(f"192.0.2.{number}"))
    assert Tally.objects.count() == 5
    clock(NOON + timedelta(hours=2))
    HOUR.allows(asked())
    assert Tally.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_many_at_once_never_pass_more_than_the_limit():
    limit = Limit("crowd", times=10, per_seconds=10**9)

    def ask(_number):
        try:
            return limit.allows(asked())
        finally:
            connection.close()

    with ThreadPoolExecutor(THREADS) as pool:
        answers = list(pool.map(ask, range(THREADS * 5)))
    assert answers.count(True) == 10


@pytest.mark.django_db
def test_who_owns_a_network_is_one_and_not_a_crowd():
    once = Limit("once", times=1, per_seconds=3600)
    assert once.allows(asked("2001:db8:1:2::1"))
    assert not once.allows(asked("2001:db8:1:2:ffff::9"))


@pytest.mark.django_db
def test_a_limit_of_an_address_is_shared_by_all_accounts_and_the_whole_of_a_network():
    shared = Limit("of-address", times=2, per_seconds=3600, of_address=True)
    for one, other in (
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::9"),
        ("192.0.2.8", "::ffff:192.0.2.8"),
    ):
        assert shared.allows(asked(one, make_person()))
        assert shared.allows(asked(other, make_person()))
        assert not shared.allows(asked(one))
    assert shared.allows(asked("2001:db8:1:3::1"))


@pytest.fixture
def in_cache(settings):
    """As with a Redis: the limits count in the cache that all processes share."""
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    settings.LIMITS_IN_CACHE = True
    yield
    cache.clear()


def test_a_limit_in_the_cache_holds_within_its_window_and_ends_with_it(clock, in_cache):
    answers = []
    for minutes in (0, 11, 22, 33, 44, 55):
        clock(NOON + timedelta(minutes=minutes))
        answers.append(HOUR.allows(asked()))
    assert answers == [True] * 3 + [False] * 3
    assert HOUR.allows(asked("192.0.2.8"))
    clock(NOON + timedelta(hours=1))
    assert HOUR.allows(asked())


def test_a_crowd_that_comes_at_once_is_counted_exactly_in_the_cache(clock, in_cache):
    with ThreadPoolExecutor(THREADS) as crowd:
        answers = list(crowd.map(lambda _nth: HOUR.allows(asked()), range(THREADS)))
    assert answers.count(True) == HOUR.times
