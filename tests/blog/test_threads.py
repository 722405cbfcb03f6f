from __future__ import annotations

import pytest

from blog.threads import Node, Step, grow, walk

pytestmark = pytest.mark.once


def shape(nodes: list[Node[Step]]) -> list[object]:
    return [(n.comment.id, shape(n.replies)) if n.replies else n.comment.id for n in nodes]


def test_no_responses_make_no_tree():
    assert grow([]) == []


def test_replies_stand_under_what_they_answer_in_the_order_of_the_walk():
    steps = [Step(1, None), Step(5, None), Step(4, 1), Step(2, 1), Step(3, 4)]
    assert shape(grow(steps)) == [(1, [(4, [3]), 2]), 5]


def test_depth_counts_from_one():
    nodes = grow([Step(1, None), Step(2, 1), Step(3, 2)])
    assert [node.depth for node in walk(nodes)] == [1, 2, 3]


def test_what_answers_something_that_is_not_there_becomes_a_root():
    assert shape(grow([Step(2, 99), Step(3, 2)])) == [(2, [3])]


def test_a_thread_continues_where_the_walk_ended_before_it():
    steps = [Step(1, None, None, 2), Step(2, 1, 3, 4), Step(5, None, None, None)]
    assert {n.comment.id: n.continues for n in walk(grow(steps))} == {1: True, 2: True, 5: False}


def test_a_thread_that_was_walked_to_its_end_does_not_continue():
    steps = [Step(1, None, None, 2), Step(2, 1, 3, None), Step(3, 1, None, None)]
    assert not any(node.continues for node in walk(grow(steps)))


def test_a_chain_of_ten_thousand_needs_no_deep_stack():
    nodes = grow([Step(1, None), *(Step(pk, pk - 1) for pk in range(2, 10_001))])
    assert [node.depth for node in walk(nodes)][-1] == 10_000
