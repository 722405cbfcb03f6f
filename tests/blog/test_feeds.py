"""What feed readers, search engines and chats are told."""

from __future__ import annotations

import gzip
import json
import re
import xml.etree.ElementTree as ElementTree
from datetime import UTC, datetime, timedelta

import pytest
from django.db.models import Value
from django.db.models.functions import Concat

from accounts.models import Author
from accounts.roles import Role
from blog.feeds.response import RESPONSE_COUNT
from blog.models import Comment, Image, Post, Publication, Series, Tag
from blog.streams import ENTRY_COUNT
from tests.feeds import NAMES, TYPES, read_feed
from tests.making import make_person, make_post, make_response, picture_bytes
from tests.sitemaps import read_sitemaps

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.once]
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
    assert read_sitemaps(client)


def test_an_entry_keeps_its_identity_when_its_address_changes(client):
    post = make_post()
    before = atom(client).find(f"{ATOM}entry/{ATOM}id").text
    post.slug = "elsewhere"
    post.write(by=None)
    assert atom(client).find(f"{ATOM}entry/{ATOM}id").text == before


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


KINDS = {"atom": "", "rss": "rss/", "json": "json/"}
HOSTILE = "]]> <b>&amp;</b> \u202eevil\u202c 🐚 العربية \u0085"


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def story(ada, media):
    """One that stands in every feed, with all that a feed can say of a story."""
    series = Series.objects.create(title="Lights", slug="lights")
    post = make_post(by=ada, title="Tides", slug="tides", summary="In short", series=series)
    image = Image.objects.upload(picture_bytes((320, 180)), by=ada, alt="A quay")
    post.source = f"A formula, $a < b$, a note[^1].\n\n{image.markdown}\n\n[^1]: Here.\n"
    post.lead_image = Image.objects.upload(picture_bytes((320, 180)), by=ada, alt="A light")
    post.write(by=None, is_minor=True)
    post.set_topics(Tag.objects.named(["Sea", "Night"]))
    return post


