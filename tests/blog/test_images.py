from __future__ import annotations

import pytest

from blog.models import Image, Post
from tests.making import make_post, picture_bytes


@pytest.mark.django_db(transaction=True)
def test_a_deleted_picture_leaves_its_description_in_the_story_and_no_files(media):
    image = Image.objects.upload(picture_bytes(), by=None, alt="A quay")
    post = make_post(source=f"Before.\n\n{image.markdown}\n")
    files = media / "pictures" / image.token
    assert "<picture>" in post.html
    assert list(files.iterdir())
    image.remove()
    shown = Post.objects.get(pk=post.pk).html
    assert "<picture>" not in shown
    assert "A quay" in shown
    assert list(files.iterdir()) == []
