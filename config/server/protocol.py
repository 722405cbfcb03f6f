"""One connection: uvicorn's, with limits for strangers and a short way for pages that are kept.

One parser (llhttp) reads all that comes in, so no two can differ about where a request ends.
"""

from __future__ import annotations

import asyncio
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from config.kept_page import UNCHANGED
from config.server.bridge import Bridge
from config.server.heads import Asker, Header, Heads, Line, read_asker, read_line
from config.server.watch import Watch

MAX_HEAD_BYTES = 32 * 1024
MAX_URL_BYTES = 8 * 1024
MAX_HEADERS = 100
# Asked for before the first of them is answered.
MAX_PIPELINED = 16
SENT_AHEAD_BYTES = 64 * 1024
# What is too large for Django is still read, to be answered; what is larger than this is not.
MAX_READ_BYTES = 64 * 1024 * 1024

HEAD_WITHIN_SECONDS = 15.0
BODY_SILENT_SECONDS = 30.0
BODY_WITHIN_SECONDS = 600.0
# More than the minute after which nginx lets go of a connection that it keeps to us.
IDLE_SECONDS = 75.0
# For whoever takes so little that what we have sent does not get less.
UNREAD_SECONDS = 60.0
# For whoever was refused, to read that.
LINGER_SECONDS = 10.0

OK = b"HTTP/1.1 200 OK\r\n"
REFUSALS = {
    400: b"Bad Request",
    408: b"Request Timeout",
    413: b"Content Too Large",
    414: b"URI Too Long",
    431: b"Request Header Fields Too Large",
    503: b"Service Unavailable",
}