@pytest.mark.parametrize("kind", KINDS)
class TestEveryForm:
    @pytest.mark.parametrize("of", ["/", "/@ada/", "/tag/sea/", "/series/lights/"])
    def test_every_feed_of_stories_is_valid_and_whole(self, client, story, of, kind):
        feed = read_feed(client, f"{of}feed/{KINDS[kind]}")
        assert feed["page"] == f"http://127.0.0.1:8000{of}"
        (entry,) = feed["entries"]
        assert entry["title"] == "Tides"
        assert entry["url"] == "http://127.0.0.1:8000/tides/"
        assert entry["people"] == ["Ada"]
        assert entry["tags"] == ["Sea", "Night"]
        assert entry["summary"] == "In short"
        assert entry["language"] == "en"
        assert "<math" in entry["html"]
        assert "A quay" in entry["html"]
        assert entry["html"].startswith("<figure"), "the lead picture stands above the text"
        assert entry["picture"] in entry["html"]
        assert entry["picture"].endswith(".jpg")

    def test_all_forms_say_the_same(self, client, story, kind):
        one, other = (read_feed(client, url) for url in ("/feed/", f"/feed/{KINDS[kind]}"))
        for entry in (*one["entries"], *other["entries"]):
            # RSS knows no parts of a second.
            entry["published"] = entry["published"].replace(microsecond=0)
        assert one["entries"] == other["entries"]

    def test_nothing_that_is_typed_breaks_a_feed(self, client, ada, kind):
        Publication.objects.create(name=f"Long {HOSTILE}", tagline=HOSTILE)
        ada.author.name = f"Ada {HOSTILE}"[:80]
        ada.author.save()
        source = f"{HOSTILE}\n\n`]]>`\n\nhttps://www.youtube.com/watch?v=dQw4w9WgXcQ\n"
        post = make_post(by=ada, title=f"A {HOSTILE}", subtitle=HOSTILE, source=source)
        post.set_topics(Tag.objects.named([HOSTILE[:40]]))
        make_response(post, source=f"{HOSTILE}\n\n<script>alert(1)</script>")
        for url in ("/feed/", post.get_absolute_url() + "responses/feed/"):
            feed = read_feed(client, url + KINDS[kind])
            assert HOSTILE in feed["title"] or url != "/feed/"
            assert "]]>" in feed["entries"][0]["title"]
            assert "🐚" in feed["entries"][0]["html"]

    def test_a_story_that_runs_from_right_to_left_says_so(self, client, kind):
        make_post(language="ar", source="كان الصباح هادئا.\n")
        (entry,) = read_feed(client, f"/feed/{KINDS[kind]}")["entries"]
        assert entry["language"] == "ar"
        assert entry["html"].startswith('<div dir="rtl" lang="ar">')

    def test_without_a_summary_the_text_begins_it(self, client, kind):
        make_post(source="It was a quiet morning. " * 40)
        (entry,) = read_feed(client, f"/feed/{KINDS[kind]}")["entries"]
        assert entry["summary"].startswith("It was a quiet morning.")
        assert len(entry["summary"]) <= 200

    def test_a_story_of_a_title_alone_is_an_entry(self, client, kind):
        make_post(title="Only this", source="")
        (entry,) = read_feed(client, f"/feed/{KINDS[kind]}")["entries"]
        assert (entry["title"], entry["html"]) == ("Only this", "")

    def test_where_a_story_stood_first_is_told(self, client, kind):
        make_post(canonical_url="https://example.org/első/")
        content = client.get(f"/feed/{KINDS[kind]}").content.decode()
        assert "https://example.org/els%C5%91/" in content

    def test_an_edited_story_is_newer_but_keeps_its_date(self, client, clock, kind):
        post = make_post(published_at=clock.now)
        clock.pass_by(days=2)
        post.source = "It was a loud morning."
        post.write(by=None)
        feed = read_feed(client, f"/feed/{KINDS[kind]}")
        (entry,) = feed["entries"]
        assert entry["published"] == clock.now - timedelta(days=2)
        assert entry["updated"] == clock.now
        assert feed.get("updated", clock.now) == clock.now

    def test_an_empty_feed_is_valid_and_always_the_same(self, client, ada, clock, kind):
        for url in ("/feed/", "/@ada/feed/"):
            feed = read_feed(client, url + KINDS[kind])
            assert feed["entries"] == []
            before = client.get(url + KINDS[kind])
            clock.pass_by(days=1)
            assert client.get(url + KINDS[kind]).content == before.content
            assert "Last-Modified" not in before

    def test_a_feed_ends_and_takes_few_questions(
        self, client, ada, django_assert_max_num_queries, kind
    ):
        tags = Tag.objects.named(["Sea"])
        for _number in range(ENTRY_COUNT + 2):
            make_post(by=ada).set_topics(tags)
        for url in ("/feed/", "/@ada/feed/", "/tag/sea/feed/"):
            with django_assert_max_num_queries(5):
                assert len(read_feed(client, url + KINDS[kind])["entries"]) == ENTRY_COUNT

    def test_what_readers_do_not_find_in_lists_is_in_no_feed(self, client, ada, story, kind):
        Post.objects.update(visibility=Post.Visibility.UNLISTED)
        make_post(by=ada, published=False)
        make_post(by=ada, published_at=datetime.now(UTC) + timedelta(days=1))
        for url in ("/feed/", "/@ada/feed/"):
            assert read_feed(client, url + KINDS[kind])["entries"] == []
        for url in ("/tag/sea/feed/", "/series/lights/feed/"):
            assert client.get(url + KINDS[kind]).status_code == 404


