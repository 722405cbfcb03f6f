"""Looks at all connections once a second, and ends those that keep us waiting."""

from __future__ import annotations

import asyncio
import resource
from typing import Any
from weakref import WeakKeyDictionary

from uvicorn.server import ServerState

from config.kept_page import Page

MAX_CONNECTIONS = 4_000
# For the database, for files and what else a process opens.
OTHER_FILES = 200
LOOK_EVERY_SECONDS = 1.0
# From this part of the connections on, who says nothing has less time.
CROWDED = 0.75
PATIENCE_IN_A_CROWD = 0.1
# Answers of this second that are given again as they are; larger ones are put together each time.
MAX_GIVEN, MAX_GIVEN_BYTES = 200, 100_000


class Watch:
    """One for each running server."""

    _all: WeakKeyDictionary[asyncio.AbstractEventLoop, Watch] = WeakKeyDictionary()

    def __init__(self, state: ServerState, loop: asyncio.AbstractEventLoop) -> None:
        self._state = state
        self._connections: set[Any] = state.connections
        self._said_of: object = None
        self._said = b""
        self._given: dict[tuple[Page, str], bytes] = {}
        self._loop = loop
        files, _most = resource.getrlimit(resource.RLIMIT_NOFILE)
        self._most = max(1, min(MAX_CONNECTIONS, files - OTHER_FILES))
        loop.call_later(LOOK_EVERY_SECONDS, self._look)

    @classmethod
    def of(cls, state: ServerState, loop: asyncio.AbstractEventLoop) -> Watch:
        watch = cls._all.get(loop)
        if watch is None:
            watch = cls._all[loop] = cls(state, loop)
        return watch

    def answer(self, page: Page, form: str) -> bytes | None:
        """A page as it is sent: put together once a second, because it says what time it is."""
        self._look_at_the_clock()
        return self._given.get((page, form)) or self._put_together(page, form)

    def head(self, page: Page, form: str) -> bytes | None:
        return page.packed(form, self.said, is_head=True)

    @property
    def said(self) -> bytes:
        """What the server says of itself in each answer, as it is sent."""
        self._look_at_the_clock()
        return self._said

    def _put_together(self, page: Page, form: str) -> bytes | None:
        answer = page.packed(form, self._said, is_head=False)
        if answer is not None and len(self._given) < MAX_GIVEN and len(answer) < MAX_GIVEN_BYTES:
            self._given[page, form] = answer
        return answer

    def _look_at_the_clock(self) -> None:
        """uvicorn writes the date anew each second."""
        headers = self._state.default_headers
        if headers is not self._said_of:
            self._said_of = headers
            self._said = b"".join(b"%b: %b\r\n" % one for one in headers)
            self._given.clear()

    @property
    def has_room(self) -> bool:
        return len(self._connections) <= self._most

    def _look(self) -> None:
        # First: whatever goes wrong with one, the others are looked at again.
        self._loop.call_later(LOOK_EVERY_SECONDS, self._look)
        is_crowded = len(self._connections) > self._most * CROWDED
        now = self._loop.time()
        for connection in list(self._connections):
            connection.end_if_late(now, PATIENCE_IN_A_CROWD if is_crowded else 1.0)
