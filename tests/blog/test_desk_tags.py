"""Tags in the desk."""

from __future__ import annotations

import pytest
from django.urls import reverse

from accounts.roles import Role
from blog.models import Tag
from tests.desk import desk_of, read, write
from tests.making import make_person, make_post

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

ROOM = "/admin/blog/tag/"


@pytest.fixture
def ed():
    return make_person("Ed", Role.EDITOR)


@pytest.fixture
def sea():
    (tag,) = Tag.objects.named(["Sea"])
    make_post().set_topics([tag])
    return tag


def change(person, tag, **changes):
    client, url = desk_of(person), reverse("admin:blog_tag_change", args=[tag.pk])
    page = read(client.get(url), "tag_form")
    answer = client.post(url, {**page.fields, **changes, "_save": "1"})
    return answer if answer.status_code == 302 else read(answer, "tag_form")


def test_the_old_address_of_a_tag_leads_to_the_new_one(client, ed, sea):
    assert change(ed, sea, slug="the-sea", name="The sea").status_code == 302
    answer = client.get("/tag/sea/")
    assert (answer.status_code, answer["Location"]) == (301, "/tag/the-sea/")
    assert "The sea" in client.get("/tag/the-sea/").content.decode()


def test_another_name_alone_leaves_the_address(client, ed, sea):
    change(ed, sea, name="Ocean", description="Salt water")
    sea.refresh_from_db()
    assert (sea.name, sea.slug, sea.description) == ("Ocean", "sea", "Salt water")


def test_a_tag_may_return_to_the_address_it_had(client, ed, sea):
    change(ed, sea, slug="ocean")
    change(ed, sea, slug="sea")
    assert client.get("/tag/sea/").status_code == 200
    assert client.get("/tag/ocean/")["Location"] == "/tag/sea/"


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"name": "MAPS"}, "There is a tag of this name already."),
        ({"name": "école"}, "There is a tag of this name already."),
        ({"slug": "maps"}, "already exists"),
        ({"name": ""}, "This field is required."),
        ({"slug": "charts"}, "This address leads to another tag, which had it once."),
        ({"slug": ""}, "This field is required."),
        ({"slug": "two words"}, "Enter a valid “slug”"),
        ({"name": "x" * 41}, "at most 40 characters"),
        ({"name": "Sea\x08gull"}, "a character in it that nobody can see (U+0008)"),
        ({"description": "Salt\x08"}, "a character in it that nobody can see (U+0008)"),
        ({"name": "Salt, water"}, "A tag has no comma in its name"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_saved(ed, sea, changes, says):
    maps, _school = Tag.objects.named(["Maps", "École"])
    maps.slug = "charts"
    maps.save()
    maps.move_to("maps")
    page = change(ed, sea, **changes)
    assert any(says in error for error in page.errors), page.errors
    assert Tag.objects.get(pk=sea.pk).name == "Sea"


def test_a_new_tag_is_made_by_an_editor_and_by_nobody_below(ed):
    data = {"name": "New", "slug": "new", "_save": "1"}
    ada = desk_of(make_person("Ada", Role.AUTHOR))
    assert ada.get(ROOM).status_code == 200
    assert ada.post(f"{ROOM}add/", data).status_code == 403
    assert desk_of(ed).post(f"{ROOM}add/", data).status_code == 302
    assert Tag.objects.get().slug == "new"


def test_an_author_looks_at_a_tag_and_changes_nothing(sea):
    client = desk_of(make_person("Ada", Role.AUTHOR))
    url = reverse("admin:blog_tag_change", args=[sea.pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {"name": "Mine", "slug": "mine"}).status_code == 403


def test_deleting_a_tag_leaves_its_stories(client, ed, sea):
    url = reverse("admin:blog_tag_delete", args=[sea.pk])
    assert desk_of(ed).post(url, {"post": "yes"}).status_code == 302
    assert client.get("/tag/sea/").status_code == 404
    assert client.get("/").status_code == 200


def test_stories_are_counted(ed, sea):
    Tag.objects.named(["Empty"])
    counts = {tag.name: tag.story_count for tag in desk_of(ed).get(ROOM).context["cl"].result_list}
    assert counts == {"Sea": 1, "Empty": 0}


def test_tags_of_a_story_keep_their_order_and_are_taken_whatever_the_case(ed, sea):
    post = make_post(by=ed)
    write(ed, post).press(tag_names="Maps,  sea , MAPS, Salt  water")
    assert [tag.name for tag in post.topics] == ["Maps", "Sea", "Salt water"]
    assert write(ed, post).page.fields["tag_names"] == "Maps, Sea, Salt water"
