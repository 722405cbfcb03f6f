"""What has changed for readers, told by the database itself."""

from __future__ import annotations

import threading
from datetime import timedelta
from unittest.mock import Mock

import pytest
from django.db import OperationalError, connection, transaction
from django.utils import timezone

from accounts.models import Author
from accounts.roles import Role
from blog import change_log
from blog.change_log import Reader
from blog.models import Change, Comment, Post, PostStats, PostTag, Publication, Series, Tag
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db


def reading() -> Reader:
    """A process that has read everything so far."""
    reader = Reader()
    reader.read()
    reader.read()
    return reader


def told(reader: Reader) -> set[tuple[str, int]]:
    found = reader.read()
    assert not found.is_all
    return found.ingredients


def test_whoever_begins_to_read_is_told_that_anything_may_have_changed():
    assert Reader().read().is_all


def test_a_change_is_told_once():
    story = make_post()
    reader = reading()
    Post.objects.filter(pk=story.pk).update(title="Another title")
    assert told(reader) == {("post", story.pk)}
    assert told(reader) == set()


def test_a_change_that_did_not_come_to_be_is_not_told():
    story = make_post()
    reader = reading()
    with transaction.atomic():
        Post.objects.filter(pk=story.pk).update(title="Another title")
        transaction.set_rollback(True)
    assert told(reader) == set()


def test_the_lists_in_which_a_story_appears_are_told():
    author = make_person(role=Role.AUTHOR)
    story = make_post(author, published=False)
    tag = Tag.objects.create(name="Wind")
    PostTag.objects.create(post=story, tag=tag)
    reader = reading()
    story.publish(by=author)
    found = told(reader)
    assert {("posts", 1), ("author-posts", author.author.pk), ("tag-posts", tag.pk)} <= found


def test_a_series_is_told_when_a_part_takes_longer_to_read():
    series = Series.objects.create(title="Boats", slug="boats")
    story = make_post(series=series)
    reader = reading()
    Post.objects.filter(pk=story.pk).update(reading_minutes=99)
    assert told(reader) == {("post", story.pk), ("series-posts", series.pk)}


def test_a_draft_that_is_written_on_is_nothing_to_readers():
    author = make_person(role=Role.AUTHOR)
    reader = reading()
    story = make_post(author, published=False)
    story.title = "Another title"
    story.write(by=author)
    assert not {kind for kind, _key in told(reader)} & {"posts", "tag-posts", "series-posts"}


def test_a_deleted_story_is_told_with_its_lists():
    author = make_person(role=Role.AUTHOR)
    story = make_post(author)
    key = story.pk
    reader = reading()
    story.delete()
    assert {("post", key), ("posts", 1), ("author-posts", author.author.pk)} <= told(reader)


def test_claps_are_told_as_what_may_wait():
    story = make_post()
    reader = reading()
    PostStats.add(story.pk, claps=3, clappers=1)
    assert told(reader) == {("~post", story.pk), ("~applause", 1)}


def test_holding_the_counters_of_a_story_is_no_change():
    story = make_post()
    PostStats.hold(story.pk)
    reader = reading()
    PostStats.hold(story.pk)
    assert told(reader) == set()


def test_talk_is_told_whenever_a_response_comes_or_goes():
    story = make_post()
    reader = reading()
    response = make_response(story)
    assert ("talk", story.pk) in told(reader)
    Comment.objects.get(pk=response.pk).remove()
    assert ("talk", story.pk) in told(reader)


def test_a_new_name_is_told_but_not_a_sign_in():
    person = make_person(role=Role.AUTHOR)
    reader = reading()
    person.last_login = timezone.now()
    person.save(update_fields=["last_login"])
    assert told(reader) == set()
    Author.objects.filter(pk=person.author.pk).update(name="Bea")
    assert {("author", person.author.pk), ("user", person.pk), ("authors", 1)} <= told(reader)


def test_a_new_mail_address_is_told_because_some_sign_with_it():
    person = make_person("")
    reader = reading()
    person.email = "somebody-else@example.org"
    person.save(update_fields=["email"])
    assert told(reader) == {("user", person.pk)}


def test_followers_are_told_as_what_may_wait():
    author = make_person(role=Role.AUTHOR).author
    reader = reading()
    Author.objects.filter(pk=author.pk).update(follower_count=7)
    assert told(reader) == {("~author", author.pk)}


