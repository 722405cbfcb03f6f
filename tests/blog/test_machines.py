"""What machines read on our pages: icons, robots, guides, cards and schema.org."""

from __future__ import annotations

import io
import json
import re
import xml.etree.ElementTree as ElementTree

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image as PillowImage

from accounts.roles import Role
from blog.crawlers import AI_CRAWLERS
from blog.models import Image, Publication, Tag
from tests.desk import desk_of
from tests.making import make_person, make_post, make_response, picture_bytes

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

SITE = "http://127.0.0.1:8000"
HOSTILE = "</script><script>alert(1)</script>\"'&<!--\\u2028\u2028𝕏"
PUBLICATION = "/admin/blog/publication/1/change/"


def ld_of(client, url):
    html = client.get(url).content.decode()
    (data,) = re.findall(r'<script type="application/ld\+json">(.*?)</script>', html, re.DOTALL)
    assert not set(data) & set("<>&")
    return json.loads(data)


def things_in(value):
    """Every object with a type, however deep."""
    if isinstance(value, list):
        for one in value:
            yield from things_in(one)
    elif isinstance(value, dict):
        if "@type" in value:
            yield value
        for one in value.values():
            yield from things_in(one)


REQUIRED = {
    "BlogPosting": {"headline", "url", "author", "publisher", "datePublished", "dateModified"},
    "Person": {"name"},
    "Organization": {"name", "url", "logo"},
    "WebPage": {"@id", "breadcrumb"},
    "BreadcrumbList": {"itemListElement"},
    "ItemList": {"itemListElement"},
    "ListItem": {"position"},
    "Comment": {"text", "url", "dateCreated", "author"},
    "InteractionCounter": {"interactionType", "userInteractionCount"},
    "WebSite": {"name", "url", "potentialAction"},
    "SearchAction": {"target", "query-input"},
    "EntryPoint": {"urlTemplate"},
    "ProfilePage": {"mainEntity"},
    "CollectionPage": {"name", "url", "mainEntity"},
    "CreativeWorkSeries": {"name", "url"},
}


def assert_shapes(said):
    assert said["@context"] == "https://schema.org"
    for thing in things_in(said):
        assert REQUIRED[thing["@type"]] <= set(thing), thing
        assert all(value not in ("", None, []) for value in thing.values()), thing
        for name in ("url", "@id", "item", "image", "logo"):
            assert str(thing.get(name, SITE)).startswith(SITE), thing


class TestSchemaOrg:
    def test_a_story_says_who_where_and_what_was_said_of_it(self, client, media):
        ada = make_person("Ada", Role.AUTHOR)
        ada.author.tagline = "Writes of the sea"
        ada.author.links = [{"label": "Elsewhere", "url": "https://social.example/@ada"}]
        ada.author.save()
        post = make_post(by=ada, title="Tides", slug="tides")
        post.set_topics(Tag.objects.named(["Sea", "Moon"]))
        for number in range(5):
            make_response(post, source=f"Said {number} " + "on " * 100)
        said = ld_of(client, "/tides/")
        assert_shapes(said)
        assert said["@type"] == "BlogPosting"
        (author,) = said["author"]
        assert author["sameAs"] == ["https://social.example/@ada"]
        assert author["description"] == "Writes of the sea"
        trail = said["mainEntityOfPage"]["breadcrumb"]["itemListElement"]
        assert [place["name"] for place in trail] == ["Longhand", "Sea", "Tides"]
        assert [place["position"] for place in trail] == [1, 2, 3]
        assert said["commentCount"] == 5
        assert len(said["comment"]) == 3
        assert said["comment"][0]["text"].startswith("Said 4 on on")
        assert len(said["comment"][0]["text"]) <= 160
        (counter,) = said["interactionStatistic"]
        assert counter["interactionType"] == "https://schema.org/CommentAction"
        assert counter["userInteractionCount"] == 5

    def test_a_removed_response_is_not_said_again(self, client):
        post = make_post(slug="quiet")
        first = make_response(post, source="Shameful")
        make_response(post, parent=first, source="Answered")
        first.remove()
        said = ld_of(client, "/quiet/")
        assert [comment["text"] for comment in said["comment"]] == ["Answered"]

    def test_words_of_an_attacker_stay_words(self, client, media):
        ada = make_person("Ada", Role.AUTHOR)
        ada.author.name = ada.author.tagline = HOSTILE[:80]
        ada.author.save()
        Publication(name=HOSTILE[:80], tagline=HOSTILE).save()
        post = make_post(
            by=ada, title=HOSTILE, subtitle=HOSTILE, summary=HOSTILE, slug="x", language="ja"
        )
        post.set_topics(Tag.objects.named([HOSTILE[:40].replace(",", "")]))
        make_response(post, source=HOSTILE)
        tag = post.kicker.get_absolute_url()
        for url in ("/x/", "/", ada.author.get_absolute_url(), tag):
            assert_shapes(ld_of(client, url))
            assert "<script>alert" not in client.get(url).content.decode()

    def test_the_front_page_says_how_to_search(self, client):
        said = ld_of(client, "/")
        assert_shapes(said)
        template = said["potentialAction"]["target"]["urlTemplate"]
        assert template == f"{SITE}/search/?q={{search_term_string}}"

    def test_an_author_and_a_subject_say_what_they_are(self, client):
        ada = make_person("Ada", Role.AUTHOR)
        post = make_post(by=ada, slug="tides")
        post.set_topics(Tag.objects.named(["Sea"]))
        profile = ld_of(client, ada.author.get_absolute_url())
        assert_shapes(profile)
        assert profile["mainEntity"]["name"] == "Ada"
        subject = ld_of(client, "/tag/sea/")
        assert_shapes(subject)
        (entry,) = subject["mainEntity"]["itemListElement"]
        assert entry["url"] == f"{SITE}/tides/"


