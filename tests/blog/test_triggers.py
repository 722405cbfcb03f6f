"""What the database does by itself stands in the way of no migration, and is there after each."""

from __future__ import annotations

import pytest
from django.db import connection

from blog import change_log, listing, triggers
from blog.change_log import Reader
from blog.models import Post

pytestmark = pytest.mark.django_db(transaction=True)


def installed() -> dict[str, str]:
    return triggers._installed(connection, triggers.PREFIX)


def alter(name: str, **changed: int) -> None:
    """As a migration does it: SQLite makes the table anew for that."""
    old = Post._meta.get_field(name)
    new = old.clone()
    new.set_attributes_from_name(name)
    new.model = Post
    for attribute, value in changed.items():
        setattr(new, attribute, value)
    with connection.schema_editor() as editor:
        editor.alter_field(Post, old, new)
        editor.alter_field(Post, new, old)


def test_a_later_migration_can_change_a_column_that_triggers_name():
    before = installed()
    assert before
    triggers.give_way(plan=["a migration"])
    try:
        assert installed() == {}
        alter("title", max_length=210)
    finally:
        change_log.install()
        listing.install()
    assert installed() == before


def test_nothing_gives_way_where_there_is_nothing_to_migrate():
    before = installed()
    triggers.give_way(plan=[])
    assert installed() == before


def test_no_page_is_kept_that_was_read_while_triggers_were_missing():
    reader = Reader()
    reader.read()
    reader.read()
    triggers.give_way(plan=["a migration"])
    Post.objects.update(title="Another title")
    change_log.install()
    listing.install()
    assert reader.read().is_all
    assert not reader.read().is_all
