"""Whether everything is there: a line for those in front of the machines, a page for the owner."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.cache import cache
from django.core.files.storage import default_storage
from django.db import OperationalError
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts import replica
from accounts.roles import Role
from blog import health
from blog.tasks import relate_missing
from tests.making import make_person

pytestmark = pytest.mark.django_db
PAGE = "/admin/blog/publication/health/"


def test_a_machine_that_can_answer_says_so_in_one_line(client, django_assert_max_num_queries):
    health._wanted()
    with django_assert_max_num_queries(2):
        answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"Well.\n")
    assert answer["Cache-Control"] == "no-store"
    assert answer["Content-Type"].startswith("text/plain")


def test_a_machine_is_asked_by_its_number_and_without_https(settings):
    settings.SECURE_SSL_REDIRECT = True
    assert Client(headers={"Host": "10.0.0.7:8000"}).get("/healthz").status_code == 200


def test_a_database_older_than_the_code_is_no_place_for_readers(client):
    MigrationRecorder.Migration.objects.filter(app="blog").order_by("-name")[:1].get().delete()
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.content.startswith(b"The database is older than the code: blog.00")


def test_a_database_that_does_not_answer_is_said_without_its_address(client, monkeypatch):
    def refuse():
        raise OperationalError("connection to 10.0.0.9 as longhand refused")

    monkeypatch.setattr(health, "_wanted", refuse)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.content) == (503, b"The database does not answer.\n")


def test_the_owner_reads_how_everything_is(client):
    client.force_login(make_person("Olga", Role.OWNER))
    answer = client.get(PAGE)
    for words in ("Database", "has everything it should", "Nothing waits.", "GB are free"):
        assert words in answer.content.decode()
    assert "Not well" not in answer.content.decode()
    assert PAGE in client.get("/admin/blog/publication/", follow=True).content.decode()


@pytest.mark.parametrize("role", [Role.READER, Role.AUTHOR, Role.EDITOR])
def test_nobody_else_reads_how_the_machines_are(client, role):
    client.force_login(make_person("Ada", role))
    assert client.get(PAGE).status_code in {302, 403}


def test_work_that_nobody_does_is_seen():
    assert health.work().is_well
    relate_missing.enqueue()
    assert health.work().words.startswith("1 piece waits")
    assert health.work().is_well
    DBTaskResult.objects.update(enqueued_at=timezone.now() - timedelta(hours=1))
    found = health.work()
    assert not found.is_well
    assert found.words.endswith("Nobody does it: is the worker running?")


def test_work_whose_time_has_not_come_does_not_wait():
    relate_missing.using(run_after=timezone.now() + timedelta(hours=1)).enqueue()
    assert health.work().words == "Nothing waits."


@pytest.mark.parametrize(
    ("broken", "method", "check"),
    [(cache, "get", health.shared_cache), (default_storage, "exists", health.uploads)],
)
def test_what_does_not_answer_is_said_and_breaks_nothing(monkeypatch, broken, method, check):
    def refuse(*_arguments):
        raise ConnectionError("refused")

    monkeypatch.setattr(broken, method, refuse)
    found = check()
    assert not found.is_well
    assert "does not answer" in found.words
    assert "refused" not in found.words


def test_a_full_disk_is_seen(monkeypatch):
    room = health.shutil._ntuple_diskusage(10**12, 10**12 - 10**8, 10**8)
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _path: room)
    assert not health.disk().is_well


def test_a_replica_is_looked_at_only_where_there_is_one(monkeypatch):
    assert health.read_replica() is None
    monkeypatch.setattr(health.replica, "reading_alias", lambda: "replica")
    monkeypatch.setattr(health.replica, "REPLICA", "default")
    found = health.read_replica()
    assert found
    assert not found.is_well
    assert replica.PRIMARY == "default"


def test_the_owner_reads_how_many_pages_are_kept(monkeypatch):
    monkeypatch.setattr(health, "_watched", [])
    assert health.kept_pages() is None
    health.watch_pages(lambda: health.KeptPages(120, 3 * 2**20, 64 * 2**20, hits=990, misses=10))
    found = health.kept_pages()
    assert found
    assert found.words == (
        "120 pages are kept in this process, 3.0 of 64 MB. "
        "99 % of what was asked for was there already."
    )
