"""The desk's page of what waits, as a browser without scripts and one with them see it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from blog import awaiting
from blog.models import Comment, Guest, ModerationAction, Report, banning
from blog.models.moderation import moderate
from tests.desk import STORIES, desk_of
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db

QUEUE = "/admin/blog/comment/queue/"
DECISIONS = "/admin/blog/comment/decisions/"
HELD = [{"rule": "links", "links": 5, "most": 3}]
SCRIPT = {"headers": {"accept": "application/json"}}


@pytest.fixture
def ed():
    return make_person("Ed", Role.EDITOR)


@pytest.fixture
def desk(ed):
    return desk_of(ed)


@pytest.fixture
def post():
    return make_post(title="The tides")


def hold(post, by=None, **fields):
    return make_response(post, by, held_because=HELD, **fields)


def page_of(client, url=QUEUE):
    return " ".join(re.sub(r"<[^>]+>", "", client.get(url).content.decode()).split())


def mark_in(client, response):
    """What the form of this response says that one has seen."""
    html = client.get(QUEUE).content.decode()
    form = html.partition(decision_url(response))[2]
    return re.search(r'name="seen" value="([^"]+)"', form)[1]


def decision_url(response):
    return reverse("admin:blog_comment_decision", args=[response.pk])


def undoing_url(action):
    return reverse("admin:blog_comment_undoing", args=[action.pk])


def status_of(response):
    return Comment.objects.get(pk=response.pk).status


class TestWhatWaits:
    def test_held_and_reported_responses_stand_there_the_oldest_first(self, desk, post, clock):
        late = hold(post, source="The last of them.")
        reported = make_response(post, source="Reported of them.")
        Comment.objects.filter(pk=reported.pk).update(created_at=clock() - timedelta(days=9))
        first = hold(post, source="The first of them.", at=clock() - timedelta(days=2))
        Report.objects.report(
            reported, by=make_person(), reason="spam", at=clock() - timedelta(days=1)
        )
        make_response(post, source="Nobody minds it.")
        page = page_of(desk)
        places = [page.find(f"{word} of them.") for word in ("The first", "Reported", "The last")]
        assert places == sorted(places)
        assert places[0] > 0
        assert "Nobody minds it." not in page
        waiting = [row.comment.pk for row in awaiting.first()[0]]
        assert waiting == [first.pk, reported.pk, late.pk]

    def test_each_stands_there_with_all_one_needs(self, desk, post):
        rita, bo = make_person("Rita"), make_person("Bo")
        make_response(post, bo, source="One.")
        make_response(post, bo, source="Two.").hide()
        above = make_response(post, rita, source="What do you sell?")
        response = hold(post, bo, parent=above, source="Lamps!", address="192.0.2.7")
        Report.objects.create(comment=response, by=rita, reason="unkind", words="He shouts.")
        page = page_of(desk)
        for said in (
            "Bo on “The tides”",
            "Held because it has 5 links (more than 3)",
            "Answers Rita: What do you sell?",
            "Lamps!",
            "It is unkind or attacks somebody: He shouts. Rita, just now",
            "Bo, here since",
            "before: 1 shown, 1 hidden, 0 spam",
            "from 192.0.2.7",
        ):
            assert said in page, said

    def test_of_somebody_who_has_left_nothing_is_said_that_cannot_be(self, desk, post):
        response = make_response(post, make_person("Bo"), source="What remains.")
        Report.objects.create(comment=response, by=make_person(), reason="unkind")
        response.author.delete()
        page = page_of(desk)
        assert "What remains." in page
        assert "-1" not in page

    def test_a_guest_stands_there_with_the_address_that_was_confirmed(self, desk, post):
        gus = Guest.objects.create(name="Gus", email="gus@example.org", confirmed_at=timezone.now())
        hold(post, gus)
        page = page_of(desk)
        assert "Gus, a guest: gus@example.org" in page
        assert "the first response" in page

    def test_who_is_not_confirmed_does_not_wait_for_a_moderator(self, desk, post):
        hold(post, Guest.objects.create(name="Gus", email="gus@example.org"))
        assert "Nothing waits for you." in page_of(desk)

    def test_html_in_what_waits_stays_text(self, desk, post):
        bo = make_person("<b>Bo</b>")
        response = hold(post, bo, source="<script>alert(1)</script>")
        Report.objects.create(comment=response, by=bo, reason="other", words="<i>x</i>")
        html = desk.get(QUEUE).content.decode()
        for bad in ("<script>alert", "<b>Bo", "<i>x"):
            assert bad not in html

    def test_what_readers_took_out_of_sight_says_how_many_they_were(self, desk, post):
        response = make_response(post)
        for _number in range(3):
            Report.objects.report(response, by=make_person(), reason="spam")
        page = page_of(desk)
        assert "Held because 3 readers reported it" in page
        assert page.count("It is spam or an advertisement") == 3

    def test_a_crowd_of_reports_is_cut(self, desk, post):
        response = hold(post)
        Report.objects.bulk_create(
            Report(comment=response, by=make_person(), reason="spam")
            for _number in range(awaiting.MAX_REPORTS_SHOWN + 2)
        )
        assert page_of(desk).count("It is spam or an advertisement") == awaiting.MAX_REPORTS_SHOWN

    def test_many_are_read_page_by_page_in_few_queries(
        self, desk, post, django_assert_max_num_queries
    ):
        people = [make_person() for _number in range(3)]
        now = timezone.now()
        Comment.objects.bulk_create(
            Comment(
                post=post,
                author=people[number % 3],
                source=f"Number {number:02}.",
                html=f"<p>Number {number:02}.</p>",
                status="held",
                created_at=now + timedelta(seconds=number),
            )
            for number in range(awaiting.ROWS + 5)
        )
        for response in Comment.objects.all()[:3]:
            Report.objects.create(comment=response, by=people[0], reason="spam")
        with django_assert_max_num_queries(14):
            html = desk.get(QUEUE).content.decode()
        assert "Number 19." in html
        assert "Number 20." not in html
        later = re.search(r'href="([^"]*queue/\?after=[^"]+)"', html)[1]
        page = page_of(desk, later)
        assert "Number 20." in page
        assert "Number 19." not in page
        assert desk.get(f"{QUEUE}?after=nonsense").status_code == 404

    def test_the_number_stands_in_the_desk_of_those_who_moderate(self, desk, post):
        hold(post)
        assert "Moderation 1 waiting" in page_of(desk, STORIES)
        assert "Moderation" not in page_of(desk_of(make_person(role=Role.AUTHOR)), STORIES)

    def test_nobody_counts_further_than_anybody_reads(self, desk, post):
        Comment.objects.bulk_create(
            Comment(post=post, source="x", html="x", status="held") for _number in range(120)
        )
        assert awaiting.count() == 100
        assert "Moderation 99+ waiting" in page_of(desk, STORIES)


class TestWhoMay:
    @pytest.mark.parametrize("role", [Role.READER, Role.CONTRIBUTOR, Role.AUTHOR])
    def test_who_does_not_moderate_is_kept_out(self, post, ed, role):
        response = hold(post)
        action = moderate(hold(post), "hide", by=ed)
        client = desk_of(make_person(role=role))
        assert client.get(QUEUE, follow=True).status_code == 403
        assert client.get(DECISIONS, follow=True).status_code == 403
        sent = {"verb": "approve"}
        assert client.post(decision_url(response), sent, follow=True).status_code == 403
        assert client.post(undoing_url(action), follow=True).status_code == 403
        assert status_of(response) == "held"

    def test_who_is_not_signed_in_is_asked_to(self, client, post):
        response = hold(post)
        for url in (QUEUE, DECISIONS):
            assert client.get(url)["Location"] == f"/admin/login/?next={url}"
        assert client.post(decision_url(response), {"verb": "approve"}).status_code == 302
        assert status_of(response) == "held"

    def test_looking_changes_nothing(self, desk, post, ed):
        response = hold(post)
        action = moderate(make_response(post), "hide", by=ed)
        assert desk.get(decision_url(response)).status_code == 405
        assert desk.get(undoing_url(action)).status_code == 405
        assert desk.post(QUEUE).status_code == 405
        assert desk.post(DECISIONS).status_code == 405


class TestDeciding:
    @pytest.mark.parametrize(
        ("verb", "status", "said"),
        [
            ("approve", "published", "Approved: readers see the response by Bo."),
            ("hide", "hidden", "Hidden: nobody sees the response by Bo."),
            ("spam", "spam", "Marked as spam: nobody sees the response by Bo."),
        ],
    )
    def test_without_scripts_a_press_decides_and_says_so(self, desk, post, verb, status, said):
        response = hold(post, make_person("Bo"))
        sent = {"verb": verb, "seen": mark_in(desk, response), "reason": "unkind", "because": "Y."}
        answer = desk.post(decision_url(response), sent)
        assert (answer.status_code, answer["Location"]) == (303, QUEUE)
        assert status_of(response) == status
        page = page_of(desk)
        assert said in page
        assert "Nothing waits for you." in page
        assert ModerationAction.objects.get().because == "It is unkind or attacks somebody. Y."

    def test_what_one_did_last_can_be_taken_back_there(self, desk, post):
        response = hold(post)
        desk.post(decision_url(response), {"verb": "hide"})
        action = ModerationAction.objects.get()
        html = desk.get(QUEUE).content.decode()
        assert undoing_url(action) in html
        assert desk.post(undoing_url(action))["Location"] == QUEUE
        assert status_of(response) == "held"
        assert undoing_url(action) not in desk.get(QUEUE).content.decode()

    def test_to_a_script_it_says_what_it_did_and_how_to_take_it_back(self, desk, post):
        response = hold(post, make_person("Bo"))
        answer = desk.post(decision_url(response), {"verb": "hide"}, **SCRIPT)
        assert answer.status_code == 201
        said = answer.json()
        action = ModerationAction.objects.get()
        assert said["said"] == "Hidden: nobody sees the response by Bo."
        assert undoing_url(action) in said["html"]
        back = desk.post(undoing_url(action), **SCRIPT).json()
        assert back["said"] == "Taken back: the response is as it was before."
        assert back["seen"] == mark_in(desk, response)

    @pytest.mark.parametrize("options", [{}, SCRIPT])
    def test_what_a_colleague_decided_meanwhile_stays_and_is_named(self, desk, post, options):
        response = hold(post)
        mark = mark_in(desk, response)
        moderate(response, "approve", by=make_person("Ola", Role.OWNER))
        answer = desk.post(decision_url(response), {"verb": "spam", "seen": mark}, **options)
        assert answer.status_code == 409
        assert "Ola approved it (just now). That stays; yours was not taken." in (
            answer.json()["error"] if options else answer.content.decode()
        )
        assert status_of(response) == "published"

    def test_a_text_that_changed_meanwhile_is_looked_at_again(self, desk, post):
        response = hold(post)
        mark = mark_in(desk, response)
        Comment.objects.filter(pk=response.pk).update(edited_at=timezone.now())
        answer = desk.post(decision_url(response), {"verb": "approve", "seen": mark})
        assert answer.status_code == 409
        assert "has changed since you looked" in answer.content.decode()
        assert status_of(response) == "held"

    def test_a_double_press_decides_once(self, desk, post):
        response = hold(post)
        sent = {"verb": "approve", "seen": mark_in(desk, response)}
        answers = [desk.post(decision_url(response), sent, **SCRIPT) for _press in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert ModerationAction.objects.count() == 1

    def test_taking_back_twice_is_said_to_be_done(self, desk, post, ed):
        response = hold(post)
        action = moderate(response, "hide", by=ed)
        assert desk.post(undoing_url(action)).status_code == 303
        answer = desk.post(undoing_url(action), **SCRIPT)
        assert answer.status_code == 409
        assert "Ed took the decision back" in answer.json()["error"]

    @pytest.mark.parametrize(
        ("sent", "status"),
        [
            ({}, 400),
            ({"verb": "undo"}, 400),
            ({"verb": "delete"}, 400),
            ({"verb": "hide", "because": "x" * 501}, 400),
            ({"verb": "hide", "seen": "x" * 61}, 400),
            ({"verb": "hide", "seen": "nonsense"}, 409),
        ],
    )
    def test_what_makes_no_sense_decides_nothing(self, desk, post, sent, status):
        response = hold(post)
        assert desk.post(decision_url(response), sent).status_code == status
        assert status_of(response) == "held"
        assert not ModerationAction.objects.exists()

    def test_a_response_that_is_gone_is_said_to_be(self, desk, post, ed):
        response = make_response(post)
        action = moderate(response, "hide", by=ed)
        url = decision_url(response)
        Comment.objects.get(pk=response.pk).remove()
        assert desk.post(url, {"verb": "approve"}).status_code == 404
        assert desk.post(undoing_url(action)).status_code == 409
        assert desk.post(reverse("admin:blog_comment_undoing", args=[99999])).status_code == 404

    @pytest.mark.parametrize("pk", [0, 10**18, 10**30])
    def test_a_key_that_is_none_is_no_response(self, desk, pk):
        for name in ("decision", "undoing"):
            url = reverse(f"admin:blog_comment_{name}", args=[pk])
            assert desk.post(url, {"verb": "hide"}).status_code == 404

    def test_keys_are_named_for_those_alone_who_want_them(self, desk, post, ed):
        hold(post)
        assert "data-keys" in desk.get(QUEUE).content.decode()
        ed.has_keys = False
        ed.save()
        html = desk.get(QUEUE).content.decode()
        assert "data-keys" not in html
        assert "queue__keys" not in html

    def test_who_cannot_be_banned_is_said_and_nothing_is_done(self, desk, post, monkeypatch):
        class Ban:
            class objects:
                @staticmethod
                def ban(**_whom):
                    raise banning.NotBannable("Nobody bans an owner.")

        monkeypatch.setattr(banning, "Ban", Ban)
        response = hold(post)
        assert "Ban…" in page_of(desk)
        answer = desk.post(decision_url(response), {"verb": "ban", "days": "7"})
        assert answer.status_code == 400
        assert "Nobody bans an owner." in answer.content.decode()
        assert status_of(response) == "held"


class TestWhatWasDecided:
    def test_each_row_says_who_did_what_and_why(self, desk, post, ed):
        bo = make_person("Bo")
        moderate(make_response(post, bo), "hide", by=ed, because="It is unkind.")
        moderate(make_response(post, bo), "spam", by=ed).undo(by=ed)
        page = page_of(desk, DECISIONS)
        assert "Ed hid it: Bo on “The tides”, just now It is unkind." in page
        assert "Ed marked it as spam: Bo on “The tides”, just now taken back by Ed" in page
        assert "Ed took the decision back" in page

    def test_one_sees_those_of_one_moderator(self, desk, post, ed):
        ola = make_person("Ola", Role.OWNER)
        moderate(make_response(post), "hide", by=ed)
        moderate(make_response(post), "spam", by=ola)
        page = page_of(desk, f"{DECISIONS}?by={ola.pk}")
        assert "Ola marked it as spam" in page
        assert "Ed hid it" not in page
        for nonsense in ("by=x", "by=0", "before=-1", "before=" + "9" * 19):
            assert desk.get(f"{DECISIONS}?{nonsense}").status_code == 404

    def test_many_are_read_page_by_page_in_few_queries(
        self, desk, post, ed, django_assert_max_num_queries
    ):
        response = make_response(post)
        ModerationAction.objects.bulk_create(
            ModerationAction(verb="hide", by=ed, comment=response, because=f"No. {number:02}")
            for number in range(35)
        )
        with django_assert_max_num_queries(11):
            html = desk.get(DECISIONS).content.decode()
        assert "No. 05" in html
        assert "No. 04" not in html
        older = re.search(r'rel="next" href="([^"]+)"', html)[1]
        assert "No. 04" in page_of(desk, older)

    def test_taken_back_there_one_stays_there(self, desk, post, ed):
        response = make_response(post)
        action = moderate(response, "hide", by=ed)
        assert undoing_url(action) in desk.get(DECISIONS).content.decode()
        answer = desk.post(undoing_url(action), {"back": "decisions"})
        assert answer["Location"] == DECISIONS
        assert status_of(response) == "published"

    def test_a_response_that_is_gone_still_has_its_row(self, desk, post, ed):
        bo = make_person("Bo")
        response = make_response(post, bo)
        moderate(response, "hide", by=ed)
        Comment.objects.get(pk=response.pk).remove()
        assert "Ed hid it: a response by Bo that is gone" in page_of(desk, DECISIONS)


class TestTheListOfAllResponses:
    def test_its_actions_are_decisions(self, desk, post, ed):
        response = hold(post)
        sent = {"action": "show", "_selected_action": [response.pk], "index": "0"}
        desk.post("/admin/blog/comment/", sent)
        assert status_of(response) == "published"
        desk.post("/admin/blog/comment/", {**sent, "action": "mark_spam"})
        assert status_of(response) == "spam"
        assert [one.verb for one in ModerationAction.objects.order_by("pk")] == ["approve", "spam"]

    def test_a_guest_is_found_by_the_address(self, desk, post):
        gus = Guest.objects.create(name="Gus", email="gus@example.org")
        hold(post, gus, source="From Gus.")
        hold(post, source="From somebody.")
        page = page_of(desk, "/admin/blog/comment/?q=gus@example.org")
        assert "From Gus." in page
        assert "From somebody." not in page


def test_what_became_of_the_others_is_said_of_people_and_of_guests(post):
    rita, guest = make_person("Rita"), Guest.objects.create(name="Gil", email="gil@example.org")
    for by in (rita, guest):
        Comment.objects.filter(pk=hold(post, by).pk).update(status="held")
    for status, by in (("published", rita), ("hidden", rita), ("spam", guest), ("hidden", guest)):
        Comment.objects.filter(pk=make_response(post, by).pk).update(status=status)
    waiting, _next = awaiting.first()
    told = {row.comment.signature: vars(row.past) for row in waiting}
    assert told == {
        "Rita": {"published": 1, "hidden": 1, "spam": 0},
        "Gil": {"published": 0, "hidden": 1, "spam": 1},
    }


@pytest.mark.once
def test_no_response_is_read_to_count_what_became_of_them(post):
    """Somebody may have written thousands; PostgreSQL reads tables as small as these whole."""
    hold(post, make_person("Rita"))
    with CaptureQueriesContext(connection) as asked:
        awaiting.first()
    counts = [query["sql"] for query in asked if "COUNT(*)" in query["sql"]]
    with connection.cursor() as cursor:
        for sql in counts:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            assert "COVERING INDEX comment_past" in cursor.fetchone()[3]
    assert counts
