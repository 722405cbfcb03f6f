"""Stories that are parts of a series: what readers find of it, and how it is put together."""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from blog.models import Post, Series, Tag
from tests.desk import desk_of, read, write
from tests.making import make_person, make_post, make_response
from tests.sitemaps import read_sitemaps

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def ed():
    return make_person("Ed", Role.EDITOR)


@pytest.fixture
def lights() -> Series:
    return Series.objects.create(title="Lights", slug="lights", description="On lamps at sea.")


def make_part(series: Series, number: int, title: str = "", **fields) -> Post:
    title = title or f"Part {number}"
    return make_post(title=title, series=series, series_position=number, **fields)


def html_of(url: str, **options) -> str:
    return Client().get(url, **options).content.decode()


def titles_in(html: str) -> list[str]:
    return re.findall(r'class="u-url"[^>]*>([^<]*)<', html)


def ways_in(html: str) -> dict[str, str]:
    """The ways to the parts beside a story, by `prev` and `next`."""
    return dict(re.findall(r'class="series-ways__way" rel="(\w+)" href="([^"]*)"', html))


class TestThePageOfASeries:
    def test_it_lists_the_parts_in_their_order(self, lights):
        for number in (3, 1, 2):
            make_part(lights, number)
        html = html_of("/series/lights/")
        assert titles_in(html) == ["Part 1", "Part 2", "Part 3"]
        assert "On lamps at sea." in html
        assert "3 parts" in html

    def test_two_parts_of_one_number_stand_as_they_were_begun(self, lights):
        make_part(lights, 1, "First")
        make_part(lights, 1, "Second")
        make_part(lights, 0, "Without a number")
        html = html_of("/series/lights/")
        assert titles_in(html) == ["Without a number", "First", "Second"]
        assert re.findall(r'parts__number">([^<]*)<', html) == ["Part 1", "Part 2", "Part 3"]

    def test_only_what_readers_find_in_lists_is_there(self, lights):
        make_part(lights, 1, "Seen")
        make_part(lights, 2, "Draft", published=False)
        make_part(lights, 3, "To come", published_at=timezone.now() + timedelta(days=1))
        make_part(lights, 4, "Unlisted", visibility=Post.Visibility.UNLISTED)
        make_part(lights, 5, "Withdrawn").unpublish(by=None)
        html = html_of("/series/lights/")
        assert titles_in(html) == ["Seen"]
        assert "1 part<" in html

    def test_a_series_without_a_story_for_readers_is_not_there(self, client, lights):
        answers = [client.get("/series/lights/"), client.get("/series/nothing/")]
        make_part(lights, 1, published=False)
        answers.append(client.get("/series/lights/"))
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.content for answer in answers}) == 1

    def test_a_long_series_is_read_page_by_page_both_ways(self, client, lights):
        titles = [f"Part {number:02}" for number in range(1, 46)]
        for number, title in enumerate(titles, start=1):
            make_part(lights, number, title)
        url, found, numbers = "/series/lights/", [], []
        while url:
            html = html_of(url)
            found += titles_in(html)
            numbers += re.findall(r'parts__number">Part (\d+)<', html)
            last, way = url, re.search(r'rel="next" href="([^"]*)"', html)
            url = way[1] if way else ""
        assert found == titles
        assert numbers == [str(number) for number in range(1, 46)]
        back = re.search(r'rel="prev" href="([^"]*)"', html_of(last))
        html = html_of(back[1])
        assert titles_in(html) == titles[20:40]
        assert '<ol class="parts" start="21">' in html

    @pytest.mark.parametrize(
        "cursor",
        ["x", "1", "1-", "-1", "01-2", "1-0", "٣-٤", "99999999-1", f"1-{'9' * 40}", "1-2 "],
    )
    def test_a_place_that_is_none_is_404(self, client, lights, cursor):
        make_part(lights, 1)
        for name in ("after", "before"):
            assert client.get("/series/lights/", {name: cursor}).status_code == 404

    def test_beyond_the_last_part_a_way_leads_back(self, client, lights):
        make_part(lights, 1)
        page = client.get("/series/lights/", {"after": "99999-1"})
        assert page.status_code == 200
        assert "Begin with the first." in page.content.decode()
        assert titles_in(html_of("/series/lights/?before=99999-1")) == ["Part 1"]

    def test_every_anonymous_reader_gets_the_same_bytes(self, lights):
        make_part(lights, 1)
        one = Client().get("/series/lights/")
        two = Client(headers={"Accept-Language": "de"}).get("/series/lights/")
        assert one.content == two.content
        assert not one.cookies
        assert "public" in one["Cache-Control"]
        assert "Cookie" not in one.headers.get("Vary", "")
        again = Client().get("/series/lights/", headers={"If-None-Match": one["ETag"]})
        assert again.status_code == 304

    def test_it_asks_the_database_little(self, client, lights, django_assert_max_num_queries):
        for number in range(1, 26):
            make_part(lights, number)
        for url in ("/series/lights/", html_next("/series/lights/")):
            with django_assert_max_num_queries(6):
                assert client.get(url).status_code == 200

    def test_search_engines_learn_of_it(self, lights):
        Series.objects.create(title="Empty", slug="empty")
        part = make_part(lights, 1)
        found = read_sitemaps(Client())
        assert "/series/lights/" in found
        assert "/series/empty/" not in found
        html = html_of("/series/lights/")
        assert re.search(r'rel="canonical" href="[^"]*/series/lights/"', html)
        assert linked_data(html)["@type"] == "CreativeWorkSeries"
        whole = linked_data(html_of(part.get_absolute_url()))["isPartOf"]
        assert (whole["name"], whole["url"].endswith("/series/lights/")) == ("Lights", True)

    def test_an_unlisted_part_tells_search_engines_of_no_series(self, lights):
        part = make_part(lights, 1, visibility=Post.Visibility.UNLISTED)
        assert "isPartOf" not in linked_data(html_of(part.get_absolute_url()))


