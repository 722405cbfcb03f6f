"""Caches in front are told of changes; here a real server plays each of them."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import urlsplit

import pytest
from django_tasks_db.models import DBTaskResult

from blog import purge
from blog.models import PurgePosition
from blog.purge import Changed, addresses_of
from blog.purgers import cloudflare
from blog.tasks import PURGE_RETRY_AFTER_SECONDS, purge_cache, purge_soon
from tests.making import make_post

pytestmark = pytest.mark.django_db
TOKEN = "a-secret-of-ours"


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
def changed(monkeypatch):
    """Let these have changed."""

    def change(*ingredients, is_all=False):
        def since(position):
            after = set() if position == 7 else set(ingredients)
            return Changed(frozenset(after), 7, is_all and position != 7)

        monkeypatch.setattr(purge, "changes_since", since)

    return change


def test_cloudflare_is_told_in_one_call(in_front, cache, changed):
    changed(("post", 12), ("author-posts", 3))
    purge.tell(in_front("cloudflare"))
    [call] = cache.calls
    assert (call.method, call.path) == ("POST", "/client/v4/zones/z0ne/purge_cache")
    assert call.headers["authorization"] == f"Bearer {TOKEN}"
    assert call.json == {"tags": ["anything-0", "author-posts-3", "post-12"]}


def test_fastly_is_told_in_one_call(in_front, cache, changed):
    changed(("post", 12))
    purge.tell(in_front("fastly"))
    [call] = cache.calls
    assert (call.method, call.path) == ("POST", "/service/serv1ce/purge")
    assert call.headers["fastly-key"] == TOKEN
    assert call.json == {"surrogate_keys": ["anything-0", "post-12"]}


def test_varnish_is_told_in_one_call(in_front, cache, changed):
    changed(("post", 12))
    purge.tell(in_front("varnish"))
    [call] = cache.calls
    assert (call.method, call.path) == ("PURGE", "/")
    assert call.headers["xkey"] == "anything-0 post-12"
    assert call.headers["x-purge-token"] == TOKEN


@pytest.mark.parametrize(("kind", "method"), [("nginx", "GET"), ("nginx-purge", "PURGE")])
def test_nginx_is_told_of_addresses_in_each_coding(
    in_front, cache, changed, settings, kind, method
):
    post = make_post()
    changed(("post", post.pk))
    purge.tell(in_front(kind))
    assert {call.method for call in cache.calls} == {method}
    assert {call.headers["x-purge-token"] for call in cache.calls} == {TOKEN}
    assert {call.headers["host"] for call in cache.calls} == {urlsplit(settings.SITE_URL).netloc}
    asked = {(call.path, call.headers["accept-encoding"]) for call in cache.calls}
    paths = (f"/{post.slug}/", f"/{post.slug}.md", f"/{post.slug}.txt")
    assert asked == {(path, coding) for path in paths for coding in ("zstd", "br", "gzip", "")}


def test_a_page_that_is_gone_by_now_is_no_fault_of_nginx(in_front, cache, changed):
    changed(("posts", 1))
    cache.answer = 404
    purge.tell(in_front("nginx"))
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
    changed(("post", 12))
    name = in_front("fastly")
    purge.tell(name)
    purge.tell(name)
    assert len(cache.calls) == 1
    PurgePosition.objects.all().delete()
    changed(("~post", 12))
    purge.tell(name)
    assert len(cache.calls) == 1


def test_much_is_told_in_several_calls_and_too_much_as_everything(in_front, cache, changed):
    name = in_front("cloudflare")
    changed(*(("post", number) for number in range(cloudflare.MAX_TAGS)))
    purge.tell(name)
    assert [len(call.json["tags"]) for call in cache.calls] == [100, 1]
    PurgePosition.objects.all().delete()
    changed(*(("post", number) for number in range(1_000)))
    purge.tell(name)
    assert cache.calls[-1].json == {"tags": ["page"]}
    PurgePosition.objects.all().delete()
    changed(is_all=True)
    purge.tell(name)
    assert cache.calls[-1].json == {"tags": ["page"]}


def test_one_that_does_not_answer_is_told_again_later(in_front, cache, changed, caplog):
    changed(("post", 12))
    name = in_front("cloudflare")
    cache.answer = 503
    purge_cache.call(name)
    [later] = DBTaskResult.objects.ready().model.objects.all()
    assert later.task_result.args == [name, 2]
    assert PurgePosition.objects.of(name) is None
    assert "again in 2 s: it answered 503" in caplog.text
    cache.answer = 200
    purge_cache.call(name, 2)
    assert PurgePosition.objects.of(name) == 7


def test_one_that_is_away_for_long_is_told_with_the_next_change(in_front, cache, changed, caplog):
    changed(("post", 12))
    cache.answer = 429
    purge_cache.call(in_front("cloudflare"), len(PURGE_RETRY_AFTER_SECONDS) + 1)
    assert not DBTaskResult.objects.exists()
    assert not PurgePosition.objects.exists()
    assert "it will be with the next change" in caplog.text


def test_one_that_refuses_is_named_in_one_line_without_the_secret(in_front, cache, changed, caplog):
    changed(("post", 12))
    name = in_front("fastly")
    cache.answer = 401
    purge_cache.call(name)
    [line] = caplog.records
    assert f"{name} does not take what it is told of changes: it answered 401" in line.message
    assert TOKEN not in caplog.text
    assert not DBTaskResult.objects.exists()
    assert PurgePosition.objects.of(name) == 7


def test_one_that_cannot_be_reached_at_all_is_told_again_later(
    settings, changed, caplog, unused_port
):
    changed(("post", 12))
    settings.PURGES = [("varnish", f"http://127.0.0.1:{unused_port}")]
    purge_cache.call(purge.caches()[0])
    assert DBTaskResult.objects.count() == 1
    assert "was not told, again in 2 s" in caplog.text


@pytest.fixture
def unused_port():
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        port = server.server_port
    return port


def test_many_changes_make_one_task_for_each_cache(settings):
    settings.PURGES = [("varnish", "http://127.0.0.1:1"), ("varnish", "http://127.0.0.1:2")]
    purge_soon()
    purge_soon()
    assert DBTaskResult.objects.count() == 2


def test_a_cache_that_was_taken_out_of_the_settings_is_told_no_more(cache, changed):
    changed(("post", 12))
    purge_cache.call(f"varnish:{cache.url}")
    assert cache.calls == []
