"""From the server's loop to Django, which is asked in a thread, and back.

Nothing slow holds a thread: a body has come in whole before Django is asked, and what it answers
goes out of memory, or of a file, as fast as the reader takes it.
"""

from __future__ import annotations

import io
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import unquote_to_bytes
from wsgiref.types import WSGIEnvironment

from django.conf import settings
from django.db import close_old_connections

from blog.views.clapping import COMPANIONS, Companion
from config.handler import TAKES_WHOLE, KeptPages, Whole
from config.kept_page import Page
from config.page_store import Key, PageStore
from config.server.claps import Answer, Claps, Headers, Scope, kind_of
from config.server.threads import Threads

Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]

# More threads than this make SQLite's slowest answers slower, not the others faster.
THREADS = 4
# Whoever comes when so many wait would give up before it is their turn.
MAX_WAITING = 500
# What is larger lies in a file while it comes in, or goes out.
BODY_IN_MEMORY_BYTES, ANSWER_IN_MEMORY_BYTES = 64 * 1024, 256 * 1024
# All such bodies that are coming in at this moment.
MAX_BODIES_BYTES = 512 * 1024 * 1024
CHUNK_BYTES = 64 * 1024
BUSY = b"Too many are asking at this moment. Please try again in a few seconds.\n"
RETRY_AFTER_SECONDS = b"5"
NAMES = {b"content-type": "CONTENT_TYPE", b"content-length": "CONTENT_LENGTH"}


class FileWrapper:
    """PEP 3333's: an open file that Django wants sent."""

    def __init__(self, file: Any, _block_bytes: int = CHUNK_BYTES) -> None:
        self.file = file

    def __iter__(self) -> FileWrapper:
        return self

    def __next__(self) -> bytes:
        chunk: bytes = self.file.read(CHUNK_BYTES)
        if not chunk:
            raise StopIteration
        return chunk

    def close(self) -> None:
        self.file.close()


class _HungUp(Exception):
    """Nobody is there any more to be answered."""


class Bridge:
    """The ASGI application."""

    def __init__(self, pages: KeptPages) -> None:
        self.pages = pages
        self._threads = Threads(THREADS, "answers")
        # Of its own: what is asked for must not make it wait.
        self._looker = ThreadPoolExecutor(1, thread_name_prefix="looks")
        self._claps = Claps(self._threads, self._answer, _environ)
        self._waiting = 0
        self._bodies_bytes = 0

    def glance(self, key: Key) -> Page | None:
        """A page that is there, for who may not wait."""
        return self.pages.store.glance(key, self._look)

    def _look(self) -> None:
        self._looker.submit(_look_for_changes, self.pages.store)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["method"] in {"GET", "HEAD"} and not _has_body(scope["headers"]):
            await self._ask(scope, io.BytesIO(), send)
            return
        length = _kept_length(scope["headers"])
        is_large = length > BODY_IN_MEMORY_BYTES
        taken_bytes = 0
        try:
            with TemporaryFile() if is_large else io.BytesIO() as body:
                async for piece in _pieces(receive):
                    if is_large:
                        # By what has come: to say that much will come costs nothing.
                        taken_bytes += len(piece)
                        self._bodies_bytes += len(piece)
                    if self._bodies_bytes > MAX_BODIES_BYTES:
                        await _say_busy(send)
                        return
                    if length:
                        body.write(piece)
                body.seek(0)
                await self._ask(scope, body, send)
        except _HungUp:
            return
        finally:
            self._bodies_bytes -= taken_bytes

    async def _ask(self, scope: Scope, body: IO[bytes], send: Send) -> None:
        if self._waiting >= MAX_WAITING:
            await _say_busy(send)
            return
        self._waiting += 1
        try:
            kind = kind_of(scope)
            answer = await self._claps.answer(kind, scope, body) if kind else None
            if answer is None:
                answer = await self._threads.run(self._answer, scope, body)
        finally:
            self._waiting -= 1
        if answer is None:
            return
        if answer.head:
            await scope["connection"].give(answer.head, answer.body)
            return
        headers = _with_length(answer, scope["method"])
        await send({"type": "http.response.start", "status": answer.status, "headers": headers})
        if answer.file is not None:
            await self._send_file(answer, scope, send)
        is_whole = answer.file is None
        await send({"type": "http.response.body", "body": answer.body if is_whole else b""})

    async def _send_file(self, answer: Answer, scope: Scope, send: Send) -> None:
        chunk = answer.body
        try:
            while chunk and not scope["connection"].is_gone:
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
                chunk = await self._threads.run(answer.file.read, CHUNK_BYTES)
        finally:
            await self._threads.run(answer.file.close)

    def _answer(
        self, scope: Scope, body: IO[bytes], companions: Sequence[Companion] = ()
    ) -> Answer | None:
        """In a thread of ours. None: nobody waits for it any more."""
        if scope["connection"].is_gone:
            return None
        said: list[Any] = []

        def start_response(status: str, headers: list[tuple[str, str]], *_error: Any) -> Any:
            said[:] = (
                int(status[:3]),
                [
                    (name.lower().encode("latin-1"), value.encode("latin-1"))
                    for name, value in headers
                ],
            )

        environ = _environ(scope, body)
        if companions:
            environ[COMPANIONS] = companions
        parts = self.pages(environ, start_response)
        if isinstance(parts, Whole):
            return Answer(200, [], parts[0], head=parts.head)
        status, headers = said
        if scope["method"] == "HEAD":
            _close(parts)
            return Answer(status, headers, b"")
        return Answer(status, headers, *_begin(parts))


