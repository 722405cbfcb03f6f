"""The letter a day to those who moderate."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.core import mail
from django_tasks_db.models import DBTaskResult

from accounts.kinds import Ways
from accounts.models import Notification, NotificationChoice
from accounts.roles import Role
from accounts.tasks import send_letters
from blog import installation
from blog.models import Publication, Report
from blog.models.moderation import moderate
from blog.reminder import next_round, remind_moderators
from blog.tasks import tell_moderators
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db


@pytest.fixture
def ed():
    return make_person("Ed", Role.EDITOR)


@pytest.fixture
def post():
    return make_post(title="The tides")


def hold(post, **fields):
    return make_response(post, make_person("Bo"), held_because=[{"rule": "first"}], **fields)


def test_what_waits_is_told_by_mail_with_its_first_lines(
    ed, post, clock, do_waiting_work, settings
):
    hold(post, source="Lamps,\n\nand *oil*.")
    reported = make_response(post, make_person("Rita"), source="Shame.")
    Report.objects.report(reported, by=make_person(), reason="unkind")
    assert remind_moderators()
    send_letters.call()
    do_waiting_work()
    letter = next(one for one in mail.outbox if one.to == [ed.email])
    said = "2 responses wait for a moderator, the oldest since 3 January 2023"
    assert letter.subject == said
    assert "> Bo on “The tides”: Lamps, and *oil*.\n> Rita on “The tides”: Shame." in letter.body
    assert f"{settings.SITE_URL}/admin/blog/comment/queue/" in letter.body


def test_once_a_day_and_again_the_next(ed, post, clock):
    hold(post)
    assert [remind_moderators(), remind_moderators()] == [True, False]
    clock.pass_by(days=1)
    assert remind_moderators()
    # What yesterday said is over.
    assert Notification.objects.filter(recipient=ed).count() == 1


def test_where_nothing_waits_nobody_is_told_and_the_day_is_not_over(ed, post, clock):
    moderate(hold(post), "approve", by=ed)
    assert not remind_moderators()
    assert not Notification.objects.filter(kind="responses_waiting").exists()
    hold(post, source="Now there is.")
    assert remind_moderators()


def test_only_those_who_moderate_are_told(ed, post, clock):
    make_person("Ada", Role.AUTHOR)
    hold(post)
    remind_moderators()
    told = Notification.objects.filter(kind="responses_waiting")
    assert [row.recipient for row in told] == [ed]


def test_whoever_does_not_want_it_gets_none(ed, post, clock):
    NotificationChoice.objects.choose(ed, {"responses_waiting": Ways(False, False)})
    hold(post)
    remind_moderators()
    assert not Notification.objects.exists()


def test_it_comes_in_the_morning_of_where_the_publication_is(ed, post, clock):
    Publication(time_zone="Asia/Tokyo").save()
    # Noon in London is nine in the evening in Tokyo.
    assert next_round() == datetime(2023, 1, 3, 23, tzinfo=UTC)
    Publication.objects.update(time_zone="America/Los_Angeles")
    assert next_round() == datetime(2023, 1, 3, 16, tzinfo=UTC)
    hold(post)
    # It is four in the morning there.
    assert not remind_moderators()
    clock.pass_by(hours=4)
    assert remind_moderators()


def rounds():
    return DBTaskResult.objects.filter(task_path=tell_moderators.module_path, status="READY")


def test_a_start_sees_to_it_that_somebody_comes_once(clock):
    installation.tidy_up()
    installation.tidy_up()
    assert [row.run_after for row in rounds()] == [datetime(2023, 1, 4, 8, tzinfo=UTC)]


def test_whoever_comes_comes_again_the_next_day(ed, post, clock, do_waiting_work):
    hold(post)
    installation.tidy_up()
    clock.pass_by(hours=21)
    do_waiting_work()
    assert Notification.objects.filter(kind="responses_waiting").count() == 1
    assert [row.run_after for row in rounds()] == [datetime(2023, 1, 5, 8, tzinfo=UTC)]