def html_next(url: str) -> str:
    return re.search(r'rel="next" href="([^"]*)"', html_of(url))[1]


def linked_data(html: str) -> dict:
    return json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', html)[1])


class TestThePageOfAPart:
    def test_it_says_which_part_it_is_and_leads_to_those_beside_it(self, lights):
        one, two, three = (make_part(lights, number) for number in (1, 2, 3))
        html = html_of(two.get_absolute_url())
        assert "Part 2 of 3" in html
        assert '<a href="/series/lights/"><bdi>Lights</bdi></a>' in html
        assert ways_in(html) == {"prev": one.get_absolute_url(), "next": three.get_absolute_url()}
        assert ways_in(html_of(one.get_absolute_url())) == {"next": two.get_absolute_url()}
        assert ways_in(html_of(three.get_absolute_url())) == {"prev": two.get_absolute_url()}

    def test_parts_that_readers_do_not_see_are_skipped(self, lights):
        one = make_part(lights, 1)
        make_part(lights, 2, published=False)
        make_part(lights, 3, visibility=Post.Visibility.UNLISTED)
        make_part(lights, 4, published_at=timezone.now() + timedelta(days=1))
        five = make_part(lights, 5)
        html = html_of(five.get_absolute_url())
        assert "Part 2 of 2" in html
        assert ways_in(html) == {"prev": one.get_absolute_url()}

    def test_parts_of_one_number_lead_to_each_other(self, lights):
        one, two = make_part(lights, 1, "First"), make_part(lights, 1, "Second")
        assert ways_in(html_of(one.get_absolute_url())) == {"next": two.get_absolute_url()}
        assert ways_in(html_of(two.get_absolute_url())) == {"prev": one.get_absolute_url()}

    def test_parts_of_another_series_are_no_neighbours(self, lights):
        other = Series.objects.create(title="Bells", slug="bells")
        one = make_part(lights, 1)
        make_part(other, 2)
        html = html_of(one.get_absolute_url())
        assert ways_in(html) == {}
        assert re.search(r"Part 1\s*<", html)
        assert "Part 1 of" not in html

    def test_a_story_of_no_series_says_nothing_of_any(self, lights):
        html = html_of(make_post().get_absolute_url())
        assert "story__series" not in html
        assert "series.css" not in html

    def test_an_unlisted_part_leads_on_and_nothing_leads_to_it(self, lights):
        one = make_part(lights, 1)
        two = make_part(lights, 2, visibility=Post.Visibility.UNLISTED)
        html = html_of(two.get_absolute_url())
        assert "Part 2 of 2" in html
        assert ways_in(html) == {"prev": one.get_absolute_url()}
        assert ways_in(html_of(one.get_absolute_url())) == {}

    def test_an_unlisted_part_alone_leads_to_no_page_that_is_not_there(self, lights):
        alone = make_part(lights, 1, visibility=Post.Visibility.UNLISTED)
        html = html_of(alone.get_absolute_url())
        assert "Lights" in html
        assert "/series/lights/" not in html

    def test_a_part_asks_the_database_as_little_as_any_story(
        self, client, lights, django_assert_max_num_queries
    ):
        tags = Tag.objects.named(["Sea", "Maps"])
        for number in range(1, 26):
            part = make_part(lights, number)
            part.set_topics(tags)
            make_response(part)
        with django_assert_max_num_queries(8):
            assert client.get(part.get_absolute_url()).status_code == 200

    def test_a_preview_leads_to_drafts_as_well(self, ada, lights):
        one = make_part(lights, 1, by=ada, published=False)
        two = make_part(lights, 2, by=ada, published=False)
        three = make_part(lights, 3, by=ada)
        html = desk_of(ada).get(reverse("blog:preview", args=[two.pk])).content.decode()
        assert "Part 2 of 3" in html
        preview = reverse("blog:preview", args=[one.pk])
        assert ways_in(html) == {"prev": preview, "next": three.get_absolute_url()}

    def test_a_preview_tells_nothing_of_the_drafts_of_others(self, ada, lights):
        make_part(lights, 1, "Not for Ada", published=False)
        two = make_part(lights, 2, by=ada, published=False)
        html = desk_of(ada).get(reverse("blog:preview", args=[two.pk])).content.decode()
        assert "Not for Ada" not in html
        assert ways_in(html) == {}

    def test_a_title_is_written_as_a_title(self, lights):
        part = make_part(lights, 1, 'The "first" <b>')
        make_part(lights, 2)
        html = html_of(Post.objects.get(title="Part 2").get_absolute_url())
        assert "The “first” &lt;b&gt;" in html
        assert ways_in(html) == {"prev": part.get_absolute_url()}


