"""Moderators, readers and workers who act at the same moment: each thing happens once."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import Notification
from accounts.roles import Role
from blog.models import Comment, ModerationAction, Report
from blog.models.moderation import Overtaken, mark_of, moderate
from blog.models.report import NotReportable
from blog.recount import recount
from blog.reminder import AT, remind_moderators
from tests.abuse.test_writers import at_once
from tests.desk import desk_of
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db(transaction=True)

MODERATORS = 8
HELD = [{"rule": "first"}]


@pytest.fixture
def post():
    return make_post(title="The tides")


@pytest.fixture
def moderators():
    return [make_person(f"Ed {number}", Role.EDITOR) for number in range(MODERATORS)]


def test_of_moderators_who_press_at_once_one_decides_and_the_others_hear_who(post, moderators):
    response = make_response(post, held_because=HELD)
    sent = {"seen": mark_of(response, None)}
    desks = [desk_of(moderator, raise_request_exception=True) for moderator in moderators]
    connection.close()

    def press(number):
        verb = ["approve", "hide", "spam"][number % 3]
        url = f"/admin/blog/comment/{response.pk}/decision/"
        answer = desks[number].post(
            url, {**sent, "verb": verb}, headers={"accept": "application/json"}
        )
        return answer.status_code

    assert Counter(at_once(press, range(MODERATORS))) == {201: 1, 409: MODERATORS - 1}
    action = ModerationAction.objects.get()
    assert Comment.objects.get().status == action.after["status"]
    assert Notification.objects.filter(recipient=response.author).count() == 1
    assert not recount(post.pk)


def test_what_is_taken_back_at_once_goes_back_once(post, moderators):
    response = make_response(post)
    action = moderate(response, "hide", by=moderators[0])
    connection.close()

    def undo(moderator):
        try:
            ModerationAction.objects.get(pk=action.pk).undo(by=moderator)
        except Overtaken:
            return "late"
        return "done"

    assert Counter(at_once(undo, moderators)) == {"done": 1, "late": MODERATORS - 1}
    assert Comment.objects.get().status == "published"
    assert ModerationAction.objects.count() == 2
    assert not recount(post.pk)


def test_readers_who_report_at_once_hold_it_once(post):
    response = make_response(post)
    readers = [make_person() for _number in range(MODERATORS)]
    connection.close()

    def report(reader):
        try:
            Report.objects.report(response, by=reader, reason="spam")
        except NotReportable:
            return "held already"
        return "in"

    assert Counter(at_once(report, readers)) == {"in": 3, "held already": MODERATORS - 3}
    assert Comment.objects.get().held_because == [{"rule": "reports", "count": 3}]
    assert not recount(post.pk)


def test_one_reader_who_reports_many_times_at_once_has_one_report(post):
    response, rita = make_response(post), make_person("Rita")
    connection.close()
    at_once(lambda _n: Report.objects.report(response, by=rita, reason="spam"), range(MODERATORS))
    assert Report.objects.get().by == rita
    assert Comment.objects.get().status == "published"


def test_readers_report_while_moderators_decide_and_nothing_is_counted_wrong(post, moderators):
    response = make_response(post)
    below = make_response(post, parent=response)
    readers = [make_person() for _number in range(MODERATORS)]
    connection.close()

    def act(number):
        one = Comment.objects.get(pk=(response.pk, below.pk)[number % 2])
        try:
            if number % 3:
                Report.objects.report(one, by=readers[number // 2], reason="spam")
            else:
                moderate(one, ["hide", "approve"][number % 2], by=moderators[number // 2])
        except (NotReportable, Overtaken):
            pass

    at_once(act, range(2 * MODERATORS))
    assert not recount(post.pk)


def test_workers_who_come_at_once_tell_moderators_once(post, moderators, monkeypatch):
    make_response(post, held_because=HELD)
    morning = timezone.now().replace(hour=AT.hour, minute=1) + timedelta(days=1)
    monkeypatch.setattr(timezone, "now", lambda: morning)
    DBTaskResult.objects.all().delete()
    connection.close()
    told = at_once(lambda _worker: remind_moderators(), range(4))
    assert sorted(told) == [False, False, False, True]
    rows = Notification.objects.filter(kind="responses_waiting")
    assert sorted(row.recipient_id for row in rows) == sorted(one.pk for one in moderators)