class Refused(Exception):
    """Something that llhttp lets pass and we do not."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class Front(HttpToolsProtocol):
    """A connection is free when no answer is owed, and nothing has come of the next request.

    Then the next one may go the short way. All else goes uvicorn's, in order.
    """

    heads = Heads()
    is_gone = False
    app: Bridge

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._lines, self._askers = self.heads.lines, self.heads.askers
        self._is_inside = self._is_in_head = self._is_deaf = False
        self._packed: bytes | None = None
        self._line: Line | None = None
        self._asker: Asker | None = None
        self._head_bytes = self._header_bytes = self._body_bytes = self._ended = 0
        self._unread_bytes = 0
        self._running: RequestResponseCycle | None = None
        self._heard_at = self._begun_at = self._unread_since = self.loop.time()
        self._watch = Watch.of(self.server_state, self.loop)
        if not self._watch.has_room:
            transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_gone = True
        if self._running is not None and not self._running.response_complete:
            self._running.disconnected = True
        super().connection_lost(exc)

    def _start_asgi_task(self, cycle: RequestResponseCycle, app: Any) -> None:
        # uvicorn tells only the newest that nobody is there any more.
        self._running = cycle
        super()._start_asgi_task(cycle, app)

    @property
    def _is_owing(self) -> bool:
        """Whether an answer is still to be given, or to be finished."""
        cycle = self.cycle
        return cycle is not None and not (cycle.response_complete or cycle.disconnected)

    # What comes in.

    def data_received(self, data: bytes) -> None:
        if self._is_deaf:
            return
        is_free = not (self._is_inside or self._is_owing)
        if is_free and not self.flow.write_paused:
            # By far the most of what comes: what is not called here need not be waited for.
            first, _end, below = data.partition(b"\r\n")
            line, asker = self._lines.get(first), self._askers.get(below)
            packed = self._kept(line, asker) if line and asker else None
            if packed is not None:
                self._heard_at = self.loop.time()
                if self.timeout_keep_alive_task is not None:
                    self._unset_keepalive_if_required()
                self.transport.write(packed)
                return
        self._read(data, is_free=is_free)

    def _read(self, data: bytes, *, is_free: bool) -> None:
        self._unset_keepalive_if_required()
        self._heard_at, self._ended = self.loop.time(), 0
        body_bytes = self._body_bytes if self._is_inside else 0
        try:
            self.parser.feed_data(data)
            # Neither the end of a request nor any of its body: a head, what follows a body in
            # pieces, or what stands between them. llhttp holds on to it until there is a line.
            has_body = self._body_bytes != body_bytes
            if self._is_inside and not self._ended and not has_body:
                self._count(len(data))
        except httptools.HttpParserUpgrade:
            # We speak nothing else; what follows is not HTTP.
            self._hear_no_more()
        except (Refused, httptools.HttpParserError) as error:
            self._refuse(_status_of(error))
        else:
            is_whole = self._ended == 1 and not self._is_inside
            if is_free and is_whole and self._line and self._asker:
                self.heads.remember(data, self.url, self._line, self._asker)

    # What llhttp finds in it.

    def on_message_begin(self) -> None:
        self.url = b""
        self.expect_100_continue = False
        self.headers = []
        self._is_inside = self._is_in_head = True
        self._line = self._asker = None
        self._head_bytes = self._header_bytes = self._body_bytes = 0
        self._begun_at = self._heard_at

    def on_url(self, url: bytes) -> None:
        self.url += url
        if len(self.url) > MAX_URL_BYTES:
            raise Refused(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        # What follows a body in pieces is no part of the head.
        if self._is_in_head:
            super().on_header(name, value)
            self._header_bytes += len(name) + len(value)
            if len(self.headers) > MAX_HEADERS or self._header_bytes > MAX_HEAD_BYTES:
                raise Refused(431)

    def _count(self, head_bytes: int) -> None:
        self._head_bytes += head_bytes
        if self._head_bytes > MAX_HEAD_BYTES:
            raise Refused(431)

    def on_headers_complete(self) -> None:
        version = self.parser.get_http_version()
        _check(self.headers, version)
        if len(self.pipeline) >= MAX_PIPELINED:
            raise Refused(503)
        is_lasting = version == "1.1" and self.parser.should_keep_alive()
        if is_lasting and not self._is_owing and self._has_room:
            self._line = read_line(self.parser.get_method(), self.url)
            self._asker = read_asker(self.headers) if self._line else None
            if self._line and self._asker:
                self._packed = self._kept(self._line, self._asker)
        if self._packed is None:
            self._go_the_long_way()
        # Last: what is refused here is refused as a head.
        self._is_in_head = False

    @property
    def _has_room(self) -> bool:
        """Whether what was sent is also taken; of many requests at once that is not known yet."""
        is_first = self._ended == 0 or self.transport.get_write_buffer_size() < SENT_AHEAD_BYTES
        return is_first and not self.flow.write_paused

    def _go_the_long_way(self) -> None:
        url, headers, is_awaited = self.url, self.headers, self.expect_100_continue
        super().on_message_begin()
        self.url, self.expect_100_continue = url, is_awaited
        self.headers = self.scope["headers"] = headers
        super().on_headers_complete()
        # For the bridge: whoever has gone needs no answer.
        self.scope["connection"] = self  # type: ignore[typeddict-unknown-key]

    def on_body(self, body: bytes) -> None:
        self._head_bytes = 0
        self._body_bytes += len(body)
        if self._body_bytes > MAX_READ_BYTES:
            raise Refused(413)
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._is_inside = False
        self._ended += 1
        packed, self._packed = self._packed, None
        if packed is None:
            super().on_message_complete()
        else:
            self.transport.write(packed)

    def on_response_complete(self) -> None:
        self._heard_at = self.loop.time()
        super().on_response_complete()

    async def give(self, head: bytes, body: bytes) -> None:
        """Answer the request that is being answered with a page, at once and as a whole.

        uvicorn looks at each line of a head and sends the body by itself.
        """
        cycle = self._running
        if cycle is None:
            raise RuntimeError("Nobody has asked.")
        if self.flow.write_paused and not cycle.disconnected:
            await self.flow.drain()
        if cycle.disconnected:
            return
        ending = b"" if cycle.keep_alive else b"connection: close\r\n"
        self.transport.write(b"".join((OK, self._watch.said, ending, head, body)))
        cycle.waiting_for_100_continue = False
        cycle.response_started = cycle.response_complete = True
        cycle.message_event.set()
        if not cycle.keep_alive:
            self.transport.close()
        cycle.on_response()

    # The short way.

    def _kept(self, line: Line, asker: Asker) -> bytes | None:
        """A page as it is sent, if it is there and need not be looked for."""
        page = self.app.glance((asker.host, asker.proto, line.path, line.query))
        if page is None:
            return None
        is_asked_back = asker.etags is not None or asker.since is not None
        is_known = is_asked_back and page.is_known_to(asker.etags, asker.since)
        form = UNCHANGED if is_known else asker.coding
        return (self._watch.head if line.is_head else self._watch.answer)(page, form)

    # Whoever goes too far, or keeps us waiting.

    def _hear_no_more(self) -> None:
        """Answer what was asked, and hang up."""
        self._is_deaf = True
        if self._is_owing:
            self.cycle.keep_alive = False
            self.flow.pause_reading()
        else:
            self.transport.close()

    def _refuse(self, status: int) -> None:
        is_in_body = self._is_inside and not self._is_in_head and self._is_owing
        if self._is_owing and not is_in_body:
            # Those before are answered first.
            self._hear_no_more()
            return
        self._is_deaf = True
        if is_in_body and (self.cycle.response_started or self.pipeline):
            self.transport.close()
        else:
            # What is still on its way is let pass: to hang up now could take back what was said.
            self.transport.write(_refusal(status))
            self.transport.write_eof()
        if is_in_body:
            self.cycle.disconnected = True
            self.cycle.message_event.set()

    def pause_writing(self) -> None:
        self._unread_since = self.loop.time()
        self._unread_bytes = self.transport.get_write_buffer_size()
        super().pause_writing()

    def end_if_late(self, now: float, patience: float) -> None:
        """`patience` is the part of the usual time that there is for who is slow."""
        silent = now - self._heard_at
        if self.flow.write_paused:
            unread_bytes = self.transport.get_write_buffer_size()
            if unread_bytes < self._unread_bytes:
                self._unread_bytes, self._unread_since = unread_bytes, now
            elif now - self._unread_since > UNREAD_SECONDS:
                self.transport.abort()
        elif self.transport.is_closing():
            if silent > UNREAD_SECONDS:
                self.transport.abort()
        elif self._is_deaf:
            if silent > LINGER_SECONDS and not self._is_owing:
                self.transport.abort()
        elif self._is_in_head:
            if now - self._begun_at > HEAD_WITHIN_SECONDS * patience:
                self._refuse(408)
        elif self._is_inside:
            is_silent = silent > BODY_SILENT_SECONDS * patience
            is_late = is_silent or now - self._begun_at > BODY_WITHIN_SECONDS * patience
            if is_late and not self.flow.read_paused:
                self._refuse(408)
        elif not self._is_owing and silent > IDLE_SECONDS * patience:
            self.transport.close()


def _check(headers: list[Header], version: str) -> None:
    hosts = sum(name == b"host" for name, _value in headers)
    if hosts > 1 or (hosts == 0 and version == "1.1"):
        raise Refused(400)


def _status_of(error: BaseException) -> int:
    """llhttp passes on what is raised within it as the reason of its own error."""
    reasons = error, error.__cause__, error.__context__
    return next((one.status for one in reasons if isinstance(one, Refused)), 400)


def _refusal(status: int) -> bytes:
    reason = REFUSALS[status]
    return b"".join(
        [
            f"HTTP/1.1 {status} ".encode() + reason + b"\r\n",
            b"content-type: text/plain; charset=utf-8\r\n",
            f"content-length: {len(reason) + 1}\r\n".encode(),
            b"connection: close\r\n\r\n",
            reason + b"\n",
        ]
    )
