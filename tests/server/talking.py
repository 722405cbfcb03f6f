"""The server in a thread of the tests, before pages of their own, and a line to talk to it."""

from __future__ import annotations

import asyncio
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from django.http import HttpResponse

from accounts.ingredients import Recipe
from blog.change_log import Changes
from blog.views.clapping import COMPANIONS
from config.handler import TAKES_WHOLE, Whole
from config.kept_page import Page, head_of
from config.page_store import PageStore
from config.server.bridge import Bridge
from config.server.protocol import Front
from tests.serving import wait_until

WITHIN_SECONDS = 60
STORY = "/a-story/"
WORDS = "It was a quiet morning. " * 400
LATER = {"ETag": 'W/"1"', "Last-Modified": "Thu, 26 Nov 2026 03:00:00 GMT"}


@dataclass
class Pages:
    """What stands in for Django: tells what it was asked, or does as the path says."""

    store: PageStore
    asked: list[str] = field(default_factory=list)
    taken_along: list[str] = field(default_factory=list)
    may_answer: threading.Event = field(default_factory=threading.Event)
    closed: list[str] = field(default_factory=list)

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        path = environ["PATH_INFO"]
        self.asked.append(path)
        for one in environ.get(COMPANIONS, ()):
            their_path = one.environ["PATH_INFO"]
            # Read, as Django would.
            body = one.environ["wsgi.input"].read()
            self.taken_along.append(their_path)
            one.content = None if their_path.startswith("/alone") else their_path.encode() + body
        if path.startswith("/slow/"):
            assert self.may_answer.wait(WITHIN_SECONDS)
        if path == "/pieces/":
            start_response("200 OK", [("Content-Type", "text/plain")])
            return Parts(self, int(environ["QUERY_STRING"]))
        if path.startswith("/made/"):
            headers = [("Content-Length", str(len(path))), ("X-Made", "yes")]
            if environ.get(TAKES_WHOLE) and environ["REQUEST_METHOD"] == "GET":
                return Whole(head_of(headers), path.encode())
            start_response("200 OK", headers)
            return []
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        said = {name: one for name, one in environ.items() if isinstance(one, str)}
        text = json.dumps({**said, "body": body[:100].decode("latin-1"), "read": len(body)})
        cookies = [("Set-Cookie", environ["HTTP_X_GIVES"])] if "HTTP_X_GIVES" in environ else []
        start_response("200 OK", [("Content-Length", str(len(text))), *cookies])
        return [text.encode()]


class Parts:
    """An answer in so many pieces, without its length."""

    def __init__(self, pages: Pages, count: int) -> None:
        self.pages, self.count = pages, count

    def __iter__(self) -> Iterator[bytes]:
        for _number in range(self.count):
            yield b"x" * 50_000

    def close(self) -> None:
        self.pages.closed.append(threading.current_thread().name)


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes
    raw: bytes

    def __getitem__(self, name: str) -> str:
        (value,) = (one for known, one in self.headers if known == name)
        return value

    @property
    def said(self) -> dict[str, Any]:
        return json.loads(self.body)  # type: ignore[no-any-return]

    @property
    def undated(self) -> bytes:
        """All of it, but for the moment of which it is."""
        lines = self.raw.split(b"\r\n")
        assert sum(line.startswith(b"date: ") for line in lines) == 1
        return b"\r\n".join(line for line in lines if not line.startswith(b"date: "))


