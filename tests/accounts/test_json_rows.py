"""What hangs on a row, read along with it, is what other questions find."""

from __future__ import annotations

import pytest
from django.db.models import OuterRef

from accounts.json_rows import JsonRows, in_order, instances
from accounts.models import Author
from accounts.roles import Role
from accounts.statements import Statement
from blog.models import Authorship, Post, Tag
from blog.models.post import whole_post
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db

COLUMNS = ("id", "name", "links", "follower_count")
LINKS = [{"label": 'A "quoted" page', "url": "https://example.org/ü"}]


def rows_of(post):
    signed = Authorship.objects.filter(post=OuterRef("pk"))
    paths = [f"author__{column}" for column in COLUMNS]
    told = JsonRows(signed, *paths, order=("position", "pk"))
    asked = Statement(lambda key: Post.objects.filter(pk=key).annotate(told=told))
    return in_order(asked.one(key=post.pk).told)


def test_rows_come_in_their_order_with_lists_and_numbers_as_they_are():
    first, second = [Author.objects.make_for(make_person(Role.AUTHOR)) for _time in range(2)]
    Author.objects.filter(pk=second.pk).update(name="O’Neill \\ “ü”\n", links=LINKS)
    post = make_post(first.user)
    Authorship.objects.create(post=post, author=second, position=0)
    Authorship.objects.filter(post=post, author=first).update(position=1)
    rows = rows_of(post)
    assert rows == [
        [second.pk, "O’Neill \\ “ü”\n", LINKS, 0],
        [first.pk, first.name, [], 0],
    ]
    assert instances(Author, COLUMNS, rows, db=None) == [second, first]


def test_where_nothing_hangs_there_is_nothing():
    post = make_post()
    Authorship.objects.filter(post=post).delete()
    assert rows_of(post) == []


def test_a_whole_story_has_its_byline_and_tags_without_another_question(
    django_assert_num_queries,
):
    post = make_post()
    post.set_topics(Tag.objects.named(["Sea", "Maps", "Birds"]))
    handles = [author.handle for author in post.byline]
    with django_assert_num_queries(1):
        found = whole_post(post.slug)
        assert [tag.name for tag in found.topics] == ["Sea", "Maps", "Birds"]
        assert [author.handle for author in found.byline] == handles
        assert found.byline[0].links == []
