"""The inbox: who sees it, what opening does, and that looking changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import kinds
from accounts.inbox import ROWS_PER_PAGE
from accounts.kinds import About, Kind, Ways
from accounts.models import Notification, NotificationChoice
from accounts.roles import Role
from tests.accounts.test_pages import check_page
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db

INBOX = reverse("account_inbox")
READING = reverse("account_inbox_reading")
TELLING = reverse("account_telling")
PREFERENCES = reverse("account_preferences")
RAIN = Kind("test_rain", "It rains")
SNOW = Kind("test_snow", "It snows", concerns=lambda user: user.is_staff)
ECHO = Kind("test_echo", "Somebody answers you", about=About.RESPONSES)
LOST = Kind("test_lost", "It is gone", who_may_open=lambda people, url: [])


@pytest.fixture(autouse=True)
def weather(monkeypatch):
    monkeypatch.setattr(kinds, "_KINDS", {**kinds._KINDS, RAIN.name: RAIN, SNOW.name: SNOW})


@pytest.fixture
def only_rain(monkeypatch):
    """Whatever else a publication tells of."""
    monkeypatch.setattr(kinds, "_KINDS", {RAIN.name: RAIN})


@pytest.fixture
def echo(monkeypatch):
    monkeypatch.setitem(kinds._KINDS, ECHO.name, ECHO)


@pytest.fixture
def rita(client):
    person = make_person("Rita")
    client.force_login(person)
    return person


def tell(*people, **about):
    said = {"kind": RAIN.name, "by": None, "text": "It rains", "url": "/weather/", **about}
    Notification.objects.tell(people, **said)
    return Notification.objects.latest("pk")


def opening(row):
    return reverse("account_inbox_opening", args=[row.pk])


class TestPage:
    def test_it_says_what_happened_by_whom_and_with_which_words(self, client, rita):
        tell(rita, by=make_person("Ed <em>"), text="Ed says <it>", quote="Well\n& good")
        page = check_page(client.get(INBOX))
        (row,) = [item for item in page.all("li") if item.attrs.get("class") == "inbox__row"]
        assert "data-unread" in row.attrs
        html = client.get(INBOX).content.decode()
        assert "Ed says &lt;it&gt;" in html
        assert "Well\n&amp; good" in html

    def test_nothing_yet_is_said_in_a_sentence(self, client, rita):
        assert "Nothing yet." in client.get(INBOX).content.decode()

    def test_everybody_reads_their_own_alone(self, client, rita):
        tell(make_person("Bea"), text="For Bea")
        assert "For Bea" not in client.get(INBOX).content.decode()

    def test_a_stranger_is_led_to_signing_in(self, client):
        answer = client.get(INBOX)
        assert answer.status_code == 302
        assert answer["Location"].startswith(reverse("account_login"))

    def test_it_is_never_kept_by_a_browser_or_a_cache(self, client, rita):
        assert "no-store" in client.get(INBOX)["Cache-Control"]

    def test_looking_changes_nothing(self, client, rita):
        row = tell(rita)
        for url in (INBOX, opening(row), READING, TELLING):
            client.get(url)
        assert Notification.objects.get().is_unread

    @pytest.mark.parametrize("url", [READING, TELLING, "/accounts/inbox/1/opening/"])
    def test_what_changes_something_is_sent_and_never_asked_for(self, client, rita, url):
        assert client.get(url).status_code == 405

    def test_each_row_is_on_one_page_and_the_newest_comes_first(self, client, rita):
        for number in range(ROWS_PER_PAGE * 2 + 1):
            tell(rita, text=f"Drop {number:03}.")
        # Told in one moment, as a feature that tells of many things does.
        Notification.objects.update(created_at=timezone.now())
        seen, url = [], INBOX
        while url:
            context = client.get(url).context
            seen += [row.text for row in context["rows"]]
            url = f"{INBOX}?older={context['older']}" if context["older"] else ""
        assert seen == [f"Drop {number:03}." for number in reversed(range(ROWS_PER_PAGE * 2 + 1))]

    @pytest.mark.parametrize("place", ["x", "1", "1-", "-1-1", "1-" + "9" * 19])
    def test_a_place_that_is_none_is_404(self, client, rita, place):
        assert client.get(INBOX, {"older": place}).status_code == 404

    def test_many_rows_take_as_many_questions_as_few(
        self, client, rita, django_assert_max_num_queries
    ):
        for _number in range(ROWS_PER_PAGE):
            tell(rita, by=make_person(role=Role.AUTHOR))
        # Two of them ask what may concern a reader at all.
        with django_assert_max_num_queries(9):
            client.get(INBOX)

    def test_times_are_those_of_the_readers_clock(self, client, rita):
        rita.time_zone = "Pacific/Kiritimati"
        rita.save()
        row = tell(rita)
        at = timezone.now().replace(hour=23, minute=30) - timedelta(days=5)
        Notification.objects.filter(pk=row.pk).update(created_at=at)
        local = at.astimezone(rita.clock)
        assert f"{local:%H:%M}" in client.get(INBOX).content.decode()


class TestReading:
    def test_opening_one_reads_it_and_leads_where_it_happened(self, client, rita):
        row, other = tell(rita), tell(rita, text="Another")
        answer = client.post(opening(row))
        assert (answer.status_code, answer["Location"]) == (303, "/weather/")
        assert list(Notification.objects.unread()) == [other]

    def test_when_it_was_read_first_stays(self, client, rita):
        row = tell(rita)
        at = timezone.now() - timedelta(days=3)
        Notification.objects.update(read_at=at)
        client.post(opening(row))
        assert Notification.objects.get().read_at == at

    def test_nobody_opens_anothers(self, client, rita):
        row = tell(make_person("Bea"))
        assert client.post(opening(row)).status_code == 404
        assert Notification.objects.get().is_unread

    def test_all_that_was_seen_is_read_and_what_came_meanwhile_is_not(self, client, rita):
        tell(rita)
        seen = client.get(INBOX).context["seen"]
        newer = tell(rita, text="It pours")
        bea = tell(make_person("Bea"))
        assert client.post(READING, {"seen": seen}).status_code == 302
        assert set(Notification.objects.unread()) == {newer, bea}

    def test_a_form_that_says_nothing_reads_nothing(self, client, rita):
        tell(rita)
        assert client.post(READING).status_code == 404
        assert Notification.objects.get().is_unread

    def test_a_strangers_form_needs_a_token(self, rita):
        strict = Client(enforce_csrf_checks=True)
        strict.force_login(rita)
        row = tell(rita)
        assert strict.post(opening(row)).status_code == 403
        assert Notification.objects.get().is_unread

    def test_what_is_gone_says_so_and_is_read(self, client, rita, monkeypatch):
        monkeypatch.setitem(kinds._KINDS, LOST.name, LOST)
        row = Notification.objects.create(recipient=rita, kind=LOST.name, text="x", url="/lost/")
        answer = client.post(opening(row))
        assert (answer.status_code, answer["Location"]) == (303, INBOX)
        html = client.get(INBOX).content.decode()
        assert "What this was about is not there any more." in html
        assert not Notification.objects.unread().exists()


class TestNarrowing:
    def test_one_looks_at_one_sort_alone(self, client, rita, echo):
        tell(rita)
        tell(rita, kind=ECHO.name, text="Ed answered you")
        html = client.get(INBOX).content.decode()
        assert f'href="{INBOX}?about=responses"' in html
        rows = client.get(INBOX, {"about": "responses"}).context["rows"]
        assert [row.text for row in rows] == ["Ed answered you"]
        assert check_page(client.get(INBOX, {"about": "responses"}))

    def test_where_there_is_one_sort_there_is_no_choice(self, client, rita, only_rain):
        tell(rita)
        assert "?about=" not in client.get(INBOX).content.decode()

    def test_a_sort_without_a_row_says_so(self, client, rita, echo):
        html = client.get(INBOX, {"about": "responses"}).content.decode()
        assert "Nothing of this yet." in html

    def test_what_is_no_sort_is_404(self, client, rita):
        assert client.get(INBOX, {"about": "weather"}).status_code == 404
        assert client.post(READING, {"seen": "1-1", "about": "weather"}).status_code == 404

    def test_its_pages_go_on_among_themselves(self, client, rita, echo):
        for number in range(ROWS_PER_PAGE + 1):
            tell(rita)
            tell(rita, kind=ECHO.name, text=f"Echo {number:03}")
        seen, address = [], f"{INBOX}?about=responses"
        while address:
            answer = client.get(address)
            seen += [row.text for row in answer.context["rows"]]
            older = answer.context["older"]
            address = older and f"{INBOX}?older={older}&about=responses"
            assert not older or f"?older={older}&amp;about=responses" in answer.content.decode()
        assert seen == [f"Echo {number:03}" for number in reversed(range(ROWS_PER_PAGE + 1))]

    def test_only_what_stood_there_is_read(self, client, rita, echo):
        rain = tell(rita)
        tell(rita, kind=ECHO.name)
        seen = client.get(INBOX, {"about": "responses"}).context["seen"]
        answer = client.post(READING, {"seen": seen, "about": "responses"})
        assert answer["Location"] == f"{INBOX}?about=responses"
        assert list(Notification.objects.unread()) == [rain]


class TestCount:
    def test_the_number_stands_beside_the_menu_until_it_is_read(self, client, rita):
        row = tell(rita)
        assert 'aria-label="Inbox, 1 unread"' in client.get("/").content.decode()
        client.post(opening(row))
        html = client.get("/").content.decode()
        assert f'href="{INBOX}"' in html
        assert "unread" not in html

    def test_it_stands_in_the_desk_as_well(self, client):
        ada = make_person("Ada", Role.AUTHOR)
        client.force_login(ada)
        tell(ada)
        html = client.get(reverse("admin:blog_post_changelist")).content.decode()
        assert 'aria-label="Inbox, 1 unread"' in html

    def test_more_than_fit_are_counted_no_further(self, client, rita):
        Notification.objects.bulk_create(
            Notification(recipient=rita, kind=RAIN.name, text="x", url="/") for _n in range(120)
        )
        html = client.get("/").content.decode()
        assert 'aria-label="Inbox, more than 99 unread"' in html
        assert ">99+<" in html

    def test_it_costs_one_question_and_a_stranger_none(
        self, client, rita, django_assert_num_queries
    ):
        with django_assert_num_queries(1):
            Notification.objects.unread_count(rita)
        client.logout()
        make_post()
        html = client.get("/").content.decode()
        assert INBOX not in html
        assert "inbox.css" not in html


class TestChoosing:
    def test_one_finds_what_concerns_one_and_nothing_else(self, client, rita):
        html = check_page(client.get(PREFERENCES)) and client.get(PREFERENCES).content.decode()
        assert "It rains" in html
        assert "It snows" not in html
        client.force_login(make_person("Ada", Role.AUTHOR))
        assert "It snows" in client.get(PREFERENCES).content.decode()

    def test_what_is_ticked_is_kept(self, client, rita):
        answer = client.post(TELLING, {"test_rain_by_mail": "on", "test_snow_on_page": "on"})
        assert answer["Location"] == f"{PREFERENCES}#telling"
        chosen = NotificationChoice.objects.of(rita)
        assert {kind: ways for kind, ways in chosen.items() if kind.startswith("test_")} == {
            "test_rain": Ways(False, True)
        }
        html = client.get(PREFERENCES).content.decode()
        assert "Saved." in html
        assert 'id="id_test_rain_by_mail" checked' in html
        assert 'id="id_test_rain_on_page" checked' not in html

    def test_where_there_is_nothing_to_choose_nothing_is_said(self, client, rita, monkeypatch):
        monkeypatch.setattr(kinds, "_KINDS", {})
        assert "What you are told of" not in client.get(PREFERENCES).content.decode()

    def test_what_belongs_together_stands_under_its_heading(self, client, rita, only_rain, echo):
        page = check_page(client.get(PREFERENCES))
        headings = [heading.text.strip() for heading in page.all("h3")]
        assert headings == ["Responses", "Stories"]
