"""Threads that answer for the server's loop."""

from __future__ import annotations

import asyncio
import atexit
import threading
from collections.abc import Callable
from contextlib import suppress
from queue import SimpleQueue
from typing import Any, TypeVar

Answer = TypeVar("Answer")
Job = tuple[asyncio.Future[Any], Callable[..., Any], tuple[Any, ...]]


class Threads:
    """As `ThreadPoolExecutor`, for one loop.

    That one's futures can be waited for in other threads as well, which costs the loop as much as
    to read a request.
    """

    def __init__(self, most: int, name: str) -> None:
        self._most, self._name = most, name
        self._threads: list[threading.Thread] = []
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        # Of the loop alone: what was asked and is not answered yet.
        self._open = 0
        atexit.register(self.close)

    def run(self, work: Callable[..., Answer], *given: Any) -> asyncio.Future[Answer]:
        """What `work` answers, or raises; to be called in the loop."""
        if self._open >= len(self._threads) and len(self._threads) < self._most:
            self._start_another()
        answered: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._open += 1
        self._jobs.put((answered, work, given))
        return answered

    def _start_another(self) -> None:
        """As few as will do: each has a connection to the database of its own.

        Raises `RuntimeError` where none can be started and there is none.
        """
        name = f"{self._name}-{len(self._threads)}"
        thread = threading.Thread(target=self._work, name=name, daemon=True)
        try:
            thread.start()
        except RuntimeError:
            # Those that are there will do it, later.
            if not self._threads:
                raise
        else:
            self._threads.append(thread)

    def close(self) -> None:
        """Wait for what has been begun."""
        atexit.unregister(self.close)
        for _thread in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()

    def _work(self) -> None:
        while (job := self._jobs.get()) is not None:
            answered, work, given = job
            answer = error = None
            try:
                answer = work(*given)
            except BaseException as raised:
                error = raised
            # A loop that has ended: nobody waits for it any more.
            with suppress(RuntimeError):
                answered.get_loop().call_soon_threadsafe(self._settle, answered, answer, error)
            # What was asked shall not live until the next one asks.
            del job, answered, work, given, answer, error

    def _settle(
        self, answered: asyncio.Future[Any], answer: Any, error: BaseException | None
    ) -> None:
        self._open -= 1
        if answered.cancelled():
            return
        if error is None:
            answered.set_result(answer)
        else:
            answered.set_exception(error)
