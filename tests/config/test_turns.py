"""Turns are had in the order of those who came."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from config.turns import Turns
from tests.serving import wait_until

# There is no database in it.
pytestmark = pytest.mark.once
LONG_SECONDS = 60


def test_whoever_waits_longest_goes_first_and_nobody_who_comes_later_before_them():
    turns, went = Turns(1), []
    assert turns.take(0)

    def come(number: int) -> None:
        assert turns.take(LONG_SECONDS)
        went.append(number)
        turns.give_back()

    with ThreadPoolExecutor(4) as people:
        for number in range(4):
            people.submit(come, number)
            wait_until(lambda: len(turns.waiting) == number + 1)  # noqa: B023 -- asked at once
        turns.give_back()
    assert went == [0, 1, 2, 3]


def test_whoever_has_waited_in_vain_takes_no_turn_from_the_others():
    turns = Turns(1)
    assert turns.take(0)
    assert not turns.take(0.001)
    turns.give_back()
    assert turns.take(0)
    turns.give_back()