def _look_for_changes(store: PageStore) -> None:
    store.catch_up()
    # Back to the pool, as at the end of a request.
    close_old_connections()


async def _pieces(receive: Receive) -> AsyncIterator[bytes]:
    """The body as it comes. Raises `_HungUp` when its sender does so before the end."""
    has_more = True
    while has_more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _HungUp
        yield message["body"]
        has_more = message["more_body"]


def _with_length(answer: Answer, method: str) -> Headers:
    """The headers with the length of what is there as a whole: HTTP/1.0 knows no pieces."""
    has_body = method != "HEAD" and answer.status not in {204, 304} and answer.file is None
    if not has_body or any(name == b"content-length" for name, _value in answer.headers):
        return answer.headers
    return [*answer.headers, (b"content-length", str(len(answer.body)).encode())]


def _has_body(headers: Headers) -> bool:
    return any(name in {b"content-length", b"transfer-encoding"} for name, _value in headers)


def _kept_length(headers: Headers) -> int:
    """How much of the body Django may want: all of it or nothing.

    What is too large (`config.middleware.BodyLimit`) is read and forgotten: Django refuses it by
    its length, with a page that says so, and who sends it reads that only once all is sent. WSGI
    gives nothing of a body without a length.
    """
    length = next((int(value) for name, value in headers if name == b"content-length"), 0)
    session = f"{settings.SESSION_COOKIE_NAME}=".encode()
    is_known = any(name == b"cookie" and session in value for name, value in headers)
    most = settings.MAX_BODY_BYTES if is_known else settings.MAX_STRANGERS_BODY_BYTES
    return length if length <= most else 0


def _begin(parts: Iterable[bytes]) -> tuple[bytes, IO[bytes] | None]:
    """All of a small answer. Of a large one the beginning, and a file that has the rest."""
    if not isinstance(parts, FileWrapper):
        return _collect(parts)
    begun = parts.file.read(ANSWER_IN_MEMORY_BYTES)
    if len(begun) == ANSWER_IN_MEMORY_BYTES:
        return begun, parts.file
    parts.close()
    return begun, None


def _collect(parts: Iterable[bytes]) -> tuple[bytes, IO[bytes] | None]:
    """To the end, in the thread that makes it: a connection to the database belongs to that."""
    begun = io.BytesIO()
    rest: IO[bytes] | None = None
    try:
        for part in parts:
            (rest or begun).write(part)
            if rest is None and begun.tell() >= ANSWER_IN_MEMORY_BYTES:
                rest = TemporaryFile()  # noqa: SIM115 -- closed once it is sent
    finally:
        _close(parts)
    if rest:
        rest.seek(0)
    return begun.getvalue(), rest


def _close(parts: Iterable[bytes]) -> None:
    close = getattr(parts, "close", None)
    if close:
        close()


def _environ(scope: Scope, body: IO[bytes]) -> WSGIEnvironment:
    """The request as PEP 3333 says it."""
    (host, port), client = scope["server"], scope["client"]
    environ = {
        "REQUEST_METHOD": scope["method"],
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(scope["raw_path"]).decode("latin-1"),
        "QUERY_STRING": scope["query_string"].decode("latin-1"),
        "SERVER_PROTOCOL": f"HTTP/{scope['http_version']}",
        "SERVER_NAME": host,
        "SERVER_PORT": str(port),
        "REMOTE_ADDR": client[0] if client else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope["scheme"],
        "wsgi.input": body,
        "wsgi.errors": sys.stderr,
        "wsgi.file_wrapper": FileWrapper,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
        TAKES_WHOLE: True,
    }
    for raw, value in scope["headers"]:
        # "X_Forwarded_Proto" would look like what a proxy says.
        if b"_" not in raw:
            name = NAMES.get(raw) or f"HTTP_{raw.decode('latin-1').upper().replace('-', '_')}"
            said = value.decode("latin-1")
            between = "; " if raw == b"cookie" else ","
            environ[name] = f"{environ[name]}{between}{said}" if name in environ else said
    return environ


async def _say_busy(send: Send) -> None:
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(BUSY)).encode()),
        (b"retry-after", RETRY_AFTER_SECONDS),
        # What of the body is still to come is not read.
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": BUSY})
