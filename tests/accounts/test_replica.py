"""Pages for everybody may come from a replica; whoever does something sees what they did."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import OperationalError, connections, router
from django.test import Client

from accounts import replica
from accounts.roles import Role
from accounts.statements import _Written
from blog.models import Post, Tag
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db


@pytest.fixture
def asked(settings, monkeypatch) -> Iterator[list[str]]:
    """Which databases are asked for rows, once there is a replica: here, the same rows."""
    monkeypatch.setitem(settings.DATABASES, "replica", settings.DATABASES["default"])
    settings.DATABASE_ROUTERS = ["accounts.replica.Router"]
    connections["replica"] = connections["default"]
    monkeypatch.setattr(replica, "_away_until", 0.0)
    found: list[str] = []

    def from_db(cls, db, names, values, plain=Post.from_db.__func__):
        found.append(db)
        return plain(cls, db, names, values)

    def answer(self, given, plain=_Written.answer):
        found.append(self._using)
        return plain(self, given)

    monkeypatch.setattr(Post, "from_db", classmethod(from_db))
    monkeypatch.setattr(_Written, "answer", answer)
    yield found
    del connections["replica"]


def pages_of(story: Post) -> tuple[str, ...]:
    sea = Tag.objects.named(["Sea"])
    story.set_topics(sea)
    make_response(story)
    return (
        *("/", story.get_absolute_url(), "/archive/", "/feed/", "/sitemap.xml", "/tag/sea/"),
        *(f"/{story.slug}/responses/", f"/search/?q={story.title.split()[0]}", "/authors/"),
    )


def test_a_stranger_reads_from_the_replica(asked, client):
    for page in pages_of(make_post(by=make_person("Ada", Role.AUTHOR))):
        asked.clear()
        assert client.get(page).status_code == 200, page
        assert set(asked) <= {"replica"}, page
    assert client.get("/").status_code == 200
    assert asked


def test_whoever_is_signed_in_reads_from_the_primary(asked, client):
    ada = make_person("Ada", Role.AUTHOR)
    client.force_login(ada)
    for page in (*pages_of(make_post(by=ada)), "/admin/blog/post/"):
        assert client.get(page).status_code == 200, page
    assert set(asked) == {"default"}


def test_what_is_sent_and_pages_of_ones_own_know_the_primary_only(asked):
    story = make_post()
    client = Client()
    asked.clear()
    client.post(f"/{story.slug}/claps/", {"wanted": "1"})
    client.get(f"/{story.slug}/claps/")
    assert set(asked) == {"default"}


def test_whoever_writes_in_between_reads_from_the_primary_from_then_on(asked):
    story = make_post()
    asked.clear()

    def read_write_read() -> None:
        Post.objects.get(pk=story.pk)
        Post.objects.filter(pk=story.pk).update(title="Another")
        Post.objects.get(pk=story.pk)

    replica.shared(read_write_read)
    assert asked == ["replica", "default"]
    assert replica.alias() == "default"


def test_a_story_that_was_read_from_the_replica_is_saved_in_the_primary(asked):
    pk = make_post().pk
    story = replica.shared(lambda: Post.objects.get(pk=pk))
    assert story._state.db == "replica"
    story.title = "Saved"
    story.save(update_fields=["title"])
    assert story._state.db == "default"


def test_a_replica_that_does_not_answer_is_done_without(asked, client, monkeypatch):
    story = make_post()
    was_asked: list[str] = []

    def answer(self, given, plain=_Written.answer):
        was_asked.append(self._using)
        if self._using == "replica":
            raise OperationalError("the connection was refused")
        return plain(self, given)

    monkeypatch.setattr(_Written, "answer", answer)
    assert client.get(story.get_absolute_url()).status_code == 200
    assert was_asked.count("replica") == 1
    # For a while nobody waits for it again.
    assert client.get(story.get_absolute_url()).status_code == 200
    assert was_asked.count("replica") == 1


def test_without_a_replica_everything_is_read_from_the_one_database(client):
    assert replica.reading_alias() == "default"
    assert replica.shared(replica.alias) == "default"


def test_a_replica_is_given_no_tables_by_us(asked):
    assert not router.allow_migrate("replica", "blog")
    assert router.allow_migrate("default", "blog")
