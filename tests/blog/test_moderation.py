"""Deciding about responses: one verb for all who may, a row for each decision, and the way back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from accounts.models import Notification
from accounts.roles import Role
from blog.models import Comment, Guest, ModerationAction, PostStats, Report, banning
from blog.models.banning import NotBannable
from blog.models.moderation import (
    NotUndoable,
    Overtaken,
    ResponseGone,
    can_moderate,
    decided,
    mark_of,
    moderatable_by,
    moderate,
    undone,
    verbs_of,
)
from blog.recount import recount
from tests.clock import NOON
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db

HELD = [{"rule": "first"}]


@pytest.fixture
def ed():
    return make_person("Ed", Role.EDITOR)


@pytest.fixture
def ada():
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def post(ada):
    return make_post(by=ada, title="The tides")


@pytest.fixture
def bo():
    return make_person("Bo")


def status_of(response):
    return Comment.objects.get(pk=response.pk).status


def count(post):
    return PostStats.objects.get(post=post).comment_count


def make_in(status, post, by=None):
    """A response that is in this state already."""
    held = HELD if status == "held" else ()
    response = make_response(post, by, held_because=held)
    if status == "hidden":
        response.hide()
    elif status == "hidden by author":
        response.hide(by=Comment.Hand.AUTHOR)
    elif status == "spam":
        response.mark_spam()
    elif status == "removed":
        make_response(post, parent=response)
        response.remove()
    return Comment.objects.get(pk=response.pk)


STATES = ["published", "held", "hidden", "hidden by author", "spam", "removed"]


class TestDeciding:
    @pytest.mark.parametrize(
        ("before", "verb", "after"),
        [
            ("held", "approve", "published"),
            ("hidden", "approve", "published"),
            ("spam", "approve", "published"),
            ("published", "approve", "published"),
            ("published", "hide", "hidden"),
            ("held", "hide", "hidden"),
            ("spam", "hide", "hidden"),
            ("published", "spam", "spam"),
            ("held", "spam", "spam"),
            ("hidden", "spam", "spam"),
        ],
    )
    def test_a_decision_is_one_row_and_goes_back_the_whole_way(self, post, ed, before, verb, after):
        response = make_in(before, post)
        counted = count(post) if PostStats.objects.filter(post=post).exists() else 0
        action = moderate(response, verb, by=ed, because="  As agreed. ")
        assert status_of(response) == after
        assert (action.by, action.verb, action.because) == (ed, verb, "As agreed.")
        assert (action.comment, action.person) == (response, response.author)
        assert (action.before["status"], action.after["status"]) == (before, after)
        assert not recount(post.pk)
        undo = action.undo(by=ed)
        now = Comment.objects.get(pk=response.pk)
        assert (now.status, now.held_because, now.taken_by) == (
            response.status,
            response.held_because,
            response.taken_by,
        )
        assert count(post) == counted
        assert not recount(post.pk)
        action.refresh_from_db()
        assert (action.undone_by, undo.verb, undo.undoes) == (ed, "undo", action)
        assert ModerationAction.objects.count() == 2

    def test_what_it_leads_to_already_is_not_decided_again(self, post, ed):
        response = make_in("hidden", post)
        with pytest.raises(Overtaken):
            moderate(response, "hide", by=ed)
        assert not ModerationAction.objects.exists()

    def test_what_was_removed_or_deleted_is_gone(self, post, ed):
        removed, deleted = make_in("removed", post), make_response(post)
        action = moderate(deleted, "hide", by=ed)
        Comment.objects.get(pk=deleted.pk).remove()
        for response in (removed, deleted):
            with pytest.raises(ResponseGone):
                moderate(response, "approve", by=ed)
        action.refresh_from_db()
        assert (action.comment, action.person) == (None, deleted.author)
        with pytest.raises(ResponseGone):
            action.undo(by=ed)

    def test_a_deletion_is_a_row_that_nobody_takes_back(self, post, ed, bo):
        response = make_response(post, bo)
        action = moderate(response, "remove", by=ed, because="A forged name.")
        action.refresh_from_db()
        assert (action.comment, action.person, action.because) == (None, bo, "A forged name.")
        told = Notification.objects.get(recipient=bo)
        assert told.text == "Your response to “The tides” was deleted by a moderator"
        assert not action.can_undo(ed)
        assert count(post) == 0

    def test_who_learns_from_decisions_hears_of_each_and_of_its_end(self, post, ed):
        heard = []

        def hear(action, signal, **_signal):
            heard.append(("undone" if signal is undone else "decided", action.verb))

        for signal in (decided, undone):
            signal.connect(hear)
        try:
            moderate(make_response(post), "spam", by=ed).undo(by=ed)
        finally:
            for signal in (decided, undone):
                signal.disconnect(hear)
        assert heard == [("decided", "spam"), ("undone", "spam")]

    def test_counters_are_right_below_another_response(self, post, ed):
        above = make_response(post)
        below = make_response(post, parent=above)
        moderate(below, "hide", by=ed).undo(by=ed)
        assert Comment.objects.get(pk=above.pk).reply_count == 1
        moderate(below, "spam", by=ed)
        assert Comment.objects.get(pk=above.pk).reply_count == 0
        assert not recount(post.pk)


class TestWhoMay:
    @pytest.mark.parametrize("state", STATES)
    @pytest.mark.parametrize("role", list(Role))
    def test_what_one_may_decide_about_is_what_one_finds(self, role, state):
        someone = make_person("Someone", role)
        own = make_post(by=someone, published=False)
        own.publish(by=make_person(role=Role.EDITOR))
        for story in (own, make_post()):
            make_in(state, story)
        allowed = {one for one in Comment.objects.all() if can_moderate(one, someone)}
        assert set(moderatable_by(someone)) == allowed

    @pytest.mark.parametrize(
        ("state", "verbs"),
        [
            ("published", {"hide", "remove"}),
            ("hidden by author", {"approve"}),
            ("hidden", set()),
            ("held", set()),
            ("spam", set()),
            ("removed", set()),
        ],
    )
    def test_authors_hide_and_delete_and_show_what_they_hid(self, post, ada, state, verbs):
        response = make_in(state, post)
        assert verbs_of(response, ada) == verbs
        for verb in ("approve", "hide", "spam", "ban", "remove"):
            if verb not in verbs and state != "removed":
                with pytest.raises(PermissionDenied):
                    moderate(response, verb, by=ada)

    def test_an_authors_hiding_is_a_row_like_any_other(self, post, ada, bo):
        response = make_response(post, bo)
        action = moderate(response, "hide", by=ada, because="Not here.")
        assert Comment.objects.get(pk=response.pk).taken_by == "author"
        told = Notification.objects.get(recipient=bo)
        assert told.text == "Your response to “The tides” was hidden by an author of the story"
        action.undo(by=ada)
        assert status_of(response) == "published"

    def test_an_author_settles_no_reports_and_protects_nothing_from_them(self, post, ada, bo):
        response = make_response(post, bo)
        Report.objects.report(response, by=make_person(), reason="unlawful")
        moderate(response, "hide", by=ada)
        assert not Report.objects.waiting().exists()
        moderate(response, "approve", by=ada)
        assert Report.objects.waiting().count() == 1
        for _number in range(2):
            Report.objects.report(response, by=make_person(), reason="unlawful")
        assert status_of(response) == "held"

    def test_who_moderates_settles_reports_under_their_own_stories_as_well(self):
        olga = make_person("Olga", Role.OWNER)
        response = make_response(make_post(by=olga))
        Report.objects.report(response, by=make_person(), reason="unkind")
        moderate(response, "approve", by=olga)
        assert not Report.objects.open().exists()
        for _number in range(3):
            Report.objects.report(response, by=make_person(), reason="unkind")
        assert status_of(response) == "published"

    def test_nobody_else_decides_or_takes_back(self, post, ed, bo):
        response = make_response(post, bo)
        for person in (bo, make_person(), make_person(role=Role.AUTHOR)):
            with pytest.raises(PermissionDenied):
                moderate(response, "hide", by=person)
        action = moderate(response, "hide", by=ed)
        for person in (bo, make_person(role=Role.AUTHOR)):
            with pytest.raises(PermissionDenied):
                action.undo(by=person)
        assert status_of(response) == "hidden"

    def test_an_author_does_not_overrule_a_moderator(self, post, ed, ada):
        response = make_response(post)
        action = moderate(response, "hide", by=ed)
        with pytest.raises(PermissionDenied):
            moderate(response, "approve", by=ada)
        with pytest.raises(PermissionDenied):
            action.undo(by=ada)


class TestWhatOneHasSeen:
    def seen(self, response):
        now = Comment.objects.get(pk=response.pk)
        last = now.decisions.order_by("-pk").first()
        return mark_of(now, last.pk if last else None)

    def test_what_a_colleague_decided_stays(self, post, ed):
        response = make_in("held", post)
        mark = self.seen(response)
        theirs = moderate(response, "approve", by=make_person("Ola", Role.OWNER))
        with pytest.raises(Overtaken) as meanwhile:
            moderate(response, "spam", by=ed, seen=mark)
        assert meanwhile.value.action == theirs
        assert status_of(response) == "published"
        assert ModerationAction.objects.count() == 1

    def test_leaving_it_there_is_a_decision_too(self, post, ed):
        response = make_response(post)
        mark = self.seen(response)
        moderate(response, "approve", by=make_person("Ola", Role.OWNER))
        with pytest.raises(Overtaken):
            moderate(response, "hide", by=ed, seen=mark)

    def test_the_same_sent_twice_is_decided_once(self, post, ed):
        response = make_in("held", post)
        mark = self.seen(response)
        first = moderate(response, "approve", by=ed, seen=mark)
        assert moderate(response, "approve", by=ed, seen=mark) == first
        assert ModerationAction.objects.count() == 1

    def test_nobody_approves_a_text_they_have_not_read(self, post, ed, clock):
        response = make_in("held", post)
        mark = self.seen(response)
        Comment.objects.filter(pk=response.pk).update(source="Buy this.", edited_at=clock())
        with pytest.raises(Overtaken) as meanwhile:
            moderate(response, "approve", by=ed, seen=mark)
        assert meanwhile.value.action is None


class TestTakingBack:
    def test_it_is_possible_for_a_day(self, post, ed, clock):
        response = make_response(post)
        action = moderate(response, "hide", by=ed)
        clock.pass_by(hours=24)
        assert not action.can_undo(ed)
        assert not ModerationAction.objects.undoable_by(ed).exists()
        with pytest.raises(NotUndoable):
            action.undo(by=ed)
        assert status_of(response) == "hidden"

    def test_only_the_newest_decision_is(self, post, ed):
        response = make_response(post)
        first = moderate(response, "hide", by=ed)
        second = moderate(response, "spam", by=ed)
        assert [first.can_undo(ed), second.can_undo(ed)] == [False, True]
        assert list(ModerationAction.objects.undoable_by(ed)) == [second]
        with pytest.raises(Overtaken) as meanwhile:
            first.undo(by=ed)
        assert meanwhile.value.action == second

    def test_it_happens_once(self, post, ed):
        response = make_response(post)
        action = moderate(response, "hide", by=ed)
        action.undo(by=ed)
        with pytest.raises(Overtaken):
            ModerationAction.objects.get(pk=action.pk).undo(by=ed)
        assert ModerationAction.objects.count() == 2

    def test_a_colleague_may(self, post, ed):
        response = make_response(post)
        action = moderate(response, "hide", by=ed)
        action.undo(by=make_person("Ola", Role.OWNER))
        assert status_of(response) == "published"

    def test_reports_wait_again(self, post, ed):
        response = make_response(post)
        rita = make_person("Rita")
        Report.objects.report(response, by=rita, reason="spam")
        action = moderate(response, "approve", by=ed)
        assert not Report.objects.open().exists()
        action.undo(by=ed)
        assert Report.objects.waiting().get().by == rita

    def test_a_report_said_anew_meanwhile_is_not_there_twice(self, post, ed):
        response = make_response(post)
        rita = make_person("Rita")
        Report.objects.report(response, by=rita, reason="spam")
        action = moderate(response, "approve", by=ed)
        Report.objects.report(response, by=rita, reason="unkind")
        action.undo(by=ed)
        assert Report.objects.open().get().reason == "unkind"


class TestTrust:
    @pytest.fixture
    def gina(self):
        return Guest.objects.create(
            name="Gina", email="gina@example.org", confirmed_at=timezone.now()
        )

    def is_trusted(self, guest):
        return Guest.objects.get(pk=guest.pk).trusted_at is not None

    def test_a_guests_goes_with_the_approval_that_gave_it(self, post, ed, gina):
        response = make_response(post, gina)
        action = moderate(response, "approve", by=ed)
        assert self.is_trusted(gina)
        action.undo(by=ed)
        assert not self.is_trusted(gina)
        assert status_of(make_response(post, Guest.objects.get())) == "held"

    def test_it_stays_when_another_was_approved(self, post, ed, gina):
        first, second = make_response(post, gina), make_response(post, gina)
        action = moderate(first, "approve", by=ed)
        moderate(second, "approve", by=ed)
        action.undo(by=ed)
        assert self.is_trusted(gina)

    def test_it_stays_when_it_was_there_before(self, post, ed, gina, clock):
        gina.trust()
        clock.pass_by(hours=1)
        moderate(make_in("held", post, gina), "approve", by=ed).undo(by=ed)
        assert self.is_trusted(gina)


class TestTelling:
    def text(self, person):
        return [row.text for row in Notification.objects.filter(recipient=person)]

    @pytest.mark.parametrize(
        ("before", "verb", "said"),
        [
            ("published", "hide", "Your response to “The tides” was hidden by a moderator"),
            ("held", "approve", "Your response to “The tides” stands there now"),
            ("hidden", "approve", "Your response to “The tides” stands there again"),
            (
                "published",
                "spam",
                "A moderator took your response to “The tides” for spam, and hid it",
            ),
        ],
    )
    def test_whoever_wrote_it_is_told_and_why(self, post, ed, bo, before, verb, said):
        moderate(make_in(before, post, bo), verb, by=ed, because="It is unkind.")
        row = Notification.objects.get(recipient=bo)
        assert (row.text, row.quote, row.actor) == (said, "It is unkind.", None)

    def test_what_no_reader_has_seen_stands_there_now_and_not_again(self, post, ed, bo):
        response = make_in("held", post, bo)
        moderate(response, "spam", by=ed)
        moderate(response, "approve", by=ed)
        said = "Your response to “The tides” stands there now"
        assert said in self.text(bo)

    def test_what_was_approved_and_hidden_since_leads_nowhere(self, post, ed, bo):
        response = make_in("held", post, bo)
        moderate(response, "approve", by=ed)
        approved = Notification.objects.get(recipient=bo)
        assert approved.can_open
        moderate(response, "hide", by=ed)
        assert not approved.can_open

    def test_that_nothing_changed_is_not_told(self, post, ed, bo):
        moderate(make_response(post, bo), "approve", by=ed)
        assert self.text(bo) == []

    def test_of_a_slip_of_the_hand_nobody_hears(self, post, ed, bo):
        moderate(make_response(post, bo), "hide", by=ed).undo(by=ed)
        assert self.text(bo) == []

    def test_who_has_read_of_it_hears_that_it_was_taken_back(self, post, ed, bo):
        action = moderate(make_response(post, bo), "hide", by=ed)
        Notification.objects.get(recipient=bo).open()
        action.undo(by=ed)
        assert self.text(bo) == ["A decision about your response to “The tides” was taken back"]

    def test_the_letter_waits_for_second_thoughts(self, clock, post, ed, bo):
        moderate(make_response(post, bo), "hide", by=ed)
        assert not Notification.objects.due().exists()
        clock.pass_by(minutes=10)
        assert Notification.objects.due().get().recipient == bo

    def test_one_is_not_told_of_what_one_did(self, post, ed):
        moderate(make_response(post, ed), "hide", by=ed)
        assert self.text(ed) == []

    def test_a_response_without_an_account_is_decided_about_too(self, post, ed):
        bo = make_person("Bo")
        response = make_response(post, bo)
        bo.delete()
        moderate(response, "hide", by=ed)
        assert status_of(response) == "hidden"


class StandIn:
    """What keeps people out, as `moderate` calls it."""

    def __init__(self):
        self.objects, self.given, self.pk, self.is_over = self, [], 7, False
        self.begins_at = None

    def ban(self, **whom):
        self.begins_at = self.begins_at or timezone.now()
        self.given.append(whom)
        return self

    def filter(self, pk):
        return self if pk == self.pk else None

    def first(self):
        return self

    def end(self):
        self.is_over = True


@pytest.fixture
def bans(monkeypatch):
    stand_in = StandIn()
    monkeypatch.setattr(banning, "Ban", stand_in)
    return stand_in


class TestBanning:
    def test_it_hides_the_response_and_keeps_the_person_out_for_a_time(
        self, post, ed, bo, bans, clock
    ):
        response = make_response(post, bo)
        until = clock() + timedelta(days=7)
        moderate(response, "ban", by=ed, until=until, because="Enough.")
        assert bans.given == [{"user": bo, "until": until, "by": ed, "because": "Enough."}]
        assert status_of(response) == "hidden"

    def test_a_guest_is_kept_out_by_the_address(self, post, ed, bans):
        guest = Guest.objects.create(name="Gus", email="gus@example.org", confirmed_at=NOON)
        response = make_response(post, guest, address="192.0.2.7")
        moderate(response, "ban", by=ed)
        assert bans.given[0]["address"] == "192.0.2.7"

    def test_taken_back_the_person_may_respond_again(self, post, ed, bo, bans):
        response = make_response(post, bo)
        moderate(response, "ban", by=ed).undo(by=ed)
        assert bans.is_over
        assert status_of(response) == "published"

    def test_a_ban_from_before_does_not_end_by_it(self, post, ed, bo, bans, clock):
        bans.begins_at = clock() - timedelta(days=1)
        moderate(make_response(post, bo), "ban", by=ed).undo(by=ed)
        assert not bans.is_over

    def test_of_whom_nothing_is_known_nobody_is_kept_out(self, post, ed, bans):
        guest = Guest.objects.create(name="Gus", email="gus@example.org", confirmed_at=NOON)
        response = make_response(post, guest)
        with pytest.raises(NotBannable):
            moderate(response, "ban", by=ed)
        assert status_of(response) == "held"
        assert not ModerationAction.objects.exists()


def test_a_decision_can_be_taken_at_another_time(post, ed, clock):
    action = moderate(make_response(post), "hide", by=ed, at=clock() - timedelta(hours=1))
    assert action.at == clock() - timedelta(hours=1)
