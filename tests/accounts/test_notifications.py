"""Who is told of what, once, in which way; and what a letter needs to leave."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts import kinds
from accounts.kinds import Kind, Ways
from accounts.models import Notification, NotificationChoice, User
from accounts.tasks import send_letters
from blog.installation import tidy_up
from tests.making import make_person

pytestmark = pytest.mark.django_db

RAIN = Kind("test_rain", "It rains", hint="Take a coat.")


@pytest.fixture(autouse=True)
def rain(monkeypatch):
    monkeypatch.setattr(kinds, "_KINDS", {RAIN.name: RAIN})
    return RAIN


@pytest.fixture
def rita():
    return make_person("Rita")


def known_as(monkeypatch, **changes):
    monkeypatch.setitem(kinds._KINDS, RAIN.name, replace(RAIN, **changes))


def tell(*people, **about):
    said = {"kind": RAIN.name, "by": None, "text": "It rains", "url": "/weather/", **about}
    Notification.objects.tell(people, **said)


class TestWhoIsTold:
    def test_everybody_named_is_told_once_however_often_they_are_named(self, rita):
        bea = make_person("Bea")
        tell(rita, bea, User.objects.get(pk=rita.pk))
        assert set(Notification.objects.values_list("recipient", "text", "url")) == {
            (rita.pk, "It rains", "/weather/"),
            (bea.pk, "It rains", "/weather/"),
        }

    def test_nobody_is_told_of_what_they_did_themselves(self, rita):
        tell(rita, by=rita)
        assert not Notification.objects.exists()

    def test_an_account_that_was_switched_off_is_not_told(self, rita):
        rita.is_active = False
        tell(rita)
        assert not Notification.objects.exists()

    def test_who_may_not_open_the_page_is_not_told(self, rita, monkeypatch):
        bea = make_person("Bea")
        known_as(monkeypatch, who_may_open=lambda people, _url: [p for p in people if p == bea])
        tell(rita, bea)
        assert Notification.objects.get().recipient == bea

    def test_a_kind_that_nobody_registered_is_a_mistake_of_the_teller(self, rita):
        with pytest.raises(KeyError):
            tell(rita, kind="no_such_kind")

    @pytest.mark.parametrize("url", ["https://elsewhere.example/", "//elsewhere.example/", ""])
    def test_a_row_never_leads_to_another_site(self, rita, url):
        with pytest.raises(IntegrityError):
            tell(rita, url=url)


class TestChoices:
    def choose(self, person, on_page, by_mail):
        NotificationChoice.objects.choose(person, {RAIN.name: Ways(on_page, by_mail)})

    def test_until_somebody_chooses_it_is_inbox_and_mail(self, rita):
        tell(rita)
        row = Notification.objects.get()
        assert (row.is_shown, row.is_unread, row.mail_due_at is not None) == (True, True, True)

    def test_a_kind_may_be_without_mail_until_somebody_asks_for_it(self, rita, monkeypatch):
        known_as(monkeypatch, by_mail=False)
        tell(rita)
        assert Notification.objects.get().mail_due_at is None
        self.choose(rita, on_page=True, by_mail=True)
        tell(rita)
        assert Notification.objects.latest("pk").mail_due_at is not None

    def test_who_wants_no_mail_gets_none(self, rita):
        self.choose(rita, on_page=True, by_mail=False)
        tell(rita)
        assert Notification.objects.get().mail_due_at is None

    def test_who_wants_the_letter_alone_finds_nothing_in_the_inbox(self, rita):
        self.choose(rita, on_page=False, by_mail=True)
        tell(rita)
        assert Notification.objects.get().mail_due_at is not None
        assert not Notification.objects.in_inbox_of(rita).exists()
        assert Notification.objects.unread_count(rita) == 0

    def test_who_wants_neither_is_not_told(self, rita):
        self.choose(rita, on_page=False, by_mail=False)
        tell(rita)
        assert not Notification.objects.exists()

    def test_a_choice_made_again_takes_the_place_of_the_first(self, rita):
        self.choose(rita, on_page=False, by_mail=False)
        self.choose(rita, on_page=True, by_mail=False)
        assert NotificationChoice.objects.of(rita) == {RAIN.name: Ways(True, False)}


class TestOneRowForOneThing:
    def test_the_same_told_again_is_neither_new_nor_unread_again(self, rita):
        tell(rita, key="rain")
        Notification.objects.get().open()
        before = Notification.objects.values().get()
        tell(rita, key="rain")
        assert Notification.objects.values().get() == before

    def test_something_else_under_the_key_makes_the_row_new_again(self, rita):
        tell(rita, key="rain", text="1 drop")
        Notification.objects.update(created_at=timezone.now() - timedelta(days=3))
        Notification.objects.get().open()
        tell(rita, key="rain", text="2 drops")
        row = Notification.objects.get()
        assert (row.text, row.is_unread) == ("2 drops", True)
        assert timezone.now() - row.created_at < timedelta(days=1)

    def test_without_a_key_each_time_is_one_of_its_own(self, rita):
        tell(rita)
        tell(rita)
        assert Notification.objects.count() == 2

    def test_each_person_has_a_row_of_their_own_under_the_key(self, rita):
        tell(rita, make_person("Bea"), key="rain")
        assert Notification.objects.count() == 2

    def test_no_second_letter_leaves_before_the_first_was_looked_at(self, rita):
        tell(rita, key="rain", text="1 drop")
        assert Notification.objects.get().claim_letter()
        tell(rita, key="rain", text="2 drops")
        assert not Notification.objects.due().exists()
        Notification.objects.get().open()
        tell(rita, key="rain", text="3 drops")
        assert Notification.objects.due().exists()

    def test_a_letter_that_waits_says_the_newest(self, rita, do_waiting_work, mailoutbox):
        tell(rita, key="rain", text="1 drop")
        tell(rita, key="rain", text="2 drops")
        send_letters.call()
        do_waiting_work()
        assert [letter.subject for letter in mailoutbox] == ["2 drops"]


class TestLetters:
    def test_a_letter_leaves_after_the_request_and_says_all_of_it(self, rita, mail_of_two_steps):
        (letter,) = mail_of_two_steps(lambda: tell(rita, quote="Cats,\nand dogs."))
        assert (letter.to, letter.subject) == ([rita.email], "It rains")
        assert "Hello Rita,\n\nIt rains:\n\n> Cats,\n> and dogs.\n" in letter.body
        assert "Take a coat.\n\nhttp://127.0.0.1:8000/weather/\n" in letter.body
        assert "http://127.0.0.1:8000/accounts/#telling" in letter.body

    def test_what_people_are_called_is_no_html_in_a_letter(self, rita, mail_of_two_steps):
        (letter,) = mail_of_two_steps(lambda: tell(rita, text="“Fish & <chips>”", quote="a < b"))
        assert letter.subject == "“Fish & <chips>”"
        assert "> a < b" in letter.body

    def test_it_is_claimed_once(self, rita):
        tell(rita)
        mine, theirs = Notification.objects.get(), Notification.objects.get()
        assert [mine.claim_letter(), theirs.claim_letter()] == [True, False]

    def test_a_worker_that_comes_late_sends_nothing_more(self, rita, mail_of_two_steps):
        (_letter,) = mail_of_two_steps(lambda: tell(rita))
        send_letters.call()
        assert not DBTaskResult.objects.ready().exists()

    def test_who_has_read_it_meanwhile_gets_no_letter(self, rita, monkeypatch, mail_of_two_steps):
        tell(rita)
        Notification.objects.get().open()
        assert mail_of_two_steps(send_letters.enqueue) == []
        assert not Notification.objects.due().exists()

    def test_who_may_not_open_it_any_more_gets_no_letter(
        self, rita, monkeypatch, mail_of_two_steps
    ):
        tell(rita)
        known_as(monkeypatch, who_may_open=lambda _people, _url: [])
        assert mail_of_two_steps(send_letters.enqueue) == []

    def test_who_was_switched_off_meanwhile_gets_no_letter(self, rita, mail_of_two_steps):
        tell(rita)
        User.objects.update(is_active=False)
        assert mail_of_two_steps(send_letters.enqueue) == []

    def test_the_people_of_the_samples_get_no_letters(self, rita, mail_of_two_steps):
        tell(rita)
        User.objects.update(email="rita@longhand.invalid")
        assert mail_of_two_steps(send_letters.enqueue) == []

    def test_a_kind_that_is_told_of_no_more_stops_nobody_elses_letter(
        self, rita, monkeypatch, mail_of_two_steps
    ):
        tell(rita)
        monkeypatch.setitem(kinds._KINDS, "test_snow", replace(RAIN, name="test_snow"))
        tell(rita, kind="test_snow", text="It snows")
        monkeypatch.delitem(kinds._KINDS, RAIN.name)
        (letter,) = mail_of_two_steps(send_letters.enqueue)
        assert letter.subject == "It snows"

    def test_a_kind_may_wait_to_see_whether_it_is_read_on_the_page(self, rita, monkeypatch):
        known_as(monkeypatch, mail_after=timedelta(minutes=10))
        tell(rita)
        assert not Notification.objects.due().exists()
        waits = Notification.objects.get().mail_due_at - timezone.now()
        assert timedelta(minutes=9) < waits <= timedelta(minutes=10)

    def test_many_letters_leave_in_several_goes(self, monkeypatch, mail_of_two_steps):
        monkeypatch.setattr("accounts.tasks.LETTERS_AT_ONCE", 2)
        people = [make_person() for _number in range(5)]
        letters = mail_of_two_steps(lambda: tell(*people))
        assert sorted(letter.to[0] for letter in letters) == sorted(p.email for p in people)

    def test_letters_of_one_minute_leave_together_and_not_before_they_are_due(
        self, rita, monkeypatch, django_capture_on_commit_callbacks
    ):
        known_as(monkeypatch, mail_after=timedelta(minutes=10))
        now = timezone.now().replace(second=30)
        monkeypatch.setattr("django.utils.timezone.now", lambda: now)
        with django_capture_on_commit_callbacks(execute=True):
            tell(rita, make_person(), key="rain")
            tell(rita, key="snow")
            tell(rita, key="snow", text="It snows")
        (task,) = DBTaskResult.objects.all()
        last_due = max(Notification.objects.values_list("mail_due_at", flat=True))
        assert last_due <= task.run_after < last_due + timedelta(minutes=1)

    def test_letters_that_a_crash_left_behind_leave_after_the_next_start(
        self, rita, mail_of_two_steps
    ):
        tell(rita)
        # Committed, and ended before the worker was told.
        assert not DBTaskResult.objects.exists()
        (letter,) = mail_of_two_steps(tidy_up)
        assert letter.to == [rita.email]


class TestSweeping:
    def made(self, rita, *, days, read):
        tell(rita)
        row = Notification.objects.latest("pk")
        at = timezone.now() - timedelta(days=days)
        Notification.objects.filter(pk=row.pk).update(created_at=at, read_at=at if read else None)
        return row.pk

    def test_what_was_read_long_ago_is_forgotten_and_the_rest_stays(self, rita):
        old_read = self.made(rita, days=91, read=True)
        stays = {
            self.made(rita, days=89, read=True),
            self.made(rita, days=364, read=False),
        }
        old_unread = self.made(rita, days=366, read=False)
        assert Notification.objects.sweep() == 2
        left = set(Notification.objects.values_list("pk", flat=True))
        assert left == stays
        assert not {old_read, old_unread} & left


def test_a_deleted_person_leaves_what_others_were_told(rita):
    ed = make_person("Ed")
    tell(rita, by=ed, text="Ed says so")
    ed.delete()
    row = Notification.objects.get()
    assert (row.text, row.actor) == ("Ed says so", None)
    rita.delete()
    assert not Notification.objects.exists()


def test_telling_many_takes_as_many_questions_as_telling_one(rita, django_assert_max_num_queries):
    people = [make_person() for _number in range(20)]
    with django_assert_max_num_queries(2):
        tell(*people, key="rain")
    assert Notification.objects.count() == 20
