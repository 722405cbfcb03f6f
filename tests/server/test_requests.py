"""What the server takes for a request, and what it refuses. On real sockets."""

from __future__ import annotations

import pytest

from config.server import protocol
from tests.server.talking import head

pytestmark = pytest.mark.once


def test_a_request_reaches_django_as_it_was_sent(server):
    line = server.line()
    said = line.ask("/caf%C3%A9%20/?a=%20b", "X-Forwarded-Proto: https", "Cookie: a=1").said
    assert said["PATH_INFO"] == "/caf\xc3\xa9 /"
    assert said["QUERY_STRING"] == "a=%20b"
    assert said["HTTP_HOST"] == "a.example"
    assert said["HTTP_X_FORWARDED_PROTO"] == "https"
    assert said["HTTP_COOKIE"] == "a=1"
    assert said["REMOTE_ADDR"] == "127.0.0.1"
    assert said["SERVER_PORT"] == str(server.port)
    assert said["SERVER_PROTOCOL"] == "HTTP/1.1"
    assert said["wsgi.url_scheme"] == "http"


@pytest.mark.parametrize("path", ["//a.example/b/", "/a//b/", "/../a/", "/a;b/", "/a/?", "/%"])
def test_an_unusual_path_stays_as_it_is(server, path):
    said = server.line().ask(path).said
    assert said["PATH_INFO"] == path.partition("?")[0]


def test_a_path_that_is_no_utf8_is_handed_on_byte_by_byte(server):
    assert server.line().ask("/%FF%00/").said["PATH_INFO"] == "/\xff\x00/"


def test_a_header_that_only_looks_like_a_proxys_is_left_out(server):
    said = server.line().ask("/", "X_Forwarded_Proto: https", "X_Forwarded_For: 10.0.0.1").said
    assert not any(name.startswith("HTTP_X_FORWARDED") for name in said)


def test_what_a_header_says_several_times_is_joined(server):
    said = server.line().ask("/", "X-A: 1", "X-A: 2", "Cookie: a=1", "Cookie: b=2").said
    assert said["HTTP_X_A"] == "1,2"
    assert said["HTTP_COOKIE"] == "a=1; b=2"


def test_a_form_reaches_django_whole_in_however_many_pieces_it_comes(server):
    line = server.line()
    request = head("/", "Content-Length: 11", method="POST") + b"hello world"
    for at in range(len(request)):
        line.send(request[at : at + 1])
    assert line.hear().said["body"] == "hello world"


def test_a_large_body_reaches_django_whole(server, settings):
    settings.MAX_STRANGERS_BODY_BYTES = 3_000_000
    line = server.line()
    line.send(head("/", "Content-Length: 3000000", method="POST") + b"x" * 3_000_000)
    assert line.hear().said["read"] == 3_000_000


def test_a_body_that_is_too_large_is_not_kept_and_django_may_say_so(server, settings):
    settings.MAX_STRANGERS_BODY_BYTES, settings.MAX_BODY_BYTES = 1_000, 2_000
    line = server.line()
    request = head("/", "Content-Length: 1500", method="POST") + b"x" * 1_500
    line.send(request)
    said = line.hear().said
    assert (said["CONTENT_LENGTH"], said["read"]) == ("1500", 0)
    line.send(request.replace(b"\r\n\r\n", b"\r\nCookie: sessionid=1\r\n\r\n"))
    assert line.hear().said["read"] == 1_500


def test_a_body_without_a_length_is_read_and_forgotten(server):
    line = server.line()
    line.send(head("/", "Transfer-Encoding: chunked", method="POST") + b"3\r\nabc\r\n0\r\n\r\n")
    said = line.hear().said
    assert said["read"] == 0
    assert "CONTENT_LENGTH" not in said
    assert line.ask("/next/").said["PATH_INFO"] == "/next/"


def test_what_follows_a_body_in_pieces_is_no_header(server):
    line = server.line()
    line.send(
        head("/", "Transfer-Encoding: chunked", method="POST")
        + b"3\r\nabc\r\n0\r\nX-Forwarded-For: 10.0.0.1\r\n\r\n"
    )
    assert "HTTP_X_FORWARDED_FOR" not in line.hear().said


@pytest.mark.parametrize("begun", [b"0\r\nX: ", b"3;", b"3\r\nabc\r\n0\r\nX: "])
def test_what_stands_around_the_pieces_of_a_body_has_an_end_too(server, begun):
    line = server.line()
    line.send(head("/", "Transfer-Encoding: chunked", method="POST") + begun)
    for _time in range(5):
        line.send(b"a" * protocol.MAX_HEAD_BYTES)
    assert line.hear().status == 431
    assert line.is_over


def test_a_large_head_may_come_in_pieces(server):
    line = server.line()
    whole = head("/", "X-A: " + "a" * 20_000)
    for start in range(0, len(whole), 4_000):
        line.send(whole[start : start + 4_000])
    assert line.hear().status == 200


def test_a_head_that_begins_behind_a_large_body_is_not_blamed_for_it(server, settings):
    line = server.line()
    body = b"x" * 40_000
    line.send(head("/", "Content-Length: 40000", method="POST") + body + head("/next/")[:20])
    assert line.hear().status == 200
    line.send(head("/next/")[20:])
    assert line.hear().said["PATH_INFO"] == "/next/"


def test_a_body_that_nothing_can_answer_is_not_read_to_its_end(server, monkeypatch):
    monkeypatch.setattr(protocol, "MAX_READ_BYTES", 100_000)
    line = server.line()
    line.send(head("/", "Content-Length: 9000000", method="POST") + b"x" * 100_001)
    assert line.hear().status == 413
    assert line.is_over
    assert server.pages.asked == []


