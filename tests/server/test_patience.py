"""How long the server waits for strangers, and how many of them it lets in. On real sockets."""

from __future__ import annotations

import pytest

from config.server import protocol
from tests.server.talking import STORY, head, keep, served

pytestmark = pytest.mark.once


def test_a_head_that_does_not_come_to_its_end_is_not_waited_for(server):
    line, other = server.line(), server.line()
    line.send(b"GET / HTTP/1.1\r\n")
    assert other.ask("/").status == 200
    server.pass_by(protocol.HEAD_WITHIN_SECONDS + 1)
    assert line.hear().status == 408
    assert line.is_over
    assert other.ask("/").status == 200


def test_a_body_that_stops_coming_is_not_waited_for(server):
    line, other = server.line(), server.line()
    line.send(head("/form/", "Content-Length: 100", method="POST") + b"begun")
    assert other.ask("/").status == 200
    server.pass_by(protocol.BODY_SILENT_SECONDS / 2)
    line.send(b"more")
    assert other.ask("/").status == 200
    server.pass_by(protocol.BODY_SILENT_SECONDS + 1)
    assert line.hear().status == 408
    assert line.is_over
    assert server.pages.asked == ["/", "/"]
    server.wait_for_lines(2)
    server.pass_by(protocol.LINGER_SECONDS + 1)
    server.wait_for_lines(1)


def test_an_answer_that_takes_its_time_is_waited_for(server):
    line = server.line()
    line.send(head("/slow/"))
    server.wait_until_asked("/slow/")
    server.pass_by(10_000)
    server.pages.may_answer.set()
    assert line.hear().said["PATH_INFO"] == "/slow/"


def test_a_line_on_which_nothing_is_said_is_closed_after_a_while(server):
    keep(server.pages)
    new, used, short = server.line(), server.line(), server.line()
    used.ask("/")
    short.ask(STORY, "Accept-Encoding: gzip")
    server.pass_by(protocol.IDLE_SECONDS / 2)
    assert used.ask("/").status == 200
    assert short.ask(STORY, "Accept-Encoding: gzip").status == 200
    server.pass_by(protocol.IDLE_SECONDS + 1)
    assert new.is_over
    assert used.is_over
    assert short.is_over


def test_in_a_crowd_who_says_nothing_has_less_time(server):
    line, begun = server.line(), server.line()
    line.ask("/")
    begun.send(b"GET / HT")
    server.line().ask("/")
    server.pass_by(protocol.IDLE_SECONDS * 0.1 + 1, patience=0.1)
    assert line.is_over
    assert begun.hear().status == 408


def test_in_a_crowd_a_body_has_less_time_too(server):
    line = server.line()
    line.send(head("/form/", "Content-Length: 100", method="POST") + b"begun")
    server.line().ask("/")
    server.pass_by(protocol.BODY_SILENT_SECONDS * 0.1 + 1, patience=0.1)
    assert line.hear().status == 408


def test_who_takes_nothing_of_what_is_sent_is_let_go(server):
    line = server.line(SO_RCVBUF=4096)
    line.send(head("/pieces/?200"))

    server.wait_until(lambda lines: any(one.flow.write_paused for one in lines))
    server.pass_by(protocol.UNREAD_SECONDS / 2)
    assert len(server.server.server_state.connections) == 1
    server.pass_by(protocol.UNREAD_SECONDS + 1)
    server.wait_for_lines(0)
    assert server.line().ask("/").status == 200


def test_no_more_are_let_in_than_there_is_room_for(monkeypatch):
    monkeypatch.setattr("config.server.watch.MAX_CONNECTIONS", 2)
    with served() as server:
        inside = [server.line(), server.line()]
        for line in inside:
            assert line.ask("/").status == 200
        assert server.line().is_over
        inside[0].hang_up()
        server.wait_for_lines(1)
        assert server.line().ask("/").status == 200


def test_who_stops_the_server_lets_it_finish(server):
    idle, busy = server.line(), server.line()
    idle.ask("/")
    busy.send(head("/slow/"))
    server.wait_until_asked("/slow/")
    server.server.should_exit = True
    assert idle.is_over
    server.pages.may_answer.set()
    answer = busy.hear()
    assert answer.said["PATH_INFO"] == "/slow/"
    assert busy.is_over
