"""What measurements ask for within a publication, and that nothing of it stays."""

from __future__ import annotations

from dataclasses import replace

import pytest

from accounts.models import Author, User
from benchmarks import story
from benchmarks.generate import Sizes
from benchmarks.making import Making
from blog.models import Clap, Comment, Post
from tests.making import make_post

SIZES = replace(Sizes.scaled(40), responses=40, claps=80, busy=10, full=4, readers=20)


@pytest.fixture
def made(db: None) -> Sizes:
    Making(SIZES, say=lambda _line: None).make()
    return SIZES


def test_what_measurements_made_is_taken_away_and_nothing_else(made):
    kinds = (Post, Comment, Clap, User, Author)
    before = {kind: set(kind.objects.values_list("pk", flat=True)) for kind in kinds}
    story.usual()
    story.cookie()
    assert Post.objects.count() == made.stories + 2
    story.forget()
    assert {kind: set(kind.objects.values_list("pk", flat=True)) for kind in kinds} == before


def test_a_filled_publication_is_told_from_an_empty_one_and_from_somebodys(made):
    make_post()
    assert story.holds() == str(made.stories)
    Post.objects.filter(title="A busy story").update(title="Ours")
    assert story.holds() == "others"


def test_an_empty_one_holds_nothing(db):
    assert story.holds() == "0"


def test_addresses_are_of_published_stories_each_once_in_no_order(made):
    published = {f"/{slug}/" for slug in Post.objects.published().values_list("slug", flat=True)}
    found = story.addresses(made.stories)
    assert set(found) == published
    assert len(found) == len(published)
    assert found != sorted(found)


def test_no_more_addresses_are_looked_for_than_were_asked_for(made, django_assert_max_num_queries):
    with django_assert_max_num_queries(2):
        assert len(story.addresses(5)) == 5
