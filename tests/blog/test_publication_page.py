"""The page from which a story goes to readers, and the one on which it is taken back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.roles import Role
from blog.models import Clap, Clapper, Post, SlugHistory, Tag
from tests.desk import (
    STORIES,
    change_url,
    desk_of,
    make_picture,
    publication,
    publication_url,
    withdrawal,
    withdrawal_url,
    write,
)
from tests.making import make_person, make_post, make_response

# What pages and files say of a row is the same whichever database has the row.
pytestmark = [pytest.mark.django_db, pytest.mark.once]

EVE, RITA, CY, BEA, ADA, ED, OLGA = ["Eve", "Rita", "Cy", "Bea", "Ada", "Ed", "Olga"]
ROLES = {
    RITA: Role.READER,
    CY: Role.CONTRIBUTOR,
    BEA: Role.AUTHOR,
    ADA: Role.AUTHOR,
    ED: Role.EDITOR,
    OLGA: Role.OWNER,
}
STATES = ("draft", "in_review", "scheduled", "published", "unlisted", "expired", "withdrawn")
NOT_OUT = ("draft", "in_review", "withdrawn")


@pytest.fixture
def ada():
    return make_person(ADA, Role.AUTHOR)


@pytest.fixture
def draft(ada):
    return make_post(by=ada, published=False, title="The tides")


def story_in(state: str, by: Any, **fields: Any) -> Post:
    fields = {"title": "The tides", **fields}
    if state in {"draft", "in_review"}:
        post = make_post(by=by, published=False, **fields)
        if state == "in_review":
            post.submit(by=by)
    elif state == "scheduled":
        post = make_post(by=by, published_at=timezone.now() + timedelta(days=2), **fields)
    elif state == "unlisted":
        post = make_post(by=by, visibility="unlisted", **fields)
    else:
        post = make_post(by=by, **fields)
    if state == "expired":
        Post.objects.filter(pk=post.pk).update(expires_at=timezone.now() - timedelta(minutes=1))
    if state == "withdrawn":
        post.unpublish(by=by)
    return again(post)


def again(post: Post) -> Post:
    return Post.objects.get(pk=post.pk)


def moment(**shift: float) -> str:
    return (timezone.now() + timedelta(**shift)).strftime("%Y-%m-%dT%H:%M")


def words(page: Any) -> str:
    return " ".join(unescape(page.html).split())


class TestWhoMay:
    @pytest.mark.parametrize("state", ["draft", "scheduled", "published", "expired"])
    @pytest.mark.parametrize(
        ("who", "status"),
        [(EVE, 302), (RITA, 403), (BEA, 404), (ADA, 200), (ED, 200), (OLGA, 200)],
    )
    def test_the_page_opens_for_those_who_may_publish_the_story(self, client, who, status, state):
        cast = {name: make_person(name, role) for name, role in ROLES.items()}
        post = story_in(state, cast[ADA])
        if who != EVE:
            client = desk_of(cast[who])
        for method in ("get", "post"):
            answer = getattr(client, method)(publication_url(post), follow=who == RITA)
            # A form without a version, of a page that nobody opened, does nothing.
            expected = 409 if (method, status) == ("post", 200) else status
            assert answer.status_code == expected, method
        assert again(post).version == post.version

    @pytest.mark.parametrize("url", [publication_url, withdrawal_url])
    @pytest.mark.parametrize("state", STATES)
    def test_a_contributor_is_told_that_editors_publish(self, state, url):
        cy = make_person(CY, Role.CONTRIBUTOR)
        post = story_in(state, cy)
        for method in ("get", "post"):
            answer = getattr(desk_of(cy), method)(url(post), {"_publish": "1"})
            assert answer.status_code == 403
            assert "Hand the story to the editors instead." in answer.content.decode()
        assert again(post).version == post.version

    @pytest.mark.parametrize("state", NOT_OUT)
    def test_a_contributor_finds_no_way_there_and_still_hands_a_story_in(self, state):
        cy = make_person(CY, Role.CONTRIBUTOR)
        page = write(cy, story_in(state, cy)).page
        assert {"_submit", "_take_back"} & set(page.buttons)
        assert "_publication" not in page.buttons
        assert "/publication/" not in page.html

    @pytest.mark.parametrize("method", ["put", "patch", "delete"])
    def test_other_methods_are_refused(self, ada, draft, method):
        for url in (publication_url(draft), withdrawal_url(draft)):
            assert getattr(desk_of(ada), method)(url).status_code == 405

    def test_a_story_that_is_not_there_is_not_found(self, ada):
        for page in ("publication", "withdrawal"):
            assert desk_of(ada).get(f"{STORIES}99999/{page}/").status_code == 404

    def test_a_page_without_the_token_of_its_form_does_nothing(self, ada, draft):
        page = publication(ada, draft, enforce_csrf_checks=True)
        assert page.send(csrfmiddlewaretoken="x" * 64, _publish="1").status_code == 403
        assert not again(draft).is_live

    @pytest.mark.parametrize("state", STATES)
    def test_looking_changes_nothing(self, ada, state):
        post = story_in(state, ada)
        client = desk_of(ada)
        for url in (publication_url(post), withdrawal_url(post)):
            assert client.get(url).status_code in {200, 303}
            assert client.head(url).status_code in {200, 303}
        assert again(post).version == post.version


class TestWhatIsOffered:
    @pytest.mark.parametrize(
        ("state", "buttons"),
        [
            *((state, {"_schedule", "_publish"}) for state in (*NOT_OUT, "scheduled")),
            ("published", {"_save"}),
            ("unlisted", {"_save"}),
            ("expired", {"_publish"}),
        ],
    )
    def test_each_state_has_its_own_buttons(self, ada, state, buttons):
        post = story_in(state, ada)
        page = publication(ada, post).page
        assert set(page.buttons) == buttons
        assert (withdrawal_url(post) in page.html) is (state not in NOT_OUT)

    def test_a_date_typed_and_enter_pressed_schedules(self, ada, draft):
        """Enter presses the first button of a form."""
        assert next(iter(publication(ada, draft).page.buttons)) == "_schedule"

    def test_followers_are_told_once_a_story_appears_and_not_again(self, ada, draft):
        page = publication(ada, draft)
        assert page.page.fields["tells_followers"] == "on"
        page.press("_publish", tells_followers=None)
        assert not again(draft).tells_followers
        assert "tells_followers" not in publication(ada, draft).page.labels

    def test_the_writing_page_leads_there(self, ada):
        for state in STATES:
            post = story_in(state, ada, title=state)
            page = write(ada, post).page
            assert ("_publication" in page.buttons) is not post.is_live
            assert (publication_url(post) in page.html) is post.is_live

    def test_readers_see_nothing_of_it_before_the_button_is_pressed(self, ada, client):
        writing = write(ada)
        answer = writing.press("_publication", title="Not yet", source="Wait.")
        page = writing.client.get(answer["Location"])
        assert page.status_code == 200
        assert "Saved." in page.content.decode()
        assert client.get("/not-yet/").status_code == 404
        assert "no-store" in page["Cache-Control"]

    def test_who_may_not_save_is_not_led_away_from_what_was_typed(self, ada, draft):
        answer = write(ada, draft).press("_publication", title="", source="Kept.")
        assert answer.status_code == 400
        assert "Kept." in answer.content.decode()


class TestChecklist:
    def lines(self, person: Any, post: Post) -> dict[str, Any]:
        answer = desk_of(person).get(publication_url(post))
        return {line.name: line for line in answer.context["checklist"]}

    def test_a_story_that_has_everything_says_so_calmly(self, ada, media):
        picture = make_picture(ada, alt="A quay at dusk")
        post = make_post(
            by=ada,
            published=False,
            title="The tides",
            summary="How the sea rose.",
            source=f"Twelve words.\n\n{picture.markdown}\n",
            lead_image=picture,
        )
        post.set_topics(Tag.objects.named(["Sea", "Maps"]))
        lines = self.lines(ada, post)
        assert {name: line.sentence for name, line in lines.items()} == {
            "Title": "The tides",
            "Text": "2 words, 1 min read",
            "Summary": "How the sea rose.",
            "Lead picture": "A quay at dusk",
            "Tags": "Sea, Maps",
            "Address": "/the-tides/",
            "Loose ends": "Nothing is to come, every picture is described, every link leads "
            "somewhere.",
        }
        assert {line.state for line in lines.values()} == {"so"}

    def test_what_is_missing_is_said_in_a_sentence_each_and_forces_nothing(self, ada, media):
        picture = make_picture(ada)
        post = make_post(
            by=ada,
            published=False,
            title="The TK tides",
            source=f"It rose TK inches.\n\n{picture.markdown}\n\n[Here](#) and [there](https://).",
            lead_image=picture,
        )
        lines = self.lines(ada, post)
        missing = {name: line.sentence for name, line in lines.items() if line.state == "missing"}
        assert missing == {
            "Summary": "None. Search engines and cards show how the story begins.",
            "Lead picture": "It has no description for those who cannot see it.",
            "Tags": "None. Readers find it in no subject.",
            "To come": "2 places say TK.",
            "Pictures": "1 has no description.",
            "Links": "2 lead nowhere.",
        }
        publication(ada, post).press("_publish")
        assert again(post).is_live

    def test_each_place_leads_back_to_itself(self, ada):
        source = "🦊 One.\n\nIt rose TK inches. [Here](#) and [there](https://)."
        post = make_post(by=ada, published=False, subtitle="Since TK", source=source)
        lines = self.lines(ada, post)
        url, at = change_url(post), source.index("TK")
        assert [(place.sentence, place.url) for place in lines["To come"].places] == [
            ("Since TK", f"{url}#id_subtitle"),
            ("It rose TK inches.", f"{url}?from={at}&to={at + 2}#id_source"),
        ]
        assert [place.sentence for place in lines["Links"].places] == [
            "[Here](#)",
            "[there](https://)",
        ]
        # A server without scripts opens the page all the same.
        assert desk_of(ada).get(lines["To come"].places[1].url).status_code == 200

    def test_title_and_text_are_needed(self, ada):
        post = make_post(by=ada, published=False, source=" ")
        Post.objects.filter(pk=post.pk).update(title="")
        lines = self.lines(ada, post)
        assert {name for name, line in lines.items() if line.state == "needed"} == {
            "Title",
            "Text",
        }
        page = publication(ada, post)
        assert page.press("_publish").status_code == 400
        assert "Give the story a title first." in page.page.errors[0]
        assert "There is no text yet to publish." in page.page.errors[0]
        assert not again(post).is_live

    def test_a_decorative_lead_picture_needs_no_description(self, ada, media):
        picture = make_picture(ada, is_decorative=True)
        post = make_post(by=ada, published=False, lead_image=picture)
        assert self.lines(ada, post)["Lead picture"].state == "so"

    def test_many_places_are_counted_and_the_first_of_them_listed(self, ada):
        post = make_post(by=ada, published=False, source="TK here.\n\n" * 15)
        line = self.lines(ada, post)["To come"]
        assert (line.sentence, len(line.places), line.further_count) == ("15 places say TK.", 12, 3)
        assert "and 3 more" in publication(ada, post).page.html

    def test_a_text_that_cannot_be_read_any_more_is_no_error_page(self, ada, draft):
        Post.objects.filter(pk=draft.pk).update(source="> " * 50 + "deep")
        assert "too deeply" in self.lines(ada, draft)["Text"].sentence

    def test_html_in_a_story_stays_text(self, ada):
        post = make_post(
            by=ada,
            published=False,
            title="<script>alert(1)</script> TK",
            summary="<script>alert(2)</script>",
            source="<script>alert(3)</script> TK [<b>](#)",
        )
        html = publication(ada, post).page.html
        assert "<script>alert" not in html
        assert "<b>" not in html

    def test_a_story_that_readers_see_is_not_looked_over_again(self, ada):
        assert self.lines(ada, make_post(by=ada)) == {}

    def test_words_that_wait_outside_the_story_are_told_of(self, ada):
        post = make_post(by=ada)
        post.keep_working_copy({"source": "Newer."}, by=ada)
        post.unpublish(by=ada)
        html = publication(ada, post).page.html
        assert "Words were written since that are not in the story yet." in html

    def test_it_asks_the_database_no_more_for_more_of_everything(self, ada, media):
        counts = []
        for number in (1, 5):
            pictures = [make_picture(ada) for _time in range(number)]
            post = make_post(
                by=ada,
                published=False,
                lead_image=pictures[0],
                source="\n\n".join(picture.markdown for picture in pictures) + " TK" * number,
            )
            post.set_topics(Tag.objects.named([f"Tag {name}" for name in range(number)]))
            post.set_byline(
                [ada.author, *(make_person(role=Role.AUTHOR).author for _time in range(number))]
            )
            client = desk_of(ada)
            client.get(publication_url(post))
            with CaptureQueriesContext(connection) as context:
                assert client.get(publication_url(post)).status_code == 200
            counts.append(len(context))
        assert counts[0] == counts[1] <= 15


class TestLooks:
    def test_search_and_card_show_what_the_page_will_say(self, ada, media):
        picture = make_picture(ada, alt="A quay")
        post = make_post(
            by=ada, published=False, title='"Tides"', summary="In short.", lead_image=picture
        )
        html = publication(ada, post).page.html
        assert html.count("“Tides”") >= 3
        assert html.count("In short.") >= 3
        assert f'src="/media/pictures/{picture.token}/' in html
        assert "127.0.0.1:8000/tides/" in html

    def test_an_unlisted_story_is_in_no_search(self, ada):
        html = publication(ada, make_post(by=ada, visibility="unlisted")).page.html
        assert "not at all while it is unlisted" in html
        assert "looks__result" not in html

    def test_a_search_is_sent_to_where_it_stood_first(self, ada):
        post = make_post(by=ada, canonical_url="https://example.org/first/")
        html = publication(ada, post).page.html
        assert "which is sent to where it stood first" in html
        assert "example.org/first/" in html


class TestTime:
    YEAR = timezone.now().year + 1

    @pytest.mark.parametrize(("month", "utc_hour"), [(1, 8), (7, 7)])
    def test_summer_and_winter_have_their_own_hour(self, ada, draft, month, utc_hour):
        ada.time_zone = "Europe/Lisbon"
        ada.save()
        page = publication(ada, draft)
        assert "Your time zone is Europe/Lisbon." in page.page.html
        answer = page.press("_schedule", published_at=f"{self.YEAR}-{month:02}-14T08:00")
        at = datetime(self.YEAR, month, 14, utc_hour, tzinfo=UTC)
        assert again(draft).published_at == at
        said = f"{at:%a} 14 {at:%b} {self.YEAR}, 08:00 (Europe/Lisbon)"
        told = " ".join(page.client.get(answer["Location"]).content.decode().split())
        assert f"Scheduled: readers will see it from {at:%a} 14 {at:%b}" in told
        assert f"Readers will see it on {said}" in told
        assert f"Readers will see it on {said}" in words(write(ada, draft).page)

    def test_an_hour_that_comes_twice_is_kept_as_it_was(self, ada):
        ada.time_zone = "Europe/Berlin"
        ada.save()
        zone = ZoneInfo("Europe/Berlin")
        # The last Sunday in October, the second time that the clock says half past two.
        last = max(day for day in range(25, 32) if datetime(self.YEAR, 10, day).weekday() == 6)
        at = datetime(self.YEAR, 10, last, 2, 30, 7, tzinfo=zone, fold=1)
        post = make_post(by=ada, published_at=at)
        publication(ada, post).press("_schedule", visibility="unlisted")
        assert again(post).visibility == "unlisted"
        assert again(post).published_at == at.astimezone(UTC)

    def test_another_person_reads_the_same_time_on_their_own_clock(self, draft):
        ed = make_person(ED, Role.EDITOR)
        ed.time_zone = "Asia/Tokyo"
        ed.save()
        draft.publish(by=None, at=datetime(self.YEAR, 1, 14, 8, tzinfo=UTC))
        page = publication(ed, draft).page
        assert page.fields["published_at"] == f"{self.YEAR}-01-14T17:00"
        assert "17:00 (Asia/Tokyo)" in words(page)

    def test_publish_now_goes_by_the_clock_and_not_by_a_date_beside_it(self, ada, draft):
        publication(ada, draft).press("_publish", published_at=moment(days=3))
        assert again(draft).is_live

    def test_a_story_may_bear_the_date_of_another_day(self, ada, draft):
        publication(ada, draft).press("_publish", published_at="2019-05-04T10:00")
        assert again(draft).published_at == datetime(2019, 5, 4, 10, tzinfo=UTC)

    @pytest.mark.parametrize("at", ["soon", "2025-02-30T10:00", "0001-01-01T00:00"])
    @pytest.mark.parametrize("name", ["published_at", "expires_at"])
    def test_what_is_no_time_is_said_beside_the_field_and_the_rest_is_kept(
        self, ada, draft, at, name
    ):
        page = publication(ada, draft)
        answer = page.press("_publish", visibility="unlisted", **{name: at})
        assert answer.status_code == 400
        assert "Enter a valid date/time." in page.page.errors
        assert (page.page.fields["visibility"], page.page.fields[name]) == ("unlisted", at)
        assert again(draft).status == "draft"

    def test_a_scheduled_story_whose_time_came_while_one_looked_is_not_moved(self, ada, draft):
        draft.publish(by=ada, at=timezone.now() + timedelta(days=1))
        page = publication(ada, draft)
        Post.objects.filter(pk=draft.pk).update(published_at=timezone.now())
        assert page.press("_schedule", published_at=moment(days=2)).status_code == 400
        assert any("Unpublish it first" in error for error in page.page.errors)
        assert set(page.page.buttons) == {"_save"}
        assert again(draft).is_live

    @pytest.mark.parametrize(
        ("state", "button"),
        [
            *((state, "") for state in STATES),
            *((state, "_save") for state in (*NOT_OUT, "scheduled")),
            ("expired", "_schedule"),
        ],
    )
    def test_a_form_without_a_button_of_the_page_does_nothing(self, ada, state, button):
        post = story_in(state, ada)
        page = publication(ada, post)
        typed = {"published_at": moment(days=1)} if button == "_schedule" else {}
        assert page.send(**typed, **{button: "1"} if button else {}).status_code == 400
        assert "Press one of the buttons below." in page.page.errors[0]
        assert again(post).version == post.version

    @pytest.mark.parametrize("visibility", ["", "secret", "public\0"])
    def test_nobody_but_everybody_and_those_who_know_the_address_can_be_meant(
        self, ada, draft, visibility
    ):
        page = publication(ada, draft)
        assert page.send(visibility=visibility, _publish="1").status_code == 400
        assert not again(draft).is_live


class TestUntilWhen:
    def test_a_story_goes_on_the_day_that_was_said(self, ada, draft, client):
        publication(ada, draft).press("_publish", expires_at=moment(days=2))
        assert client.get("/the-tides/").status_code == 200
        assert "Until" in words(write(ada, draft).page)
        Post.objects.filter(pk=draft.pk).update(expires_at=timezone.now())
        assert client.get("/the-tides/").status_code == 410
        page = words(write(ada, draft).page)
        assert "Expired on" in page
        assert "Expired" in desk_of(ada).get(f"{STORIES}?state=expired").content.decode()

    @pytest.mark.parametrize("button", ["_publish", "_schedule", "_save"])
    def test_an_end_that_has_passed_is_none(self, ada, button):
        state = {"_publish": "draft", "_schedule": "scheduled", "_save": "published"}[button]
        post = story_in(state, ada)
        page = publication(ada, post)
        assert page.press(button, expires_at=moment(hours=-1)).status_code == 400
        assert "This time has passed." in page.page.errors[1]
        assert again(post).version == post.version

    @pytest.mark.parametrize("hours", [24, 23])
    def test_an_end_before_the_beginning_is_none(self, ada, draft, hours):
        page = publication(ada, draft)
        times = {"published_at": moment(hours=24), "expires_at": moment(hours=hours)}
        assert page.press("_schedule", **times).status_code == 400
        assert "Until then readers would not have seen it yet." in page.page.errors
        assert again(draft).status == "draft"

    def test_publishing_at_once_an_end_before_the_date_beside_it_is_fine(self, ada, draft):
        page = publication(ada, draft)
        times = {"published_at": moment(days=3), "expires_at": moment(days=2)}
        assert page.press("_publish", **times).status_code == 303
        assert again(draft).is_live

    def test_what_has_expired_is_brought_back(self, ada, client):
        post = story_in("expired", ada)
        page = publication(ada, post)
        assert page.page.fields["expires_at"] == ""
        answer = page.press("_publish")
        assert "Published. Readers can see it now." in (
            page.client.get(answer["Location"]).content.decode()
        )
        assert client.get("/the-tides/").status_code == 200
        assert (again(post).expires_at, again(post).published_at) == (None, post.published_at)

    def test_an_expired_story_that_is_renamed_is_gone_at_both_addresses(self, ada, client):
        post = story_in("expired", ada)
        write(ada, post).press("_save", slug="tides")
        assert client.get("/the-tides/").status_code == client.get("/tides/").status_code == 410
        publication(ada, post).press("_publish")
        assert client.get("/the-tides/")["Location"] == "/tides/"

    def test_a_page_open_while_the_end_came_keeps_nothing_alive_by_itself(self, ada):
        post = make_post(by=ada, expires_at=timezone.now() + timedelta(days=1))
        page = publication(ada, post)
        past = timezone.now().replace(microsecond=0) - timedelta(minutes=1)
        Post.objects.filter(pk=post.pk).update(expires_at=past)
        answer = page.press("_save", expires_at=past.strftime("%Y-%m-%dT%H:%M"))
        assert answer.status_code == 400
        assert again(post).is_expired

    def test_a_live_story_changes_its_end_date_and_readers(self, ada, client):
        post = make_post(by=ada, title="The tides")
        until = moment(days=9)
        publication(ada, post).press("_save", expires_at=until, visibility="unlisted")
        after = again(post)
        assert f"{after.expires_at:%Y-%m-%dT%H:%M}" == until
        assert (after.state, after.published_at) == ("unlisted", post.published_at)
        assert after.revisions.count() == 1
        publication(ada, post).press("_save", expires_at="", visibility="public")
        assert again(post).expires_at is None
        assert "The tides" in client.get("/").content.decode()

    def test_the_seconds_of_an_end_are_kept(self, ada):
        at = timezone.now() + timedelta(days=1, seconds=7)
        post = make_post(by=ada, expires_at=at)
        publication(ada, post).press("_save", visibility="unlisted")
        assert again(post).expires_at == at

    def test_an_end_of_long_ago_does_not_end_a_new_publication(self, ada, draft):
        draft.expires_at = timezone.now() - timedelta(days=1)
        draft.publish_now(by=ada)
        assert again(draft).is_live


class TestTwoAtOnce:
    SAYS = "This story was saved by somebody else, or in another tab, since you opened this page."

    def test_a_story_written_on_meanwhile_is_not_published_unseen(self, ada, draft):
        page = publication(ada, draft)
        write(make_person(ED, Role.EDITOR), draft).press(source="Another TK text.")
        answer = page.press("_publish", visibility="unlisted", expires_at=moment(days=1))
        assert answer.status_code == 409
        assert self.SAYS in page.page.errors[0]
        assert not again(draft).is_live
        # It shows how the story stands now, and keeps what was chosen.
        assert "Another TK text." in page.page.html
        assert page.page.fields["visibility"] == "unlisted"
        assert page.press("_publish").status_code == 303
        assert (again(draft).state, again(draft).source) == ("unlisted", "Another TK text.")

    @pytest.mark.parametrize("base", ["", "x", "-1", "99999999999999999999"])
    def test_a_page_that_does_not_know_its_version_does_nothing(self, ada, draft, base):
        page = publication(ada, draft)
        assert page.send(base_version=base, _publish="1").status_code in {400, 409}
        assert not again(draft).is_live

    @pytest.mark.parametrize(
        ("state", "button", "typed"),
        [
            ("draft", "_publish", {}),
            ("draft", "_publish", {"published_at": "2019-05-04T10:00", "visibility": "unlisted"}),
            ("draft", "_schedule", {"published_at": "2999-05-04T10:00"}),
            ("scheduled", "_schedule", {"published_at": "2999-05-04T10:00"}),
            ("scheduled", "_publish", {}),
            ("published", "_save", {"visibility": "unlisted", "published_at": ""}),
            ("expired", "_publish", {}),
        ],
    )
    def test_pressed_twice_is_done_once(self, ada, state, button, typed):
        post = story_in(state, ada)
        page = publication(ada, post)
        assert page.press(button, **typed).status_code == 303
        once = again(post)
        assert page.press(button, **typed).status_code == 303
        assert again(post).version == once.version == post.version + 1
        assert again(post).published_at == once.published_at

    def test_taken_back_twice_is_taken_back_once(self, ada):
        post = make_post(by=ada)
        page = withdrawal(ada, post)
        for _time in range(2):
            answer = page.press("_unpublish", way="unseen")
            assert (answer.status_code, answer["Location"]) == (303, change_url(post))
        assert again(post).version == post.version + 1

    def test_a_story_updated_meanwhile_is_not_taken_back_unseen(self, ada):
        post = make_post(by=ada)
        page = withdrawal(ada, post)
        write(ada, post).press(source="Newer.")
        assert page.press("_unpublish").status_code == 409
        assert self.SAYS in page.page.errors[0]
        assert page.press("_unpublish").status_code == 303
        assert again(post).status == "draft"

    def test_a_story_deleted_meanwhile_is_not_found(self, ada, draft):
        page = publication(ada, draft)
        draft.delete()
        assert page.press("_publish").status_code == 404

    def test_the_history_says_who_published_and_who_took_it_back(self, ada, draft):
        publication(ada, draft).press("_publish")
        withdrawal(ada, draft).press("_unpublish")
        page = desk_of(ada).get(change_url(draft).replace("change", "history"))
        assert "Published. Readers can see it now." in page.content.decode()
        assert "Unpublished. It is a draft again" in page.content.decode()


class TestTakingBack:
    def test_readers_are_told_that_it_was_taken_back(self, ada, client):
        post = make_post(by=ada, title="The tides")
        page = withdrawal(ada, post)
        assert page.page.fields["way"] == "gone"  # unless one chooses
        page.press("_unpublish")
        assert client.get("/the-tides/").status_code == 410
        assert again(post).published_at == post.published_at
        assert "Taken back" in words(write(ada, post).page)

    def test_what_nobody_has_seen_leaves_no_trace(self, ada, client):
        post = make_post(by=ada, title="The tides")
        withdrawal(ada, post).press("_unpublish", way="unseen")
        after = again(post)
        assert (after.state, after.published_at, after.withdrawn_at) == ("draft", None, None)
        assert client.get("/the-tides/").status_code == 404
        assert not SlugHistory.objects.exists()
        assert not after.revisions.filter(is_public=True).exists()
        publication(ada, post).press("_publish")
        assert again(post).revisions.filter(is_public=True).count() == 1
        assert again(post).may_go_unseen

    @pytest.mark.parametrize("how", ["clapped", "answered", "old", "renamed", "before", "expired"])
    def test_what_readers_have_seen_cannot_go_unseen(self, ada, client, how):
        post = make_post(by=ada, title="The tides")
        if how == "clapped":
            Clap.objects.give(post=post, clapper=Clapper(user=make_person()), wanted=3)
        elif how == "answered":
            make_response(post)
        elif how == "old":
            past = timezone.now() - timedelta(minutes=11)
            post.revisions.update(created_at=past)
        elif how == "renamed":
            write(ada, post).press(slug="tides")
        elif how == "before":
            post.unpublish(by=ada)
            post.publish(by=ada)
        else:
            Post.objects.filter(pk=post.pk).update(expires_at=timezone.now())
        post = again(post)
        page = withdrawal(ada, post)
        assert "as if nobody had seen it" not in page.page.html
        answer = page.send(way="unseen", _unpublish="1")
        assert answer.status_code == 400
        assert "Readers may have seen it by now." in page.page.errors[0]
        with pytest.raises(ValueError, match="Readers have seen"):
            post.unpublish(by=ada, as_unseen=True)
        page.press("_unpublish")
        assert client.get(post.get_absolute_url()).status_code == 410

    def test_a_date_of_long_ago_says_nothing_of_when_it_came_out(self, ada, draft):
        draft.publish(by=ada, at=timezone.now() - timedelta(days=900))
        assert again(draft).may_go_unseen

    def test_a_scheduled_story_counts_from_its_time(self, ada):
        post = make_post(by=ada)
        post.revisions.update(created_at=timezone.now() - timedelta(days=3))
        Post.objects.filter(pk=post.pk).update(published_at=timezone.now() - timedelta(minutes=2))
        assert again(post).may_go_unseen

    def test_a_scheduled_story_becomes_a_draft_that_nobody_knows_of(self, ada, client):
        post = story_in("scheduled", ada)
        page = withdrawal(ada, post)
        assert "Readers have not seen it." in page.page.html
        answer = page.press("_unpublish")
        assert "It is a draft again; readers cannot see it." in (
            page.client.get(answer["Location"]).content.decode()
        )
        assert (again(post).status, again(post).published_at) == ("draft", None)
        assert client.get("/the-tides/").status_code == 404

    def test_one_that_came_out_while_somebody_looked_says_that_it_was_taken_back(self, ada, client):
        post = story_in("scheduled", ada)
        page = withdrawal(ada, post)
        Post.objects.filter(pk=post.pk).update(published_at=timezone.now() - timedelta(minutes=1))
        assert page.press("_unpublish").status_code == 303
        assert client.get("/the-tides/").status_code == 410

    def test_an_expired_story_goes_on_saying_that_it_was_taken_back(self, ada, client):
        post = story_in("expired", ada)
        withdrawal(ada, post).press("_unpublish")
        assert (again(post).status, again(post).expires_at) == ("draft", None)
        assert client.get("/the-tides/").status_code == 410

    def test_a_withdrawn_story_that_is_scheduled_anew_and_taken_back_stays_gone(self, ada, client):
        post = story_in("withdrawn", ada)
        publication(ada, post).press("_schedule", published_at=moment(days=1))
        page = withdrawal(ada, post)
        assert "goes on saying that it was taken back" in words(page.page)
        page.press("_unpublish")
        assert client.get("/the-tides/").status_code == 410

    @pytest.mark.parametrize("state", NOT_OUT)
    def test_there_is_nothing_to_take_back_of_a_draft(self, ada, state):
        post = story_in(state, ada)
        for method in ("get", "post"):
            answer = getattr(desk_of(ada), method)(withdrawal_url(post), {"_unpublish": "1"})
            assert (answer.status_code, answer["Location"]) == (303, change_url(post))
        assert again(post).version == post.version


class TestTimeLine:
    @pytest.mark.parametrize(
        ("state", "says"),
        [
            ("draft", "Begun"),
            ("in_review", "In review"),
            ("scheduled", "Readers will see it on"),
            ("published", "Published"),
            ("expired", "Expired on"),
            ("withdrawn", "Taken back"),
        ],
    )
    def test_the_panel_says_what_happened_to_a_story(self, ada, state, says):
        page = write(ada, story_in(state, ada)).page
        line = page.html.partition('<ol class="timeline"')[2].partition("</ol>")[0]
        assert says in line

    def test_its_times_are_those_of_the_person_who_looks(self, ada):
        ada.time_zone = "Asia/Tokyo"
        ada.save()
        post = make_post(by=ada, published_at=datetime(2025, 3, 4, 23, 30, tzinfo=UTC))
        assert "Wed 5 Mar 2025, 08:30" in words(write(ada, post).page)

    def test_a_new_story_has_none(self, ada):
        assert "timeline" not in write(ada).page.html.partition("</head>")[2]
