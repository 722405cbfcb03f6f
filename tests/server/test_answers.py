"""What the server gives: by the short way the same as by the long way. On real sockets."""

from __future__ import annotations

import socket

import pytest

from blog import codings
from config.server import bridge
from tests.server.talking import LATER, STORY, WORDS, head, keep

pytestmark = pytest.mark.once


def test_a_kept_page_is_given_without_asking_django(server):
    page = keep(server.pages)
    answer = server.line().ask(STORY, "Accept-Encoding: gzip")
    assert answer.status == 200
    assert answer["content-encoding"] == "gzip"
    assert answer["etag"] == page.etag
    assert codings.EXPAND["gzip"](answer.body) == WORDS.encode()
    assert server.pages.asked == []


def test_a_kept_page_is_the_same_every_time_on_a_line_and_on_others(server):
    keep(server.pages)
    first, second = server.line(), server.line()
    answers = [line.ask(STORY, "Accept-Encoding: gzip") for line in (first, first, first, second)]
    assert len({answer.undated for answer in answers}) == 1
    assert server.pages.asked == []


def test_who_asks_only_for_the_head_gets_that(server):
    keep(server.pages)
    line = server.line()
    whole = line.ask(STORY, "Accept-Encoding: gzip")
    for _time in range(2):
        short = line.ask(STORY, "Accept-Encoding: gzip", method="HEAD")
        assert short.headers == whole.headers
        assert short.body == b""
    assert line.ask(STORY, "Accept-Encoding: gzip").undated == whole.undated
    assert server.pages.asked == []


@pytest.mark.parametrize(
    "condition", [f"If-None-Match: {LATER['ETag']}", f"If-Modified-Since: {LATER['Last-Modified']}"]
)
def test_who_has_the_page_is_told_so(server, condition):
    keep(server.pages)
    line = server.line()
    for _time in range(2):
        answer = line.ask(STORY, "Accept-Encoding: gzip", condition)
        assert answer.status == 304
        assert answer["etag"] == LATER["ETag"]
    changed = line.ask(STORY, "Accept-Encoding: gzip", 'If-None-Match: W/"2"')
    assert changed.status == 200
    assert server.pages.asked == []


@pytest.mark.parametrize(
    "lines",
    [
        ["Cookie: sessionid=abc"],
        ["Cookie: theme=dark; sessionid=abc"],
        ["Cookie: theme=dark", "Cookie: sessionid=abc"],
        ["Cookie: acted=1"],
        ["Authorization: Basic YTpi"],
        ["Range: bytes=0-9"],
        ["Content-Length: 0"],
        ["TE: trailers"],
        ["Accept-Encoding: gzip", "Accept-Encoding: br"],
        ["X-Forwarded-Proto: http", "X-Forwarded-Proto: https"],
        ["X-Forwarded-Proto: https"],
        ["Accept-Encoding: identity"],
        ["Accept-Encoding: br"],
        ["Connection: close"],
    ],
)
def test_who_asks_for_something_else_is_answered_by_django(server, lines):
    keep(server.pages)
    line = server.line()
    usual = ["Accept-Encoding: gzip"] if not any("Accept-E" in one for one in lines) else []
    assert line.ask(STORY, *usual, *lines).said["PATH_INFO"] == STORY
    assert server.pages.asked == [STORY]


@pytest.mark.parametrize(
    "first",
    [
        f"GET {STORY}?a=1 HTTP/1.1",
        "GET /a%2Dstory/ HTTP/1.1",
        "GET //a-story/ HTTP/1.1",
        "GET /A-story/ HTTP/1.1",
        f"GET http://a.example{STORY} HTTP/1.1",
        f"POST {STORY} HTTP/1.1",
        f"OPTIONS {STORY} HTTP/1.1",
        f"GET {STORY} HTTP/1.0",
    ],
)
def test_another_address_or_method_is_another_request(server, first):
    keep(server.pages)
    line = server.line()
    line.send(f"{first}\r\nHost: a.example\r\nAccept-Encoding: gzip\r\n\r\n".encode())
    assert line.hear().said["REQUEST_METHOD"] == first.partition(" ")[0]


