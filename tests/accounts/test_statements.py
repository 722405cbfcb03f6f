"""What is asked with SQL that was made once is what the queryset finds."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db.models import Exists, OuterRef
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from accounts.addresses import address
from accounts.models import Author, User
from accounts.roles import Role
from accounts.statements import Statement
from blog.models import Comment, Post
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db


def columns(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


def test_a_row_is_the_one_that_the_queryset_gives():
    asked = Statement(lambda slug: Post.objects.filter(slug=slug).select_related("stats", "series"))
    for title in ("One", "Another"):
        post = make_post(title=title)
        found = asked.one(slug=post.slug)
        assert (found, columns(found)) == (post, columns(Post.objects.get(pk=post.pk)))
        assert (found.stats.post, found.series) == (found, None)
    assert asked.one(slug="nowhere") is None


def test_a_row_can_be_changed_and_saved():
    post = make_post()
    found = Statement(lambda key: Post.objects.filter(pk=key)).one(key=post.pk)
    found.summary = "In short."
    found.save()
    post.refresh_from_db()
    assert (post.summary, Post.objects.count()) == ("In short.", 1)


def test_what_was_left_out_of_a_row_is_read_when_it_is_wanted(django_assert_num_queries):
    post = make_post(source="All of it.")
    found = Statement(lambda key: Post.objects.filter(pk=key).only("title")).one(key=post.pk)
    with django_assert_num_queries(0):
        assert found.title == post.title
    assert found.source == "All of it."


def test_a_list_may_have_any_length():
    posts = [make_post() for _number in range(5)]
    asked = Statement(lambda keys: Post.objects.filter(pk__in=keys).order_by("pk"))
    for count in range(6):
        assert asked.ask(keys=[post.pk for post in posts[:count]]) == posts[:count]


def test_lists_numbers_texts_and_times_keep_their_places():
    ada, bea = make_person("Ada", Role.AUTHOR), make_person("Bea", Role.AUTHOR)
    now = timezone.now()
    post = make_post(by=ada, published_at=now - timedelta(days=2))
    answered, other = make_response(post), make_response(post)
    make_response(post, by=bea, parent=answered)
    asked = Statement(
        lambda keys, slug, writers, since: (
            Comment.objects.filter(pk__in=keys, post__slug=slug, post__published_at__gt=since)
            .annotate(
                is_answered=Exists(Comment.objects.filter(root=OuterRef("pk"), author__in=writers))
            )
            .order_by("pk")
        )
    )
    known = {"keys": [answered.pk, other.pk], "slug": post.slug}
    week, day = now - timedelta(days=7), now - timedelta(days=1)
    by_bea = asked.ask(**known, writers=[ada.pk, bea.pk], since=week)
    assert [(row, row.is_answered) for row in by_bea] == [(answered, True), (other, False)]
    assert not any(row.is_answered for row in asked.ask(**known, writers=[ada.pk], since=week))
    assert asked.ask(**known, writers=[bea.pk], since=day) == []


@pytest.mark.parametrize("title", ['It\'s 100 % "new"', "A \\ B", "größe, 灯台", "%s", "a\nb"])
def test_what_is_always_the_same_is_asked_for_as_it_is(title):
    post, other = make_post(title=title), make_post(title="Another")
    asked = Statement(
        lambda keys: Post.objects.filter(title=title, is_pinned=False, version__gt=0, pk__in=keys)
    )
    assert asked.ask(keys=[post.pk, other.pk]) == [post]


def test_a_statement_is_also_asked_for_bare_values():
    ada = make_person("Ada", Role.AUTHOR)
    names = Statement(
        lambda user: User.objects.filter(pk=user).values_list("email", "author__name")
    )
    assert [*map(tuple, names.values(user=ada.pk))] == [(ada.email, "Ada")]


@pytest.mark.parametrize("role", Role)
def test_a_person_has_the_rights_that_django_finds(role):
    person = make_person(role=role)
    found = User.objects.get(pk=person.pk)
    every = User.objects.get(pk=person.pk).get_all_permissions()
    assert all(found.has_perm(name) for name in every)
    assert all(found.has_module_perms(name.partition(".")[0]) for name in every)
    assert found.has_module_perms("blog") == bool(every)
    assert found.has_perm("blog.moderate_comment") == (role in (Role.EDITOR, Role.OWNER))
    found.is_active = False
    assert not found.has_perm("blog.change_post")


@pytest.mark.parametrize("slug", ["quiet-morning", "größe", "灯台", "a_b-2"])
def test_addresses_are_those_of_the_urlconf(slug):
    for name, places in (
        ("blog:post", [slug]),
        ("blog:tag", [slug]),
        ("blog:series", [slug]),
        ("blog:comment", [slug, 12]),
    ):
        assert address(name, *places) == reverse(name, args=places)
    assert Author(handle="ada").get_absolute_url() == reverse("blog:author", args=["ada"])


@pytest.mark.parametrize("slug", ["", "a b", "a/b"])
def test_what_can_be_no_address_has_none(slug):
    with pytest.raises(NoReverseMatch):
        address("blog:post", slug)
