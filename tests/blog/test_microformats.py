"""Pages that a reader of microformats2 understands without knowing us."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest

from accounts.roles import Role
from blog.models import Image, Series, Tag
from tests.making import make_person, make_post, make_response, picture_bytes

pytestmark = pytest.mark.django_db
VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"}


class Walker(HTMLParser):
    """Collects h-* items with the properties that stand in each, as microformats2 nests them."""

    def __init__(self):
        super().__init__(convert_charrefs=True)
        self.items, self.open = [], []

    def handle_starttag(self, tag, attrs):
        has = {name: value or "" for name, value in attrs}
        classes = has.get("class", "").split()
        parent = next((item for _tag, item, _texts in reversed(self.open) if item), None)
        names = [one for one in classes if one[:2] in {"p-", "u-", "e-"} or one[:3] == "dt-"]
        kinds = [one for one in classes if one.startswith("h-")]
        item = {"kinds": kinds, "properties": {}, "text": [], "href": ""} if kinds else None
        texts = []
        for name in names:
            value = [] if item is None else item
            if (item is None and name.startswith(("u-", "dt-"))) or tag == "data":
                value = next(
                    (has[one] for one in ("href", "src", "datetime", "value") if one in has), ""
                )
            if parent is not None:
                parent["properties"].setdefault(name, []).append(value)
            if isinstance(value, list):
                texts.append(value)
        if item is not None:
            item["href"] = has.get("href", "")
            texts.append(item["text"])
            if parent is None:
                self.items.append(item)
        if tag not in VOID:
            self.open.append((tag, item, texts))

    def handle_endtag(self, tag):
        if self.open and self.open[-1][0] == tag:
            self.open.pop()

    def handle_data(self, data):
        for _tag, _item, texts in self.open:
            for text in texts:
                text.append(data)


def read(client, url):
    walker = Walker()
    walker.feed(client.get(url).content.decode())
    return walker.items


def text(value):
    words = value["text"] if isinstance(value, dict) else value
    return " ".join("".join(words).split())


@pytest.fixture
def ada(media):
    person = make_person("Ada", Role.AUTHOR)
    person.author.tagline = "Writes of the sea"
    person.author.avatar = "avatars/ada.webp"
    person.author.links = [{"label": "Elsewhere", "url": "https://social.example/@ada"}]
    person.author.save()
    return person


@pytest.fixture
def story(ada):
    series = Series.objects.create(title="Lights", slug="lights")
    post = make_post(
        by=ada,
        title="Tides",
        slug="tides",
        subtitle="Twice a day",
        source="The sea.",
        series=series,
        series_position=1,
    )
    post.lead_image = Image.objects.upload(picture_bytes(), by=ada, alt="A quay")
    post.write(by=ada)
    post.set_topics(Tag.objects.named(["Sea", "Moon"]))
    return post


def test_a_story_is_an_entry_with_its_responses(client, story):
    make_response(story, by=make_person("Rita"), source="Well said.")
    gone = make_response(story, source="Shameful.")
    make_response(story, parent=gone, by=make_person("Bea", Role.AUTHOR), source="Really?")
    gone.remove()
    (entry,) = (item for item in read(client, "/tides/") if "u-comment" in item["properties"])
    assert entry["kinds"] == ["h-entry"]
    said = entry["properties"]
    assert [text(value) for value in said["p-name"]] == ["Tides"]
    assert [text(value) for value in said["p-summary"]] == ["Twice a day"]
    assert [text(value) for value in said["e-content"]] == ["The sea."]
    assert [text(value) for value in said["p-category"]] == ["Sea", "Moon"]
    assert said["u-url"] == ["/tides/"]
    assert said["u-featured"][0].startswith("http://127.0.0.1:8000/media/pictures/")
    assert said["dt-published"] == [story.published_at.strftime("%Y-%m-%dT%H:%M:%SZ")]
    (author,) = said["p-author"]
    assert (author["kinds"], text(author), author["href"]) == (["h-card"], "Ada", "/@ada/")
    second, first = said["u-comment"]  # the newest first
    for comment, name, words in ((first, "Rita", "Well said."), (second, "Bea", "Really?")):
        assert comment["kinds"] == ["h-cite"]
        assert text(comment["properties"]["e-content"][0]) == words
        assert text(comment["properties"]["p-author"][0]) == name
        assert comment["properties"]["p-author"][0]["kinds"] == ["h-card"]
        assert comment["properties"]["dt-published"]
        assert comment["properties"]["u-url"]


def test_an_edited_story_says_when(client, story):
    story.source = "The whole sea."
    story.write(by=None)
    (entry,) = (item for item in read(client, "/tides/") if "e-content" in item["properties"])
    assert entry["properties"]["dt-updated"] == [story.edited_at.strftime("%Y-%m-%dT%H:%M:%SZ")]


def test_an_author_has_a_card(client, ada, story):
    card, _feed = read(client, "/@ada/")
    said = card["properties"]
    assert card["kinds"] == ["h-card"]
    assert text(said["p-name"][0]) == "Ada"
    assert text(said["p-note"][0]) == "Writes of the sea"
    assert said["u-url"] == ["/@ada/", "https://social.example/@ada"]
    assert said["u-uid"] == ["/@ada/"]
    assert said["u-photo"] == ["/media/avatars/ada.webp"]


@pytest.mark.parametrize(
    ("url", "name", "author"),
    [
        ("/", "Longhand", "Longhand"),
        ("/@ada/", "Ada", "Ada"),
        ("/tag/sea/", "Sea", "Longhand"),
        ("/series/lights/", "Lights", "Longhand"),
        ("/archive/{year}/", "{year}", "Longhand"),
    ],
)
def test_every_list_is_a_feed_with_a_name(client, story, url, name, author):
    year = story.published_at.year
    feeds = [i for i in read(client, url.format(year=year)) if i["kinds"] == ["h-feed"]]
    (feed,) = feeds
    assert feed["properties"]["p-name"] == [name.format(year=year)]
    assert feed["properties"]["p-author"] == [author]