class TestRobots:
    def test_everybody_is_asked_to_leave_pages_of_ones_own(self, client):
        text = client.get("/robots.txt").content.decode()
        for path in ("/admin/", "/accounts/", "/draft/", "/search/?", "/preview/"):
            assert f"Disallow: {path}\n" in text
        assert "GPTBot" not in text
        assert "Disallow: /\n" not in text

    def test_ai_crawlers_are_asked_to_stay_away_when_they_are_not_welcome(self, client):
        Publication(welcomes_ai_crawlers=False).save()
        text = client.get("/robots.txt").content.decode()
        group = text.split("\n\n")[1]
        assert group.splitlines()[-1] == "Disallow: /"
        named = re.findall(r"User-agent: (.+)", group)
        assert tuple(named) == AI_CRAWLERS
        for name in ("GPTBot", "ClaudeBot", "Google-Extended", "CCBot", "PerplexityBot"):
            assert name in named
        assert not {"*", "Googlebot", "Bingbot"} & set(named)
        assert client.get("/llms.txt").status_code == 404

    def test_language_models_find_the_newest_stories_in_markdown(self, client):
        Publication(name="The *Quiet* Page", tagline="Slow\nreading").save()
        ada = make_person("Ada", Role.AUTHOR)
        make_post(by=ada, title="[Tides](x)", slug="tides", subtitle="Twice a day")
        make_post(by=ada, title="Own", slug="own", offers_markdown=False)
        make_post(title="Hidden", slug="hidden", visibility="unlisted")
        make_post(title="Unfinished", published=False)
        text = client.get("/llms.txt").content.decode()
        assert text.startswith(
            "# The \\*Quiet\\* Page\n\n> Slow reading\n\n## Newest stories\n\n- "
        )
        assert f"- [\\[Tides\\](x)]({SITE}/tides.md): Ada. Twice a day\n" in text
        assert f"]({SITE}/own.txt)" in text
        assert "Hidden" not in text
        assert "Unfinished" not in text
        assert f"]({SITE}/archive/)" in text

    def test_the_guide_asks_the_database_no_more_for_more_stories(
        self, client, django_assert_max_num_queries
    ):
        for _story in range(4):
            make_post()
        with django_assert_max_num_queries(3):
            client.get("/llms.txt")