def test_the_publications_own_row_is_told():
    publication = Publication.current()
    publication.save()
    reader = reading()
    publication.name = "The Quiet Review"
    publication.save()
    assert ("publication", publication.pk) in told(reader)


def test_a_scheduled_story_is_told_when_its_time_comes(clock):
    author = make_person(role=Role.AUTHOR)
    story = make_post(author, published_at=clock() + timedelta(minutes=5))
    reader = reading()
    clock.pass_by(minutes=4)
    assert told(reader) == set()
    clock.pass_by(minutes=2)
    found = told(reader)
    assert {("post", story.pk), ("posts", 1), ("author-posts", author.author.pk)} <= found
    assert told(reader) == set()


def test_a_story_is_told_when_its_time_is_over(clock):
    author = make_person(role=Role.AUTHOR)
    story = make_post(author, expires_at=clock() + timedelta(minutes=5))
    reader = reading()
    clock.pass_by(minutes=4)
    assert told(reader) == set()
    clock.pass_by(minutes=2)
    found = told(reader)
    assert {("post", story.pk), ("posts", 1), ("author-posts", author.author.pk)} <= found
    assert told(reader) == set()


def test_what_was_found_when_the_database_went_away_is_told_again(monkeypatch):
    story = make_post()
    reader = reading()
    Post.objects.filter(pk=story.pk).update(title="Another title")
    with monkeypatch.context() as away:
        away.setattr(change_log, "_by_the_clock", Mock(side_effect=OperationalError))
        with pytest.raises(OperationalError):
            reader.read()
    assert told(reader) == {("post", story.pk)}


def test_whoever_slept_for_long_starts_anew(clock):
    reader = reading()
    clock.pass_by(hours=1)
    assert reader.read().is_all


def test_more_changes_than_anybody_goes_through_are_told_as_everything(monkeypatch):
    monkeypatch.setattr(change_log, "MAX_CHANGES", 5)
    reader = reading()
    Change.objects.bulk_create([Change(kind="post", key=key) for key in range(9)])
    assert reader.read().is_all
    assert not reader.read().is_all


def test_what_everybody_has_read_is_forgotten(clock):
    # Tests that clear the tables leave behind that they did.
    Change.objects.all().delete()
    Change.objects.create(kind="post", key=1, at=clock() - timedelta(hours=2))
    Change.objects.create(kind="post", key=2, at=clock())
    change_log.prune()
    assert list(Change.objects.values_list("key", flat=True)) == [2]


@pytest.mark.django_db(transaction=True)
def test_a_trigger_that_is_missing_is_made_again():
    story = make_post()
    name = "longhand_tells_blog_post_update_words"
    on = " ON blog_post" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {name}{on}")
    change_log.install()
    reader = reading()
    Post.objects.filter(pk=story.pk).update(title="Another title")
    assert told(reader) == {("post", story.pk)}


@pytest.mark.django_db(transaction=True)
def test_a_change_is_told_however_long_its_transaction_takes():
    """Others may begin later and be over sooner, so that keys come out of order."""
    if connection.vendor == "sqlite":
        pytest.skip("SQLite lets one write at a time")
    slow, quick = make_post(), make_post()
    begun, go_on = threading.Event(), threading.Event()

    def change_slowly() -> None:
        with transaction.atomic():
            Post.objects.filter(pk=slow.pk).update(title="Slow")
            begun.set()
            go_on.wait(30)
        connection.close()

    reader = reading()
    thread = threading.Thread(target=change_slowly)
    thread.start()
    assert begun.wait(30)
    Post.objects.filter(pk=quick.pk).update(title="Quick")
    assert told(reader) == {("post", quick.pk)}
    assert told(reader) == set()
    go_on.set()
    thread.join()
    assert told(reader) == {("post", slow.pk)}
    assert told(reader) == set()


def test_a_reader_that_has_read_further_than_there_is_starts_anew():
    """A backup was put in the place of the database, and less has happened in it."""
    reader = reading()
    reader._place = change_log._Place(2**40, oldest=2**40)
    assert reader.read().is_all
    assert told(reader) == set()


def test_a_postgresql_that_was_killed_is_read_anew():
    """What was seen last may be gone then, and its numbers be given to something else."""
    reader = reading()
    if connection.vendor == "sqlite":
        assert reader._place.run is None
        return
    reader._place = reader._place._replace(run=timezone.now() - timedelta(days=1))
    assert reader.read().is_all
    assert told(reader) == set()
