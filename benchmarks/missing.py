"""What a measurement needs that this machine may not have."""

from __future__ import annotations

import shutil
from dataclasses import dataclass

from tests import chromium, postgres


class NotMeasured(Exception):
    """Why a figure could not be had, in words for the table."""


@dataclass(frozen=True)
class Need:
    name: str
    what_for: str
    install: str
    is_there: bool


def needs() -> list[Need]:
    """Everything that is not installed by script/install."""
    return [
        Need("wrk", "the load", "apt-get install wrk", bool(shutil.which("wrk"))),
        Need("nginx", "what is compared with", "apt-get install nginx-light", bool(nginx())),
        Need(
            "PostgreSQL",
            "everything a second time",
            "apt-get install postgresql",
            postgres.binaries() is not None,
        ),
        Need(
            "Chromium",
            "what a page weighs",
            ".venv/bin/playwright install chromium",
            chromium.installed() is not None,
        ),
    ]


def nginx() -> str | None:
    """Where nginx is; Debian keeps it off a person's PATH."""
    return shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
