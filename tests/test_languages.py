"""In which language, direction and time zone a page speaks."""

from __future__ import annotations

import gettext
import struct
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation

from accounts.roles import Role
from blog.jinja import backend
from blog.models import Publication
from blog.templatetags.longhand import compact
from config.languages import catalogues
from tests.desk import STORIES, desk_of
from tests.making import make_person, make_post

# Late in the evening in London is the next morning in Tokyo.
LATE = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)


def write_catalogue(folder: Path, **texts: str) -> None:
    """A compiled catalogue, as msgfmt writes it."""
    rows = sorted({"": "Content-Type: text/plain; charset=UTF-8\n", **texts}.items())
    keys = b"".join(key.encode() + b"\0" for key, _text in rows)
    values = b"".join(text.encode() + b"\0" for _key, text in rows)
    start = 28 + 16 * len(rows)
    tables: list[bytes] = []
    for place, column in ((start, 0), (start + len(keys), 1)):
        for row in rows:
            size = len(row[column].encode())
            tables.append(struct.pack("<II", size, place))
            place += size + 1
    head = struct.pack("<IIIIIII", 0x950412DE, 0, len(rows), 28, 28 + 8 * len(rows), 0, start)
    folder.mkdir(parents=True)
    (folder / "django.mo").write_bytes(head + b"".join(tables) + keys + values)


@pytest.fixture
def arabic(settings, tmp_path: Path):
    """An installation with an Arabic catalogue, and an Arabic publication."""
    write_catalogue(tmp_path / "ar" / "LC_MESSAGES", **{"Sign in": "دخول", "Stories": "قصص"})
    settings.LOCALE_PATHS = [tmp_path]
    settings.INTERFACE_LANGUAGES = catalogues(tmp_path)
    _forget_catalogues()
    yield
    _forget_catalogues()


def _forget_catalogues() -> None:
    translation.trans_real._translations.clear()
    gettext._translations.clear()
    backend.forget()


def publish_in(language: str, time_zone: str = "UTC") -> None:
    about = {"name": "P", "language": language, "time_zone": time_zone}
    Publication.objects.update_or_create(pk=1, defaults=about)


@pytest.mark.django_db
class TestDirection:
    def test_a_publication_from_right_to_left_has_pages_that_run_so(self, client):
        publish_in("ar")
        assert '<html lang="en-gb" dir="rtl" ' in client.get("/").content.decode()

    def test_others_run_from_left_to_right(self, client):
        publish_in("de")
        assert '<html lang="en-gb" data-off' in client.get("/").content.decode()

    def test_the_interface_speaks_a_language_that_has_a_catalogue(self, client, arabic):
        publish_in("ar")
        page = client.get("/").content.decode()
        assert '<html lang="ar" dir="rtl" ' in page
        assert "دخول" in page
        desk = desk_of(make_person(role=Role.EDITOR)).get(STORIES).content.decode()
        assert '<html lang="ar" dir="rtl">' in desk

    def test_after_such_a_page_another_publication_is_english_again(self, client, arabic):
        publish_in("ar")
        client.get("/")
        publish_in("de")
        assert "Sign in" in client.get("/").content.decode()


@pytest.mark.django_db
class TestDates:
    @pytest.fixture
    def story(self):
        return make_post(slug="late", published_at=LATE)

    def test_a_date_is_the_publications_for_everybody(self, client, story):
        publish_in("en", "Asia/Tokyo")
        page = client.get("/late/").content.decode()
        assert 'datetime="2026-01-31T23:30:00Z">1 Feb 2026</time>' in page

    def test_the_archive_has_the_story_in_the_month_of_its_date(self, client, story):
        publish_in("en", "Asia/Tokyo")
        assert client.get("/archive/2026/02/").status_code == 200
        assert client.get("/archive/2026/01/").status_code == 404

    def test_whoever_is_signed_in_reads_dates_of_where_they_live(self, client, story):
        publish_in("en", "Asia/Tokyo")
        rita = make_person("Rita")
        rita.time_zone = "America/New_York"
        rita.save()
        client.force_login(rita)
        assert "31 Jan 2026</time>" in client.get("/late/").content.decode()

    def test_a_zone_that_the_server_does_not_know_any_more_is_utc(self, client, story):
        publish_in("en", "Atlantis/Poseidonis")
        assert "31 Jan 2026</time>" in client.get("/late/").content.decode()

    def test_the_owner_chooses_the_zone_from_a_list(self):
        desk = desk_of(make_person(role=Role.OWNER))
        page = desk.get("/admin/blog/publication/", follow=True).content.decode()
        assert '<option value="Europe/Berlin">' in page
        data = {"name": "P", "language": "en", "time_zone": "Europe/Berlin"}
        desk.post("/admin/blog/publication/1/change/", data)
        assert Publication.current().time_zone == "Europe/Berlin"
        desk.post("/admin/blog/publication/1/change/", {**data, "time_zone": "Nowhere"})
        assert Publication.current().time_zone == "Europe/Berlin"


@pytest.mark.django_db
def test_the_publication_is_read_once_for_a_page(client, django_assert_max_num_queries):
    publish_in("en")
    with django_assert_max_num_queries(4):
        client.get("/archive/")


@pytest.mark.parametrize(
    ("language", "count", "said"),
    [
        ("en-gb", 999, "999"),
        ("en-gb", 1_250, "1.2K"),
        ("en-gb", 38_400, "38K"),
        ("en-gb", 2_199_999, "2.1M"),
        ("de", 1_250, "1,2K"),
    ],
)
def test_a_large_number_is_said_in_few_characters_as_the_language_writes_it(language, count, said):
    with translation.override(language):
        assert compact(count) == said
