"""What feed readers, search engines and chats are told."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ElementTree

import pytest
from django.db.models import Value
from django.db.models.functions import Concat

from accounts.models import Author
from accounts.roles import Role
from blog.models import Image, Publication, Tag
from tests.making import make_person, make_post, picture_bytes

pytestmark = pytest.mark.django_db
ATOM = "{http://www.w3.org/2005/Atom}"


def atom(client, url="/feed/"):
    answer = client.get(url)
    assert answer["Content-Type"].startswith("application/atom+xml")
    return ElementTree.fromstring(answer.content)


def test_the_feed_carries_whole_stories_with_addresses_that_hold_elsewhere(client, media):
    ada, bea = make_person("Ada", Role.AUTHOR), make_person("Bea", Role.AUTHOR)
    image = Image.objects.upload(picture_bytes(), by=ada, alt="A quay")
    post = make_post(
        by=ada, title="Tides & <time>", source=f"Hello.\n\n{image.markdown}\n\n[x](/y)"
    )
    post.set_byline([ada.author, bea.author])
    post.set_topics(Tag.objects.named(["Sea"]))
    (entry,) = atom(client).findall(f"{ATOM}entry")
    assert entry.find(f"{ATOM}title").text == "Tides & <time>"
    assert [name.text for name in entry.iter(f"{ATOM}name")] == ["Ada", "Bea"]
    content = entry.find(f"{ATOM}content").text
    assert "Hello." in content
    assert 'src="http://127.0.0.1:8000/media/' in content
    assert 'href="http://127.0.0.1:8000/y"' in content
    assert not re.search(r'(src|href|srcset)="/', content)


def test_the_feeds_of_an_author_and_a_tag_hold_only_theirs(client):
    ada = make_person("Ada", Role.AUTHOR)
    tagged = make_post(by=ada, title="Of the sea")
    tagged.set_topics(Tag.objects.named(["Sea"]))
    make_post(title="Of others")
    for url in ("/@ada/feed/", "/tag/sea/feed/"):
        titles = [title.text for title in atom(client, url).iter(f"{ATOM}title")]
        assert "Of the sea" in titles
        assert "Of others" not in titles


def test_control_characters_do_not_break_the_feed(client):
    make_post(title="A\x0bB", source="x\x01y")
    assert atom(client).find(f"{ATOM}entry") is not None


def test_no_name_breaks_a_feed_or_the_sitemap(client):
    ada, bea = make_person("Ada\x08", Role.AUTHOR), make_person("Bea\x0c", Role.AUTHOR)
    post = make_post(by=ada, title="Tides\x1f", subtitle="By\x08 night", summary="In\x0b short")
    post.set_byline([ada.author, bea.author])
    post.set_topics(Tag.objects.named(["Sea\x08gull"]))
    Author.objects.update(name=Concat("name", Value("\x08")))
    Tag.objects.update(name="Sea\x08gull")
    Publication.objects.create(name="Long\x08hand", tagline="By\x08 hand")
    for url in ("/feed/", ada.author.get_absolute_url() + "feed/", "/tag/sea-gull/feed/"):
        (entry,) = atom(client, url).findall(f"{ATOM}entry")
        assert [name.text for name in entry.iter(f"{ATOM}name")] == ["Ada", "Bea"]
        assert entry.find(f"{ATOM}category").get("term") == "Seagull"
        assert entry.find(f"{ATOM}summary").text == "In short"
    ElementTree.fromstring(client.get("/sitemap.xml").content)


def test_an_entry_keeps_its_identity_when_its_address_changes(client):
    post = make_post()
    before = atom(client).find(f"{ATOM}entry/{ATOM}id").text
    post.slug = "elsewhere"
    post.write(by=None)
    assert atom(client).find(f"{ATOM}entry/{ATOM}id").text == before


def test_the_sitemap_lists_what_readers_may_find(client):
    ada = make_person("Ada", Role.AUTHOR)
    post = make_post(by=ada)
    draft = make_post(by=ada, published=False)
    page = client.get("/sitemap.xml").content.decode()
    ElementTree.fromstring(page)
    assert f"http://127.0.0.1:8000{post.get_absolute_url()}" in page
    assert "/@ada/" in page
    assert draft.get_absolute_url() not in page


def test_robots_are_told_where_the_sitemap_is(client):
    text = client.get("/robots.txt").content.decode()
    assert "Sitemap: http://127.0.0.1:8000/sitemap.xml" in text
    assert "Disallow: /admin/" in text


def test_no_title_can_break_out_of_the_data_for_search_engines(client):
    title = '</script><script>alert(1)</script> & "quotes" <!--'
    post = make_post(title=title)
    page = client.get(post.get_absolute_url()).content.decode()
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert json.loads(data)["headline"] == post.display_title
    assert "<script>alert" not in page


def test_a_card_in_a_chat_has_title_text_and_picture(client, media):
    post = make_post(subtitle="In short")
    post.lead_image = Image.objects.upload(picture_bytes((1600, 900)), by=None, alt="A quay")
    post.write(by=None)
    page = client.get(post.get_absolute_url()).content.decode()
    for name in ("og:title", "og:description", "og:image", "og:url"):
        assert f'property="{name}"' in page
    assert "http://127.0.0.1:8000/media/pictures/" in page


def test_a_story_that_stood_elsewhere_first_says_so(client):
    post = make_post(canonical_url="https://example.org/first/")
    page = client.get(post.get_absolute_url()).content.decode()
    assert '<link rel="canonical" href="https://example.org/first/">' in page
