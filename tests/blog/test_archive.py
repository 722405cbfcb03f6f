"""Finding one's way by time and by name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from accounts.roles import Role
from blog.models import Post, Publication, Tag
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db


def at(year, month, day=15, hour=12):
    return datetime(year, month, day, hour, tzinfo=UTC)


def titles(answer):
    return [post.title for post in answer.context["rows"]]


class TestArchive:
    def test_a_reader_finds_the_years_with_stories_latest_first(self, client):
        for year, month in ((2021, 3), (2024, 4), (2024, 3)):
            make_post(published_at=at(year, month))
        years = client.get("/archive/").context["years"]
        assert [(year.year, [one.month for one in months]) for year, months in years] == [
            (2024, [3, 4]),
            (2021, [3]),
        ]

    def test_a_year_has_its_stories_and_the_months_that_have_some(self, client):
        make_post(title="May", published_at=at(2024, 5))
        make_post(title="July", published_at=at(2024, 7))
        make_post(title="Another year", published_at=at(2023, 7))
        answer = client.get("/archive/2024/")
        assert titles(answer) == ["July", "May"]
        assert [period.month for period in answer.context["months"]] == [5, 7]

    def test_a_month_has_only_its_own_stories(self, client):
        make_post(title="First moment", published_at=datetime(2024, 7, 1, tzinfo=UTC))
        make_post(title="Last", published_at=datetime(2024, 7, 31, 23, 59, 59, tzinfo=UTC))
        make_post(title="August", published_at=datetime(2024, 8, 1, tzinfo=UTC))
        answer = client.get("/archive/2024/7/")
        assert titles(answer) == ["Last", "First moment"]
        assert "July 2024" in answer.content.decode()

    def test_december_ends_with_the_year(self, client):
        make_post(title="Eve", published_at=datetime(2023, 12, 31, 23, 59, tzinfo=UTC))
        make_post(title="New", published_at=datetime(2024, 1, 1, tzinfo=UTC))
        assert titles(client.get("/archive/2023/12/")) == ["Eve"]

    @pytest.mark.parametrize(
        "path", ["2019/", "0/", "9999/", "10000/", "2024/0/", "2024/13/", "2024/6/", "999999999/"]
    )
    def test_a_time_without_stories_is_not_there(self, client, path):
        make_post(published_at=at(2024, 5))
        assert client.get(f"/archive/{path}").status_code == 404

    @pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/Los_Angeles"])
    @pytest.mark.parametrize("path", ["1/", "1/1/", "9998/12/", "9999/12/"])
    def test_the_ends_of_the_calendar_are_no_error_page_anywhere_on_earth(self, client, zone, path):
        Publication.objects.create(time_zone=zone)
        assert client.get(f"/archive/{path}").status_code == 404

    def test_what_readers_do_not_find_in_lists_is_not_in_the_archive(self, client):
        make_post(published_at=at(2020, 1), visibility=Post.Visibility.UNLISTED)
        make_post(published_at=at(2021, 1), published=False)
        assert "No story has been published yet" in client.get("/archive/").content.decode()
        assert client.get("/archive/2020/").status_code == 404

    def test_a_long_year_is_read_page_by_page(self, client, monkeypatch):
        monkeypatch.setattr("blog.pages.ROWS_PER_PAGE", 2)
        for day in range(1, 6):
            make_post(title=f"Day {day}", published_at=at(2024, 5, day))
        url, seen = "/archive/2024/", []
        while url:
            answer = client.get(url)
            seen += titles(answer)
            url = answer.context["older_url"]
        assert seen == ["Day 5", "Day 4", "Day 3", "Day 2", "Day 1"]

    def test_pages_of_the_archive_ask_the_database_little(
        self, client, django_assert_max_num_queries
    ):
        for month in range(1, 13):
            make_post(published_at=at(2024, month))
            make_post(published_at=at(2010 + month, 1))
        for url, ceiling in {"/archive/": 5, "/archive/2024/": 4, "/archive/2024/1/": 4}.items():
            with django_assert_max_num_queries(ceiling):
                assert client.get(url).status_code == 200


class TestNames:
    def read(self, client, url, word):
        seen = []
        while url:
            answer = client.get(url)
            assert answer.status_code == 200
            seen += [row.name for row in answer.context["rows"]]
            url = answer.context[f"{word}_url"]
        return seen

    def test_a_reader_finds_all_authors_of_stories_by_name(self, client):
        for name in ("Nora", "Ada", "Mo"):
            make_post(by=make_person(name, Role.AUTHOR))
        make_post(by=make_person("Without", Role.AUTHOR), published=False)
        assert self.read(client, "/authors/", "after") == ["Ada", "Mo", "Nora"]

    def test_many_authors_are_read_page_by_page_there_and_back(self, client, monkeypatch):
        monkeypatch.setattr("blog.pages.NAMES_PER_PAGE", 2)
        for name in ("Ada", "Bea", "Same", "Same", "Zoe"):
            make_post(by=make_person(name, Role.AUTHOR))
        assert self.read(client, "/authors/", "after") == ["Ada", "Bea", "Same", "Same", "Zoe"]
        last = client.get("/authors/")
        while last.context["after_url"]:
            last = client.get(last.context["after_url"])
        back = client.get(last.context["before_url"])
        assert [row.name for row in back.context["rows"]] == ["Same", "Same"]
        first = client.get(back.context["before_url"])
        assert [row.name for row in first.context["rows"]] == ["Ada", "Bea"]
        assert first.context["before_url"] == ""

    def test_a_reader_finds_all_subjects_of_stories_by_name(self, client):
        make_post().set_topics(Tag.objects.named(["Sky", "Maps"]))
        make_post(published=False).set_topics(Tag.objects.named(["Secret"]))
        assert self.read(client, "/tags/", "after") == ["Maps", "Sky"]

    @pytest.mark.parametrize(
        "url", ["/authors/?after=nobody", "/tags/?before=%00", "/tags/?after=x"]
    )
    def test_a_made_up_place_is_not_there(self, client, url):
        assert client.get(url).status_code == 404

    def test_without_stories_the_pages_say_so(self, client):
        assert "Nobody has published" in client.get("/authors/").content.decode()
        assert "No story has a subject" in client.get("/tags/").content.decode()

    def test_pages_of_names_ask_the_database_little(self, client, django_assert_max_num_queries):
        for _number in range(5):
            make_post().set_topics(Tag.objects.named(["Sky", "Maps"]))
        for url in ("/authors/", "/tags/"):
            with django_assert_max_num_queries(3):
                assert client.get(url).status_code == 200
