"""Caches in front are told of changes; here a real server plays each of them."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from unittest.mock import Mock
from urllib.parse import urlsplit

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from blog import purge
from blog.change_log import read_from
from blog.models import Change, PurgePosition
from blog.purge import addresses_of
from blog.purgers import cloudflare
from config import page_store
from tests.making import make_post

# On PostgreSQL the transaction around a test is not over for whoever reads the list, and what is
# not over is told again.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
TOKEN = "a-secret-of-ours"


@pytest.fixture(autouse=True)
def waited(monkeypatch) -> Iterator[Mock]:
    """Nobody waits here; the mock knows for how long."""
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(purge.time, "sleep", waited := Mock())
        yield waited


class Cache(HTTPServer):
    """A cache: what it was told, and what it answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Ear)
        self.calls: list[Call] = []
        self.answer = 200

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


class Call:
    def __init__(self, method: str, path: str, headers: dict[str, str], body: bytes) -> None:
        self.method, self.path, self.headers, self.body = method, path, headers, body

    @property
    def json(self):
        return json.loads(self.body)


class Ear(BaseHTTPRequestHandler):
    server: Cache

    def __getattr__(self, name: str):
        if name.startswith("do_"):
            return self.hear
        raise AttributeError(name)

    def hear(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"] or 0))
        headers = {name.lower(): value for name, value in self.headers.items()}
        self.server.calls.append(Call(self.command, self.path, headers, body))
        self.send_response(self.server.answer)
        self.end_headers()
        # Some say again what they were sent.
        self.wfile.write(b"It was: " + self.headers.get("Host", "").encode())

    def log_message(self, *_words) -> None:
        pass


@pytest.fixture
def cache(settings):
    with Cache() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        settings.CLOUDFLARE_URL = settings.FASTLY_URL = server.url
        settings.PURGE_TOKEN = TOKEN
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def in_front(settings, cache):
    """Have a cache of this kind in front of us; as `PURGE` names it."""

    def put(kind: str) -> str:
        place = {"cloudflare": "z0ne", "fastly": "serv1ce"}.get(kind, cache.url)
        settings.PURGES = [(kind, place)]
        return f"{kind}:{place}"

    return put


@pytest.fixture
def changed():
    """Let these have changed, since a cache was told of all there was before."""

    def change(*ingredients):
        if not PurgePosition.objects.exists():
            now = timezone.now()
            for cache in purge.caches():
                position = read_from(None, now)[1]
                PurgePosition.objects.reach(cache, position, at=now)
        Change.objects.bulk_create([Change(kind=kind, key=key) for kind, key in ingredients])

    return change


def test_cloudflare_is_told_in_one_call(in_front, cache, changed):
    name = in_front("cloudflare")
    changed(("post", 12), ("author-posts", 3))
    purge.tell(name)
    [call] = cache.calls
    assert (call.method, call.path) == ("POST", "/client/v4/zones/z0ne/purge_cache")
    assert call.headers["authorization"] == f"Bearer {TOKEN}"
    assert call.json == {"tags": ["anything-0", "author-posts-3", "post-12"]}


def test_a_cache_is_told_once_every_process_knows_itself(in_front, cache, changed, waited):
    name = in_front("varnish")
    changed()
    purge.tell(name)
    waited.assert_not_called()
    changed(("post", 12))
    waited.side_effect = lambda _seconds: cache.calls == [] or pytest.fail("told too soon")
    purge.tell(name)
    waited.assert_called_once_with(purge.KNOWN_AFTER_SECONDS)
    assert purge.KNOWN_AFTER_SECONDS > page_store.TRUSTED_FOR_SECONDS
    assert cache.calls


def test_fastly_is_told_in_one_call(in_front, cache, changed):
    name = in_front("fastly")
    changed(("post", 12))
    purge.tell(name)
    [call] = cache.calls
    assert (call.method, call.path) == ("POST", "/service/serv1ce/purge")
    assert call.headers["fastly-key"] == TOKEN
    assert call.json == {"surrogate_keys": ["anything-0", "post-12"]}


def test_varnish_is_told_in_one_call(in_front, cache, changed):
    name = in_front("varnish")
    changed(("post", 12))
    purge.tell(name)
    [call] = cache.calls
    assert (call.method, call.path) == ("PURGE", "/")
    assert call.headers["xkey"] == "anything-0 post-12"
    assert call.headers["x-purge-token"] == TOKEN


def test_nginx_is_told_of_addresses_in_each_coding(in_front, cache, changed, settings):
    post = make_post()
    name = in_front("nginx")
    changed(("post", post.pk))
    purge.tell(name)
    assert {call.method for call in cache.calls} == {"GET"}
    assert {call.headers["x-purge-token"] for call in cache.calls} == {TOKEN}
    assert {call.headers["host"] for call in cache.calls} == {urlsplit(settings.SITE_URL).netloc}
    asked = {(call.path, call.headers["accept-encoding"]) for call in cache.calls}
    paths = (f"/{post.slug}/", f"/{post.slug}.md", f"/{post.slug}.txt")
    assert asked == {(path, coding) for path in paths for coding in ("zstd", "br", "gzip", "")}


def test_a_page_that_is_gone_by_now_is_no_fault_of_nginx(in_front, cache, changed):
    name = in_front("nginx")
    changed(("posts", 1))
    cache.answer = 404
    purge.tell(name)
    assert len(cache.calls) > 4


def test_addresses_are_those_where_readers_look_first():
    post = make_post()
    author = post.byline[0]
    found = addresses_of([("talk", post.pk), ("author-posts", author.pk), ("posts", 1)])
    assert {"/", "/feed/", "/archive/", author.get_absolute_url(), f"/{post.slug}/"} <= set(found)
    assert f"/{post.slug}/responses/" in found
    assert len(found) == len(set(found))
    assert addresses_of([("post", 0), ("unheard-of", 1)]) == []


def test_nobody_is_told_twice_or_of_claps(in_front, cache, changed):
    name = in_front("fastly")
    changed(("post", 12))
    purge.tell(name)
    changed(("~post", 12))
    purge.tell(name)
    assert len(cache.calls) == 1


def test_much_is_told_in_several_calls_and_too_much_as_everything(in_front, cache, changed):
    name = in_front("cloudflare")
    changed(*(("post", number) for number in range(cloudflare.MAX_TAGS)))
    purge.tell(name)
    assert [len(call.json["tags"]) for call in cache.calls] == [100, 1]
    changed(*(("post", number) for number in range(1_000)))
    purge.tell(name)
    assert cache.calls[-1].json == {"tags": ["page"]}


def test_a_cache_that_is_new_to_us_or_was_away_for_long_lets_go_of_everything(
    in_front, cache, clock
):
    name = in_front("fastly")
    purge.tell(name)
    clock.pass_by(hours=2)
    purge.tell(name)
    assert [call.json for call in cache.calls] == [{"surrogate_keys": ["page"]}] * 2


def test_a_save_is_told_with_all_that_it_touches(in_front, cache, changed):
    post = make_post()
    name = in_front("cloudflare")
    changed()
    post.title = "Another title"
    post.write(by=None)
    purge.tell(name)
    assert f"post-{post.pk}" in cache.calls[-1].json["tags"]


def test_a_scheduled_story_is_told_when_it_appears(in_front, cache, changed, clock):
    post = make_post(published_at=clock.now + timedelta(minutes=1))
    name = in_front("cloudflare")
    changed()
    purge.tell(name)
    assert cache.calls == []
    clock.pass_by(minutes=2)
    purge.tell(name)
    assert {"posts-1", f"post-{post.pk}"} <= set(cache.calls[-1].json["tags"])


@pytest.mark.parametrize("answer", [503, 429])
def test_one_that_cannot_take_it_now_is_left_in_peace_and_told_later(
    in_front, cache, changed, caplog, answer
):
    now = [1_000.0]
    teller = purge.Teller(in_front("cloudflare"), clock=lambda: now[0])
    changed(("post", 12))
    cache.answer = answer
    teller.look()
    teller.look()
    assert len(cache.calls) == 1
    assert f"was not told of changes, again in 2 s: it answered {answer}" in caplog.text
    now[0] += 3
    teller.look()
    assert "again in 10 s" in caplog.text
    cache.answer = 200
    now[0] += 11
    teller.look()
    teller.look()
    assert len(cache.calls) == 3
    assert "post-12" in cache.calls[-1].json["tags"]


def test_one_that_refuses_is_named_in_one_line_without_the_secret(in_front, cache, changed, caplog):
    name = in_front("fastly")
    teller = purge.Teller(name)
    changed(("post", 12))
    cache.answer = 401
    teller.look()
    teller.look()
    [line] = caplog.records
    assert f"{name} does not take what it is told of changes: it answered 401" in line.message
    assert TOKEN not in caplog.text


def test_one_that_cannot_be_reached_at_all_is_told_later(settings, changed, caplog, cache):
    settings.PURGES = [("varnish", f"http://127.0.0.1:{unused_port()}")]
    changed(("post", 12))
    purge.Teller(purge.caches()[0]).look()
    assert "was not told of changes, again in 2 s" in caplog.text


def unused_port() -> int:
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        return server.server_port


def test_the_command_tells_every_cache(settings, cache, changed):
    settings.PURGES = [("varnish", cache.url), ("fastly", "serv1ce")]
    changed(("post", 12))
    call_command("tell_caches", once=True)
    assert [call.method for call in cache.calls] == ["PURGE", "POST"]


def test_the_command_says_when_there_is_nobody_to_tell():
    with pytest.raises(CommandError, match="PURGE names no cache"):
        call_command("tell_caches", once=True)