def test_who_asks_first_whether_to_send_is_told_to(server):
    line = server.line()
    line.send(head("/", "Content-Length: 2", "Expect: 100-continue", method="POST"))
    assert line.hear().status == 100
    line.send(b"ok")
    assert line.hear().said["body"] == "ok"


SMUGGLED = b"GET /smuggled/ HTTP/1.1\r\nHost: a.example\r\n\r\n"


@pytest.mark.parametrize(
    "lines",
    [
        ["Content-Length: 4", "Transfer-Encoding: chunked"],
        ["Transfer-Encoding: chunked", "Content-Length: 4"],
        ["Content-Length: 4", "Content-Length: 40"],
        ["Content-Length: 4", "Content-Length: 4"],
        ["Content-Length: +4"],
        ["Content-Length: -4"],
        ["Content-Length: 0x4"],
        ["Content-Length: 4, 4"],
        ["Content-Length: "],
        ["Content-Length : 4"],
        ["Transfer-Encoding: gzip"],
        ["Transfer-Encoding: chunked, gzip"],
        ["Transfer-Encoding: xchunked"],
        ["Transfer-Encoding\t: chunked"],
        ["Host: b.example"],
        ["X-A: \x00"],
        ["X-A: a\rContent-Length: 4"],
        ["X A: 1"],
        [": 1"],
        ["no colon"],
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_another_server_could_read_in_another_way_is_refused(server, method, lines):
    line = server.line()
    line.send(head("/", *lines, method=method) + b"0\r\n\r\n" + SMUGGLED)
    assert line.hear().status == 400
    assert line.is_over
    assert server.pages.asked == []


@pytest.mark.parametrize(
    "request_",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: a.example\r\n\r\n",
        b"GET /a b HTTP/1.1\r\nHost: a.example\r\n\r\n",
        b"GET\t/ HTTP/1.1\r\nHost: a.example\r\n\r\n",
        b"get / HTTP/1.1\r\nHost: a.example\r\n\r\n",
        b"GET / HTTP/1.1\nHost: a.example\n\n",
        b"GET /\xff HTTP/1.1\r\nHost: a.example\r\n\r\n",
        b"CONNECT a.example:443 HTTP/1.1\r\nHost: a.example\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_what_is_no_request_of_ours_is_refused(server, request_):
    line = server.line()
    line.send(request_)
    assert line.hear().status == 400
    assert line.is_over
    assert server.pages.asked == []


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (b"GET /" + b"a" * protocol.MAX_URL_BYTES + b" HTTP/1.1\r\n", 414),
        (head("/", *(f"X-{n}: 1" for n in range(protocol.MAX_HEADERS))), 431),
        (head("/", "X-A: " + "a" * protocol.MAX_HEAD_BYTES), 431),
        (b"GET / HTTP/1.1\r\nX-A: " + b"a" * protocol.MAX_HEAD_BYTES, 431),
    ],
)
def test_a_head_that_is_too_large_is_refused_before_it_ends(server, request_, status):
    line = server.line()
    line.send(request_)
    assert line.hear().status == status
    assert line.is_over
    assert server.pages.asked == []


def test_a_request_to_speak_otherwise_is_answered_as_http(server):
    line = server.line()
    answer = line.ask("/", "Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c")
    assert answer.said["PATH_INFO"] == "/"
    assert answer["connection"] == "close"
    assert line.is_over


def test_an_old_client_is_answered_and_let_go(server):
    line = server.line()
    line.send(b"GET /old/ HTTP/1.0\r\n\r\n")
    answer = line.hear()
    assert answer.said["PATH_INFO"] == "/old/"
    assert answer.said["SERVER_PROTOCOL"] == "HTTP/1.0"
    assert line.is_over
    other = server.line()
    other.send(b"GET /pieces/?1 HTTP/1.0\r\n\r\n")
    assert "transfer-encoding" not in other.hear().headers


def test_who_wants_to_end_after_this_answer_may(server):
    line = server.line()
    assert line.ask("/", "Connection: close")["connection"] == "close"
    assert line.is_over


def test_requests_sent_at_once_are_answered_in_order(server):
    line = server.line()
    line.send(
        b"".join(
            [
                head("/slow/"),
                head("/", "Content-Length: 3", method="POST") + b"abc",
                head("/last/"),
            ]
        )
    )
    server.pages.may_answer.set()
    answers = [line.hear().said for _number in range(3)]
    assert [one["PATH_INFO"] for one in answers] == ["/slow/", "/", "/last/"]
    assert answers[1]["body"] == "abc"


def test_who_asks_for_too_much_before_an_answer_is_let_go(server):
    line = server.line()
    line.send(head("/slow/") + head("/") * (protocol.MAX_PIPELINED + 1))
    server.wait_until(lambda lines: any(one._is_deaf for one in lines))
    server.pages.may_answer.set()
    for _number in range(protocol.MAX_PIPELINED + 1):
        assert line.hear().status == 200
    assert line.is_over


def test_what_is_wrong_behind_a_request_does_not_take_its_answer(server):
    line = server.line()
    line.send(head("/slow/") + b"NO REQUEST\r\n\r\n")
    server.wait_until(lambda lines: any(one._is_deaf for one in lines))
    server.pages.may_answer.set()
    assert line.hear().said["PATH_INFO"] == "/slow/"
    assert line.is_over
