"""The publication that `benchmarks.generate` makes is as the product would have made it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.db.models import Count, F

from accounts.models import Author
from benchmarks.generate import Sizes
from benchmarks.making import Making
from blog import markdown, relating, search
from blog.models import Comment, Post, SearchWord
from blog.models.best import score
from blog.recount import recount
from blog.search.question import Question
from blog.search.results import Results

SIZES = replace(Sizes.scaled(60), responses=200, claps=600, busy=40, full=6, readers=30)


@pytest.fixture
def made(db: None) -> Sizes:
    Making(SIZES, say=lambda _line: None).make()
    return SIZES


def test_there_is_as_much_as_was_asked_for(made: Sizes) -> None:
    busy = Post.objects.get(pk=made.busy_pk)
    assert Post.objects.count() == made.stories
    assert busy.comments.count() == made.busy
    assert made.responses * 0.9 <= Comment.objects.exclude(post=busy).count() <= made.responses
    clapped = sum(Post.objects.values_list("stats__clapper_count", flat=True))
    assert made.claps * 0.85 < clapped <= made.claps * 0.95
    assert Post.objects.filter(word_count__gt=600).count() >= made.full // 2


def test_every_counter_is_right(made: Sizes) -> None:
    assert not [pk for pk in Post.objects.values_list("pk", flat=True) if recount(pk)]
    followed = Author.objects.annotate(number=Count("follows", distinct=True))
    assert not followed.exclude(number=F("follower_count")).exists()


def test_responses_stand_where_their_score_puts_them(made: Sizes) -> None:
    right = dict(Comment.objects.annotate(right=score()).values_list("pk", "right"))
    have = dict(Comment.objects.values_list("pk", "score"))
    assert have == pytest.approx(right)


def test_texts_are_what_the_renderer_makes_of_their_source(made: Sizes) -> None:
    for post in Post.objects.filter(pk__in=[1, 2, 3, made.stories]):
        pictures = post.images.model.objects.facts
        rendered = markdown.render(post.source, find_pictures=pictures)
        assert (post.html, post.text) == (rendered.html, rendered.text)
        assert post.word_count == rendered.word_count
        assert post.images.count() == len(rendered.picture_tokens)


def test_every_story_is_in_the_index_of_search_as_search_would_put_it_there(made: Sizes) -> None:
    assert not search.missing().exists()
    before, words = _index(), set(SearchWord.objects.values_list("pk", flat=True))
    search.index(Post.objects.values_list("pk", flat=True))
    assert _index() == before
    assert set(SearchWord.objects.values_list("pk", flat=True)) == words
    assert Results(Question.asked("busy story")).found[0].pk == made.busy_pk


def test_what_to_read_next_is_known_of_every_listed_story(made: Sizes) -> None:
    missing = relating.missing().filter(pk__in=Post.objects.listed().values("pk"))
    assert not missing.exists()


def test_rows_that_come_later_take_the_next_keys(made: Sizes) -> None:
    later = Post.objects.create(title="Later", slug="later")
    assert later.pk > made.stories


def test_what_was_taken_away_to_fill_it_quickly_is_there_again(db: None) -> None:
    with connection.cursor() as cursor:
        before = connection.introspection.get_constraints(cursor, "blog_comment")
    making = Making(SIZES, say=lambda _line: None)
    making.make(bare=True)
    with connection.cursor() as cursor:
        assert connection.introspection.get_constraints(cursor, "blog_comment") == before


def test_a_publication_that_has_stories_is_left_as_it_is(made: Sizes) -> None:
    with pytest.raises(ValueError, match="There are stories"):
        Making(SIZES, say=lambda _line: None).make()
    assert Post.objects.count() == made.stories


def _index() -> list[tuple[object, ...]]:
    sql = {
        "postgresql": "SELECT post_id, words, heads FROM blog_searchentry ORDER BY post_id",
        "sqlite": "SELECT h.rowid, words, title, names, leading, facets FROM blog_searchheads h "
        "JOIN blog_searchwords w ON w.rowid = h.rowid ORDER BY h.rowid",
    }[connection.vendor]
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())