class TestIcons:
    def upload(self, content=None, **changes):
        client = desk_of(make_person("Olga", Role.OWNER))
        Publication.objects.get_or_create(pk=1, defaults={"name": "The Quiet Page"})
        fields = {"name": "The Quiet Page", "language": "en", "time_zone": "UTC", **changes}
        if content is not None:
            fields["logo_file"] = SimpleUploadedFile("logo.png", content, "image/png")
        return client.post(PUBLICATION, fields)

    def test_there_is_an_icon_without_a_logo(self, client):
        answer = client.get("/favicon.ico")
        assert answer["Content-Type"] == "image/vnd.microsoft.icon"
        with PillowImage.open(io.BytesIO(answer.content)) as icon:
            assert icon.format == "ICO"
            assert {(16, 16), (32, 32), (48, 48)} <= icon.info["sizes"]
        assert client.get("/apple-touch-icon.png")["Content-Type"] == "image/png"
        assert "icons/icon" in client.get("/").content.decode()

    def test_all_icons_are_made_of_one_logo(self, client, media):
        assert self.upload(picture_bytes((300, 200), "PNG", "#aa2211")).status_code == 302
        logo = Publication.current().logo
        assert logo
        for name, side in (("32", 32), ("180", 180), ("192", 192), ("512", 512)):
            answer = client.get(f"/media/icons/{logo}/{name}.png")
            with PillowImage.open(io.BytesIO(b"".join(answer.streaming_content))) as icon:
                assert icon.size == (side, side)
                # The picture is whole; above it there is room.
                red, green, blue, *_alpha = icon.convert("RGBA").getpixel((side // 2, side // 2))
                assert (red, green, blue) == pytest.approx((0xAA, 0x22, 0x11), abs=3)
        page = client.get("/").content.decode()
        assert f'<link rel="icon" href="/media/icons/{logo}/32.png" sizes="32x32">' in page
        assert "icons/icon" not in page
        icons = json.loads(client.get("/manifest.webmanifest").content)["icons"]
        assert {icon.get("purpose") for icon in icons} == {None, "maskable"}
        for icon in icons:
            assert client.get(icon["src"]).status_code == 200
        with PillowImage.open(io.BytesIO(client.get("/favicon.ico").content)) as icon:
            assert icon.convert("RGB").getpixel((24, 24))[0] > 150

    def test_a_telephone_gets_no_black_corners(self, client, media):
        file = io.BytesIO()
        PillowImage.new("RGBA", (64, 64), (0, 0, 0, 0)).save(file, "PNG")
        self.upload(file.getvalue())
        with PillowImage.open(io.BytesIO(client.get("/apple-touch-icon.png").content)) as icon:
            assert icon.convert("RGBA").getpixel((1, 1)) == (255, 255, 255, 255)

    def test_another_logo_takes_the_place_of_the_first_and_can_be_taken_away(self, client, media):
        self.upload(picture_bytes((64, 64), "PNG", "#aa2211"))
        first = Publication.current().logo
        self.upload(picture_bytes((64, 64), "PNG", "#1122aa"))
        assert Publication.current().logo not in {"", first}
        assert default_storage.listdir(f"icons/{first}")[1] == []
        desk_of(make_person("Ola", Role.OWNER)).post(
            PUBLICATION,
            {"name": "The Quiet Page", "language": "en", "time_zone": "UTC", "no_logo": "on"},
        )
        assert Publication.current().logo == ""
        assert "icons/icon" in client.get("/").content.decode()

    def test_the_desk_shows_the_logo_there_is(self, media):
        owner = desk_of(make_person("Olga", Role.OWNER))
        Publication().save()
        assert "no_logo" not in owner.get(PUBLICATION).content.decode()
        self.upload(picture_bytes((64, 64), "PNG", "#aa2211"))
        page = owner.get(PUBLICATION).content.decode()
        assert 'name="no_logo"' in page
        assert f"/media/icons/{Publication.current().logo}/192.png" in page

    @pytest.mark.parametrize("content", [b"<svg/>", b"\x89PNG\r\n\x1a\nbroken"])
    def test_what_is_no_picture_becomes_no_logo(self, client, media, content):
        answer = self.upload(content)
        assert answer.status_code == 200
        assert "errorlist" in answer.content.decode()
        assert Publication.current().logo == ""

    def test_the_manifest_says_what_the_publication_is(self, client):
        Publication(name="صفحة هادئة جدا", tagline="Slow", language="ar").save()
        answer = client.get("/manifest.webmanifest")
        assert answer["Content-Type"] == "application/manifest+json"
        said = json.loads(answer.content)
        assert said["name"] == "صفحة هادئة جدا"
        assert said["short_name"] == "صفحة هادئة"
        assert (said["dir"], said["start_url"], said["display"]) == ("rtl", "/", "minimal-ui")
        for icon in said["icons"]:
            assert icon["src"].startswith("/static/icons/")

    def test_only_who_owns_the_publication_changes_its_logo(self, client, media):
        Publication().save()
        content = SimpleUploadedFile("logo.png", picture_bytes((64, 64), "PNG"), "image/png")
        answer = desk_of(make_person("Ada", Role.AUTHOR)).post(
            PUBLICATION, {"name": "Mine", "language": "en", "logo_file": content}
        )
        assert answer.status_code == 403
        assert Publication.current().logo == ""


class TestOembed:
    def ask(self, client, url, **more):
        return client.get(reverse("blog:oembed"), {"url": url, **more})

    def test_a_story_becomes_a_card_without_scripts(self, client):
        ada = make_person("Ada", Role.AUTHOR)
        make_post(by=ada, title="<b>Tides</b>", slug="tides", subtitle="Twice & again")
        answer = self.ask(client, f"{SITE}/tides/?ref=x#responses")
        assert answer["Content-Type"] == "application/json"
        said = json.loads(answer.content)
        assert (said["version"], said["type"]) == ("1.0", "rich")
        assert said["title"] == "<b>Tides</b>"
        assert said["author_name"] == "Ada"
        assert said["author_url"] == f"{SITE}/@ada/"
        assert said["html"].startswith("<blockquote")
        assert "&lt;b&gt;Tides&lt;/b&gt;" in said["html"]
        assert "Twice &amp; again" in said["html"]
        assert "<script" not in said["html"]
        assert "style" not in said["html"]
        assert {"width", "height"} <= set(said)

    def test_the_page_says_where_to_ask(self, client):
        post = make_post(title="東京")
        page = client.get(post.get_absolute_url()).content.decode()
        (url,) = re.findall(r'type="application/json\+oembed" href="([^"]+)"', page)
        said = client.get(url.replace("&amp;", "&"))
        assert json.loads(said.content)["title"] == "東京"

    def test_xml_is_spoken_as_well(self, client):
        make_post(title="A & <b>", slug="ab")
        answer = self.ask(client, f"{SITE}/ab/", format="xml")
        assert answer["Content-Type"] == "text/xml; charset=utf-8"
        root = ElementTree.fromstring(answer.content)
        assert root.tag == "oembed"
        assert root.find("title").text == "A & <b>"
        assert root.find("html").text.startswith("<blockquote")

    def test_a_picture_wider_than_asked_for_is_left_out(self, client, media):
        post = make_post(slug="quay")
        post.lead_image = Image.objects.upload(picture_bytes((1600, 900)), by=None, alt="A quay")
        post.write(by=None)
        wide = json.loads(self.ask(client, f"{SITE}/quay/").content)
        assert (wide["thumbnail_width"], wide["thumbnail_height"]) == (1440, 810)
        narrow = json.loads(self.ask(client, f"{SITE}/quay/", maxwidth="400").content)
        assert "thumbnail_url" not in narrow
        assert narrow["width"] == 400

    def test_an_old_address_is_understood(self, client):
        post = make_post(slug="before")
        post.slug = "after"
        post.write(by=None)
        said = json.loads(self.ask(client, f"{SITE}/before/").content)
        assert f"{SITE}/after/" in said["html"]

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "https://elsewhere.example/tides/",
            "http://127.0.0.1:8000@elsewhere.example/tides/",
            "http://127.0.0.1:8001/tides/",
            "javascript://127.0.0.1:8000/tides/",
            f"{SITE}/",
            f"{SITE}/archive/",
            f"{SITE}/tides/claps/",
            f"{SITE}/draft-1/",
            f"{SITE}/tides\0/",
            f"{SITE}/{'x' * 3000}/",
            "http://[",
        ],
    )
    def test_what_readers_cannot_open_here_is_not_there(self, client, url):
        make_post(slug="tides")
        make_post(slug="draft-1", published=False)
        assert self.ask(client, url).status_code == 404

    def test_a_withdrawn_story_is_not_there(self, client):
        make_post(slug="gone-now").unpublish(by=None)
        assert self.ask(client, f"{SITE}/gone-now/").status_code == 404

    def test_other_formats_and_odd_numbers_are_refused(self, client):
        make_post(slug="tides")
        url = f"{SITE}/tides/"
        assert self.ask(client, url, format="yaml").status_code == 501
        for odd in ("-1", "0", "wide", "٣", "9" * 400):
            assert self.ask(client, url, maxwidth=odd).status_code == 400
        assert client.get("/oembed/").status_code == 400
