"""Pictures dropped into a text: what comes back, and who is turned away with which words."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image as PillowImage

from accounts.limits import Limit
from accounts.roles import Role
from blog import pictures
from blog.models import Image, Post
from blog.views import desk
from tests.desk import desk_of, write
from tests.making import make_person, picture_bytes

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media"), pytest.mark.once]

URL = "/admin/markdownx/upload/"


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


def file(data, name="pier.jpg", kind="image/jpeg"):
    return SimpleUploadedFile(name, data, kind)


def upload(person, data, **about):
    return desk_of(person).post(URL, {"image": file(data, **about)})


def huge_png():
    """A PNG that only says how large it is."""
    header = b"IHDR" + struct.pack(">IIBBBBB", 10_000, 5_001, 8, 2, 0, 0, 0)
    start = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header
    return start + struct.pack(">I", zlib.crc32(header)) + b"\0\0\0\0IEND\xaeB`\x82"


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF"])
def test_a_picture_comes_back_as_its_markdown_and_its_row_in_the_panel(ada, kind):
    answer = upload(ada, picture_bytes((40, 30), kind))
    assert answer.status_code == 200
    image = Image.objects.get()
    said = answer.json()
    assert said["image_code"] == image.markdown
    assert (said["pk"], said["token"]) == (image.pk, image.token)
    assert f'name="picture-{image.pk}-alt"' in said["row"]
    assert f'name="picture-{image.pk}-sent"' in said["row"]
    assert f'value="{image.pk}"' in said["choice"]
    assert (image.uploaded_by, image.width, image.height) == (ada, 40, 30)
    assert "no-store" in answer["Cache-Control"]


def test_the_uploaded_picture_stands_in_the_saved_story_with_its_words(ada):
    said = upload(ada, picture_bytes((40, 30))).json()
    key = f"picture-{said['pk']}"
    answer = write(ada).send(
        title="Pier",
        source=said["image_code"],
        lead_image=str(said["pk"]),
        **{f"{key}-sent": "1", f"{key}-alt": "A pier at dawn", "_save": "1"},
    )
    assert answer.status_code == 302
    post = Post.objects.get()
    assert 'alt="A pier at dawn"' in post.html
    assert [image.pk for image in post.images.all()] == [said["pk"]] == [post.lead_image_id]


def test_where_a_photograph_was_taken_stays_out(ada, media):
    photo, out = PillowImage.new("RGB", (40, 30), "#7c93a6"), io.BytesIO()
    exif = PillowImage.Exif()
    exif.get_ifd(0x8825)[1] = "N"
    exif[0x010F] = "A camera of Ada's"
    photo.save(out, "JPEG", exif=exif)
    assert b"A camera" in out.getvalue()
    upload(ada, out.getvalue())
    files = [path for path in media.rglob("*") if path.is_file()]
    assert files
    for path in files:
        assert b"A camera" not in path.read_bytes()
        with PillowImage.open(path) as picture:
            assert not picture.getexif()


@pytest.mark.parametrize(
    "name", ["../../../etc/passwd", "x.php", "ﷺ.jpg", "a" * 240 + ".jpg", "no-extension"]
)
def test_the_name_of_the_file_decides_nothing(ada, media, name):
    assert upload(ada, picture_bytes((40, 30)), name=name, kind="text/html").status_code == 200
    names = {path.name for path in media.rglob("*") if path.is_file()}
    assert names == {"40.webp", "40.jpg"}


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("data", "about", "status", "says"),
    [
        (b"<html><script>alert(1)</script>", {"name": "x.gif", "kind": "image/gif"}, 400, "not a"),
        (SVG, {"name": "x.svg", "kind": "image/svg+xml"}, 400, "This file is not a picture"),
        (picture_bytes()[:900], {}, 400, "damaged or incomplete"),
        (b"", {}, 400, "empty"),
        (b"x" * (pictures.MAX_UPLOAD_BYTES + 1), {}, 413, "10.1 MB; the limit is 10 MB"),
        (huge_png(), {"name": "x.png", "kind": "image/png"}, 413, "50 megapixels are the most"),
    ],
    ids=["html", "svg", "truncated", "empty", "heavy", "vast"],
)
def test_what_is_no_picture_is_refused_in_a_sentence(ada, media, data, about, status, says):
    answer = upload(ada, data, **about)
    assert answer.status_code == status
    assert says in answer.json()["error"]
    assert not Image.objects.exists()
    assert not [path for path in media.rglob("*") if path.is_file()]


@pytest.mark.parametrize("sent", [{}, {"image": "only text"}])
def test_without_a_file_one_is_asked_for_it(ada, sent):
    answer = desk_of(ada).post(URL, sent)
    assert answer.status_code == 400
    assert answer.json()["error"] == "No picture arrived. Choose it once more."


@pytest.mark.parametrize("method", ["get", "put", "delete", "head"])
def test_only_sending_is_answered(ada, method):
    assert getattr(desk_of(ada), method)(URL).status_code == 405


def test_who_is_signed_out_is_told_so(client):
    answer = client.post(URL, {"image": file(picture_bytes((40, 30)))})
    assert answer.status_code == 403
    assert "signed out" in answer.json()["error"]
    assert not Image.objects.exists()


def test_a_reader_may_not(media):
    answer = upload(make_person("Rita"), picture_bytes((40, 30)))
    assert (answer.status_code, answer.json()["error"]) == (403, "You may not write here.")
    assert not Image.objects.exists()


def test_a_contributor_may(media):
    answer = upload(make_person("Cy", Role.CONTRIBUTOR), picture_bytes((40, 30)))
    assert answer.status_code == 200


def test_somebody_who_was_switched_off_may_not(ada):
    client = desk_of(ada)
    ada.is_active = False
    ada.save()
    answer = client.post(URL, {"image": file(picture_bytes((40, 30)))})
    assert answer.status_code == 403


def test_another_site_cannot_send_a_picture(ada):
    answer = desk_of(ada, enforce_csrf_checks=True).post(
        URL, {"image": file(picture_bytes((40, 30)))}, headers={"accept": "application/json"}
    )
    assert answer.status_code == 403
    assert answer.json()["error"]
    assert not Image.objects.exists()


def test_too_many_at_once_have_to_wait(ada, monkeypatch):
    assert desk.UPLOADS.times >= 100
    limit = Limit("uploads-of-this-test", times=2, per_seconds=600)
    monkeypatch.setattr(
        Limit, "allows", lambda _self, request, real=Limit.allows: real(limit, request)
    )
    client = desk_of(ada)
    statuses = [client.post(URL, {}).status_code for _time in range(3)]
    assert statuses == [400, 400, 429]
    assert "Wait a few minutes" in client.post(URL, {}).json()["error"]
