"""nginx that gives out one page as a file: what nothing that runs Python can be faster than."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.missing import NotMeasured, nginx
from benchmarks.processes import SERVER_CORE, pin
from tests.serving import free_port

READY_WITHIN_SECONDS = 10
CONFIGURATION = """
daemon off; worker_processes 1; pid {folder}/pid; error_log {folder}/errors; {user}
events {{ worker_connections 1024; }}
http {{
  access_log off; sendfile on; tcp_nopush on; keepalive_requests 1000000000;
  open_file_cache max=100; default_type text/html; charset utf-8;
  gzip_static on; gzip_vary on; etag on;
  client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi; uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
  server {{ listen 127.0.0.1:{port} backlog=1024; root {folder}/pages; }}
}}
"""


@dataclass(frozen=True)
class PlainFile:
    pid: int
    url: str


@contextmanager
def serving(plain: bytes, gzipped: bytes) -> Iterator[PlainFile]:
    """A page, and the same page compressed, on one core."""
    program = nginx()
    if program is None:
        raise NotMeasured("nginx is not there: apt-get install nginx-light")
    with tempfile.TemporaryDirectory(prefix="longhand-nginx-") as folder:
        pages = Path(folder, "pages")
        pages.mkdir()
        (pages / "page.html").write_bytes(plain)
        (pages / "page.html.gz").write_bytes(gzipped)
        port = free_port()
        user = "user root;" if os.getuid() == 0 else ""
        text = CONFIGURATION.format(folder=folder, port=port, user=user)
        configuration = Path(folder, "nginx.conf")
        configuration.write_text(text, encoding="utf-8")
        process = subprocess.Popen(
            [program, "-c", str(configuration), "-e", f"{folder}/errors"], start_new_session=True
        )
        try:
            url = f"http://127.0.0.1:{port}/page.html"
            _wait(url, process)
            pin(process.pid, SERVER_CORE)
            yield PlainFile(process.pid, url)
        finally:
            process.terminate()
            process.wait(READY_WITHIN_SECONDS)


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    end_at = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < end_at and process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310 -- our own address
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise NotMeasured("nginx did not start; is another one in its place?")
