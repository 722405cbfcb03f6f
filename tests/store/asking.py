"""Asking the door the server knocks at, with and without kept pages behind it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from django.core.handlers.wsgi import WSGIHandler
from django.test import RequestFactory

from blog.change_log import Reader
from config.everybody import ForEverybody
from config.handler import KeptPages
from config.page_store import PageStore

# A kept page leaves out what its policy says as well.
SAID_TWICE = {"X-Frame-Options"}
STORE_BYTES = 64 * 1024 * 1024


class Answer(NamedTuple):
    status: str
    headers: dict[str, str]
    body: bytes


def ask(door: Any, path: str, *, method: str = "GET", **said: str) -> Answer:
    """The answer to a request of somebody unknown; `said` is what WSGI makes of its headers."""
    environ = RequestFactory().generic(method, path, **said).environ
    heard: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> Callable[..., None]:
        heard.extend((status, headers))
        return lambda _data: None

    parts = door(environ, start_response)
    try:
        body = b"".join(parts)
    finally:
        getattr(parts, "close", lambda: None)()
    headers = {name: value for name, value in heard[1] if name not in SAID_TWICE}
    return Answer(heard[0], headers, body)


def new_process(django: WSGIHandler, clock: Callable[[], float]) -> KeptPages:
    """What one process of the server has: a store of its own before the same database."""
    door = KeptPages(django, ForEverybody())
    door.store = PageStore(STORE_BYTES, Reader().read, clock=clock)
    return door


def kept_paths(door: KeptPages) -> list[str]:
    """The addresses of what is kept, with what stands behind the `?`."""
    return [
        path + (f"?{query}" if query else "") for _host, _proto, path, query in door.store._pages
    ]
