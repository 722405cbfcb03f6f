"""The process that watches over those that answer, and what these do once it is gone."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing import connection, parent_process

from uvicorn.config import STARTUP_FAILURE
from uvicorn.supervisors import Multiprocess


class Parent(Multiprocess):
    """uvicorn's, which hears of it at once when one has ended."""

    @property
    def has_failed(self) -> bool:
        """Whether it has ended because nobody could answer."""
        return any(process.exitcode == STARTUP_FAILURE for process in self.processes)

    def init_processes(self) -> None:
        super().init_processes()
        self._hear_of_ends()

    def keep_subprocess_alive(self) -> None:
        super().keep_subprocess_alive()
        self._hear_of_ends()

    def _hear_of_ends(self) -> None:
        """Let go of their ends of the lines to them.

        While we hold these too, a line goes on that nobody is at: who ends between question and
        answer would be waited for as long as one that hangs.
        """
        for process in self.processes:
            process.child_conn.close()


def end_with_parent() -> None:
    """End after the process that watches over this one, however that has ended.

    Else this one would hold the address for ever: nobody could start the server again.
    """
    parent = parent_process()
    if parent is not None:
        waiting = threading.Thread(target=_end_after, args=[parent.sentinel], daemon=True)
        waiting.start()


def _end_after(sentinel: int) -> None:
    connection.wait([sentinel])
    # As it would have told us: what is being answered is finished.
    os.kill(os.getpid(), signal.SIGTERM)
