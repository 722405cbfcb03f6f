"""Threads that write to SQLite take turns."""

from __future__ import annotations

from contextlib import suppress

import pytest
from django.db import DatabaseError, connection, transaction

from blog.models import Tag
from tests.abuse.test_writers import at_once

pytestmark = pytest.mark.django_db(transaction=True)


def test_whoever_writes_at_once_writes_in_turn():
    def write(number):
        with transaction.atomic():
            Tag.objects.create(name=f"Subject {number}", slug=f"subject-{number}")
        connection.close()

    at_once(write, range(16))
    assert Tag.objects.count() == 16


def test_a_write_that_failed_keeps_nobody_waiting():
    class Failed(Exception):
        pass

    def write(number):
        if number % 2:
            with suppress(Failed), transaction.atomic():
                Tag.objects.create(name="No", slug="no")
                raise Failed
        elif number % 4:
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute("SELECT nothing FROM nowhere")
        else:
            with transaction.atomic():
                Tag.objects.create(name=f"Subject {number}", slug=f"subject-{number}")
        connection.close()

    at_once(write, range(16))
    assert Tag.objects.count() == 4


def test_a_connection_that_is_closed_in_the_middle_ends_its_turn():
    with suppress(DatabaseError), transaction.atomic():
        Tag.objects.create(name="No", slug="no")
        connection.close()
        Tag.objects.create(name="Nor this", slug="nor-this")
    Tag.objects.create(name="But this", slug="but-this")
    assert [tag.slug for tag in Tag.objects.all()] == ["but-this"]
