"""Claps that wait at the same moment: one of them goes to Django, and takes the others along.

To look up who claps, to begin a transaction and to end it costs as much for ten as for one, and so
does the way there and back. Who comes while nobody claps is answered at once, and alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from typing import IO, Any
from wsgiref.types import WSGIEnvironment

from django.conf import settings

from blog.caching import ACTED_COOKIE
from blog.views.clapping import ADDRESS, Companion
from blog.visitors import COOKIE
from config.server.threads import Threads

Scope = dict[str, Any]
Headers = list[tuple[bytes, bytes]]
# Whether they have an account, and what a proxy says of how they came: those for whom it is the
# same are answered with the same headers.
Kind = tuple[bool, bytes]

MAX_TOGETHER = 50
# A round that takes longer waits for somebody (a row that is held, a disk): others need not.
ROUND_SECONDS = 0.2
OF_AN_ACCOUNT = f"{settings.SESSION_COOKIE_NAME}=".encode()
OF_A_VISITOR = f"{COOKIE}=".encode()
OF_WHO_ACTED = f"{ACTED_COOKIE}=".encode()


@dataclass
class Answer:
    status: int
    headers: Headers
    # All of it; or the beginning, and the rest is in the file.
    body: bytes
    file: Any = None
    # Of a page: all that is said before the body, in place of status and headers.
    head: bytes = b""


@dataclass(eq=False)
class _Waiting:
    """One clap, and its answer once it is there; None: it has to go by itself."""

    kind: Kind
    scope: Scope
    body: IO[bytes]
    answer: asyncio.Future[Answer | None]


Ask = Callable[[Scope, IO[bytes], Sequence[Companion]], Answer | None]
Environ = Callable[[Scope, IO[bytes]], WSGIEnvironment]


class Claps:
    """Belongs to the server's loop; `ask` and `environ` are called in one of the threads."""

    def __init__(self, threads: Threads, ask: Ask, environ: Environ) -> None:
        self._threads, self._ask, self._environ = threads, ask, environ
        self._waiting: list[_Waiting] = []
        # Those that are being given, while others wait for their end.
        self._round: list[_Waiting] | None = None

    async def answer(self, kind: Kind, scope: Scope, body: IO[bytes]) -> Answer | None:
        """The answer to a clap; None where it has to be asked for in the usual way."""
        one = _Waiting(kind, scope, body, asyncio.get_running_loop().create_future())
        self._waiting.append(one)
        if self._round is None:
            self._begin()
        answer = await one.answer
        if answer is None:
            body.seek(0)
        return answer

    def _begin(self) -> None:
        """With all that have come in by now: the loop looks at them one after the other."""
        some: list[_Waiting] = []
        self._round = some
        asyncio.get_running_loop().call_soon(self._go_on, some)

    def _go_on(self, some: list[_Waiting]) -> None:
        kind = self._waiting[0].kind
        some += [one for one in self._waiting if one.kind == kind][:MAX_TOGETHER]
        self._waiting = [one for one in self._waiting if one not in some]
        try:
            given = self._threads.run(self._give, some)
        except RuntimeError:
            # There is no thread and none can be started: each is told so by themselves.
            self._settle(some, [None] * len(some))
            return
        late = asyncio.get_running_loop().call_later(ROUND_SECONDS, self._let_others_begin, some)
        given.add_done_callback(partial(self._tell, some, late))

    def _give(self, some: Sequence[_Waiting]) -> list[Answer | None]:
        """In a thread."""
        first, *others = some
        companions = [Companion(self._environ(one.scope, one.body)) for one in others]
        answer = self._ask(first.scope, first.body, companions)
        return [answer, *(_of_companion(answer, one.content) for one in companions)]

    def _tell(
        self,
        some: list[_Waiting],
        late: asyncio.TimerHandle,
        given: asyncio.Future[list[Answer | None]],
    ) -> None:
        late.cancel()
        is_well = not given.cancelled() and given.exception() is None
        self._settle(some, given.result() if is_well else [None] * len(some))

    def _settle(self, some: list[_Waiting], answers: Sequence[Answer | None]) -> None:
        for one, answer in zip(some, answers, strict=True):
            if not one.answer.done():
                one.answer.set_result(answer)
        self._let_others_begin(some)

    def _let_others_begin(self, some: list[_Waiting]) -> None:
        if self._round is some:
            self._round = None
            if self._waiting:
                self._begin()


def kind_of(scope: Scope) -> Kind | None:
    """Of a clap of somebody known; None of all else."""
    if scope["method"] != "POST" or not ADDRESS.fullmatch(scope["path"]):
        return None
    has_account = is_visitor = False
    proto = b""
    for name, value in scope["headers"]:
        if name == b"cookie":
            has_account = has_account or OF_AN_ACCOUNT in value
            is_visitor = is_visitor or OF_A_VISITOR in value
        elif name == b"x-forwarded-proto":
            proto = value
    return (has_account, proto) if has_account or is_visitor else None


def _of_companion(answer: Answer | None, content: bytes | None) -> Answer | None:
    """What was said to the one who took them along, with their own body."""
    if answer is None or content is None or not _is_anybodys(answer):
        return None
    headers = [one for one in answer.headers if one[0] != b"content-length"]
    headers.append((b"content-length", str(len(content)).encode()))
    return replace(answer, headers=headers, body=content)


def _is_anybodys(answer: Answer) -> bool:
    """Whether it went well, and gives nothing that is only for the one who was asked first."""
    cookies = (value for name, value in answer.headers if name == b"set-cookie")
    return answer.status == HTTPStatus.OK and all(one.startswith(OF_WHO_ACTED) for one in cookies)
