"""Uploads in a bucket are found where uploads in a folder are."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.files.storage import default_storage

from blog import icons
from blog.models import Image, Publication
from config.env import Environment
from tests.bucket import store
from tests.making import picture_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def bucket(settings):
    with store() as running:
        url = f"s3+http://key:secret@{running.address}/media?region=us-east-1"
        chosen = Environment(data=Path("/nowhere"), values={"MEDIA_STORE_URL": url}).media_store()
        settings.STORAGES = {**settings.STORAGES, "default": chosen}
        yield running


def test_a_picture_in_a_bucket_keeps_its_address_and_says_what_it_is(bucket, client):
    image = Image.objects.upload(picture_bytes((64, 48)), by=None)
    name = f"pictures/{image.token}/{max(image.widths)}.webp"
    content, said = bucket.files[name]
    assert said["Content-Type"] == "image/webp"
    assert "immutable" in said["Cache-Control"]
    assert default_storage.url(name) == f"/media/{name}" == image.middle_url
    answer = client.get(f"/media/{name}")
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/webp"
    assert b"".join(answer.streaming_content) == content


def test_a_picture_that_is_not_in_the_bucket_is_not_found(bucket, client):
    assert client.get("/media/pictures/none/320.jpg").status_code == 404


def test_a_picture_that_is_removed_leaves_nothing_in_the_bucket(
    bucket, django_capture_on_commit_callbacks
):
    image = Image.objects.upload(picture_bytes((64, 48)), by=None)
    image.make_avif()
    assert any(name.endswith(".avif") for name in bucket.files)
    with django_capture_on_commit_callbacks(execute=True):
        image.remove()
    assert bucket.files == {}


def test_another_logo_takes_the_place_of_the_first_in_the_bucket(bucket):
    publication = Publication()
    icons.put_up(publication, {icons.MARK: b"one"})
    icons.put_up(publication, {icons.MARK: b"two"})
    assert [content for content, _said in bucket.files.values()] == [b"two"]
    assert icons.logo_bytes(publication) == b"two"


def test_a_folder_without_files_is_removed_without_a_word(media):
    Image(token="never-was").discard_all()
