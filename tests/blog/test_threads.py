from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from blog.threads import MAX_DEPTH, Node, build, cut, standing, walk

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Row:
    id: int
    parent_id: int | None
    created_at: datetime
    is_visible: bool = True


def row(pk: int, parent: int | None = None, *, minute: int | None = None) -> Row:
    return Row(pk, parent, START + timedelta(minutes=pk if minute is None else minute))


def place(pk: int, parent: int | None = None) -> Row:
    return Row(pk, parent, START + timedelta(minutes=pk), is_visible=False)


def shape(nodes: list[Node[Row]]) -> list[object]:
    return [(n.comment.id, shape(n.replies)) if n.replies else n.comment.id for n in nodes]


def test_no_responses_make_no_tree():
    assert build([]) == []


def test_replies_stand_under_what_they_answer():
    rows = [row(1), row(2, 1), row(3, 2), row(4, 1), row(5)]
    assert shape(build(rows)) == [(1, [(2, [3]), 4]), 5]


def test_replies_stand_oldest_first_and_roots_keep_their_order():
    rows = [row(9), row(3, 9, minute=30), row(4, 9, minute=20), row(1), row(5, 9, minute=20)]
    assert shape(build(rows)) == [(9, [4, 5, 3]), 1]


def test_a_reply_that_comes_before_its_parent_is_still_placed():
    assert shape(build([row(2, 1), row(1)])) == [(1, [2])]


def test_depth_counts_from_one_and_stops_at_four():
    rows = [row(1), *(row(pk, pk - 1) for pk in range(2, 8))]
    nodes = build(rows)
    seen = []
    while nodes:
        seen.append((nodes[0].comment.id, nodes[0].depth, nodes[0].continues))
        nodes = nodes[0].replies
    assert seen == [(1, 1, False), (2, 2, False), (3, 3, False), (4, MAX_DEPTH, True)]


def test_a_thread_that_ends_at_the_last_level_does_not_continue():
    rows = [row(1), *(row(pk, pk - 1) for pk in range(2, 5))]
    node = build(rows)[0].replies[0].replies[0].replies[0]
    assert (node.depth, node.continues) == (4, False)


def test_a_reply_whose_parent_is_not_there_becomes_a_root():
    assert shape(build([row(2, 99), row(3, 2)])) == [(2, [3])]


def test_a_circle_is_opened_at_its_oldest():
    assert shape(build([row(1), row(3, 2), row(2, 3), row(4, 4)])) == [1, (2, [3]), 4]


def test_a_chain_of_ten_thousand_needs_no_deep_stack():
    rows = [row(1), *(row(pk, pk - 1) for pk in range(2, 10_001))]
    assert build(rows)[0].replies[0].replies[0].replies[0].continues
    nodes, depth = build(rows, max_depth=10_000), 0
    while nodes:
        depth, nodes = nodes[0].depth, nodes[0].replies
    assert depth == 10_000


def test_a_place_stands_while_something_visible_hangs_from_it_however_deep():
    rows = [place(1), place(2, 1), row(3, 2), place(4, 3), row(5), place(6), place(7, 6)]
    assert [one.id for one in standing(rows)] == [1, 2, 3, 5]


def test_places_in_a_circle_are_left_out():
    assert standing([place(1, 2), place(2, 1)]) == []


def test_a_thread_is_cut_where_one_stops_reading_and_says_so():
    nodes = build([row(1), row(2, 1), row(3, 2), row(4, 2), row(5, 1)])
    cut(nodes, 2)
    assert shape(nodes) == [(1, [(2, [3])])]
    assert {n.comment.id: n.continues for n in walk(nodes)} == {1: True, 2: True, 3: False}


def test_a_busy_thread_takes_nothing_from_the_others():
    nodes = build([row(1), row(2), row(3), *(row(pk, 1) for pk in range(4, 20)), row(20, 3)])
    cut(nodes, 4)
    assert shape(nodes) == [(1, [4, 5, 6]), 2, (3, [20])]
    assert [node.continues for node in nodes] == [True, False, False]


def test_nothing_is_cut_from_what_fits():
    nodes = build([row(1), row(2, 1), row(3, 2)])
    cut(nodes, 2)
    assert [node.continues for node in walk(nodes)] == [False] * 3