class TestChoosing:
    def test_an_author_begins_a_series_by_naming_it(self, ada):
        write(ada).press(title="One", source="Text.", series_title="  Light and   sea ")
        story = Post.objects.get()
        assert (story.series.title, story.series.slug) == ("Light and sea", "light-and-sea")
        assert story.series_position == 1

    def test_a_story_joins_a_series_as_the_next_part(self, ada, lights):
        make_part(lights, 4)
        write(ada).press(title="New", source="Text.", series_title="lights")
        story = Post.objects.get(title="New")
        assert (story.series, story.series_position) == (lights, 5)

    def test_an_author_chooses_the_part(self, ada, lights):
        make_part(lights, 4)
        write(ada).press(title="New", source="Text.", series_title="Lights", part="2")
        assert Post.objects.get(title="New").series_position == 2

    def test_the_page_offers_the_series_that_are_there(self, ada, lights):
        page = write(ada).page
        assert '<option value="Lights"></option>' in page.html
        assert page.fields["series_title"] == page.fields["part"] == ""

    def test_what_was_chosen_stands_there_and_stays(self, ada, lights):
        story = make_part(lights, 2, by=ada)
        page = write(ada, story)
        assert (page.page.fields["series_title"], page.page.fields["part"]) == ("Lights", "2")
        page.press(title="Another title")
        story.refresh_from_db()
        assert (story.series, story.series_position) == (lights, 2)

    def test_a_story_that_goes_to_another_series_becomes_its_next_part(self, ada, lights):
        other = Series.objects.create(title="Bells", slug="bells")
        make_part(other, 6)
        story = make_part(lights, 2, by=ada)
        write(ada, story).press(series_title="Bells")
        story.refresh_from_db()
        assert (story.series, story.series_position) == (other, 7)

    def test_an_emptied_field_takes_the_story_out_of_its_series(self, ada, lights):
        story = make_part(lights, 2, by=ada)
        write(ada, story).press(series_title="")
        story.refresh_from_db()
        assert (story.series, story.series_position) == (None, 0)

    @pytest.mark.parametrize(
        ("part", "sentence"),
        [
            ("0", "Parts are counted from 1."),
            ("-3", "Parts are counted from 1."),
            ("10000", "9999 parts are the most."),
            ("two", "Write the part as a number."),
        ],
    )
    def test_a_part_that_is_no_number_of_a_part_is_refused_and_kept(
        self, ada, lights, part, sentence
    ):
        writing = write(ada)
        answer = writing.press(title="New", source="Text.", series_title="Lights", part=part)
        assert answer.status_code == 400
        assert sentence in writing.page.errors
        assert writing.page.fields["part"] == part
        assert not Post.objects.exists()

    def test_a_title_too_long_begins_no_series(self, ada):
        writing = write(ada)
        answer = writing.press(title="New", source="Text.", series_title="x" * 121)
        assert answer.status_code == 400
        assert "This title has 121 letters; 120 is the most." in writing.page.errors
        assert not Series.objects.exists()

    def test_a_story_that_cannot_be_saved_begins_no_series(self, ada):
        writing = write(ada)
        assert writing.press(title="", source="Text.", series_title="Lights").status_code == 400
        assert writing.page.fields["series_title"] == "Lights"
        assert not Series.objects.exists()

    def test_a_contributor_chooses_a_series_and_begins_none(self, lights):
        cy = make_person("Cy", Role.CONTRIBUTOR)
        writing = write(cy)
        answer = writing.press(title="New", source="Text.", series_title="Bells")
        assert answer.status_code == 400
        assert "There is no series “Bells”. Ask an editor to begin it." in writing.page.errors
        writing.press(series_title="Lights")
        assert Post.objects.get().series == lights
        assert list(Series.objects.all()) == [lights]

    def test_the_same_sent_twice_begins_one_series(self, ada):
        story = make_post(ada, published=False)
        writing = write(ada, story)
        typed = {**writing.page.fields, "series_title": "Lights", "_save": "1"}
        answers = [writing.client.post(writing.url, typed).status_code for _time in range(2)]
        assert answers == [302, 302]
        assert Series.objects.count() == 1

    def test_a_story_put_elsewhere_meanwhile_is_not_sent_twice(self, ada, lights):
        story = make_post(ada, published=False)
        late, early = write(ada, story), write(ada, story)
        early.press(series_title="Lights")
        assert late.press(series_title="").status_code == 409


