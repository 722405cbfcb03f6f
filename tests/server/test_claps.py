"""Claps that wait while others are given go to Django together, and nothing else does."""

from __future__ import annotations

import threading

import pytest

from config.server import claps
from tests.server.talking import STORY, keep

pytestmark = pytest.mark.once

BODY = b"wanted=3"
READER, VISITOR = "Cookie: sessionid=abc", "Cookie: visitor=abc"


@pytest.fixture(autouse=True)
def _a_round_may_take_as_long_as_it_likes(monkeypatch):
    monkeypatch.setattr(claps, "ROUND_SECONDS", 600)


def clap(path, *lines, method="POST"):
    said = [f"{method} {path} HTTP/1.1", "Host: a.example", f"Content-Length: {len(BODY)}", *lines]
    return "\r\n".join([*said, "", ""]).encode() + BODY


def send(server, *claps):
    """Each on a line of its own, all of them in before the next is sent."""
    lines = []
    for data in claps:
        lines.append(server.line())
        lines[-1].send(data)
        server.wait_until(lambda ends: sum(one._is_owing for one in ends) >= len(lines))
    return lines


def hold_one(server):
    """A clap that is being given until it may be answered."""
    [line] = send(server, clap("/slow/claps/", READER))
    server.wait_until_asked("/slow/claps/")
    return line


def test_claps_that_wait_go_along_with_the_first_of_them(server):
    first = hold_one(server)
    lines = send(server, *(clap(f"/{name}/claps/", READER) for name in "abc"))
    server.pages.may_answer.set()
    assert first.hear().said["PATH_INFO"] == "/slow/claps/"
    leader, *others = (line.hear() for line in lines)
    assert leader.said["body"] == "wanted=3"
    assert [one.body for one in others] == [b"/b/claps/wanted=3", b"/c/claps/wanted=3"]
    assert {one.status for one in others} == {200}
    assert server.pages.asked == ["/slow/claps/", "/a/claps/"]


def test_a_clap_that_takes_long_does_not_hold_up_the_others(server, monkeypatch):
    monkeypatch.setattr(claps, "ROUND_SECONDS", 0.01)
    first = hold_one(server)
    [line] = send(server, clap("/a/claps/", READER))
    assert line.hear().said["PATH_INFO"] == "/a/claps/"
    server.pages.may_answer.set()
    assert first.hear().said["PATH_INFO"] == "/slow/claps/"


def test_claps_go_on_after_a_moment_in_which_no_thread_could_be_started(server, monkeypatch):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as moment:
        moment.setattr(threading.Thread, "start", refuse)
        line = server.line()
        line.send(clap("/a/claps/", READER))
        assert line.hear().status == 500
    line = server.line()
    line.send(clap("/a/claps/", READER))
    assert line.hear().said["PATH_INFO"] == "/a/claps/"


def test_a_clap_while_nobody_claps_goes_alone(server):
    line = server.line()
    for _time in range(2):
        line.send(clap("/a/claps/", READER))
        assert line.hear().said["PATH_INFO"] == "/a/claps/"
    assert server.pages.taken_along == []


def test_who_is_not_answered_with_others_goes_their_own_way_with_all_they_sent(server):
    hold_one(server)
    _leader, alone = send(
        server, clap("/a/claps/", READER), clap("/alone/claps/", READER, "X-Mark: 1")
    )
    server.pages.may_answer.set()
    said = alone.hear().said
    assert (said["body"], said["HTTP_X_MARK"]) == ("wanted=3", "1")
    assert server.pages.taken_along == ["/alone/claps/"]


def test_only_those_who_are_answered_alike_go_together(server):
    hold_one(server)
    https = "X-Forwarded-Proto: https"
    lines = send(
        server,
        *(clap(f"/reader-{n}/claps/", READER) for n in range(2)),
        *(clap(f"/visitor-{n}/claps/", VISITOR) for n in range(2)),
        *(clap(f"/secure-{n}/claps/", READER, https) for n in range(2)),
    )
    server.pages.may_answer.set()
    for line in lines:
        line.hear()
    firsts = ["/reader-0/claps/", "/visitor-0/claps/", "/secure-0/claps/"]
    assert server.pages.asked == ["/slow/claps/", *firsts]
    assert server.pages.taken_along == [one.replace("0", "1") for one in firsts]


@pytest.mark.parametrize("cookie", ["acted=1; Max-Age=5", "visitor=mine"])
def test_nobody_gets_a_cookie_that_is_the_first_ones_own(server, cookie):
    hold_one(server)
    first, other = send(
        server, clap("/a/claps/", VISITOR, f"X-Gives: {cookie}"), clap("/b/claps/", VISITOR)
    )
    server.pages.may_answer.set()
    assert first.hear()["set-cookie"] == cookie
    # What says that somebody has just clapped is true of both.
    got = ("set-cookie", cookie) in other.hear().headers
    assert got == cookie.startswith("acted=")
    assert server.pages.taken_along == ["/b/claps/"]


@pytest.mark.parametrize(
    "other",
    [
        clap("/a/claps/"),
        clap("/a/claps/", "Cookie: csrftoken=abc"),
        clap("/a/claps/", READER, method="PUT"),
        clap("/a/responses/1/claps/", READER),
        clap("/a/claps/withdrawal/", READER),
    ],
)
def test_all_else_does_not_wait_for_claps(server, other):
    hold_one(server)
    [line] = send(server, other)
    assert line.hear().status == 200
    server.pages.may_answer.set()
    assert server.pages.taken_along == []


def test_a_kept_page_is_given_while_claps_wait(server):
    keep(server.pages)
    hold_one(server)
    send(server, clap("/a/claps/", READER))
    assert server.line().ask(STORY, "Accept-Encoding: gzip").status == 200
    server.pages.may_answer.set()


def test_who_hangs_up_while_waiting_keeps_nobody_from_clapping(server):
    hold_one(server)
    gone, leader, other = send(server, *(clap(f"/{name}/claps/", READER) for name in "xab"))
    gone.hang_up()
    server.wait_for_lines(3)
    server.pages.may_answer.set()
    assert leader.hear().status == other.hear().status == 200
