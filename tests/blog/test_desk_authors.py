"""Authors in the desk: the public face."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as PillowImage

from accounts.models import Author
from accounts.roles import Role
from tests.desk import desk_of, read
from tests.making import make_person, make_post, picture_bytes

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media"), pytest.mark.once]

ROOM = "/admin/accounts/author/"


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


def url_of(author):
    return reverse("admin:accounts_author_change", args=[author.pk])


def change(person, author, **changes):
    client = desk_of(person)
    page = read(client.get(url_of(author)), "author_form")
    assert page.status == 200
    answer = client.post(url_of(author), {**page.fields, **changes, "_save": "1"})
    author.refresh_from_db()
    return answer if answer.status_code == 302 else read(answer, "author_form")


def portrait(data=None):
    return SimpleUploadedFile("me.jpg", picture_bytes((300, 500)) if data is None else data)


def test_a_portrait_becomes_a_small_square_and_can_be_taken_away(ada, client):
    assert change(ada, ada.author, portrait=portrait()).status_code == 302
    with ada.author.avatar.open() as file, PillowImage.open(file) as picture:
        assert (picture.format, picture.size) == ("WEBP", (240, 240))
    assert client.get(ada.author.avatar_url).status_code == 200
    change(ada, ada.author, tagline="Still here")
    assert ada.author.avatar_url
    change(ada, ada.author, no_portrait="on")
    assert ada.author.avatar_url == ""


def test_a_former_portrait_does_not_stay_on_the_disk(
    ada, media, django_capture_on_commit_callbacks
):
    for changes in ({"portrait": portrait()}, {"portrait": portrait()}, {"no_portrait": "on"}):
        with django_capture_on_commit_callbacks(execute=True):
            change(ada, ada.author, **changes)
        kept = {path.name for path in (media / "avatars").iterdir()}
        assert kept == ({ada.author.avatar.name.rpartition("/")[2]} - {""})


@pytest.mark.parametrize("field", ["name", "tagline"])
def test_a_character_that_nobody_can_see_is_refused_with_a_sentence(ada, field):
    page = change(ada, ada.author, **{field: "Ada\x08"})
    assert page.status == 200
    assert any("that nobody can see (U+0008)" in error for error in page.errors)
    assert ada.author.name == "Ada"


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (b"<html>", "This file is not a picture we can show."),
        (picture_bytes()[:900], "damaged or incomplete"),
        (b"", "empty"),
        (b"x" * (10 * 1024 * 1024 + 1), "10.1 MB; the limit is 10 MB"),
    ],
    ids=["html", "truncated", "empty", "heavy"],
)
def test_what_is_no_picture_is_refused_and_the_rest_kept(ada, data, says):
    page = change(ada, ada.author, portrait=portrait(data), bio="Typed.")
    assert any(says in error for error in page.errors), page.errors
    assert page.fields["bio"] == "Typed."
    assert ada.author.avatar_url == ""


def test_links_are_lines_of_a_label_and_an_address(ada, client):
    lines = "My own page https://ada.example\r\n\r\nhttps://plain.example/x"
    assert change(ada, ada.author, link_lines=lines).status_code == 302
    assert ada.author.links == [
        {"label": "My own page", "url": "https://ada.example"},
        {"label": "plain.example/x", "url": "https://plain.example/x"},
    ]
    make_post(by=ada)
    assert 'href="https://ada.example"' in client.get("/@ada/").content.decode()
    page = read(desk_of(ada).get(url_of(ada.author)), "author_form")
    again = "My own page https://ada.example\r\nplain.example/x https://plain.example/x"
    assert page.fields["link_lines"] == again


@pytest.mark.parametrize(
    ("lines", "says"),
    [
        ("Evil javascript:alert(1)", "does not end with an address that begins with https://"),
        ("Only words", "does not end with an address"),
        ("\n".join(f"L https://{n}.example" for n in range(7)), "6 links are the most."),
        ("Empty https://", "does not end with an address"),
        ("Broken https://[1", "does not end with an address"),
    ],
)
def test_a_link_that_is_none_is_refused_in_a_sentence(ada, lines, says):
    page = change(ada, ada.author, link_lines=lines)
    assert any(says in error for error in page.errors), page.errors
    assert ada.author.links == []


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"handle": "BEA"}, "This handle is taken."),
        ({"handle": "a b"}, "Letters, digits and _ only"),
        ({"handle": ""}, "This field is required."),
        ({"name": ""}, "This field is required."),
    ],
)
def test_what_is_wrong_is_said(ada, changes, says):
    make_person("Bea", Role.AUTHOR)
    page = change(ada, ada.author, **changes)
    assert any(says in error for error in page.errors), page.errors


def test_an_author_changes_their_own_face_only(ada):
    bea = make_person("Bea", Role.AUTHOR).author
    client = desk_of(ada)
    shown = client.get(ROOM).context["cl"].result_list
    assert list(shown) == [ada.author]
    client.post(url_of(bea), {"name": "Mine", "handle": "mine"})
    bea.refresh_from_db()
    assert bea.name == "Bea"
    assert client.get(f"{ROOM}add/").status_code == 403
    assert client.post(f"{ROOM}{ada.author.pk}/delete/", {"post": "yes"}).status_code == 403


def test_an_editor_changes_everybodys_and_adds_those_who_have_no_account(ada):
    ed = make_person("Ed", Role.EDITOR)
    assert change(ed, ada.author, tagline="By Ed").status_code == 302
    data = {"name": "Old Hand", "handle": "oldhand", "link_lines": "", "_save": "1"}
    assert desk_of(ed).post(f"{ROOM}add/", data).status_code == 302
    assert Author.objects.get(handle="oldhand").user is None


def test_only_the_owner_deletes_and_never_one_who_stands_over_a_story(ada):
    make_post(by=ada)
    olga = desk_of(make_person("Olga", Role.OWNER))
    url = reverse("admin:accounts_author_delete", args=[ada.author.pk])
    assert olga.get(url).status_code == 200
    olga.post(url, {"post": "yes"})
    assert Author.objects.filter(pk=ada.author.pk).exists()
    other = Author.objects.create(name="Nobody", handle="nobody")
    url = reverse("admin:accounts_author_delete", args=[other.pk])
    assert olga.post(url, {"post": "yes"}).status_code == 302
    assert not Author.objects.filter(pk=other.pk).exists()