@pytest.mark.parametrize("kind", KINDS)
class TestAskingAgain:
    URLS = (
        "/feed/",
        "/@ada/feed/",
        "/tag/sea/feed/",
        "/series/lights/feed/",
        "/tides/responses/feed/",
    )

    def test_what_has_not_changed_is_not_sent_again(self, client, story, kind):
        make_response(story)
        for url in self.URLS:
            first = client.get(url + KINDS[kind])
            by_mark = client.get(url + KINDS[kind], headers={"If-None-Match": first["ETag"]})
            since = {"If-Modified-Since": first["Last-Modified"]}
            by_date = client.get(url + KINDS[kind], headers=since)
            for again in (by_mark, by_date):
                assert (again.status_code, again.content) == (304, b""), url
                assert again["ETag"] == first["ETag"]
                assert again["Last-Modified"] == first["Last-Modified"]

    def test_what_has_changed_is_sent_again(self, client, clock, kind):
        post = make_post(published_at=clock.now)
        first = client.get(f"/feed/{KINDS[kind]}")
        clock.pass_by(minutes=1)
        post.source = "It was a loud morning."
        post.write(by=None)
        for headers in (
            {"If-None-Match": first["ETag"]},
            {"If-Modified-Since": first["Last-Modified"]},
            # The mark says more than the date.
            {"If-None-Match": first["ETag"], "If-Modified-Since": "Fri, 01 Jan 2100 00:00:00 GMT"},
        ):
            assert client.get(f"/feed/{KINDS[kind]}", headers=headers).status_code == 200

    @pytest.mark.parametrize("since", ["yesterday", "", "Thu, 99 Foo 0000 00:00:00 GMT", "0"])
    def test_a_date_that_is_none_is_passed_over(self, client, story, since, kind):
        answer = client.get(f"/feed/{KINDS[kind]}", headers={"If-Modified-Since": since})
        assert answer.status_code == 200

    def test_it_is_the_same_for_all_and_travels_compressed(self, client, story, kind):
        make_response(story)
        for url in self.URLS:
            plain = client.get(url + KINDS[kind], headers={"Accept-Language": "de"})
            assert not plain.cookies
            assert "s-maxage" in plain["Cache-Control"]
            assert "Cookie" not in plain["Vary"]
            small = client.get(url + KINDS[kind], headers={"Accept-Encoding": "gzip"})
            assert gzip.decompress(small.content) == plain.content
            head = client.head(url + KINDS[kind])
            assert (head.status_code, head.content) == (200, b"")
            assert head["ETag"] == plain["ETag"]
            assert head["Last-Modified"] == plain["Last-Modified"]


@pytest.mark.parametrize("kind", KINDS)
class TestResponses:
    def test_they_carry_name_place_and_text(self, client, story, kind):
        rita = make_person("Rita")
        first = make_response(story, by=rita, source="Well *said*. [more](/tides/)")
        reply = make_response(story, by=story.byline[0].user, parent=first)
        feed = read_feed(client, f"/tides/responses/feed/{KINDS[kind]}")
        assert feed["page"] == "http://127.0.0.1:8000/tides/#responses"
        newest, oldest = feed["entries"]
        for entry, response in ((newest, reply), (oldest, first)):
            assert entry["url"] == (
                f"http://127.0.0.1:8000/tides/responses/{response.pk}/#response-{response.pk}"
            )
        assert oldest["people"] == ["Rita"]
        assert newest["people"] == ["Ada"]
        assert "<em>said</em>" in oldest["html"]
        assert 'href="http://127.0.0.1:8000/tides/"' in oldest["html"]

    def test_what_moderators_hid_or_people_removed_is_not_in_it(self, client, story, kind):
        hidden, removed = make_response(story), make_response(story)
        make_response(story, parent=removed, source="Still here.")
        hidden.hide()
        removed.remove()
        (entry,) = read_feed(client, f"/tides/responses/feed/{KINDS[kind]}")["entries"]
        assert "Still here." in entry["html"]
        content = client.get(f"/tides/responses/feed/{KINDS[kind]}").content.decode()
        for gone in (hidden, removed):
            assert f"response-{gone.pk}" not in content

    def test_somebody_who_left_has_a_name_all_the_same(self, client, story, kind):
        make_response(story)
        Comment.objects.update(author=None)
        (entry,) = read_feed(client, f"/tides/responses/feed/{KINDS[kind]}")["entries"]
        assert entry["people"] == ["Somebody who left"]

    def test_no_story_means_no_feed_of_its_responses(self, client, ada, story, kind):
        end = f"/responses/feed/{KINDS[kind]}"
        draft = make_post(by=ada, published=False)
        assert client.get(f"/{draft.slug}{end}").status_code == 404
        assert client.get(f"/nothing{end}").status_code == 404
        story.slug = "ebb"
        story.write(by=None)
        moved = client.get(f"/tides{end}")
        assert (moved.status_code, moved["Location"]) == (301, f"/ebb{end}")
        story.unpublish(by=None)
        for slug in ("ebb", "tides"):
            assert client.get(f"/{slug}{end}").status_code == 410

    def test_of_an_unlisted_story_whoever_knows_it_may_follow_them(self, client, story, kind):
        Post.objects.update(visibility=Post.Visibility.UNLISTED)
        answer = client.get(f"/tides/responses/feed/{KINDS[kind]}")
        assert (answer.status_code, answer["X-Robots-Tag"]) == (200, "noindex")

    def test_there_is_an_end_to_it(self, client, story, django_assert_max_num_queries, kind):
        person = make_person()
        Comment.objects.bulk_create(
            Comment(post=story, author=person, source="x", html=f"<p>{number}</p>")
            for number in range(RESPONSE_COUNT + 3)
        )
        url = f"/tides/responses/feed/{KINDS[kind]}"
        with django_assert_max_num_queries(4):
            entries = read_feed(client, url)["entries"]
        assert [entry["html"] for entry in entries][:2] == ["<p>52</p>", "<p>51</p>"]
        assert len(entries) == RESPONSE_COUNT


