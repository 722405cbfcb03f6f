"""Beside each author and tag of a story stands when it is listed, whatever happens to it.

And beside each author, when it was saved and which series it is a part of.
"""

from __future__ import annotations

import random
import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from accounts.models import Author
from accounts.roles import Role
from blog import listing
from blog.models import Authorship, Change, Post, PostTag, Series, Tag
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db


def wrong_copies() -> list[str]:
    """Those that are not what a look at the story says."""
    posts = {post.pk: post for post in Post.objects.all()}
    return [
        f"{row}: {kept}, not {right}"
        for row in (*Authorship.objects.all(), *PostTag.objects.all())
        for kept, right in [copies_beside(row, posts[row.post_id])]
        if kept != right
    ]


def copies_beside(row: Authorship | PostTag, post: Post) -> tuple[list[object], list[object]]:
    """What stands beside a story, and what is to stand there."""
    is_out = post.status == "published" and post.visibility == "public"
    kept = [row.listed_at, row.listed_until]
    right = [post.published_at if is_out else None, post.expires_at]
    if isinstance(row, PostTag):
        return kept, right
    return [*kept, row.series_key, row.saved_at], [*right, post.series_id, post.updated_at]


def wrong_lists() -> list[str]:
    """Lists of an author or a tag that are another than what the list of all has of theirs."""
    listed = Post.objects.listed().order_by("-published_at", "-pk")
    authors = {row.author for row in Authorship.objects.select_related("author")}
    tags = {row.tag for row in PostTag.objects.select_related("tag")}
    lists = [
        *(
            (one, listed.filter(authorships__author=one), Post.objects.listed_by(one))
            for one in authors
        ),
        *((one, listed.filter(post_tags__tag=one), Post.objects.listed_on(one)) for one in tags),
    ]
    return [
        str(whose)
        for whose, all_of, quick in lists
        if not list(all_of) == list(quick.newest_first()) == listed_beside(whose)
    ]


def listed_beside(whose: Author | Tag) -> list[Post]:
    rows = whose.authorships if isinstance(whose, Author) else whose.post_tags
    return [row.post for row in rows.listed().newest_first().select_related("post")]


def query(sql: str, *values: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)


def test_lists_are_right_after_whatever_changes():
    chance = random.Random(11)
    ed, ada = make_person(role=Role.EDITOR), make_person(role=Role.AUTHOR)
    tags = Tag.objects.named(["Wind", "Rain", "Fog"])
    stories = [make_post(ed, published=chance.random() < 0.5) for _ in range(4)]
    kept = list(Authorship.objects.all())

    def somewhen():
        return timezone.now() + timedelta(days=chance.randrange(-900, 9))

    def save_old_rows(post):
        there = set(Authorship.objects.values_list("pk", flat=True))
        for row in kept:
            if row.pk in there:
                row.save()

    def all_of(post):
        return Post.objects.filter(pk=post.pk)

    verbs = {
        "publish": lambda post: post.publish(by=ed, at=somewhen()),
        "unpublish": lambda post: post.unpublish(by=ed),
        "set_topics": lambda post: post.set_topics(chance.sample(tags, 2)),
        "set_byline": lambda post: post.set_byline(
            chance.choice([[ada.author], [ada.author, ed.author]])
        ),
        "hide": lambda post: all_of(post).update(visibility="unlisted"),
        "show": lambda post: all_of(post).update(visibility="public"),
        "end": lambda post: all_of(post).update(expires_at=timezone.now() + timedelta(days=9)),
        "show all": lambda post: Post.objects.update(visibility="public", expires_at=None),
        "move": lambda post: query(
            "UPDATE blog_post SET published_at = %s WHERE id = %s AND expires_at IS NULL",
            connection.ops.adapt_datetimefield_value(somewhen()),
            post.pk,
        ),
        "give away": lambda post: Authorship.objects.filter(post=post).update(
            post=chance.choice(stories), author=make_person(role=Role.AUTHOR).author
        ),
        "file under": lambda post: (
            PostTag.objects.filter(post=post).update(
                tag=Tag.objects.named([f"Subject {len(done)}"])[0]
            )
            if post.post_tags.count() == 1
            else post.set_topics(tags[:1])
        ),
        "number": lambda post: all_of(post).update(series=Series.objects.named("Tides")),
        "end the series": lambda post: Series.objects.all().delete(),
        "save": lambda post: post.write(by=ed),
        "date back": lambda post: all_of(post).update(updated_at=somewhen()),
        "empty copies": lambda post: query(
            "UPDATE blog_authorship SET listed_at = NULL, listed_until = NULL, series_key = 7,"
            " saved_at = NULL"
        ),
        "save old rows": save_old_rows,
        "delete": lambda post: None if len(stories) < 3 else (stories.remove(post), post.delete()),
    }
    done = []
    for _ in range(90):
        verb, post = chance.choice(list(verbs)), chance.choice(stories)
        post.refresh_from_db()
        is_out = post.status == Post.Status.PUBLISHED
        if (verb == "publish" and is_out) or (verb == "unpublish" and not is_out):
            continue
        if verb == "give away" and post.authorships.count() != 1:
            continue
        verbs[verb](post)
        done.append(verb)
        assert wrong_copies() == [], done
        assert wrong_lists() == [], done
    assert set(done) == set(verbs)


