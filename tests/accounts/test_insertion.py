"""A row that is added with SQL that is made once is the one that Django would add."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError
from django.db.models.signals import post_save

from accounts.insertion import Insertion
from blog.models import Comment
from blog.models.best import first_score
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 26, 12, 30, 15, 123456, tzinfo=UTC)
RESPONSES: Insertion[Comment] = Insertion(Comment, score=("created_at", first_score))
ALONE = {"id", "root_id", "parent_id"}


def columns(row):
    names = {field.attname for field in row._meta.concrete_fields} - ALONE
    return {name: getattr(row, name) for name in names}


@pytest.fixture
def said():
    return {
        "post": make_post(),
        "author": make_person(),
        "source": "100 % “yes”, 'no' and \\ %s",
        "html": "<p>100 %</p>",
        "held_because": [{"rule": "words", "words": ["é"]}],
        "address": "2001:db8::1",
        "fingerprint": -(2**63),
        "appeared_at": AT,
        "created_at": AT,
    }


def test_a_row_says_what_one_says_that_django_adds(said):
    ours = RESPONSES.add(Comment(**said))
    theirs = Comment.objects.create(**said, score=first_score(AT))
    found = [Comment.objects.get(pk=row.pk) for row in (ours, theirs)]
    assert columns(found[0]) == columns(found[1])
    assert ours.score == found[0].score


def test_it_can_be_changed_and_hangs_together_with_others(said):
    above = RESPONSES.add(Comment(**said))
    below = RESPONSES.add(Comment(**said, parent=above, root=above))
    below.source = "Otherwise."
    below.save()
    assert Comment.objects.get(parent=above).source == "Otherwise."
    assert Comment.objects.count() == 2


def test_whoever_listens_for_new_rows_hears_of_it(said):
    heard = []

    def listen(instance, *, created, **_signal):
        heard.append((instance, created))

    post_save.connect(listen, sender=Comment)
    try:
        row = RESPONSES.add(Comment(**said))
    finally:
        post_save.disconnect(listen, sender=Comment)
    assert heard == [(row, True)]


def test_what_the_database_does_not_take_is_an_error(said):
    with pytest.raises(IntegrityError):
        RESPONSES.add(Comment(**said, parent=None, root_id=1))
