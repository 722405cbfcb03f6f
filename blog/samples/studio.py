"""Draws all pictures at once, on every processor. Imports nothing that needs Django set up."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

from blog import pictures
from blog.samples import drawing

ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def draw_all(names: Sequence[str]) -> dict[str, pictures.Encoded]:
    """The drawings of these names, encoded. Takes half a minute of one processor."""
    # Spawned and not forked: a fork of a process with threads (those of the pool of connections)
    # may wait for ever for a lock that one of them held.
    pool = ProcessPoolExecutor(
        os.cpu_count(), mp_context=get_context("spawn"), initializer=_leave_signals
    )
    try:
        # Python drops what a signal's handler raises while a process is made.
        signal.pthread_sigmask(signal.SIG_BLOCK, ENDING_SIGNALS)
        try:
            drawn = pool.map(drawing.encoded, names)
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING_SIGNALS)
        return dict(zip(names, drawn, strict=True))
    finally:
        pool.shutdown(cancel_futures=True)


def _leave_signals() -> None:
    """Let the process that waits for the drawings be the one to answer a Ctrl-C."""
    for number in ENDING_SIGNALS:
        signal.signal(number, signal.SIG_IGN if number == signal.SIGINT else signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, ENDING_SIGNALS)
