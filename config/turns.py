"""So many at once, and the others in the order in which they came."""

from __future__ import annotations

from collections import deque
from threading import Lock


class Turns:
    """A semaphore that is fair: with Python's own, whoever comes last may go before who waits.

    That made the slowest of a hundred pages wait for several others' turns.
    """

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._lock = Lock()
        self.waiting: deque[Lock] = deque()

    def take(self, within_seconds: float) -> bool:
        """Wait for one's turn; False if it does not come in that time."""
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            mine = Lock()
            mine.acquire()
            self.waiting.append(mine)
        if mine.acquire(timeout=within_seconds):
            return True
        with self._lock:
            if mine in self.waiting:
                self.waiting.remove(mine)
                return False
        # It came at the last moment.
        return True

    def give_back(self) -> None:
        """To whoever has waited longest."""
        with self._lock:
            if self.waiting:
                self.waiting.popleft().release()
            else:
                self._free += 1