def test_lines_that_are_known_from_elsewhere_mean_the_same(server):
    """A known request line and known lines below it, which have not come together before."""
    keep(server.pages)
    keep(server.pages, "/b/")
    line = server.line()
    story = line.ask(STORY, "Accept-Encoding: gzip")
    line.ask("/b/", "Accept-Encoding: gzip", f"If-None-Match: {LATER['ETag']}")
    assert line.ask("/b/", "Accept-Encoding: gzip").status == 200
    both = line.ask(STORY, "Accept-Encoding: gzip", f"If-None-Match: {LATER['ETag']}")
    assert both.status == 304
    assert line.ask(STORY, "Accept-Encoding: gzip").undated == story.undated


def test_a_known_head_in_pieces_is_one_request(server):
    keep(server.pages)
    line = server.line()
    whole = line.ask(STORY, "Accept-Encoding: gzip")
    request = head(STORY, "Accept-Encoding: gzip")
    for at in range(len(request)):
        line.send(request[at : at + 1])
    assert line.hear().undated == whole.undated
    line.send(request[:20])
    line.send(request[20:] + request)
    assert line.hear().undated == line.hear().undated == whole.undated


def test_a_known_head_within_a_body_is_no_request(server):
    keep(server.pages)
    line = server.line()
    request = head(STORY, "Accept-Encoding: gzip")
    line.send(request)
    line.hear()
    line.send(head("/", f"Content-Length: {len(request)}", method="POST"))
    line.send(request)
    answer = line.hear()
    assert answer.said["read"] == len(request)
    assert server.pages.asked == ["/"]


def test_a_kept_page_waits_for_the_answers_before_it(server):
    keep(server.pages)
    line = server.line()
    request = head(STORY, "Accept-Encoding: gzip")
    line.send(request)
    whole = line.hear()
    line.send(head("/slow/"))
    server.wait_until_asked("/slow/")
    line.send(request)
    server.wait_until(lambda lines: any(one.pipeline for one in lines))
    server.pages.may_answer.set()
    assert line.hear().said["PATH_INFO"] == "/slow/"
    assert line.hear().said["PATH_INFO"] == STORY
    assert line.ask(STORY, "Accept-Encoding: gzip").undated == whole.undated


def test_a_page_that_was_just_made_is_given_at_once(server):
    line = server.line()
    answers = [line.ask("/made/a/") for _time in range(2)]
    assert [answer.body for answer in answers] == [b"/made/a/"] * 2
    assert answers[0]["x-made"] == "yes"
    only_head = line.ask("/made/a/", method="HEAD")
    assert sorted(only_head.undated.split(b"\r\n")[1:]) == sorted(
        answers[0].undated.removesuffix(b"/made/a/").split(b"\r\n")[1:]
    )


def test_pages_that_are_made_are_given_in_the_order_in_which_they_were_asked_for(server):
    line = server.line()
    line.send(head("/slow/") + head("/made/a/") + head("/b/") + head("/made/c/"))
    server.pages.may_answer.set()
    answers = [line.hear() for _time in range(4)]
    assert [answers[0].said["PATH_INFO"], answers[2].said["PATH_INFO"]] == ["/slow/", "/b/"]
    assert [answers[1].body, answers[3].body] == [b"/made/a/", b"/made/c/"]


@pytest.mark.parametrize("ending", ["1.1\r\nConnection: close", "1.0"])
def test_after_a_page_that_was_just_made_the_line_ends_if_that_was_wanted(server, ending):
    line = server.line()
    line.send(f"GET /made/ HTTP/{ending}\r\nHost: a.example\r\n\r\n".encode())
    answer = line.hear()
    assert (answer.body, answer["connection"]) == (b"/made/", "close")
    assert line.is_over


