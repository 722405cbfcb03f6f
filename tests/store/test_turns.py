"""Pages are made in turns, and nobody who fails or is slow keeps a turn from the others."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.http import HttpResponse

from blog.change_log import Changes
from config import handler
from config.handler import MADE_AT_ONCE, MADE_AT_ONCE_ELSEWHERE, KeptPages, made_at_once
from config.page_store import PageStore
from tests.store.asking import ask

pytestmark = pytest.mark.django_db
PATHS = ["/", "/archive/", "/authors/", "/tags/", "/about/"]
LONG_SECONDS = 60


class Maker:
    """Makes pages that cannot be kept, and counts how many it is making."""

    def __init__(self):
        self.making = self.most = 0
        self.is_held = {}
        self._lock = threading.Lock()

    def __call__(self, environ, _start_response):
        with self._lock:
            self.making += 1
            self.most = max(self.most, self.making)
        try:
            path = environ["PATH_INFO"]
            if path in self.is_held:
                self.is_held[path].wait(LONG_SECONDS)
            if path == "/about/":
                raise ValueError("Something went wrong.")
            return HttpResponse("made")
        finally:
            with self._lock:
                self.making -= 1


@pytest.fixture
def maker():
    return Maker()


@pytest.fixture
def door(maker):
    door = KeptPages(maker)
    door.store = PageStore(10_000_000, lambda: Changes(set()), clock=time.monotonic)
    return door


def test_no_more_pages_are_made_at_once_than_have_a_turn(door, maker, monkeypatch):
    monkeypatch.setattr(handler, "TURN_SECONDS", LONG_SECONDS)
    with ThreadPoolExecutor(8) as readers:
        answers = list(readers.map(lambda path: ask(door, path), PATHS[:4] * 20))
    assert {answer.body for answer in answers} == {b"made"}
    assert maker.most <= made_at_once()


@pytest.mark.parametrize(
    ("host", "count"),
    [
        *(("", MADE_AT_ONCE), ("127.0.0.1", MADE_AT_ONCE), ("/run/postgresql", MADE_AT_ONCE)),
        ("db.example.org", MADE_AT_ONCE_ELSEWHERE),
    ],
)
def test_two_pages_are_begun_where_the_database_is_waited_for(monkeypatch, host, count):
    monkeypatch.setitem(connection.settings_dict, "HOST", host)
    assert made_at_once() == count


def test_a_page_that_takes_long_holds_nobody_up(door, maker, monkeypatch):
    monkeypatch.setattr(handler, "TURN_SECONDS", 0.01)
    held = PATHS[:2]
    maker.is_held = {path: threading.Event() for path in held}
    with ThreadPoolExecutor(2) as slow:
        waiting = [slow.submit(ask, door, path) for path in held]
        assert ask(door, "/tags/").body == b"made"
        for event in maker.is_held.values():
            event.set()
        assert [one.result().body for one in waiting] == [b"made", b"made"]


def test_a_page_that_cannot_be_made_gives_its_turn_back(door, monkeypatch):
    monkeypatch.setattr(handler, "TURN_SECONDS", LONG_SECONDS)
    for _time in range(3):
        with pytest.raises(ValueError, match="went wrong"):
            ask(door, "/about/")
    assert ask(door, "/").body == b"made"
