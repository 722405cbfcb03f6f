"""Many who write the same at the same moment: each is answered, and nothing is there twice."""

from __future__ import annotations

import itertools
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from accounts.models import Author, User
from accounts.roles import Role, grant
from blog.models import Post, Tag
from tests.desk import write
from tests.making import make_person

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 8


def at_once(do, each):
    """Call `do` for all of them at the same moment, each with a connection of its own."""
    ready = Barrier(len(each))

    def one(value):
        try:
            ready.wait(20)
            return do(value)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(each)) as pool:
        return list(pool.map(one, each))


def test_people_of_one_name_who_come_at_once_get_handles_of_their_own():
    people = [make_person("Ada Lovelace") for _number in range(WRITERS)]
    at_once(lambda person: grant(person, Role.AUTHOR), people)
    handles = set(Author.objects.values_list("handle", flat=True))
    numbered = {f"adalovelace{number}" for number in range(2, WRITERS + 1)}
    assert handles == {"adalovelace"} | numbered


def test_one_person_who_is_given_a_face_twice_at_once_has_one():
    ada = make_person("Ada")
    same = [User.objects.get(pk=ada.pk) for _time in range(WRITERS)]
    faces = at_once(Author.objects.make_for, same)
    assert set(faces) == {Author.objects.get()}


def test_tags_that_are_named_at_once_are_made_once():
    orders = list(itertools.permutations(["Sea", "C", "C++", "École"]))[:WRITERS]
    made = at_once(lambda names: [tag.name for tag in Tag.objects.named(names)], orders)
    assert made == [list(names) for names in orders]
    assert Tag.objects.count() == 4


def test_an_address_that_is_taken_while_one_writes_is_refused_with_a_sentence():
    ada = make_person("Ada", Role.AUTHOR)
    desks = [write(ada) for _number in range(WRITERS)]
    connection.close()

    def press(writing):
        return writing.press(title="Mine", source="x", slug="salt").status_code

    statuses = at_once(press, desks)
    assert Counter(statuses) == {302: 1, 400: WRITERS - 1}
    for writing in desks:
        if writing.page.status == 400:
            assert "Another story has this address." in writing.page.errors
            assert writing.page.fields["source"] == "x"
    assert Post.objects.get().slug == "salt"


def test_drafts_of_many_who_want_one_address_at_once_stay_unknown_to_each_other():
    desks = [write(make_person(role=Role.AUTHOR)) for _number in range(WRITERS)]
    connection.close()

    def press(writing):
        return writing.press(title="Mine", source="x", slug="salt").status_code

    assert set(at_once(press, desks)) == {302}
    slugs = set(Post.objects.values_list("slug", flat=True))
    assert slugs == {"salt"} | {f"salt-{number}" for number in range(2, WRITERS + 1)}
