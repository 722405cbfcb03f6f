"""Who clapped: by name where there is one, the others in one line."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.models import User
from accounts.roles import Role
from blog.models import Clap, Clapper, CommentClap, PostStats
from blog.views.claps import PEOPLE_PER_PAGE
from blog.visitors import new_visitor
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db


def page_of(client, post, **query):
    return client.get(reverse("blog:clappers", args=[post.slug]), query)


def give(post, count, **clapper):
    Clap.objects.give(post=post, clapper=Clapper(**clapper), wanted=count)


def test_whoever_came_last_stands_first_with_all_their_claps(client):
    post, rita, bea = make_post(), make_person("Rita"), make_person("Bea", Role.AUTHOR)
    give(post, 3, user=rita)
    give(post, 8, user=bea)
    give(post, 12, user=rita)
    page = page_of(client, post)
    assert [(row.user, row.count) for row in page.context["rows"]] == [(bea, 8), (rita, 12)]
    words = page.content.decode()
    assert f'href="{bea.author.get_absolute_url()}"' in words
    assert "20 claps" in words
    assert "without an account" not in words


def test_readers_without_an_account_or_a_name_are_one_line(client):
    post, nameless = make_post(), make_person()
    User.objects.filter(pk=nameless.pk).update(name="")
    gone = make_person("Gone")
    give(post, 1, user=make_person("Rita"))
    give(post, 2, user=nameless)
    give(post, 3, user=gone)
    give(post, 4, visitor=new_visitor())
    gone.delete()
    words = page_of(client, post).content.decode()
    assert "and 3 readers without an account or a name" in words
    assert nameless.email.partition("@")[0] not in words
    assert "Gone" not in words


def test_a_story_without_claps_asks_for_the_first(client):
    words = page_of(client, make_post()).content.decode()
    assert "Nobody has clapped yet." in words


def test_the_people_come_page_by_page_and_nobody_twice(client, django_assert_max_num_queries):
    post = make_post()
    people = User.objects.bulk_create(
        User(email=f"reader.{number}@example.org", name=f"Reader {number}")
        for number in range(PEOPLE_PER_PAGE + 3)
    )
    Clap.objects.bulk_create(Clap(post=post, user=person, count=2) for person in people)
    Clap.objects.create(post=post, visitor=new_visitor(), count=1)
    PostStats.objects.filter(post=post).update(
        clap_count=2 * len(people) + 1, clapper_count=len(people) + 1
    )
    with django_assert_max_num_queries(5):
        first = page_of(client, post)
    assert "without an account" not in first.content.decode()
    second = client.get(first.context["older_url"])
    found = [row.user.name for page in (first, second) for row in page.context["rows"]]
    assert found == [person.name for person in reversed(people)]
    assert "and 1 reader without an account" in second.content.decode()
    assert not second.context["older_url"]


def test_the_people_of_one_page_are_not_counted_besides(client, django_assert_max_num_queries):
    post = make_post()
    give(post, 1, user=make_person("Rita"))
    give(post, 4, visitor=new_visitor())
    page_of(client, post)
    with django_assert_max_num_queries(3) as asked:
        words = page_of(client, post).content.decode()
    assert "and 1 reader without an account or a name" in words
    assert not [one["sql"] for one in asked if "COUNT(" in one["sql"]]


@pytest.mark.parametrize("older", ["x", "-1", "1.5", "9" * 19])
def test_a_place_that_no_list_has_is_not_found(client, older):
    assert page_of(client, make_post(), older=older).status_code == 404


def test_nothing_comes_after_the_end(client):
    page = page_of(client, make_post(), older=1)
    assert "Nothing comes after this any more." in page.content.decode()


def test_the_people_of_a_response_are_its_own(client):
    response, rita, bea = make_response(make_post()), make_person("Rita"), make_person("Bea")
    give(response.post, 3, user=bea)
    CommentClap.objects.give(comment=response, clapper=Clapper(user=rita), wanted=5)
    url = reverse("blog:comment-clappers", args=[response.post.slug, response.pk])
    page = client.get(url)
    assert [row.user for row in page.context["rows"]] == [rita]
    assert f'href="{url}"' in client.get(response.post.get_absolute_url()).content.decode()
