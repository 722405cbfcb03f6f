"""Nothing of anybody's is kept: whoever asks for whatever, in whatever way."""

from __future__ import annotations

import itertools
import time

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from blog.change_log import Reader
from config.page_store import PageStore
from tests.blog import test_every_url as everybody
from tests.blog.test_every_url import TABLE, cast, things  # noqa: F401 -- fixtures
from tests.making import make_person, make_post, visitor_cookies
from tests.store.asking import ask, kept_paths, new_process

pytestmark = pytest.mark.django_db


@pytest.fixture
def door():
    return new_process(WSGIHandler(), time.monotonic)


@pytest.fixture
def urls(things):  # noqa: F811
    return [
        reverse(f"blog:{name}", kwargs={key: things.get(value, value) for key, value in of.items()})
        for name, (of, _get, _post) in TABLE.items()
    ]


def cookies_of(user):
    client = Client()
    client.force_login(user)
    return {name: morsel.value for name, morsel in client.cookies.items()}


def said(cookies):
    return "; ".join(f"{name}={value}" for name, value in cookies.items())


@pytest.fixture
def people(cast):  # noqa: F811
    """What each of them says of themselves."""
    signed_in = [{"HTTP_COOKIE": said(cookies_of(user))} for user in cast.values()]
    clapper = {"HTTP_COOKIE": said({**visitor_cookies(), "csrftoken": "a" * 32})}
    guest = {"HTTP_COOKIE": "guest=Gina; responded=1; messages=hello; theme=dark"}
    forger = {"HTTP_COOKIE": "sessionid=nobody"}
    return [
        *signed_in,
        clapper,
        guest,
        forger,
        {"HTTP_AUTHORIZATION": "Basic b2xnYTpzZWNyZXQ="},
        {"HTTP_ACCEPT_LANGUAGE": "de", "HTTP_USER_AGENT": "x", "HTTP_REFERER": "http://a.example/"},
        {"HTTP_ACCEPT": "application/json", "HTTP_X_REQUESTED_WITH": "XMLHttpRequest"},
        {"REMOTE_ADDR": "203.0.113.9", "HTTP_X_FORWARDED_FOR": "198.51.100.1"},
        {"HTTP_RANGE": "bytes=0-9"},
    ]


def test_what_is_kept_is_what_somebody_unknown_gets(door, urls, people):
    for url, who in itertools.product(urls, people):
        ask(door, url, **who)
    check(door)


@pytest.mark.parametrize("method", ["HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"])
def test_other_methods_leave_nothing_but_what_get_leaves(door, urls, people, method):
    for url in urls:
        ask(door, url, method=method, **people[0])
        ask(door, url, method=method)
    if method != "HEAD":
        assert kept_paths(door) == []
    check(door)


@pytest.mark.parametrize(
    "query", ["q=1", "utm_source=letter", "older=1&x=2", "older=1&older=2", "order=" + "x" * 300]
)
def test_questions_that_nobody_knows_are_not_kept(door, urls, query):
    for url in urls:
        ask(door, f"{url}?{query}")
    assert kept_paths(door) == []


def check(door):
    for path in kept_paths(door):
        kept, fresh = ask(door, path), ask(door._django, path)
        assert kept == fresh, path
        assert fresh.status == "200 OK"
        assert "Set-Cookie" not in kept.headers
        assert kept.headers["Cache-Control"].startswith("public"), path
        assert b"csrfmiddlewaretoken" not in kept.body, path


@pytest.mark.parametrize("coding", ["", "gzip", "gzip, deflate, br, zstd"])
def test_where_nothing_is_kept_everybody_gets_the_page_that_django_makes(door, urls, coding):
    door.store = PageStore(0, Reader().read, clock=time.monotonic)
    for url in urls:
        made = ask(door, url, HTTP_ACCEPT_ENCODING=coding)
        # What is no page for all has something of its own each time; that there is none is short.
        if made.status == "200 OK" and made.headers["Cache-Control"].startswith("public"):
            assert made == ask(door._django, url, HTTP_ACCEPT_ENCODING=coding), url
    assert not kept_paths(door)


def test_where_nothing_is_kept_whoever_has_the_page_is_told_so(door):
    door.store = PageStore(0, Reader().read, clock=time.monotonic)
    url = make_post().get_absolute_url()
    etag = ask(door, url).headers["ETag"]
    assert ask(door, url, HTTP_IF_NONE_MATCH=etag).status == "304 Not Modified"


def test_the_pages_of_people_are_never_given_to_others(door):
    ada = make_person("Ada Secret", Role.AUTHOR)
    post = make_post()
    url = post.get_absolute_url()
    mine = ask(door, url, HTTP_COOKIE=said(cookies_of(ada)))
    theirs = ask(door, url)
    assert b"Ada Secret" in mine.body
    assert b"Ada Secret" not in theirs.body
    again = ask(door, url, HTTP_COOKIE=said(cookies_of(ada)))
    assert b"Ada Secret" in again.body
    assert again.headers["Cache-Control"].startswith("private")


def test_everybody_of_the_table_is_among_those_who_ask(people):
    assert len(people) > len(everybody.ROLES)


@pytest.mark.parametrize(
    "said_of_the_way",
    [
        {"HTTP_X_FORWARDED_HOST": "evil.example"},
        {"HTTP_X_ORIGINAL_URL": "/admin/"},
        {"HTTP_X_REWRITE_URL": "/admin/"},
        {"HTTP_X_HTTP_METHOD_OVERRIDE": "POST"},
        {"HTTP_X_FORWARDED_PROTO": "https"},
        {"HTTP_X_FORWARDED_PORT": "1"},
        {"HTTP_X_FORWARDED_FOR": "<script>"},
    ],
)
def test_what_a_stranger_says_of_the_way_here_poisons_no_page(door, said_of_the_way):
    url = make_post().get_absolute_url()
    ask(door, url, **said_of_the_way)
    assert ask(door, url) == ask(door._django, url)


def test_whoever_makes_a_page_does_not_learn_from_where_it_was_asked_for(door):
    heard, made = {}, door._for_everybody

    def listen(environ, start_response):
        heard.update(environ)
        return made(environ, start_response)

    door._for_everybody = listen
    ask(door, make_post().get_absolute_url(), REMOTE_ADDR="203.0.113.9")
    assert heard
    assert "203.0.113.9" not in heard.values()


def test_what_came_by_https_is_not_given_to_others(settings):
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    settings.SECURE_SSL_REDIRECT = True
    door = new_process(WSGIHandler(), time.monotonic)
    url = make_post().get_absolute_url()
    for proto in ("https", "https, http"):
        assert ask(door, url, HTTP_X_FORWARDED_PROTO=proto).status == "200 OK"
    assert ask(door, url).status.startswith("301")


def test_another_host_is_refused_and_not_kept(door):
    url = make_post().get_absolute_url()
    assert ask(door, url, HTTP_HOST="evil.example").status.startswith("400")
    assert kept_paths(door) == []