def test_what_is_scheduled_appears_in_its_lists_when_its_time_has_come(clock):
    ada = make_person(role=Role.AUTHOR).author
    story = make_post(ada.user, published_at=clock() + timedelta(hours=1))
    until = make_post(ada.user, published_at=clock() - timedelta(hours=1))
    Post.objects.filter(pk=until.pk).update(expires_at=clock() + timedelta(minutes=90))
    assert list(Post.objects.listed_by(ada).newest_first()) == [until]
    clock.pass_by(hours=1)
    assert list(Post.objects.listed_by(ada).newest_first()) == [story, until]
    clock.pass_by(hours=1)
    assert list(Post.objects.listed_by(ada).newest_first()) == [story]


def test_an_author_who_is_named_before_the_story_is_there_gets_its_date():
    """As where a whole publication is loaded from a file."""
    story = make_post()
    copy = Post.objects.get(pk=story.pk)
    copy.pk, copy.slug, copy.begun_key = story.pk + 1_000, "another", None
    with connection.constraint_checks_disabled():
        authorship = Authorship.objects.create(
            post_id=copy.pk, author=make_person(role=Role.AUTHOR).author
        )
        copy.save(force_insert=True)
    authorship.refresh_from_db()
    assert (authorship.listed_at, authorship.saved_at) == (copy.published_at, copy.updated_at)


def test_a_date_beside_an_author_is_no_change_that_caches_are_told():
    story = make_post(published=False)
    Post.objects.filter(pk=story.pk).update(published_at=timezone.now())
    Change.objects.all().delete()
    query("UPDATE blog_authorship SET listed_at = NULL, saved_at = NULL")
    assert not Change.objects.exists()


def without_triggers(*tables: str) -> None:
    for table in tables:
        event = "update" if table == "blog_post" else "insert"
        on = f" ON {table}" if connection.vendor == "postgresql" else ""
        query(f"DROP TRIGGER longhand_lists_{table}_{event}{on}")


@pytest.mark.django_db(transaction=True)
def test_what_happened_without_triggers_is_made_up_for_when_they_are_made_again():
    came, went = make_post(published=False), make_post()
    without_triggers("blog_post")
    Post.objects.filter(pk=came.pk).update(status="published", published_at=timezone.now())
    Post.objects.filter(pk=went.pk).update(status="draft")
    assert len(wrong_copies()) == 2
    # Nobody reads meanwhile what was taken back.
    assert not Post.objects.listed_by(went.byline[0]).exists()
    listing.install()
    assert wrong_copies() == []
    assert listing.settle() == 0


@pytest.mark.django_db(transaction=True)
def test_the_copies_are_kept_when_all_tables_have_been_emptied():
    call_command("flush", interactive=False, verbosity=0)
    story = make_post(published=False)
    story.publish(by=story.byline[0].user)
    assert wrong_copies() == []


@pytest.mark.django_db(transaction=True)
def test_a_story_that_comes_out_while_it_is_filed_is_in_the_list_of_its_subject():
    """Whoever files it does not see yet that it is out, and whoever brings it out no subject."""
    if connection.vendor == "sqlite":
        # One writes at a time.
        return
    story, (tag,) = make_post(published=False), Tag.objects.named(["Wind"])
    begun = threading.Event()

    def bring_out() -> None:
        begun.wait(30)
        Post.objects.filter(pk=story.pk).update(status="published", published_at=timezone.now())
        connection.close()

    thread = threading.Thread(target=bring_out)
    thread.start()
    with transaction.atomic():
        PostTag.objects.create(post=story, tag=tag)
        begun.set()
        # It waits for this transaction, or the copy would be wrong at once.
        thread.join(0.2)
    thread.join(30)
    assert wrong_copies() == []
    assert list(Post.objects.listed_on(tag)) == [story]
