"""Files that the application itself serves: whole, in parts, and not again."""

from __future__ import annotations

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

pytestmark = pytest.mark.once
DATA = bytes(range(256)) * 400
URL = "/media/pictures/a/640.jpg"


@pytest.fixture
def picture(media):
    default_storage.save("pictures/a/640.jpg", ContentFile(DATA))


@pytest.fixture
def ask(client, picture):
    def asked(method="get", **headers):
        said = {name.replace("_", "-"): value for name, value in headers.items()}
        answer = getattr(client, method)(URL, headers=said)
        answer.bytes = b"".join(answer) if answer.streaming else answer.content
        return answer

    return asked


def test_a_picture_is_kept_for_ever(ask):
    answer = ask()
    assert answer.bytes == DATA
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Length"] == str(len(DATA))
    assert answer["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer["Accept-Ranges"] == "bytes"
    assert "Vary" not in answer
    assert not answer.cookies


def test_a_picture_that_somebody_has_is_not_sent_again(ask):
    etag = ask()["ETag"]
    again = ask(If_None_Match=etag)
    assert (again.status_code, again.bytes) == (304, b"")
    assert again["ETag"] == etag
    assert "immutable" in again["Cache-Control"]
    assert ask(If_Match='"another"').status_code == 412


def test_head_says_what_get_would(ask):
    get, head = ask(), ask("head")
    assert head.headers == get.headers
    assert ask("head", Range="bytes=0-9").status_code == 200


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [
        ("bytes=0-9", 0, 9),
        ("bytes=100-", 100, len(DATA) - 1),
        ("bytes=-100", len(DATA) - 100, len(DATA) - 1),
        ("bytes=-9999999", 0, len(DATA) - 1),
        ("bytes=5-5", 5, 5),
        ("bytes = 10 - 9999999", 10, len(DATA) - 1),
    ],
)
def test_a_part_is_sent_alone(ask, asked, first, last):
    answer = ask(Range=asked)
    assert answer.status_code == 206
    assert answer.bytes == DATA[first : last + 1]
    assert answer["Content-Range"] == f"bytes {first}-{last}/{len(DATA)}"
    assert answer["Content-Length"] == str(last + 1 - first)
    assert answer["Content-Type"] == "image/jpeg"


@pytest.mark.parametrize("asked", ["bytes=999999-", "bytes=999999-1000000", "bytes=-0"])
def test_a_part_that_is_not_there_is_said_to_be_none(ask, asked):
    answer = ask(Range=asked)
    assert answer.status_code == 416
    assert answer["Content-Range"] == f"bytes */{len(DATA)}"
    assert answer.bytes == b""


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-6", "bytes=9-5", "bytes=-", "lines=0-1", "bytes=a-b", "bytes=٣-٤"]
)
def test_what_is_no_single_part_gets_the_whole(ask, asked):
    answer = ask(Range=asked)
    assert (answer.status_code, answer.bytes) == (200, DATA)


def test_a_part_of_another_file_gets_the_whole(ask):
    etag = ask()["ETag"]
    assert ask(Range="bytes=0-9", If_Range=etag).status_code == 206
    assert ask(Range="bytes=0-9", If_Range='"another"').status_code == 200
    date = "Wed, 25 Nov 2026 12:00:00 GMT"
    assert ask(Range="bytes=0-9", If_Range=date).status_code == 200