class TestNames:
    @pytest.mark.parametrize("title", ["lights", "LIGHTS", "Lights!", " lights "])
    def test_a_series_is_found_however_its_name_is_written(self, lights, title):
        assert Series.objects.called(title) == lights

    def test_letters_of_every_script_have_no_case_in_a_name(self):
        made = Series.objects.named("Öl und Maß")
        assert Series.objects.named("öl UND maß") == made

    def test_names_without_a_word_are_told_apart(self):
        one, two = Series.objects.named("???"), Series.objects.named("!!!")
        assert (one.slug, two.slug) == ("series", "series-2")
        assert Series.objects.named("???") == one

    def test_an_address_that_is_taken_gets_a_number(self, lights):
        lights.title = "Lamps"
        lights.save()
        assert Series.objects.named("Lights").slug == "lights-2"


class TestTheDeskOfSeries:
    def test_an_editor_makes_a_series(self, ed):
        desk = desk_of(ed)
        page = read(desk.get("/admin/blog/series/add/"), "series_form")
        assert page.status == 200
        sent = {**page.fields, "title": " Light  and sea ", "description": "On lamps."}
        assert desk.post("/admin/blog/series/add/", sent).status_code == 302
        made = Series.objects.get()
        assert (made.title, made.slug) == ("Light and sea", "light-and-sea")

    def test_two_series_have_neither_one_title_nor_one_address(self, ed, lights):
        desk = desk_of(ed)
        same = desk.post("/admin/blog/series/add/", {"title": "lights", "slug": "other"})
        assert "There is a series of this title already." in same.content.decode()
        taken = desk.post("/admin/blog/series/add/", {"title": "Bells", "slug": "lights"})
        assert "Another series has this address." in taken.content.decode()
        assert Series.objects.count() == 1

    def test_an_address_that_readers_know_stays(self, ed, lights):
        desk, url = desk_of(ed), f"/admin/blog/series/{lights.pk}/change/"
        sent = {"title": "Lamps", "slug": "lamps", "description": ""}
        part = make_part(lights, 1)
        desk.post(url, {**sent, f"part_{part.pk}": "1"})
        lights.refresh_from_db()
        assert (lights.title, lights.slug) == ("Lamps", "lights")
        part.unpublish(by=None)
        desk.post(url, {**sent, f"part_{part.pk}": "1"})
        lights.refresh_from_db()
        assert lights.slug == "lamps"

    @pytest.mark.parametrize(
        ("moved", "expected"),
        [
            ({"c": 1}, "cabd"),
            ({"a": 3}, "bcad"),
            ({"d": 2}, "adbc"),
            ({"a": 9}, "bcda"),
            ({"a": 2, "b": 1}, "bacd"),
            ({"a": 4, "d": 1}, "dbca"),
            ({}, "abcd"),
        ],
    )
    def test_a_part_is_moved_and_the_others_make_room(self, ed, lights, moved, expected):
        parts = {name: make_part(lights, 3 * n, name) for n, name in enumerate("abcd", start=1)}
        desk, url = desk_of(ed), f"/admin/blog/series/{lights.pk}/change/"
        page = read(desk.get(url), "series_form")
        numbers = {f"part_{parts[name].pk}": str(to) for name, to in moved.items()}
        assert set(numbers) <= set(page.fields)
        assert desk.post(url, {**page.fields, **numbers}).status_code == 302
        in_order = lights.posts.order_by("series_position")
        assert "".join(part.title for part in in_order) == expected
        if moved:
            assert [part.series_position for part in in_order] == [1, 2, 3, 4]

    def test_arranging_touches_no_text_and_is_heard_of_by_open_pages(self, lights):
        one, two = make_part(lights, 1), make_part(lights, 2)
        lights.arrange({two.pk: 1})
        after = Post.objects.get(pk=two.pk)
        assert after.series_position == 1
        assert (after.source, after.updated_at) == (two.source, two.updated_at)
        assert not after.is_version_of(two.version, two.writer_key)
        assert Post.objects.get(pk=one.pk).series_position == 2

    def test_a_number_that_is_none_is_refused(self, ed, lights):
        part = make_part(lights, 1)
        desk, url = desk_of(ed), f"/admin/blog/series/{lights.pk}/change/"
        page = read(desk.get(url), "series_form")
        answer = desk.post(url, {**page.fields, f"part_{part.pk}": "0"})
        assert answer.status_code == 200
        assert "greater than or equal to 1" in answer.content.decode()

    def test_a_series_that_is_deleted_leaves_its_stories(self, ed, lights):
        part = make_part(lights, 1)
        desk = desk_of(ed)
        url = f"/admin/blog/series/{lights.pk}/delete/"
        assert desk.get(url).status_code == 200
        assert desk.post(url, {"post": "yes"}).status_code == 302
        assert not Series.objects.exists()
        html = html_of(part.get_absolute_url())
        assert "story__series" not in html
        assert part.source.strip() in html

    @pytest.mark.parametrize("role", [Role.AUTHOR, Role.CONTRIBUTOR])
    def test_who_edits_only_their_own_stories_changes_no_series(self, lights, role):
        desk = desk_of(make_person("Bea", role))
        for url in ("", "add/", f"{lights.pk}/change/", f"{lights.pk}/delete/"):
            assert desk.get(f"/admin/blog/series/{url}").status_code == 403, url

    def test_the_list_of_series_asks_the_database_little(self, ed, django_assert_max_num_queries):
        for number in range(30):
            make_part(Series.objects.named(f"Series {number}"), 1)
        desk = desk_of(ed)
        with django_assert_max_num_queries(10):
            assert desk.get("/admin/blog/series/").status_code == 200

    def test_a_series_of_many_parts_asks_the_database_little(
        self, ed, lights, django_assert_max_num_queries
    ):
        for number in range(1, 31):
            make_part(lights, number)
        desk = desk_of(ed)
        with django_assert_max_num_queries(14):
            assert desk.get(f"/admin/blog/series/{lights.pk}/change/").status_code == 200
