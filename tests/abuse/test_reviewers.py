"""Editors who decide at the same moment, and workers who send: each thing happens once."""

from __future__ import annotations

from collections import Counter

import pytest
from django.db import connection
from django_tasks_db.models import DBTaskResult

from accounts import kinds
from accounts.kinds import Kind
from accounts.models import Notification, User
from accounts.roles import Role
from accounts.tasks import send_letters
from blog.models import Note, OutOfTurn, Post, Stale
from tests.abuse.test_writers import at_once
from tests.desk import write
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db(transaction=True)

EDITORS = 8


@pytest.fixture
def waiting():
    cy = make_person("Cy", Role.CONTRIBUTOR)
    post = make_post(by=cy, published=False, title="The tides")
    post.submit(by=cy)
    return post


@pytest.fixture
def editors():
    return [make_person(f"Ed {number}", Role.EDITOR) for number in range(EDITORS)]


def test_of_editors_who_decide_at_once_one_does(waiting, editors):
    def decide(editor):
        story = Post.objects.get(pk=waiting.pk)
        try:
            if editor.pk % 2:
                story.approve(by=editor)
            else:
                story.ask_for_changes(by=editor, text="Shorter.")
        except (Stale, OutOfTurn):
            return "late"
        return story.status

    stories = Post.objects.filter(pk=waiting.pk)
    before = stories.get().version
    outcomes = Counter(at_once(decide, editors))
    # Approving what was given back, and asking for changes of what was approved, are steps too:
    # but never two from one version.
    steps = sum(count for outcome, count in outcomes.items() if outcome != "late")
    assert stories.get().version == before + steps
    taken = Note.objects.filter(post=waiting, kind__in=["approved", "changes"])
    assert taken.count() == steps >= 1
    assert stories.get().status == taken.latest("pk").kind
    # The author hears of each step once, and of nothing else.
    assert Notification.objects.filter(recipient__name="Cy").count() == steps


def test_editors_who_press_at_once_are_told_that_somebody_was_quicker(waiting, editors):
    desks = [write(editor, waiting) for editor in editors]
    connection.close()

    def press(writing):
        note = {"step_note": "Shorter."}
        return writing.send(_changes="1", **note).status_code

    statuses = Counter(at_once(press, desks))
    assert statuses == {302: 1, 409: EDITORS - 1}
    assert Note.objects.filter(kind="changes").count() == 1
    assert Notification.objects.filter(kind="story_changes").count() == 1


def test_workers_who_send_at_once_send_each_letter_once(waiting, editors):
    people = list(User.objects.filter(groups__name="editor"))
    for number in range(5):
        Notification.objects.tell(
            people, kind="story_note", by=None, text=f"Note {number}", url="/admin/blog/post/"
        )
    letters = Notification.objects.due().count()
    DBTaskResult.objects.all().delete()
    at_once(lambda _worker: send_letters.call(), range(4))
    sent = DBTaskResult.objects.filter(task_path="accounts.tasks.send_mail")
    addressed = Counter(
        (task.args_kwargs["args"][0]["to"], task.args_kwargs["args"][0]["subject"]) for task in sent
    )
    assert len(addressed) == letters
    assert set(addressed.values()) == {1}
    assert not Notification.objects.due().exists()


def test_what_many_tell_at_once_under_one_key_is_one_row(monkeypatch):
    monkeypatch.setattr(kinds, "_KINDS", {"claps": Kind("claps", "Claps", by_mail=False)})
    people = [make_person() for _number in range(3)]

    def tell(number):
        Notification.objects.tell(
            people if number % 2 else people[::-1],
            kind="claps",
            by=None,
            text=f"{number} people clapped",
            url="/",
            key="claps-1",
        )

    at_once(tell, range(8))
    rows = Notification.objects.all()
    assert sorted(row.recipient_id for row in rows) == sorted(person.pk for person in people)
    assert len({row.text for row in rows}) == 1