class Line:
    """One connection."""

    def __init__(self, port: int, **options: int) -> None:
        self.socket = socket.socket()
        for name, value in options.items():
            self.socket.setsockopt(socket.SOL_SOCKET, getattr(socket, name), value)
        self.socket.settimeout(WITHIN_SECONDS)
        self.socket.connect(("127.0.0.1", port))
        self.got = b""

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_error: object) -> None:
        self.socket.close()

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def hear(self, *, is_head: bool = False) -> Answer:
        """The next answer."""
        while b"\r\n\r\n" not in self.got:
            self._more()
        head, _blank, rest = self.got.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        headers = [(name, value) for name, _colon, value in (one.partition(": ") for one in lines)]
        named = dict(headers)
        status = int(first.split()[1])
        body = b""
        self.got = rest
        if not (is_head or status in {304, 100}):
            chunked = named.get("transfer-encoding") == "chunked"
            body = self._chunks() if chunked else self._take(int(named["content-length"]))
        return Answer(status, headers, body, head + b"\r\n\r\n" + body)

    def ask(self, path: str = "/", *lines: str, method: str = "GET") -> Answer:
        self.send(head(path, *lines, method=method))
        return self.hear(is_head=method == "HEAD")

    @property
    def is_over(self) -> bool:
        """Whether the other side hangs up without another word."""
        try:
            return self.got == b"" and self.socket.recv(1) == b""
        except ConnectionResetError:
            return True

    def hang_up(self) -> None:
        self.socket.close()

    def _take(self, size: int) -> bytes:
        while len(self.got) < size:
            self._more()
        taken, self.got = self.got[:size], self.got[size:]
        return taken

    def _chunks(self) -> bytes:
        whole = b""
        while True:
            while b"\r\n" not in self.got:
                self._more()
            size, _end, self.got = self.got.partition(b"\r\n")
            whole += self._take(int(size, 16))
            self._take(2)
            if size == b"0":
                return whole

    def _more(self) -> None:
        data = self.socket.recv(65_536)
        assert data, f"hung up after {self.got[:200]!r}"
        self.got += data


def head(path: str = "/", *lines: str, method: str = "GET") -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: a.example", *lines, "", ""]).encode()


@dataclass
class Served:
    port: int
    pages: Pages
    server: uvicorn.Server
    _lines: list[Line] = field(default_factory=list)

    def line(self, **options: int) -> Line:
        made = Line(self.port, **options)
        self._lines.append(made)
        return made

    def pass_by(self, seconds: float, patience: float = 1.0) -> None:
        """Let the server believe that it is so much later, and look at its connections."""

        def look() -> None:
            for connection in list(self.server.server_state.connections):
                connection.end_if_late(connection.loop.time() + seconds, patience)

        self.do(look)

    def do(self, act: Callable[[], None]) -> None:
        """Do something in the thread of the server."""
        done = threading.Event()

        def once() -> None:
            try:
                act()
            finally:
                done.set()

        self.server.loop_of_tests.call_soon_threadsafe(once)  # type: ignore[attr-defined]
        assert done.wait(WITHIN_SECONDS)

    def wait_for_lines(self, count: int) -> None:
        self.wait_until(lambda lines: len(lines) == count)

    def wait_until(self, is_so: Callable[[list[Front]], bool]) -> None:
        """Until this is so of the server's ends of all lines."""

        def look() -> bool:
            found: list[bool] = []
            state = self.server.server_state
            self.do(lambda: found.append(is_so(list(state.connections))))  # type: ignore[arg-type]
            return found[0]

        wait_until(look)

    def wait_until_asked(self, path: str) -> None:
        wait_until(lambda: path in self.pages.asked)

    def hang_up(self) -> None:
        for line in self._lines:
            line.hang_up()


class Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_up = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop_of_tests = asyncio.get_running_loop()
        await super().startup(sockets)
        self.is_up.set()


@contextmanager
def served(**settings: Any) -> Iterator[Served]:
    pages = Pages(PageStore(10_000_000, lambda: Changes(set()), clock=lambda: 100.0))
    config = uvicorn.Config(
        Bridge(pages),  # type: ignore[arg-type]
        http=Front,
        interface="asgi3",
        loop="uvloop",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        timeout_keep_alive=90,
        **settings,
    )
    Front.heads.lines.clear()
    Front.heads.askers.clear()
    server = Server(config)
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    thread = threading.Thread(target=server.run, args=([door],))
    thread.start()
    one = Served(door.getsockname()[1], pages, server)
    try:
        assert server.is_up.wait(WITHIN_SECONDS)
        yield one
    finally:
        pages.may_answer.set()
        one.hang_up()
        server.should_exit = True
        thread.join(WITHIN_SECONDS)
        assert not thread.is_alive()


def keep(pages: Pages, path: str = STORY, *, coding: str = "gzip") -> Page:
    """A page that somebody has asked for twice, in this coding."""
    response = HttpResponse(WORDS, headers=LATER)
    response.recipe = recipe = Recipe({("post", 1)}, has_all_sets=True)  # type: ignore[attr-defined]
    response.made_of = recipe.made_of()  # type: ignore[attr-defined]
    # Looks, as whoever asks does.
    pages.store.find(("a.example", "", path, ""))
    page = Page.of(response, pages.store.clock(), coding)
    assert pages.store.keep(("a.example", "", path, ""), page)
    page.ask_again()
    page.form_for(coding)
    return page
