"""What search engines are given to find, file by file."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from blog.models import Image, Post, Series, Tag
from blog.sitemaps import chunk as chunk_module
from blog.sitemaps.chunk import Chunk, chunks
from tests.making import make_person, make_post, picture_bytes
from tests.sitemaps import read_index, read_sitemap, read_sitemaps

pytestmark = pytest.mark.django_db

LISTED = {"status": Post.Status.PUBLISHED, "visibility": Post.Visibility.PUBLIC}


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def small_chunks(monkeypatch):
    """Two stories, and three of anything else, in a file."""
    sizes = {"stories": 2, "authors": 3, "tags": 3, "series": 3}
    monkeypatch.setattr(chunk_module, "SIZES", sizes)


def path_of(kind: str, row) -> str:
    return f"/sitemaps/{kind}-{Chunk.with_row(kind, row.pk).number}.xml"


def make_picture(**about):
    return Image.objects.upload(picture_bytes((1600, 900)), by=None, alt="A quay", **about)


def test_search_engines_find_what_readers_find(client, ada):
    series = Series.objects.create(title="Lights", slug="lights")
    post = make_post(by=ada, series=series)
    post.set_topics(Tag.objects.named(["Sea"]))
    found = read_sitemaps(client)
    for path in ("/", "/archive/", "/authors/", "/tags/", "/feeds/", "/@ada/", "/tag/sea/"):
        assert path in found
    assert {post.get_absolute_url(), "/series/lights/"} <= set(found)
    for path in found:
        assert client.get(path).status_code == 200, path


@pytest.mark.parametrize(
    "how", ["draft", "scheduled", "expired", "unlisted", "withdrawn", "elsewhere"]
)
def test_what_they_are_not_to_find_is_in_no_file(client, ada, how):
    now = timezone.now()
    post = make_post(
        by=ada,
        published=how != "draft",
        visibility="unlisted" if how == "unlisted" else "public",
        canonical_url="https://example.org/first/" if how == "elsewhere" else "",
        published_at=now + timedelta(days=how == "scheduled", hours=-1),
    )
    if how == "withdrawn":
        post.unpublish(by=None)
    if how == "expired":
        Post.objects.update(expires_at=now - timedelta(minutes=1))
    assert post.get_absolute_url() not in read_sitemaps(client)
    # With nothing in it there is no file, and no list names it.
    assert path_of("stories", post) not in read_index(client)
    assert client.get(path_of("stories", post)).status_code == 404


def test_nobody_learns_of_who_has_not_published(client, ada):
    draft = make_post(by=ada, published=False, series=Series.objects.create(title="L", slug="l"))
    draft.set_topics(Tag.objects.named(["Merger"]))
    found = read_sitemaps(client)
    assert not {"/@ada/", "/tag/merger/", "/series/l/"} & set(found)
    assert list(read_index(client)) == ["/sitemaps/pages.xml"]


def test_each_address_says_when_it_changed(client, clock):
    old, new = make_post(published_at=clock.now), make_post(published_at=clock.now)
    clock.pass_by(days=2)
    new.source = "It was a loud morning."
    new.write(by=None)
    found = read_sitemaps(client)
    assert found[old.get_absolute_url()]["changed"] == "2023-01-03T12:00:00+00:00"
    assert found[new.get_absolute_url()]["changed"] == "2023-01-05T12:00:00+00:00"


def test_the_index_says_when_each_file_changed(client, clock, small_chunks):
    posts = [make_post(published_at=clock.now) for _number in range(5)]
    clock.pass_by(days=2)
    posts[2].source = "It was a loud morning."
    posts[2].write(by=None)
    index = read_index(client)
    changed = path_of("stories", posts[2])
    for post in posts:
        path = path_of("stories", post)
        assert index[path][:10] == ("2023-01-05" if path == changed else "2023-01-03")
    assert index["/sitemaps/pages.xml"][:10] == "2023-01-05"


def test_each_story_stands_in_one_file_and_a_new_one_changes_the_last(client, small_chunks):
    posts = [make_post() for _number in range(7)]
    before = {path: read_sitemap(client, path) for path in read_index(client) if "stor" in path}
    found = [path for places in before.values() for path in places]
    assert sorted(found) == sorted(post.get_absolute_url() for post in posts)
    assert all(len(places) <= 2 for places in before.values())
    new = make_post()
    for path in set(before) - {path_of("stories", new)}:
        assert read_sitemap(client, path) == before[path]
    assert new.get_absolute_url() in read_sitemap(client, path_of("stories", new))


def test_a_file_that_has_become_empty_is_left_out(client, small_chunks):
    posts = [make_post() for _number in range(6)]
    tags = Tag.objects.named([f"Tag {number}" for number in range(9)])
    posts[0].set_topics([tags[0], tags[8]])
    for post in posts[2:4]:
        post.unpublish(by=None)
    index = read_index(client)
    assert {path_of("stories", posts[0]), path_of("stories", posts[5])} <= set(index)
    assert {path_of("tags", tags[0]), path_of("tags", tags[8])} <= set(index)
    assert path_of("tags", tags[4]) not in set(index)
    for path in index:
        assert read_sitemap(client, path)


def test_pictures_are_told_by_their_files(client, media):
    lead, shown = make_picture(), make_picture()
    post = make_post(source=f"{shown.markdown}\n\n{lead.markdown}\n", lead_image=lead)
    pictures = read_sitemaps(client)[post.get_absolute_url()]["pictures"]
    assert len(pictures) == 2
    assert lead.token in pictures[0]
    assert shown.token in pictures[1]
    for url in pictures:
        assert client.get(url.removeprefix("http://127.0.0.1:8000")).status_code == 200


def test_a_picture_that_waits_in_a_working_copy_is_told_to_nobody(client, media):
    lead, secret = make_picture(), make_picture()
    post = make_post(lead_image=lead)
    post.keep_working_copy({"source": secret.markdown}, by=None)
    (picture,) = read_sitemaps(client)[post.get_absolute_url()]["pictures"]
    assert lead.token in picture
    post.drop_working_copy(by=None)
    assert len(read_sitemaps(client)[post.get_absolute_url()]["pictures"]) == 1


def make_translation(original: Post, language: str, **about) -> Post:
    post = make_post(language=language, **about)
    post.translate_from(original)
    return post


def test_translations_are_told_as_the_pages_tell_them(client, small_chunks):
    wind, alone = make_post(slug="wind"), make_post()
    make_translation(wind, "de", slug="der-wind")
    make_translation(wind, "fr", slug="le-vent")
    found = read_sitemaps(client)
    languages = {"en": "/wind/", "de": "/der-wind/", "fr": "/le-vent/", "x-default": "/wind/"}
    for path in ("/wind/", "/der-wind/", "/le-vent/"):
        assert found[path]["languages"] == languages
    assert found[alone.get_absolute_url()]["languages"] == {}


@pytest.mark.parametrize("how", ["draft", "scheduled", "unlisted", "elsewhere"])
def test_a_translation_that_nobody_is_to_find_is_not_told(client, how):
    wind = make_post(slug="wind")
    make_translation(
        wind,
        "de",
        published=how != "draft",
        visibility="unlisted" if how == "unlisted" else "public",
        canonical_url="https://example.org/first/" if how == "elsewhere" else "",
        published_at=timezone.now() + timedelta(days=how == "scheduled", hours=-1),
    )
    assert read_sitemaps(client)["/wind/"]["languages"] == {}


@pytest.mark.parametrize(
    "path",
    [
        "/sitemaps/stories-0.xml",
        "/sitemaps/stories-99.xml",
        "/sitemaps/stories-9223372036854775807.xml",
        f"/sitemaps/tags-{'9' * 60}.xml",
        "/sitemaps/stories-1.xml.gz",
        "/sitemaps/people-1.xml",
        "/sitemaps/stories--1.xml",
        "/sitemaps/",
    ],
)
def test_other_files_there_are_none(client, path):
    make_post()
    assert client.get(path).status_code == 404


def test_however_much_there_is_a_file_takes_few_questions(
    client, ada, media, django_assert_max_num_queries
):
    image = make_picture()
    for _number in range(6):
        post = make_post(by=ada, source=image.markdown, lead_image=image)
        post.set_topics(Tag.objects.named(["Sea", "Night"]))
        make_translation(post, "de", by=ada)
    ceilings = {
        "/sitemap.xml": 4,
        "/sitemaps/pages.xml": 1,
        path_of("stories", post): 3,
        path_of("authors", ada.author): 1,
    }
    for path, ceiling in ceilings.items():
        with django_assert_max_num_queries(ceiling):
            assert client.get(path).status_code == 200


def test_the_index_looks_once_into_each_file_and_reads_no_stories(db):
    """What answers is the narrow index made for it, whatever there is in a file."""
    first = make_post()
    Post.objects.bulk_create(
        Post(title="Another", slug=f"another-{number}", published_at=first.published_at, **LISTED)
        for number in range(500)
    )
    with CaptureQueriesContext(connection) as asked:
        assert list(chunks())
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # What it takes a table for that nobody has analysed is chance.
            cursor.execute("ANALYZE blog_post")
        explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        cursor.execute(f"{explain} {asked[0]['sql']}")
        plan = " ".join(str(column) for row in cursor.fetchall() for column in row)
    assert "post_in_sitemap" in plan
