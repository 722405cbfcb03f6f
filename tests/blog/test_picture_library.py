"""Earlier pictures, looked through from the writing page."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.roles import Role
from blog.models import Image, Post
from blog.views.library import PICTURES_PER_PAGE
from tests.desk import desk_of, make_picture, write
from tests.making import make_person, make_post

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]

URL = "/admin/pictures/"


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def bea():
    return make_person("Bea", Role.AUTHOR)


def look(person, **query):
    answer = desk_of(person).get(URL, query)
    assert answer.status_code == 200
    return answer.json()


def found(person, **query):
    keys = re.findall(r'data-picture="([0-9]+)"', look(person, **query)["rows"])
    return [Image.objects.get(pk=key) for key in keys]


def many(by, count):
    """So many pictures that share their files: only their rows matter here."""
    first = make_picture(by)
    facts = {"width": 40, "height": 30, "widths": [40], "uploaded_by": by}
    rest = Image.objects.bulk_create(Image(**facts) for _number in range(count - 1))
    return [first, *rest]


def test_a_writer_finds_their_own_the_newest_first(ada, bea):
    first, second = make_picture(ada), make_picture(ada)
    make_picture(bea)
    assert found(ada) == [second, first]


def test_an_editor_finds_everybodys(ada, bea):
    pictures = [make_picture(person) for person in (ada, bea)]
    assert found(make_person("Ed", Role.EDITOR)) == pictures[::-1]


def test_a_contributor_still_finds_what_a_published_story_shows():
    cy = make_person("Cy", Role.CONTRIBUTOR)
    image = make_picture(cy)
    make_post(by=cy, source=image.markdown)
    assert found(cy) == [image]
    assert not image.can_edit(cy)


def test_words_captions_and_file_names_are_searched(ada):
    pier = make_picture(ada, alt="A pier at dawn")
    boat = make_picture(ada, caption="A boat by the pier")
    file = make_picture(ada, file_name="IMG_2041.jpg")
    assert found(ada, q="PIER") == [boat, pier]
    assert found(ada, q="pier  dawn") == [pier]
    assert found(ada, q="2041") == [file]
    assert found(ada, q="%") == []
    assert found(ada, q="_2") == [file]


def test_a_long_shelf_is_read_page_by_page_until_it_ends(ada):
    pictures = many(ada, 2 * PICTURES_PER_PAGE + 1)
    seen, said = [], look(ada)
    while True:
        seen += [int(key) for key in re.findall(r'data-picture="([0-9]+)"', said["rows"])]
        if not said["older_url"]:
            break
        said = desk_of(ada).get(said["older_url"]).json()
    assert seen == [image.pk for image in reversed(pictures)]


def test_older_ones_of_a_search_stay_within_the_search(ada):
    Image.objects.filter(pk__in=[image.pk for image in many(ada, 60)]).update(alt="sea & sky")
    make_picture(ada, alt="Land")
    said = look(ada, q="sea & sky")
    assert said["older_url"]
    older = desk_of(ada).get(said["older_url"]).json()
    assert older["count"] == PICTURES_PER_PAGE
    assert "Land" not in said["rows"] + older["rows"]


def test_a_shelf_of_any_length_costs_the_same(ada):
    client, counts = desk_of(ada), []
    for count in (1, 40):
        many(ada, count)
        client.get(URL)
        with CaptureQueriesContext(connection) as context:
            client.get(URL)
        counts.append(len(context))
    assert counts[0] == counts[1] <= 6


@pytest.mark.parametrize("older", ["x", "-1", "1.5", "９", "9" * 30, "'", "²"])
def test_a_place_that_is_none_is_not_there(ada, older):
    assert desk_of(ada).get(URL, {"older": older}).status_code == 404


@pytest.mark.parametrize("odd", ["'", '"', "\\", "\0", "🦊", "a" * 5000, "a " * 500])
def test_odd_searches_find_nothing_and_break_nothing(ada, odd):
    make_picture(ada, alt="A pier")
    # A NUL is nothing, and letters of the description stay letters of it.
    assert look(ada, q=odd)["count"] == int(not odd.strip("\0a ") and len(odd) != 5000)


def test_what_people_typed_is_text(ada):
    make_picture(ada, alt="<b>bold</b>")
    assert "<b>" not in look(ada)["rows"]


def test_a_chosen_picture_comes_with_its_fields_and_its_place_as_lead(ada):
    image = make_picture(ada, alt="A pier")
    said = desk_of(ada).get(f"{URL}{image.pk}/").json()
    assert said["image_code"] == f"![]({image.url})"
    assert f'name="picture-{image.pk}-alt"' in said["row"]
    assert f'value="{image.pk}"' in said["choice"]


def test_words_that_are_not_theirs_to_change_are_not_offered():
    cy = make_person("Cy", Role.CONTRIBUTOR)
    image = make_picture(cy)
    make_post(by=cy, source=image.markdown)
    said = desk_of(cy).get(f"{URL}{image.pk}/").json()
    assert (said["row"], said["pk"]) == ("", image.pk)


def test_anothers_picture_and_none_look_the_same(ada, bea):
    theirs, client = make_picture(bea), desk_of(ada)
    there, absent = (client.get(f"{URL}{pk}/") for pk in (theirs.pk, 999_999))
    assert there.status_code == absent.status_code == 404
    assert there.content == absent.content
    assert client.get(f"{URL}{10**30}/").status_code == 404


@pytest.mark.parametrize("url", [URL, f"{URL}1/"])
def test_readers_and_strangers_are_told_why_not(client, url):
    answer = client.get(url)
    assert answer.status_code == 403
    assert "signed out" in answer.json()["error"]
    answer = desk_of(make_person("Rita")).get(url)
    assert (answer.status_code, answer.json()["error"]) == (403, "You may not write here.")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_can_be_changed_here(ada, method):
    image = make_picture(ada)
    for url in (URL, f"{URL}{image.pk}/"):
        assert getattr(desk_of(ada), method)(url).status_code == 405


def test_nobody_keeps_the_answer(ada):
    assert "no-store" in desk_of(ada).get(URL)["Cache-Control"]


def test_an_editor_leads_a_story_with_anybodys_picture(bea):
    ed, theirs = make_person("Ed", Role.EDITOR), make_picture(bea)
    answer = write(ed).send(title="x", source="x", lead_image=str(theirs.pk), _save="1")
    assert answer.status_code == 302
    assert Post.objects.get().lead_image == theirs


def test_the_radios_offer_the_story_s_own_first_whoever_edits_it(ada, bea):
    ed = make_person("Ed", Role.EDITOR)
    own = make_picture(ada)
    post = make_post(by=ada, source=own.markdown)
    many(bea, 20)
    page = write(ed, post).page
    assert f'value="{own.pk}"' in page.html


def test_only_the_desk_may_show_what_lies_on_the_writers_disk(ada, client):
    add = desk_of(ada).get(reverse("admin:blog_post_add"))
    assert "img-src 'self' data: blob:;" in add["Content-Security-Policy"]
    assert "blob:" not in client.get("/")["Content-Security-Policy"]