def test_a_reply_says_what_it_answers_while_that_can_be_read(client, story):
    first = make_response(story)
    make_response(story, parent=first)

    def answered():
        root = ElementTree.fromstring(client.get("/tides/responses/feed/").content)
        return root.find("atom:entry/thr:in-reply-to", NAMES).get("ref")

    id_of_story = atom(client).find(f"{ATOM}entry/{ATOM}id").text
    assert answered().endswith(f":response-{first.pk}")
    first.hide()
    assert answered() == id_of_story


class TestAddresses:
    @pytest.mark.parametrize(
        ("guess", "feed"),
        [
            ("/rss.xml", "/feed/rss/"),
            ("/index.xml", "/feed/rss/"),
            ("/rss/", "/feed/rss/"),
            ("/atom.xml", "/feed/"),
            ("/feed.xml", "/feed/"),
            ("/atom/", "/feed/"),
            ("/feed/atom/", "/feed/"),
            ("/feed.json", "/feed/json/"),
        ],
    )
    def test_where_feeds_are_elsewhere_the_way_is_shown(self, client, guess, feed):
        answer = client.get(guess)
        assert (answer.status_code, answer["Location"]) == (301, feed)
        assert "public" in answer["Cache-Control"]

    @pytest.mark.parametrize("kind", KINDS.values())
    def test_a_former_name_leads_to_the_feed(self, client, ada, kind):
        tag = Tag.objects.named(["Sea"])[0]
        make_post(by=ada).set_topics([tag])
        tag.move_to("ocean")
        for old, new in (("/@ADA/feed/", "/@ada/feed/"), ("/tag/sea/feed/", "/tag/ocean/feed/")):
            answer = client.get(old + kind)
            assert (answer.status_code, answer["Location"]) == (301, new + kind)

    def test_an_address_in_another_script_is_no_loop(self, client):
        make_post().set_topics(Tag.objects.named(["日本"]))
        for kind in KINDS.values():
            assert read_feed(client, f"/tag/%E6%97%A5%E6%9C%AC/feed/{kind}")["entries"]

    @pytest.mark.parametrize(
        "url", ["/feed/rdf/", "/feed/json/x/", "/@nobody/feed/", "/tag/none/feed/rss/"]
    )
    def test_other_feeds_there_are_none(self, client, url):
        assert client.get(url).status_code == 404

    @pytest.mark.parametrize("of", ["/", "/@ada/", "/tag/sea/", "/series/lights/", "/feeds/"])
    def test_pages_name_their_feeds_in_each_form(self, client, story, of):
        html = client.get(of).content.decode()
        start = "/" if of == "/feeds/" else of
        for kind, media_type in TYPES.items():
            media_type = media_type.partition(";")[0]
            link = f'<link rel="alternate" type="{media_type}" href="{start}feed/{KINDS[kind]}"'
            assert html.count(link) == 1

    def test_a_story_names_the_feed_of_its_responses(self, client, story):
        link = 'type="application/atom+xml" href="/tides/responses/feed/"'
        assert link in client.get("/tides/").content.decode()
        Post.objects.update(responses_open=False)
        assert link not in client.get("/tides/").content.decode()

    def test_a_page_says_what_feeds_are_and_where(self, client):
        assert 'href="/feeds/"' in client.get("/").content.decode()
        html = client.get("/feeds/").content.decode()
        for kind in KINDS.values():
            assert f">http://127.0.0.1:8000/feed/{kind}</a>" in html
        assert "A feed is an address" in html
