"""A Chromium for the browser tests: one that is there, or one that is fetched."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# First the one without a window of its own: it takes two thirds of the time for the same pages.
NAMES = (
    "chromium-headless-shell",
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
PACKAGES = ("chromium-headless-shell", "chromium")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)


def installed() -> str | None:
    """The path of an installed Chromium, or None."""
    given = os.environ.get("CHROMIUM")
    if given:
        return given
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    return found or (str(MAC) if MAC.exists() else None)


def provide() -> str:
    """The path of a Chromium, installing one if there is none; "" means Playwright's own."""
    found = installed()
    if found:
        return found
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        for package in PACKAGES:
            subprocess.run(["apt-get", "install", "-y", "-qq", package], **quiet)
            found = installed()
            if found:
                return found
    if subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"]).returncode:
        sys.exit(
            "The browser tests need Chromium, and it could not be fetched. Install it "
            "(Debian: apt-get install chromium), or name one: CHROMIUM=/path/to/chromium"
        )
    return ""
