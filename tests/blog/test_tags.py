from __future__ import annotations

import pytest

from blog.models import Tag
from tests.making import make_post

pytestmark = pytest.mark.django_db


def test_a_word_the_site_needs_for_itself_may_be_a_tag():
    (tag,) = Tag.objects.named(["Language"])
    assert tag.get_absolute_url() == "/tag/language/"


def test_tags_that_differ_only_in_signs_get_addresses_of_their_own():
    tags = Tag.objects.named(["C", "C++", "C#"])
    assert [tag.slug for tag in tags] == ["c", "c-2", "c-3"]


def test_a_tag_without_letters_gets_an_address_all_the_same(client):
    (tag,) = Tag.objects.named(["???"])
    make_post().set_topics([tag])
    assert client.get(tag.get_absolute_url()).status_code == 200


def test_names_that_differ_only_in_case_and_spaces_are_one_tag():
    first, *rest = Tag.objects.named(["Sea  and shore", "sea and SHORE"])
    assert rest == []
    assert Tag.objects.named(["SEA AND shore"]) == [first]
