from __future__ import annotations

import pytest

from blog.models import Image, Post
from tests.making import make_post, picture_bytes


@pytest.mark.django_db(transaction=True)
def test_a_deleted_picture_leaves_what_the_story_says_of_it_and_no_files(media):
    image = Image.objects.upload(picture_bytes(), by=None, alt="Its own words")
    post = make_post(source=f"Before.\n\n![A quay]({image.url})\n\n{image.markdown}\n\nAfter.")
    files = media / "pictures" / image.token
    assert post.html.count("<picture>") == 2
    assert list(files.iterdir())
    image.remove()
    shown = Post.objects.get(pk=post.pk).html
    assert "<picture>" not in shown
    assert [line for line in shown.split("\n") if line] == [
        "<p>Before.</p>",
        "<p>A quay</p>",
        "<p>After.</p>",
    ]
    assert list(files.iterdir()) == []
