from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from accounts.models import Tally
from blog import worker
from blog.installation import tidy_up
from blog.models import Comment, Post
from blog.tasks import rerender_stories_with
from tests.making import make_post, make_response

pytestmark = pytest.mark.django_db


def make_task(status, *, started, finished=None):
    task = DBTaskResult.objects.get(pk=rerender_stories_with.enqueue(0).id)
    now = timezone.now()
    task.status, task.started_at = status, now - started
    task.finished_at = now - finished if finished is not None else None
    task.save()
    return task


def test_what_a_cut_off_worker_left_is_taken_up_by_the_next_start():
    left = make_task(TaskResultStatus.RUNNING, started=timedelta(hours=1))
    at_work = make_task(TaskResultStatus.RUNNING, started=timedelta(minutes=1))
    tidy_up()
    left.refresh_from_db()
    at_work.refresh_from_db()
    assert left.status == TaskResultStatus.READY
    assert at_work.status == TaskResultStatus.RUNNING


def test_what_the_worker_had_in_hand_when_it_ended_is_done_by_the_next():
    ours, theirs = (make_task(TaskResultStatus.RUNNING, started=timedelta(0)) for _ in range(2))
    ours.claim(worker.NAME)
    theirs.claim("another machine")
    assert worker.put_back() == 1
    ours.refresh_from_db()
    theirs.refresh_from_db()
    assert ours.status == TaskResultStatus.READY
    assert theirs.status == TaskResultStatus.RUNNING


def test_what_ends_its_worker_again_and_again_is_given_up_and_said():
    bad = make_task(TaskResultStatus.READY, started=timedelta(0))
    for _try in range(worker.MAX_TRIES):
        bad.refresh_from_db()
        assert bad.status == TaskResultStatus.READY
        bad.claim(worker.NAME)
        worker.put_back()
    bad.refresh_from_db()
    assert bad.status == TaskResultStatus.FAILED
    assert "It has ended its worker 3 times." in bad.traceback


def test_a_server_that_runs_for_years_forgets_what_is_over_every_day(clock, do_waiting_work):
    tidy_up()
    do_waiting_work()
    Session.objects.create(
        session_key="over", session_data="", expire_date=timezone.now() + timedelta(days=2)
    )
    clock.pass_by(hours=25)
    do_waiting_work()
    assert Session.objects.exists()
    clock.pass_by(hours=25)
    do_waiting_work()
    assert not Session.objects.exists()


def test_letters_are_forgotten_once_they_are_long_sent():
    done, two_days = TaskResultStatus.SUCCESSFUL, timedelta(days=2)
    old = make_task(done, started=two_days, finished=two_days)
    new = make_task(done, started=timedelta(hours=1), finished=timedelta(hours=1))
    failed = make_task(TaskResultStatus.FAILED, started=two_days, finished=two_days)
    tidy_up()
    kept = set(DBTaskResult.objects.values_list("pk", flat=True))
    assert old.pk not in kept
    assert {new.pk, failed.pk} <= kept


def test_a_start_renders_anew_what_an_older_renderer_made(do_waiting_work, monkeypatch):
    monkeypatch.setattr("blog.rerender.STORIES_AT_ONCE", 1)
    stories = [make_post(source="It was *quiet*."), make_post(), make_post()]
    response = make_response(stories[0])
    Post.objects.update(html="stale", renderer_version=0)
    Comment.objects.update(html="stale", renderer_version=0)
    # More lines than the renderer of today takes.
    Post.objects.filter(pk=stories[1].pk).update(source="\n" * 16_000)
    tidy_up()
    while DBTaskResult.objects.ready().exists():
        do_waiting_work()
    pages = dict(Post.objects.values_list("pk", "html"))
    assert "<em>quiet</em>" in pages[stories[0].pk]
    assert pages[stories[1].pk] == "stale"
    assert "stale" not in pages[stories[2].pk]
    assert "stale" not in Comment.objects.get(pk=response.pk).html
    tidy_up()
    do_waiting_work()
    assert not DBTaskResult.objects.ready().exists()


def test_a_start_forgets_sessions_and_counts_that_are_over():
    now = timezone.now()
    for key, ends_at in (("over", now - timedelta(days=1)), ("going-on", now + timedelta(days=1))):
        Session.objects.create(session_key=key, session_data="", expire_date=ends_at)
        Tally.objects.add(key, ends_at=ends_at)
    tidy_up()
    assert list(Session.objects.values_list("session_key", flat=True)) == ["going-on"]
    assert list(Tally.objects.values_list("key", flat=True)) == ["going-on"]
