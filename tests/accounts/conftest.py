from __future__ import annotations

import pytest
from django.core.cache import cache
from django_tasks_db.models import DBTaskResult


@pytest.fixture(autouse=True)
def fresh_limits(db):
    """django-allauth counts in the cache, from one test to the next."""
    cache.clear()


@pytest.fixture
def with_mail(do_waiting_work, mailoutbox, django_capture_on_commit_callbacks):
    """Do something; get the answer, and the mail that follows it."""

    def after(action):
        before = len(mailoutbox)
        with django_capture_on_commit_callbacks(execute=True):
            answer = action()
        assert len(mailoutbox) == before, "mail waits for the worker"
        do_waiting_work()
        return answer, mailoutbox[before:]

    return after


@pytest.fixture
def mail_of_two_steps(do_waiting_work, mailoutbox, django_capture_on_commit_callbacks):
    """Do something; get the mail that follows once the waiting work and its work are done."""

    def after(action):
        with django_capture_on_commit_callbacks(execute=True):
            action()
        assert mailoutbox == [], "mail waits for the worker"
        while DBTaskResult.objects.ready().exists():
            do_waiting_work()
        return mailoutbox

    return after
