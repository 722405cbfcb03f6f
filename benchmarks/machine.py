"""Which machine and which versions a table of figures is from."""

from __future__ import annotations

import os
import platform
import re
import shutil
import sqlite3
import subprocess
import sys
import sysconfig
import time
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from tests import postgres

ROOT = Path(__file__).resolve().parents[1]
# So many turns of a small loop are one unit of a machine's speed.
TURNS = 200_000
SPEED_ROUNDS = 7


def describe() -> dict[str, str]:
    """Everything that somebody needs to know who compares our figures with theirs."""
    memory_gb = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    return {
        "date": time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime()),
        "commit": _said("git", "-C", str(ROOT), "describe", "--always", "--dirty", "--abbrev=10"),
        "processor": f"{os.cpu_count()} cores, {_processor()}, {memory_gb:.0f} GB",
        "load before": f"{os.getloadavg()[0]:.1f}",
        "system": f"{_system()}, Linux {platform.release()}",
        "Python": f"{platform.python_version()}, {_how_built()}",
        "Django": _package("Django"),
        "uvicorn": _package("uvicorn"),
        "nginx": _said("nginx", "-v").removeprefix("nginx version: nginx/"),
        "PostgreSQL": _postgres(),
        "SQLite": sqlite3.sqlite_version,
    }


def speed() -> float:
    """How fast this machine's Python is: units of a fixed work in a second of processor time.

    The quickest of several, because others on the machine only ever make it slower.
    """
    return 1 / min(_seconds_of_work() for _round in range(SPEED_ROUNDS))


def _seconds_of_work() -> float:
    began = time.process_time()
    found: dict[str, int] = {}
    for number in range(TURNS):
        word = f"{number % 997}"
        found[word] = found.get(word, 0) + len(word)
    return time.process_time() - began


def _processor() -> str:
    text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    names = re.findall(r"^model name\s*:\s*(.+)$", text, re.MULTILINE)
    families = re.findall(r"^model\s*:\s*(.+)$", text, re.MULTILINE)
    return f"{names[0]} (model {families[0]})" if names and families else platform.machine()


def _system() -> str:
    text = Path("/etc/os-release").read_text(encoding="utf-8")
    found = re.search(r'^PRETTY_NAME="?([^"\n]+)', text, re.MULTILINE)
    return found[1] if found else platform.system()


def _how_built() -> str:
    arguments = sysconfig.get_config_var("CONFIG_ARGS") or ""
    if "--enable-optimizations" in arguments:
        return "built with optimisation"
    # What a system brings is built with it too, and does not say so.
    return "the system's" if sys.base_prefix == "/usr" else "built without optimisation"


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "none"


def _postgres() -> str:
    folder = postgres.binaries()
    found = re.search(r"[\d.]+", _said(str(folder / "initdb"), "--version")) if folder else None
    return found[0] if found else "none"


def _said(*command: str) -> str:
    """What a program says of itself, wherever it says it."""
    if not shutil.which(command[0]):
        return "none"
    done = subprocess.run(command, capture_output=True, text=True)
    return (done.stdout + done.stderr).strip() or "unknown"
