from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from blog.models import Tag
from blog.models.tag import KEY_MAX_LENGTH, NAME_MAX_LENGTH, fold
from tests.making import make_post

pytestmark = pytest.mark.django_db


def test_a_word_the_site_needs_for_itself_may_be_a_tag():
    (tag,) = Tag.objects.named(["Language"])
    assert tag.get_absolute_url() == "/tag/language/"


def test_tags_that_differ_only_in_signs_get_addresses_of_their_own():
    tags = Tag.objects.named(["C", "C++", "C#"])
    assert [tag.name for tag in tags] == ["C", "C++", "C#"]
    assert {tag.slug for tag in tags} == {"c", "c-2", "c-3"}


def test_a_tag_without_letters_gets_an_address_all_the_same(client):
    (tag,) = Tag.objects.named(["???"])
    make_post().set_topics([tag])
    assert client.get(tag.get_absolute_url()).status_code == 200


@pytest.mark.parametrize("how", ["draft", "scheduled", "unlisted", "unpublished", "no story"])
def test_a_tag_that_readers_find_nothing_under_is_not_there(client, how):
    (tag,) = Tag.objects.named(["Secret merger"])
    tag.move_to("merger")
    if how != "no story":
        post = make_post(
            published=how != "draft",
            visibility="unlisted" if how == "unlisted" else "public",
            published_at=timezone.now() + timedelta(days=how == "scheduled", hours=-1),
        )
        post.set_topics([tag])
        if how == "unpublished":
            post.unpublish(by=None)
    for slug in ("merger", "secret-merger"):
        for url in (f"/tag/{slug}/", f"/tag/{slug}/feed/"):
            assert client.get(url).status_code == 404
    page = client.get("/tag/merger/").content
    assert page.replace(b"merger", b"other") == client.get("/tag/other/").content


@pytest.mark.parametrize(
    ("name", "other"),
    [("École", "école"), ("ÉCOLE", "e\u0301cole"), ("Straße", "STRASSE"), ("Ӕ", "ӕ")],
)
def test_names_are_one_tag_whatever_the_case_in_every_script(name, other):
    (tag,) = Tag.objects.named([name])
    assert Tag.objects.named([other]) == [tag]
    with pytest.raises(ValidationError, match="a tag of this name already"):
        Tag(name=other, slug="other").full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Tag.objects.create(name=other, slug="other")
    tag.full_clean()


@given(st.text(min_size=1, max_size=NAME_MAX_LENGTH))
def test_every_name_has_a_key_that_fits(name):
    key = fold(name)
    assert len(key) <= KEY_MAX_LENGTH
    assert fold(name.upper().lower()) == fold(name.upper())
    assert fold(key) == key


def test_names_that_differ_only_in_case_and_spaces_are_one_tag():
    first, *rest = Tag.objects.named(["Sea  and shore", "sea and SHORE"])
    assert rest == []
    assert Tag.objects.named(["SEA AND shore"]) == [first]
