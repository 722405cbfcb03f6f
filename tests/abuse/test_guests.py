"""One guest in a hurry: many presses at once are one response, one letter and one confirmation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.roles import Role
from accounts.tasks import send_mail
from blog.models import Comment, Guest, Publication
from blog.models.comment import TooManyWaiting
from blog.models.moderation import moderate
from blog.recount import recount
from tests.abuse.test_writers import at_once
from tests.making import make_guest_link, make_person, make_post, make_response

pytestmark = pytest.mark.django_db(transaction=True)

FINGERS = 8
HELD = [{"rule": "first"}]


def press_at_once(url: str, **typed: str) -> set[int]:
    def press(_finger: int) -> int:
        try:
            return Client().post(url, typed).status_code
        finally:
            connection.close()

    with ThreadPoolExecutor(FINGERS) as pool:
        return set(pool.map(press, range(FINGERS)))


def letters() -> int:
    return DBTaskResult.objects.filter(task_path=send_mail.module_path).count()


@pytest.fixture
def post():
    Publication(guests_may_respond=True).save()
    return make_post()


def test_eight_presses_are_one_response_of_one_guest_and_one_letter(post):
    url = reverse("blog:guest-response", args=[post.slug])
    assert press_at_once(url, name="G", email="g@example.org", source="Once.") <= {303, 429}
    assert Comment.objects.count() == Guest.objects.count() == letters() == 1


def test_eight_confirmations_and_a_moderator_are_one_each(post):
    link = make_guest_link(post)
    url = reverse("blog:guest-confirmation", args=[link])
    assert press_at_once(url) == {303}
    response = Comment.objects.get()
    assert response.status == "held"
    with ThreadPoolExecutor(FINGERS) as pool:

        def approve(_finger: int) -> bool:
            try:
                return Comment.objects.get().approve()
            finally:
                connection.close()

        assert sum(pool.map(approve, range(FINGERS))) == 1
    assert letters() == 1
    assert Guest.objects.get().trusted_at
    post.stats.refresh_from_db()
    assert post.stats.comment_count == 1


def test_a_guest_responds_while_moderators_decide_and_nobody_waits_for_ever(post):
    gina = Guest.objects.create(name="Gina", email="gina@example.org", confirmed_at=timezone.now())
    held = [make_response(post, gina, held_because=HELD) for _number in range(FINGERS // 2)]
    ed = make_person("Ed", Role.EDITOR)
    connection.close()

    def act(number):
        if number % 2:
            moderate(held[number // 2], "approve", by=ed)
        else:
            # Five may wait; who comes when four do is told so.
            with suppress(TooManyWaiting):
                make_response(post, gina)

    at_once(act, range(FINGERS))
    assert not recount(post.pk)
    assert Guest.objects.get().trusted_at
