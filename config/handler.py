"""Django's handler behind the pages that are kept: what is there is answered before it runs."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import cast
from urllib.parse import parse_qsl
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from django.conf import settings
from django.core.handlers.wsgi import get_path_info
from django.db import connection
from django.http import HttpResponse
from django.urls import Resolver404, ResolverMatch, resolve

from accounts import replica
from blog.caching import ACTED_COOKIE, is_view_shareable
from blog.change_log import Reader
from blog.health import watch_pages
from blog.models import Publication
from config.everybody import MATCH
from config.kept_page import Page, head_of
from config.page_store import Key, PageStore
from config.turns import Turns

# Places in lists. What else is asked behind a "?" is answered anew each time.
KNOWN_QUERY = {"older", "newer", "after", "before", "order"}
MAX_QUERY_CHARS = 200
# Whoever makes a page has the processor for themselves: done in turns, no page is done later, and
# most are done sooner. Where a database on another machine is waited for, two may be begun.
MADE_AT_ONCE, MADE_AT_ONCE_ELSEWHERE = 1, 2
# As a database's address says it; none, and a folder with a socket, are as near.
THIS_MACHINE = {"", "localhost", "127.0.0.1", "::1"}
# Some pages' time; whoever has waited for so long begins beside the others.
TURN_SECONDS = 0.05
# In the environ: `start_response` need not be called for a page.
TAKES_WHOLE = "longhand.takes_whole"
# All that a page may depend on; of who asks, nothing is left.
OF_THE_ADDRESS = (
    *("SCRIPT_NAME", "PATH_INFO", "QUERY_STRING", "HTTP_HOST", "HTTP_X_FORWARDED_PROTO"),
    *("SERVER_NAME", "SERVER_PORT", "SERVER_PROTOCOL"),
    *("wsgi.version", "wsgi.url_scheme", "wsgi.errors", "wsgi.multithread", "wsgi.multiprocess"),
    "wsgi.run_once",
)


class Whole(list[bytes]):
    """A page with its head as it is sent, for a server that says it takes that (`TAKES_WHOLE`)."""

    def __init__(self, head: bytes, body: bytes) -> None:
        super().__init__([body])
        self.head = head


class KeptPages:
    """Answers from a store, and has `django` make the rest; what anybody gets is kept there.

    That is made by `for_everybody`, which may leave out what is done for those who are somebody.
    """

    def __init__(
        self, django: WSGIApplication, for_everybody: WSGIApplication | None = None
    ) -> None:
        self._django, self._for_everybody = django, for_everybody or django
        look = Reader(replica.reading_alias()).read
        self.store = PageStore(settings.PAGE_STORE_BYTES, look, may_lag=settings.PAGES_MAY_LAG)
        watch_pages(lambda: self.store.numbers)
        self._turns = Turns(made_at_once())
        self._own_cookies = f"{settings.SESSION_COOKIE_NAME}=", f"{ACTED_COOKIE}="

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if not self._may_be_kept(environ):
            return self._django(environ, start_response)
        key = (
            environ.get("HTTP_HOST", "").lower(),
            environ.get("HTTP_X_FORWARDED_PROTO", ""),
            environ["PATH_INFO"],
            environ.get("QUERY_STRING", ""),
        )
        page = self.store.find(key) if self.store.max_bytes else None
        if page is not None:
            if not page.is_asked_again:
                page.ask_again()
                self.store.weigh(key, page)
            return self._answer(key, page, environ, start_response)
        match = _kept_kind(environ)
        if match is None:
            return self._django(environ, start_response)
        if not self.store.max_bytes:
            return self._make_each_time(key, match, environ, start_response)
        return self._make(key, match, environ, start_response)

    def _may_be_kept(self, environ: WSGIEnvironment) -> bool:
        """Whether it is asked for what everybody gets: no session, no body, no part of a page.

        Nor by somebody who has done something a moment ago, and looks for it.
        """
        return (
            environ["REQUEST_METHOD"] in {"GET", "HEAD"}
            and not self._is_somebodys(environ.get("HTTP_COOKIE", ""))
            and "HTTP_AUTHORIZATION" not in environ
            and "HTTP_RANGE" not in environ
        )

    def _is_somebodys(self, cookies: str) -> bool:
        session, acted = self._own_cookies
        return bool(cookies) and (session in cookies or acted in cookies)

    def _make(
        self,
        key: Key,
        match: ResolverMatch,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        """Have the page made by one of those who ask for it."""
        with self.store.making(key) as begun_at:
            page = None if begun_at is not None else self.store.find(key)
            if page is None:
                response = self._made_for_nobody(match, environ, begun_at)
                if begun_at is None or not _can_be_kept(response):
                    return _give(response, environ, start_response)
                page = Page.of(response, begun_at, environ.get("HTTP_ACCEPT_ENCODING", ""))
                self.store.keep(key, page)
        return self._answer(key, page, environ, start_response)

    def _make_each_time(
        self,
        key: Key,
        match: ResolverMatch,
        environ: WSGIEnvironment,
        start_response: StartResponse,
    ) -> Iterable[bytes]:
        """Where nothing is kept: made in the same way, and given away once."""
        response = self._made_for_nobody(match, environ)
        if not _can_be_kept(response):
            return _give(response, environ, start_response)
        page = Page.of(response, self.store.clock(), environ.get("HTTP_ACCEPT_ENCODING", ""))
        return self._answer(key, page, environ, start_response)

    def _made_for_nobody(
        self, match: ResolverMatch, environ: WSGIEnvironment, begun_at: float | None = None
    ) -> HttpResponse:
        """The answer to a request of which only the address is left.

        `begun_at` where pages are kept: what is read for all of them is, too.
        """
        bare = {name: environ[name] for name in OF_THE_ADDRESS if name in environ}
        bare |= {"REQUEST_METHOD": "GET", "wsgi.input": io.BytesIO(), MATCH: match}
        known = None if begun_at is None else self.store.publication()
        with self._turn(), Publication.read_once(known) as read:
            response = cast(HttpResponse, self._for_everybody(bare, _say_nothing))
            # Gives the connection to the database back.
            response.close()
        if begun_at is not None and known is None:
            self.store.keep_publication(read.get("row"), begun_at)
        return response

    @contextmanager
    def _turn(self) -> Iterator[None]:
        has_turn = self._turns.take(TURN_SECONDS)
        try:
            yield
        finally:
            if has_turn:
                self._turns.give_back()

    def _answer(
        self, key: Key, page: Page, environ: WSGIEnvironment, start_response: StartResponse
    ) -> Iterable[bytes]:
        etags, since = environ.get("HTTP_IF_NONE_MATCH"), environ.get("HTTP_IF_MODIFIED_SINCE")
        if (etags is not None or since is not None) and page.is_known_to(etags, since):
            start_response("304 Not Modified", [*page.headers_of_304])
            return []
        forms = page.forms
        headers, body = page.form_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
        if page.forms is not forms:
            self.store.weigh(key, page)
        is_wanted = environ["REQUEST_METHOD"] == "GET"
        if is_wanted and TAKES_WHOLE in environ:
            return Whole(head_of(headers), body[0])
        # A list of its own for the server, which may change it (PEP 3333).
        start_response("200 OK", [*headers])
        return body if is_wanted else []


def made_at_once() -> int:
    """How many pages a process makes at once."""
    host = str(connection.settings_dict.get("HOST") or "")
    is_here = host in THIS_MACHINE or host.startswith("/")
    return MADE_AT_ONCE if is_here else MADE_AT_ONCE_ELSEWHERE


def _say_nothing(
    _status: str, _headers: object, _error: object = None, /
) -> Callable[[bytes], None]:
    """Django gives back the answer itself, with its headers."""
    return lambda _body: None


def _kept_kind(environ: WSGIEnvironment) -> ResolverMatch | None:
    """The view for it, if its answers are anybody's and it is asked in a way that it knows."""
    if "json" in environ.get("HTTP_ACCEPT", ""):
        # A script wants to be told in its own way when there is nothing.
        return None
    query = environ.get("QUERY_STRING", "")
    if query:
        names = [name for name, _value in parse_qsl(query, keep_blank_values=True)]
        is_known = KNOWN_QUERY.issuperset(names) and len(names) == len(set(names))
        if not is_known or len(query) > MAX_QUERY_CHARS:
            return None
    try:
        match = resolve(get_path_info(environ))
    except Resolver404:
        return None
    return match if is_view_shareable(match.func) else None


def _can_be_kept(response: HttpResponse) -> bool:
    return (
        response.status_code == 200
        and getattr(response, "is_shared", False)
        and not response.cookies
    )


def _give(
    response: HttpResponse, environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    """An answer that is made for this one request."""
    cookies = [("Set-Cookie", one.output(header="")) for one in response.cookies.values()]
    start_response(
        f"{response.status_code} {response.reason_phrase}", [*response.items(), *cookies]
    )
    return [response.content] if environ["REQUEST_METHOD"] == "GET" else []
