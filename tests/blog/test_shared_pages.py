"""Pages that anyone can share: the same bytes, no cookie, nothing personal."""

from __future__ import annotations

import gzip

import brotli
import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from blog.models import Tag
from blog.sitemaps.chunk import Chunk
from blog.visitors import COOKIE
from tests.making import make_person, make_post, make_response, visitor_cookies

pytestmark = pytest.mark.django_db


@pytest.fixture
def pages():
    ada = make_person("Ada", Role.AUTHOR)
    post = make_post(by=ada)
    post.set_topics(Tag.objects.named(["Sea"]))
    response = make_response(post)
    return [
        "/",
        post.get_absolute_url(),
        ada.author.get_absolute_url(),
        "/@ada/feed/",
        "/tag/sea/",
        "/tag/sea/feed/",
        "/feed/",
        "/sitemap.xml",
        "/sitemaps/pages.xml",
        f"/sitemaps/stories-{Chunk.with_row('stories', post.pk).number}.xml",
        "/robots.txt",
        "/llms.txt",
        "/favicon.ico",
        "/apple-touch-icon.png",
        "/manifest.webmanifest",
        f"/{post.slug}.md",
        f"/{post.slug}.txt",
        f"/oembed/?url=http://127.0.0.1:8000/{post.slug}/",
        reverse("blog:comments", args=[post.slug]),
        response.get_absolute_url(),
        reverse("blog:clappers", args=[post.slug]),
        reverse("blog:comment-clappers", args=[post.slug, response.pk]),
        "/nothing-here/",
    ]


def test_every_anonymous_reader_gets_the_same_bytes_without_cookies(pages):
    for url in pages:
        first, second = Client(), Client(headers={"Accept-Language": "de", "User-Agent": "x"})
        second.cookies.load({**visitor_cookies(), "csrftoken": "a" * 32, "theme": "dark"})
        one, two = first.get(url), second.get(url)
        assert one.content == two.content, url
        for answer in (one, two):
            assert not answer.cookies, url
            assert "Cookie" not in answer.headers.get("Vary", ""), url
            assert "public" in answer["Cache-Control"], url
            assert "s-maxage" in answer["Cache-Control"], url


def test_an_unchanged_page_is_not_sent_again(pages, client):
    for url in pages[:-1]:
        etag = client.get(url)["ETag"]
        again = client.get(url, headers={"If-None-Match": etag})
        assert (again.status_code, again.content) == (304, b""), url
        assert again["ETag"] == etag
        assert "public" in again["Cache-Control"]


def test_a_changed_page_is_sent_anew(client):
    post = make_post()
    etag = client.get(post.get_absolute_url())["ETag"]
    post.source = "Now it says something else."
    post.write(by=None)
    again = client.get(post.get_absolute_url(), headers={"If-None-Match": etag})
    assert again.status_code == 200
    assert "something else" in again.content.decode()


@pytest.mark.parametrize(
    ("accepted", "encoding", "opened"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip", "gzip", gzip.decompress),
        ("br;q=0, GZIP;q=0.5", "gzip", gzip.decompress),
    ],
)
def test_a_page_travels_compressed(client, accepted, encoding, opened):
    url = make_post().get_absolute_url()
    plain = client.get(url)
    small = client.get(url, headers={"Accept-Encoding": accepted})
    assert small["Content-Encoding"] == encoding
    assert opened(small.content) == plain.content
    assert int(small["Content-Length"]) == len(small.content)
    assert small["ETag"] == plain["ETag"]
    assert "Accept-Encoding" in plain["Vary"]
    assert client.get(url, headers={"Accept-Encoding": accepted}).content == small.content


@pytest.mark.parametrize("accepted", ["", "identity", "gzip;q=0, br;q=0.000", "brotli"])
def test_a_page_travels_as_it_is_to_whoever_takes_nothing_else(client, accepted):
    page = client.get(make_post().get_absolute_url(), headers={"Accept-Encoding": accepted})
    assert "Content-Encoding" not in page
    assert b"<!doctype html>" in page.content


def test_a_session_makes_the_page_personal(client):
    post, reader = make_post(), make_person("Rita")
    client.force_login(reader)
    page = client.get(post.get_absolute_url())
    assert "public" not in page["Cache-Control"]
    assert "private" in page["Cache-Control"]
    assert "Cookie" in page["Vary"]
    assert "csrfmiddlewaretoken" in page.content.decode()


def test_the_anonymous_page_has_no_token_in_it(client):
    page = client.get(make_post().get_absolute_url()).content.decode()
    assert "csrfmiddlewaretoken" not in page


def test_claps_given_without_an_account_do_not_change_the_page(client):
    post = make_post()
    before = client.get(post.get_absolute_url()).content
    client.cookies.load(visitor_cookies())
    other = Client()
    client.post(reverse("blog:claps", args=[post.slug]), {"wanted": 3})
    mine, theirs = client.get(post.get_absolute_url()), other.get(post.get_absolute_url())
    assert mine.content == theirs.content != before
    assert COOKIE not in mine.cookies


def test_every_answer_carries_the_policy(pages, client):
    for url in [*pages, "/accounts/login/", "/admin/"]:
        answer = client.get(url)
        assert "default-src 'none'" in answer["Content-Security-Policy"], url
        assert "unsafe" not in answer["Content-Security-Policy"], url
        assert answer["X-Content-Type-Options"] == "nosniff", url
        assert answer["X-Frame-Options"] == "DENY", url


def test_head_is_answered_like_get(pages, client):
    for url in pages:
        get, head = client.get(url), client.head(url)
        assert head.status_code == get.status_code, url
        assert head.content == b"", url
        assert head["ETag"] == get["ETag"], url