def test_a_page_that_is_gone_is_not_given_any_more(server):
    keep(server.pages)
    line = server.line()
    assert line.ask(STORY, "Accept-Encoding: gzip").status == 200
    server.pages.store.forget_all()
    assert line.ask(STORY, "Accept-Encoding: gzip").said["PATH_INFO"] == STORY


def test_who_reads_nothing_is_sent_no_more_than_fits(server):
    page = keep(server.pages)
    headers, _body = page.forms["gzip"]
    # More than the system takes in for somebody who does not read.
    page.forms["gzip"] = headers, [b"x" * 16_000_000]
    line = server.line(SO_RCVBUF=4096)
    line.send(head(STORY, "Accept-Encoding: gzip") * 200)
    server.wait_until(lambda lines: any(one.flow.write_paused for one in lines))
    held: list[int] = []
    (theirs,) = server.server.server_state.connections
    server.do(lambda: held.append(theirs.transport.get_write_buffer_size()))
    assert 0 < held[0] <= 16_100_000


def test_a_large_answer_comes_whole_and_is_closed_by_whoever_made_it(server):
    line = server.line()
    assert line.ask("/pieces/?40").body == b"x" * 2_000_000
    assert line.ask("/pieces/?1").body == b"x" * 50_000
    assert len(server.pages.closed) == 2
    assert all(name.startswith("answers") for name in server.pages.closed)


def test_readers_who_take_their_time_stop_nobody(server):
    """More of them than there are threads."""
    for _number in range(bridge.THREADS + 2):
        slow = server.line(SO_RCVBUF=4096)
        slow.send(head("/pieces/?40"))
    assert server.line().ask("/").status == 200


def test_senders_who_take_their_time_stop_nobody(server):
    for _number in range(bridge.THREADS + 2):
        server.line().send(head("/", "Content-Length: 100", method="POST") + b"begun")
    assert server.line().ask("/").status == 200


def test_who_hangs_up_before_it_is_their_turn_is_not_worked_for(server):
    lines = [server.line() for _number in range(bridge.THREADS)]
    for line in lines:
        line.send(head("/slow/"))
    gone, last = server.line(), server.line()
    gone.send(head("/gone/"))
    server.wait_for_lines(len(lines) + 2)
    gone.hang_up()
    last.send(head("/last/"))
    server.wait_for_lines(len(lines) + 1)
    server.pages.may_answer.set()
    assert last.hear().said["PATH_INFO"] == "/last/"
    assert all(line.hear().status == 200 for line in lines)
    assert "/gone/" not in server.pages.asked


def test_who_hangs_up_in_the_middle_of_a_body_leaves_nothing(server):
    line = server.line()
    line.send(head("/form/", "Content-Length: 100000", method="POST") + b"x" * 90_000)
    line.socket.shutdown(socket.SHUT_WR)
    line.hang_up()
    assert server.line().ask("/").status == 200
    assert server.pages.asked == ["/"]


def test_when_too_many_wait_the_next_is_told_to_come_again(server, monkeypatch):
    monkeypatch.setattr(bridge, "MAX_WAITING", 1)
    first = server.line()
    first.send(head("/slow/"))
    server.wait_until_asked("/slow/")
    answer = server.line().ask("/")
    assert answer.status == 503
    assert answer["retry-after"] == "5"
    assert answer.body == bridge.BUSY
    server.pages.may_answer.set()
    assert first.hear().status == 200


def test_when_too_much_comes_in_at_once_the_next_is_told_to_come_again(
    server, monkeypatch, settings
):
    monkeypatch.setattr(bridge, "MAX_BODIES_BYTES", 100_000)
    line = server.line()
    claims = [server.line() for _time in range(3)]
    for claim in claims:
        claim.send(head("/", "Content-Length: 99999", method="POST") + b"x")
    line.send(head("/", "Content-Length: 100001", method="POST") + b"x" * 100_001)
    assert line.hear().status == 503
    assert line.is_over
    small = server.line()
    small.send(head("/", "Content-Length: 5", method="POST") + b"small")
    assert small.hear().said["body"] == "small"
