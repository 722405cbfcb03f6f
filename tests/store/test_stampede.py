"""Many who ask for one cold page at once have it made once."""

from __future__ import annotations

import threading
import time

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from accounts.ingredients import Recipe
from blog.change_log import Changes
from config import page_store
from config.handler import KeptPages
from config.page_store import PageStore
from tests.store.asking import ask

pytestmark = pytest.mark.once
CROWD = 200


class Maker:
    """In the place of Django: makes a page once all of the crowd stand at the door."""

    def __init__(self, door_is_crowded: threading.Event) -> None:
        self.made = 0
        self.status = 200
        self._door_is_crowded = door_is_crowded
        self._lock = threading.Lock()

    def __call__(self, environ, start_response):
        self._door_is_crowded.wait()
        with self._lock:
            self.made += 1
        response = HttpResponse(b"It was a quiet morning." * 50, status=self.status)
        response.headers["ETag"] = 'W/"1"'
        response.is_shared = True
        response.recipe = Recipe({("post", 1)}, has_all_sets=True)
        response.made_of = response.recipe.made_of()
        start_response(f"{self.status} OK", list(response.items()))
        return response


@pytest.fixture
def crowd():
    """200 people who ask at once; what each got."""

    def ask_all(door, is_crowded):
        standing = threading.Semaphore(0)
        answers = []

        def one():
            standing.release()
            answers.append(ask(door, "/"))

        threads = [threading.Thread(target=one) for _ in range(CROWD)]
        for thread in threads:
            thread.start()
        for _ in threads:
            standing.acquire()
        is_crowded.set()
        for thread in threads:
            thread.join()
        return answers

    return ask_all


@pytest.fixture
def is_crowded():
    return threading.Event()


@pytest.fixture
def door(is_crowded):
    door = KeptPages(Maker(is_crowded))
    door.store = PageStore(10_000_000, lambda: Changes(set()), clock=time.monotonic)
    return door


def test_two_hundred_at_once_have_a_page_made_once(door, crowd, is_crowded, monkeypatch):
    # However long it takes until all of them stand there.
    monkeypatch.setattr(page_store, "WAIT_SECONDS", 600.0)
    answers = crowd(door, is_crowded)
    assert door._django.made == 1
    assert len(answers) == CROWD
    assert {answer.status for answer in answers} == {"200 OK"}
    assert len({answer.body for answer in answers}) == 1


def test_whoever_waited_for_a_page_that_cannot_be_kept_gets_one_of_their_own(
    door, crowd, is_crowded
):
    door._django.status = 503
    answers = crowd(door, is_crowded)
    assert {answer.status[:3] for answer in answers} == {"503"}
    assert len(answers) == CROWD


def test_what_a_server_does_with_its_headers_is_nothing_to_the_next_reader(door, is_crowded):
    is_crowded.set()

    def hear(_status, headers, *_error):
        headers.append(("Connection", "close"))
        return lambda _data: None

    for said in ({}, {"HTTP_IF_NONE_MATCH": 'W/"1"'}):
        environ = RequestFactory().get("/", **said).environ
        for _time in range(3):
            door(environ, hear)
        assert "Connection" not in ask(door, "/", **said).headers
