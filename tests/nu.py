"""The Nu HTML checker (vnu): fetched once for this machine, run once for all pages."""

from __future__ import annotations

import base64
import hashlib
import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import urllib.request
from collections.abc import Iterable
from pathlib import Path
from typing import Any

VERSION = "26.9.27"
URL = f"https://registry.npmjs.org/vnu-jar/-/vnu-jar-{VERSION}.tgz"
INTEGRITY = (
    "sha512-TkQd5DFfOaWC9ebtvozTsrH2Vaod3jYg+vrOeREzIXxB"
    "exLz9+rS2DNtjn7+RPUiZhgli0SghgBX6RJRNea0KA=="
)
JAR = "package/build/dist/vnu.jar"
TIMEOUT_SECONDS = 120
# It is over before the second compiler of Java would have been of use; what the first one makes
# needs more room on the stack.
QUICK = ("-XX:TieredStopAtLevel=1", "-Xss8m")
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "longhand"


def java() -> str:
    """The path of a Java, installing one if there is none."""
    found = shutil.which("java")
    if not found and os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], **quiet)
        subprocess.run(["apt-get", "install", "-y", "-qq", "default-jre-headless"], **quiet)
        found = shutil.which("java")
    if not found:
        sys.exit(
            "The checker of HTML needs Java, and it could not be fetched. Install it "
            "(Debian: apt-get install default-jre-headless), then run this again."
        )
    return found


def jar() -> Path:
    """The checker itself, 32 MB: not ours to keep in the project, so in this person's cache."""
    path = CACHE / f"vnu-{VERSION}.jar"
    if not path.exists():
        content = _unpacked(_fetched())
        CACHE.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(f".{os.getpid()}")
        part.write_bytes(content)
        part.replace(path)
    return path


def messages(files: Iterable[Path]) -> list[dict[str, Any]]:
    """What the checker says of these pages; `subType` is "warning" or, with `type`, "error"."""
    command = [java(), *QUICK, "-jar", str(jar())]
    command += ["--format", "json", "--stdout", "--exit-zero-always", *map(str, files)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, timeout=TIMEOUT_SECONDS)
    found: list[dict[str, Any]] = json.loads(done.stdout)["messages"]
    return found


def _fetched() -> bytes:
    try:
        with urllib.request.urlopen(URL, timeout=TIMEOUT_SECONDS) as answer:
            archive: bytes = answer.read()
    except OSError as error:
        sys.exit(f"The checker of HTML could not be fetched ({error}): {URL}. Run this again.")
    found = "sha512-" + base64.b64encode(hashlib.sha512(archive).digest()).decode()
    if found != INTEGRITY:
        sys.exit(f"{URL} is not what it was: {found}. Nothing of it was taken.")
    return archive


def _unpacked(archive: bytes) -> bytes:
    with tarfile.open(fileobj=io.BytesIO(archive)) as files:
        file = files.extractfile(JAR)
        assert file
        return file.read()
