"""Threads that answer for the loop: tests/server/test_served.py has them behind the server."""

from __future__ import annotations

import asyncio
import threading

import pytest

from config.server.threads import Threads

pytestmark = [pytest.mark.once]
MOST, WAIT_SECONDS = 3, 60


@pytest.fixture
def threads():
    threads = Threads(MOST, "tested")
    yield threads
    threads.close()


def test_what_a_thread_answers_is_given_to_the_one_who_asked(threads):
    async def ask():
        return await asyncio.gather(*(threads.run(divmod, number, 7) for number in range(100)))

    assert asyncio.run(ask()) == [divmod(number, 7) for number in range(100)]


def test_what_goes_wrong_is_told_to_the_one_who_asked_and_to_nobody_else(threads):
    async def ask():
        asked = [threads.run(int, said) for said in ("1", "one", "2")]
        return await asyncio.gather(*asked, return_exceptions=True)

    one, wrong, two = asyncio.run(ask())
    assert (one, two) == (1, 2)
    assert isinstance(wrong, ValueError)


def test_no_more_threads_than_are_asked_at_once_are_started(threads):
    async def ask_one_after_the_other():
        return {await threads.run(threading.get_ident) for _time in range(10)}

    assert len(asyncio.run(ask_one_after_the_other())) == 1


def test_many_at_once_are_answered_by_a_few_threads(threads):
    together = threading.Barrier(MOST, timeout=WAIT_SECONDS)

    def meet():
        together.wait()
        return threading.get_ident()

    async def ask():
        return await asyncio.gather(*(threads.run(meet) for _time in range(MOST * 2)))

    assert len(set(asyncio.run(ask()))) == MOST


def test_where_no_other_thread_can_be_started_those_that_are_there_do_it(threads, monkeypatch):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    async def ask():
        assert await threads.run(str, 1) == "1"
        monkeypatch.setattr(threading.Thread, "start", refuse)
        return await asyncio.gather(*(threads.run(str, number) for number in range(9)))

    assert asyncio.run(ask()) == [str(number) for number in range(9)]


def test_whoever_no_longer_waits_leaves_the_others_their_answers(threads):
    begun = threading.Event()

    async def ask():
        held = threads.run(begun.wait)
        held.cancel()
        begun.set()
        return await threads.run(str, 5)

    assert asyncio.run(ask()) == "5"


def test_who_closes_them_waits_for_what_was_begun():
    threads, done = Threads(MOST, "tested"), []

    async def ask():
        threads.run(done.append, "all of it")

    asyncio.run(ask())
    threads.close()
    assert done == ["all of it"]
