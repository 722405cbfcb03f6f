"""What a story's page holds for pictures, notes, ears and sending on, before any script runs."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest

from blog.models import Image, Post
from tests.blog.dom import Element, parse
from tests.making import make_post, picture_bytes

pytestmark = pytest.mark.django_db

NOTE = "Words.[^1]\n\n[^1]: A note."


@pytest.fixture
def image(settings, tmp_path) -> Image:
    settings.MEDIA_ROOT = tmp_path
    return Image.objects.upload(data=picture_bytes((700, 400)), by=None, alt="A lamp")


def article_of(client, post: Post) -> Element:
    page = client.get(post.get_absolute_url()).content.decode()
    return parse(page[page.index("<article") : page.index("</article>")] + "</article>").one(
        "article"
    )


def test_a_page_names_only_what_it_has(client, image):
    bare = article_of(client, make_post())
    assert "data-enlarge" not in bare.attrs
    assert not any("data-notes" in element.attrs for element in bare.elements)
    full = article_of(client, make_post(source=f"{image.markdown}\n\n{NOTE}"))
    assert full.attrs["data-enlarge"] == "Enlarge the picture"
    assert full.one("section", class_="footnotes").one("li").text.startswith("A note.")
    assert any("data-notes" in element.attrs for element in full.elements)


def test_the_picture_at_the_top_does_not_wait_whether_or_not_it_is_the_lead(client, image):
    source = f"{image.markdown}\n\nWords.\n\n{image.markdown}"

    def waits(post: Post) -> list[bool]:
        return ["loading" in shown.attrs for shown in article_of(client, post).all("img")]

    assert waits(make_post(source=source)) == [False, True]
    assert waits(make_post(source=source, lead_image=image)) == [False, True, True]


def test_a_story_is_sent_by_mail_without_a_script(client):
    post = make_post(title="Salt & pepper? 100%", source="Words.")
    first, second = (
        link for link in article_of(client, post).all("a") if "mailto:" in link.attrs["href"]
    )
    mail = urlsplit(first.attrs["href"])
    assert (mail.scheme, mail.path) == ("mailto", "")
    said = parse_qs(mail.query)
    assert said["subject"] == ["Salt & pepper? 100%"]
    assert said["body"][0].endswith(post.get_absolute_url())
    assert second.attrs == first.attrs


def test_a_story_of_nothing_but_a_title_has_one_bar_and_nothing_to_listen_to(client):
    bare = article_of(client, make_post(source=""))
    assert len(bare.all("div", class_="bar")) == 1
    assert not any("data-listen" in element.attrs for element in bare.elements)


def test_reading_aloud_is_offered_once_and_hidden_until_a_voice_is_there(client):
    (listening,) = (
        element
        for element in article_of(client, make_post(language="de")).elements
        if "data-listen" in element.attrs
    )
    assert "hidden" in listening.attrs
    assert listening.attrs["lang"] == "de"
    assert listening.one("button").attrs["aria-label"] == "Listen to this story"
