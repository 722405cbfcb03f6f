"""A store that speaks as much S3 as a bucket of pictures needs, in this process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

LISTED = """<?xml version="1.0" encoding="UTF-8"?>
<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated>
{}</ListBucketResult>"""


class Store(ThreadingHTTPServer):
    """Each file with what was said of it; addresses are /bucket/name."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Counter)
        self.files: dict[str, tuple[bytes, dict[str, str]]] = {}

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.server_port}"


class _Counter(BaseHTTPRequestHandler):
    server: Store
    protocol_version = "HTTP/1.1"

    def log_message(self, *_words: Any) -> None:
        """Nobody reads it."""

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        kept = {name: self.headers[name] for name in ("Content-Type", "Cache-Control")}
        self.server.files[self._name] = content, kept
        self._answer(200)

    def do_GET(self) -> None:
        query = parse_qs(urlsplit(self.path).query)
        if "prefix" in query:
            names = sorted(
                name for name in self.server.files if name.startswith(query["prefix"][0])
            )
            rows = "".join(f"<Contents><Key>{name}</Key></Contents>" for name in names)
            self._answer(200, LISTED.format(rows).encode())
        elif self._name in self.server.files:
            content, kept = self.server.files[self._name]
            self._answer(200, content, kept)
        else:
            self._answer(404)

    do_HEAD = do_GET

    def do_DELETE(self) -> None:
        self.server.files.pop(self._name, None)
        self._answer(204)

    @property
    def _name(self) -> str:
        return unquote(urlsplit(self.path).path).strip("/").partition("/")[2]

    def _answer(
        self, status: int, content: bytes = b"", more: dict[str, str] | None = None
    ) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(content)), **(more or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)


@contextmanager
def store() -> Iterator[Store]:
    with Store() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield running
        finally:
            running.shutdown()
            thread.join()
