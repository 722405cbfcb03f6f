"""Processes that are measured: which core they have, what they cost, and what they hold."""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

SERVER_CORE, LOAD_CORE = 0, 1
MEGABYTE = 1024 * 1024
# Set by `script/bench --urgent`: what is measured goes before the machine's other work.
URGENT = "LONGHAND_BENCH_URGENT"
MOST_URGENT = -20
# Quiet is who takes less than this part of a core for so many seconds.
BUSY_PART, QUIET_SECONDS = 0.1, 2
LOOK_EVERY_SECONDS = 0.5
SETTLES_WITHIN_SECONDS = 120


def end_when_told() -> None:
    """On SIGTERM, leave through every door that is open: servers end, folders go."""
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(128 + signal.SIGTERM))


def family(pid: int) -> list[int]:
    """A process and all that it has started."""
    found = [pid]
    with contextlib.suppress(OSError):
        for task in Path(f"/proc/{pid}/task").iterdir():
            for child in (task / "children").read_text().split():
                found += family(int(child))
    return found


def pin(pid: int, core: int) -> None:
    """Keep a process and all that it has started on one core."""
    for one in family(pid):
        for task in _tasks(one):
            with contextlib.suppress(OSError):
                os.sched_setaffinity(task, {core})
        put_first(one)


def release(pid: int) -> None:
    """Let a process and all that it has started go where they like, as before."""
    everywhere = range(os.cpu_count() or 1)
    for one in family(pid):
        for task in _tasks(one):
            with contextlib.suppress(OSError):
                os.sched_setaffinity(task, everywhere)
        _put(one, 0)


def put_first(pid: int) -> None:
    """Before what else runs here, if told to; Linux's autogroups have a niceness of their own."""
    _put(pid, MOST_URGENT)


def _put(pid: int, niceness: int) -> None:
    if not os.environ.get(URGENT):
        return
    with contextlib.suppress(OSError):
        for task in _tasks(pid):
            os.setpriority(os.PRIO_PROCESS, task, niceness)
        Path(f"/proc/{pid}/autogroup").write_text(str(niceness))


def _tasks(pid: int) -> list[int]:
    with contextlib.suppress(OSError):
        return [int(task.name) for task in Path(f"/proc/{pid}/task").iterdir()]
    return []


def cpu_seconds(*pids: int) -> float:
    """Processor time that these and all that they started have taken so far."""
    nanoseconds = 0
    for pid in pids:
        for one in family(pid):
            for task in _tasks(one):
                with contextlib.suppress(OSError):
                    text = Path(f"/proc/{one}/task/{task}/schedstat").read_text()
                    nanoseconds += int(text.split()[0])
    return nanoseconds / 1e9


def memory_mb(pid: int) -> dict[str, float]:
    """What one process holds: all of it, and its share of what several hold together."""
    held = {"Rss": 0.0, "Pss": 0.0}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        name, _, rest = line.partition(":")
        if name in held:
            held[name] = int(rest.split()[0]) * 1024 / MEGABYTE
    return held


def command_of(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()


def settle(pid: int) -> None:
    """Wait until what a start leaves to be done later is done, or until it takes too long."""
    end_at = time.monotonic() + SETTLES_WITHIN_SECONDS
    before, quiet = cpu_seconds(pid), 0.0
    while quiet < QUIET_SECONDS and time.monotonic() < end_at:
        time.sleep(LOOK_EVERY_SECONDS)
        now = cpu_seconds(pid)
        is_quiet = now - before < BUSY_PART * LOOK_EVERY_SECONDS
        quiet, before = quiet + LOOK_EVERY_SECONDS if is_quiet else 0, now
