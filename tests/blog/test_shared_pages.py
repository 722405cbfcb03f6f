"""Pages that anyone can share: the same bytes, no cookie, nothing personal."""

from __future__ import annotations

import gzip

import brotli
import pytest
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from blog import cache_tags
from blog.codings import zstd
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
        ("gzip, deflate, br, zstd", "zstd", zstd.decompress),
        ("gzip, deflate, br", "br", brotli.decompress),
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


@pytest.mark.parametrize("accepted", ["", "gzip"])
def test_head_is_answered_like_get(pages, client, accepted):
    for url in pages:
        get = client.get(url, headers={"Accept-Encoding": accepted})
        head = client.head(url, headers={"Accept-Encoding": accepted})
        assert head.status_code == get.status_code, url
        assert head.content == b"", url
        assert head.headers == get.headers, url
        assert int(head["Content-Length"]) == len(get.content), url


def test_a_browser_asks_each_time_and_only_caches_in_front_may_show_what_is_old(pages, client):
    for url in pages[:-1]:
        page = client.get(url)
        assert page["Cache-Control"] == "public, max-age=0, s-maxage=60", url
        assert page["CDN-Cache-Control"] == (
            "public, max-age=60, stale-while-revalidate=30, stale-if-error=3600"
        ), url


def test_what_is_not_there_or_elsewhere_is_shared_for_ten_seconds(client):
    gone, moved = make_post(slug="gone"), make_post(slug="before")
    gone.unpublish(by=None)
    moved.slug = "after"
    moved.write(by=None)
    for url, status in (("/nothing-here/", 404), ("/gone/", 410), ("/before/", 301)):
        answer = client.get(url)
        assert answer.status_code == status
        assert answer["Cache-Control"] == "public, max-age=0, s-maxage=10"
        assert answer["CDN-Cache-Control"] == "public, max-age=10"
        assert "Accept-Encoding" in answer["Vary"]


def test_a_304_says_anew_what_caches_go_by(client, settings):
    settings.CACHE_TAG_HEADER = "Surrogate-Key"
    url = make_post().get_absolute_url()
    page = client.get(url)
    again = client.get(url, headers={"If-None-Match": page["ETag"]})
    assert again.status_code == 304
    for name in ("Cache-Control", "CDN-Cache-Control", "Surrogate-Control", "Surrogate-Key"):
        assert again[name] == page[name], name
    assert again["Vary"] == page["Vary"] == "Accept-Encoding"


def test_the_same_page_has_one_mark_however_it_travels(client):
    url = make_post().get_absolute_url()
    accepted = ("", "gzip", "br", "zstd")
    marks = {client.get(url, headers={"Accept-Encoding": one})["ETag"] for one in accepted}
    assert len(marks) == 1
    assert marks.pop().startswith('W/"')


class TestTags:
    def test_nothing_is_said_of_a_page_unless_a_cache_reads_it(self, client):
        page = client.get(make_post().get_absolute_url())
        assert not set(cache_tags.SEPARATORS).intersection(page.headers)

    @pytest.mark.parametrize(
        ("header", "separator"), [("Cache-Tag", ","), ("Surrogate-Key", " "), ("xkey", " ")]
    )
    def test_a_page_says_what_it_is_made_of(self, client, settings, header, separator):
        settings.CACHE_TAG_HEADER = header
        post = make_post()
        said = client.get(post.get_absolute_url())[header].split(separator)
        assert said[0] == "page"
        assert {f"post-{post.pk}", f"author-{post.byline[0].pk}"} <= set(said)

    def test_a_page_made_of_too_much_is_kept_for_ten_seconds(self, client, settings, monkeypatch):
        settings.CACHE_TAG_HEADER = "Cache-Tag"
        monkeypatch.setattr(cache_tags, "MAX_TAGS", 2)
        page = client.get(make_post().get_absolute_url())
        assert "Cache-Tag" not in page
        assert page["Cache-Control"] == "public, max-age=0, s-maxage=10"

    def test_a_personal_page_says_nothing(self, client, settings):
        settings.CACHE_TAG_HEADER = "Cache-Tag"
        client.force_login(make_person())
        page = client.get(make_post().get_absolute_url())
        assert "Cache-Tag" not in page
        assert "CDN-Cache-Control" not in page


def test_whoever_has_just_clapped_sees_it_for_whatever_machine_answers(client):
    story = make_post()
    answer = client.post(f"/{story.slug}/claps/", {"wanted": "1"})
    cookie = answer.cookies["acted"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (5, True, "Lax")
    # The page is everybody's all the same.
    page = client.get(story.get_absolute_url())
    assert page.content == Client().get(story.get_absolute_url()).content


def test_whoever_only_reads_or_is_refused_has_no_cookie_of_it(client):
    story = make_post()
    assert "acted" not in client.get(story.get_absolute_url()).cookies
    assert "acted" not in client.post("/nothing-here/").cookies
