"""Many requests at once: wrk, on the core that the server does not have."""

from __future__ import annotations

import contextlib
import math
import os
import re
import shutil
import signal
import statistics
import subprocess
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from benchmarks.missing import NotMeasured
from benchmarks.processes import LOAD_CORE, cpu_seconds, pin

IN_MS = {"us": 0.001, "ms": 1.0, "s": 1000.0, "m": 60_000.0}
GZIP = {"Accept-Encoding": "gzip"}
# What browsers say in 2026. Where nginx is measured too, it is gzip: Debian's has nothing else.
BROWSER = {"Accept-Encoding": "gzip, deflate, br, zstd"}
Name = TypeVar("Name")

# wrk asks for the next address of a file with one a line, and begins again at its end.
WALK = """
local paths = {}
for line in io.lines(os.getenv("BENCH_PATHS")) do paths[#paths + 1] = line end
local at = 0
function request()
  at = at %% #paths + 1
  return wrk.format("GET", paths[at])
end
"""


@dataclass(frozen=True)
class Load:
    """What came of it. `cpu` is the processor time that those who answered have taken."""

    requests: int
    seconds: float
    p50_ms: float
    p99_ms: float
    cpu: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    @property
    def rate_a_core(self) -> float:
        """Requests to a second of processor time: says the same on a machine with other work."""
        return self.requests / self.cpu if self.cpu else 0.0


def load(
    url: str,
    *,
    connections: int,
    seconds: float,
    servers: Iterable[int],
    headers: Mapping[str, str] = GZIP,
    paths: Path | None = None,
    statuses: str = "2xx or 3xx",
) -> Load:
    """Ask a server as fast as it answers. Raises `NotMeasured` when it answers with errors."""
    pids = list(servers)
    command = [_wrk(), "-t1", f"-c{connections}", f"-d{math.ceil(seconds)}s", "--latency"]
    for name, value in headers.items():
        command += ["-H", f"{name}: {value}"]
    environment = dict(os.environ)
    if paths is not None:
        script = paths.with_suffix(".lua")
        script.write_text(WALK.replace("%%", "%"), encoding="utf-8")
        command += ["-s", str(script)]
        environment["BENCH_PATHS"] = str(paths)
    before = cpu_seconds(*pids)
    process = subprocess.Popen(
        [*command, url],
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    pin(process.pid, LOAD_CORE)
    said = _output(process, seconds)
    return read(said, cpu=cpu_seconds(*pids) - before)


def _output(process: subprocess.Popen[str], seconds: float) -> str:
    """All that wrk says; it knows whole seconds only, and sums up as well when it is stopped."""
    if seconds % 1:
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.communicate(timeout=seconds)[0]
        process.send_signal(signal.SIGINT)
    return process.communicate()[0]


def read(said: str, *, cpu: float) -> Load:
    """What wrk printed. Raises `NotMeasured` for anything but clean answers."""
    wrong = re.search(r"(Non-2xx.*|Socket errors: connect [1-9].*)", said)
    if wrong:
        raise NotMeasured(f"the server did not answer as it should: {wrong[0].strip()}")
    total = re.search(r"(\d+) requests in ([\d.]+)(us|ms|s|m)", said)
    if total is None or not int(total[1]):
        raise NotMeasured(f"nothing was answered: {said.strip()[-200:]}")
    return Load(
        requests=int(total[1]),
        seconds=float(total[2]) * IN_MS[total[3]] / 1000,
        p50_ms=_percentile(said, 50),
        p99_ms=_percentile(said, 99),
        cpu=cpu,
    )


def by_turns(measures: Mapping[Name, Callable[[], Load]], *, rounds: int) -> dict[Name, list[Load]]:
    """Each in turn, several times over: what disturbs one disturbs the other as well."""
    found: dict[Name, list[Load]] = {name: [] for name in measures}
    for _round in range(rounds):
        for name, measure in measures.items():
            found[name].append(measure())
    return found


def middle(loads: Iterable[Load], of: Callable[[Load], float]) -> float:
    return statistics.median(of(one) for one in loads)


def _percentile(said: str, percent: int) -> float:
    found = re.search(rf"^\s*{percent}%\s+([\d.]+)(us|ms|s|m)\b", said, re.MULTILINE)
    # Too few answers to say: the whole time is the most it can have been.
    return float(found[1]) * IN_MS[found[2]] if found else float("inf")


def _wrk() -> str:
    found = shutil.which("wrk")
    if not found:
        raise NotMeasured("wrk is not there: apt-get install wrk")
    return found
