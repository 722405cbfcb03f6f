"""Guests: who responds without an account, how they are known, and what is kept of them."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Block
from accounts.roles import Role
from blog import forgetting, guests
from blog.models import Comment, Guest, PostStats, Publication
from blog.recount import recount
from blog.tasks import tell_moderators
from blog.views import guests as doors
from tests.making import PASSWORD, make_person, make_post, make_response

pytestmark = pytest.mark.django_db

GINA = {"name": "Gina Guest", "email": "gina@example.org"}


@pytest.fixture(autouse=True)
def _guests_may_respond():
    Publication(guests_may_respond=True).save()


@pytest.fixture
def post():
    return make_post(title="Ebb & flow")


@pytest.fixture
def send(client, post, django_capture_on_commit_callbacks, do_waiting_work):
    """Respond as a guest; letters arrive."""

    def send(by=client, **fields):
        with django_capture_on_commit_callbacks(execute=True):
            answer = by.post(new(post), {**GINA, "source": "I was there.", **fields})
        do_waiting_work()
        return answer

    return send


@pytest.fixture
def press(django_capture_on_commit_callbacks, do_waiting_work):
    """Press the button on the page that a link leads to."""

    def press(by, url, **fields):
        with django_capture_on_commit_callbacks(execute=True):
            answer = by.post(url, fields)
        do_waiting_work()
        return answer

    return press


def new(post):
    return reverse("blog:guest-response", args=[post.slug])


def link(letter=None):
    """Where the (last) letter leads."""
    return re.search(r"(/responses/confirmation/\S+)", (letter or mail.outbox[-1]).body)[1]


def status():
    return Comment.objects.get().status


def page(client, post):
    return client.get(post.get_absolute_url()).content.decode()


class TestTheWayIn:
    def test_a_story_leads_to_a_page_of_its_own_with_the_same_bytes_for_all(self, client, post):
        response = make_response(post)
        html = page(client, post)
        assert f'href="{new(post)}"' in html
        assert f'href="{new(post)}?parent={response.pk}"' in html
        assert "csrfmiddlewaretoken" not in html
        known = Client()
        known.cookies[guests.COOKIE] = "whatever"
        assert page(known, post) == html

    def test_without_the_switch_there_is_only_signing_in(self, client, post):
        Publication.objects.update(guests_may_respond=False)
        assert new(post) not in page(client, post)
        assert client.get(new(post))["Location"] == f"{post.get_absolute_url()}#respond"

    def test_the_page_is_never_kept_and_sets_a_token(self, client, post):
        answer = client.get(new(post))
        assert "no-store" in answer["Cache-Control"]
        assert "csrfmiddlewaretoken" in answer.content.decode()

    def test_it_shows_what_is_answered(self, client, post):
        above = make_response(post, source="The tide was *high*.")
        html = client.get(f"{new(post)}?parent={above.pk}").content.decode()
        assert "The tide was <em>high</em>." in html
        hidden = make_response(post, source="Out of sight.")
        hidden.hide()
        for pk in (hidden.pk, make_response(make_post()).pk, "x", "9" * 30, "²"):
            assert 'name="parent"' not in client.get(new(post), {"parent": pk}).content.decode()

    def test_who_is_signed_in_responds_under_the_story(self, client, post):
        client.force_login(make_person())
        assert client.get(new(post)).status_code == 303
        answer = client.post(new(post), {**GINA, "source": "A long thought."})
        assert answer.status_code == 409
        assert "A long thought." in answer.content.decode()
        assert not Comment.objects.exists()

    def test_a_switch_that_was_turned_meanwhile_keeps_the_text(self, client, post):
        Publication.objects.update(guests_may_respond=False)
        answer = client.post(new(post), {**GINA, "source": "A long thought."})
        assert answer.status_code == 403
        assert "A long thought." in answer.content.decode()


class TestResponding:
    def test_a_first_response_is_seen_by_nobody_and_a_letter_leaves_after_it(
        self, client, post, django_capture_on_commit_callbacks, do_waiting_work
    ):
        with django_capture_on_commit_callbacks(execute=True):
            answer = client.post(new(post), {**GINA, "source": "I was there."})
        assert answer["Location"] == f"{new(post)}?letter"
        assert status() == "unconfirmed"
        assert not mail.outbox
        do_waiting_work()
        (letter,) = mail.outbox
        assert letter.to == ["gina@example.org"]
        assert letter.subject == "Your response to “Ebb & flow”: is it yours?"
        for said in ("Gina Guest", "> I was there.", "Longhand", "do nothing", "7 days"):
            assert said in letter.body
        assert "I was there." not in page(client, post)
        response = Comment.objects.get()
        assert client.get(response.get_absolute_url()).status_code == 404
        assert PostStats.objects.get(post=post).comment_count == 0

    def test_a_letter_quotes_enough_to_know_it_by_and_no_more(self, send):
        send(source="word " * 500)
        assert mail.outbox[-1].body.count("word") < 150
        assert "…" in mail.outbox[-1].body

    def test_sent_twice_there_is_one_response_and_one_letter(self, send):
        send()
        send()
        assert Comment.objects.count() == len(mail.outbox) == 1

    def test_who_got_no_letter_gets_another(self, send):
        send()
        Comment.objects.update(created_at=timezone.now() - timedelta(minutes=2))
        send()
        assert Comment.objects.count() == 1
        assert len(mail.outbox) == 2

    @pytest.mark.parametrize(
        ("wrong", "status"),
        [
            ({"name": ""}, 400),
            ({"name": "x" * 81}, 400),
            ({"name": "Gi\x07na"}, 400),
            ({"name": "Win at www.example.org"}, 400),
            ({"email": ""}, 400),
            ({"email": "gina"}, 400),
            ({"email": f"{'x' * 250}@example.org"}, 400),
            ({"source": ""}, 400),
            ({"source": "ö" * 2600}, 413),
        ],
    )
    def test_what_is_wrong_is_said_and_all_that_was_typed_stays(self, send, wrong, status):
        answer = send(**wrong)
        assert answer.status_code == status
        html = answer.content.decode()
        assert 'role="alert"' in html
        for value in {**GINA, "source": "I was there.", **wrong}.values():
            assert value in html
        assert not Guest.objects.exists()
        assert not mail.outbox

    def test_a_reply_to_what_went_meanwhile_can_be_sent_alone(
        self, client, post, send, monkeypatch
    ):
        above = make_response(post)
        real = doors.GuestForm.is_valid

        def then_it_goes(form):
            valid = real(form)
            Comment.objects.filter(pk=above.pk).update(status="hidden")
            return valid

        monkeypatch.setattr(doors.GuestForm, "is_valid", then_it_goes)
        answer = send(parent=above.pk)
        assert answer.status_code == 409
        assert 'name="parent"' not in answer.content.decode()
        assert "I was there." in answer.content.decode()
        assert not Guest.objects.exists()

    @pytest.mark.parametrize("closed", ["closed", "locked"])
    def test_where_nothing_is_taken_any_more_the_text_stays(self, post, send, closed):
        above = make_response(post)
        if closed == "closed":
            post.responses_open = False
            post.save(update_fields=["responses_open"])
        Comment.objects.update(locked_at=timezone.now())
        answer = send(parent=above.pk)
        assert answer.status_code == 403
        assert "I was there." in answer.content.decode()

    def test_a_mailbox_is_not_flooded_nor_is_one_address_tireless(self, send, monkeypatch):
        monkeypatch.setattr(doors, "LETTERS", doors.Limit("few-letters", 2, 3600))
        monkeypatch.setattr(doors, "RESPONSES", doors.Limit("few-responses", 4, 3600))
        statuses = [send(source=f"Number {n}").status_code for n in range(3)]
        assert statuses == [303, 303, 429]
        assert len(mail.outbox) == 2
        others = [send(email=f"g{n}@example.org").status_code for n in range(2)]
        assert others == [303, 429]

    def test_the_form_that_was_open_too_long_keeps_everything(self, post):
        strict = Client(enforce_csrf_checks=True, headers={"sec-fetch-site": "same-origin"})
        answer = strict.post(new(post), {**GINA, "source": "A long thought."})
        assert answer.status_code == 403
        for value in (*GINA.values(), "A long thought."):
            assert value in answer.content.decode()


class TestConfirming:
    def test_looking_changes_nothing_and_pressing_holds_it_for_a_moderator(
        self, client, post, send, press
    ):
        send()
        url = link()
        html = client.get(url).content.decode()
        assert "I was there." in html
        assert "Gina Guest" in html
        assert status() == "unconfirmed"
        assert guests.COOKIE not in client.cookies
        answer = press(client, url)
        assert (answer.status_code, answer["Location"]) == (303, url)
        response = Comment.objects.get()
        assert response.status == "held"
        assert response.held_because == [{"rule": "guest"}]
        assert "I was there." not in page(Client(), post)
        assert "Somebody here reads" in client.get(url).content.decode()

    def test_a_moderators_first_yes_is_told_and_what_comes_next_appears_at_once(
        self, client, post, send, press, django_capture_on_commit_callbacks, do_waiting_work
    ):
        send()
        press(client, link())
        with django_capture_on_commit_callbacks(execute=True):
            assert Comment.objects.get().approve()
            Comment.objects.get().approve()
        do_waiting_work()
        assert len(mail.outbox) == 2
        letter = mail.outbox[-1]
        assert letter.subject == "Your response to “Ebb & flow” stands there now"
        assert Comment.objects.get().get_absolute_url() in letter.body
        html = page(Client(), post)
        assert "I was there." in html
        assert re.search(r"Gina Guest</bdi> <span class=\"response__guest\">Guest<", html)
        assert "gina@example.org" not in html
        answer = send(source="And again.")
        assert answer.status_code == 303
        assert "#response-" in answer["Location"]
        assert "And again." in page(Client(), post)
        assert len(mail.outbox) == 2
        assert PostStats.objects.get(post=post).comment_count == 2
        assert not recount(post.pk)

    def test_the_address_stands_nowhere_that_readers_look(self, client, post, send, press):
        send()
        press(client, link())
        Comment.objects.get().approve()
        response = Comment.objects.get()
        for path in (
            post.get_absolute_url(),
            response.get_absolute_url(),
            f"{post.get_absolute_url()}responses/",
            f"{post.get_absolute_url()}responses/feed/",
            f"{post.get_absolute_url()}responses/feed/rss/",
        ):
            html = Client().get(path).content.decode()
            assert "Gina Guest" in html, path
            assert "gina@example.org" not in html, path

    def test_until_then_a_second_one_needs_no_letter_but_a_moderator(self, client, send, press):
        send()
        press(client, link())
        answer = send(source="And again.")
        assert answer["Location"].endswith("?held")
        assert len(mail.outbox) == 1
        assert list(Comment.objects.values_list("status", flat=True)) == ["held", "held"]
        assert client.get(answer["Location"]).status_code == 200

    def test_the_same_address_in_another_browser_confirms_again(self, client, post, send, press):
        send()
        press(client, link())
        Comment.objects.get().approve()
        stranger = Client()
        send(stranger, source="Said by a stranger.", name="Mallory")
        assert "Said by a stranger." not in page(Client(), post)
        assert Guest.objects.get().name == "Gina Guest"
        html = stranger.get(link()).content.decode()
        assert "Mallory" in html
        press(stranger, link())
        assert "Said by a stranger." in page(Client(), post)
        assert Guest.objects.get().name == "Mallory"

    def test_somebody_elses_cookie_does_not_speak_for_another_address(self, client, send, press):
        send()
        press(client, link())
        send(email="other@example.org", source="As another.")
        assert Comment.objects.get(source="As another.").status == "unconfirmed"
        assert mail.outbox[-1].to == ["other@example.org"]

    def test_a_forged_cookie_is_nobodys(self, client, send, press):
        send()
        press(client, link())
        forger = Client()
        forger.cookies[guests.COOKIE] = f"{Guest.objects.get().pk}:forged"
        send(forger, source="Forged.")
        assert Comment.objects.get(source="Forged.").status == "unconfirmed"

    def test_in_a_known_browser_one_may_change_ones_name(self, client, send, press):
        send()
        press(client, link())
        send(name="Gina G.", source="Shorter.")
        assert Guest.objects.get().name == "Gina G."

    def test_a_name_is_looked_at_as_the_text_is(self, client, send, press):
        publication = Publication.current()
        publication.held_words = "casino"
        publication.save()
        send()
        press(client, link())
        Comment.objects.get().approve()
        send(name="Casino Royal", source="Well said.")
        assert Comment.objects.get(source="Well said.").is_held
        elsewhere = Client()
        send(elsewhere, name="Casino Royal", source="And again.")
        press(elsewhere, link())
        assert Comment.objects.get(source="And again.").is_held
        assert Guest.objects.get().name == "Gina Guest"

    def test_pressed_twice_it_is_confirmed_once(self, client, post, send, press):
        send()
        url = link()
        assert [press(client, url).status_code for _ in range(2)] == [303, 303]
        assert status() == "held"

    def test_links_that_are_forged_cut_off_or_over_say_so(self, client, clock, send):
        send()
        url = link()
        assert client.get(f"{url[:-4]}abc/").status_code == 404
        assert client.get("/responses/confirmation/x/").status_code == 404
        Comment.objects.get().remove()
        assert client.get(url).status_code == 410
        assert client.post(url).status_code == 410

    def test_a_link_ends_after_a_week(self, client, send, monkeypatch):
        send()
        monkeypatch.setattr(guests, "LINK_WORKS_FOR", timedelta(seconds=-1))
        assert client.get(link()).status_code == 410

    def test_of_a_story_that_was_withdrawn_nothing_is_confirmed(self, client, post, send):
        send()
        post.unpublish(by=None)
        assert client.post(link()).status_code == 410
        assert status() == "unconfirmed"

    def test_where_guests_may_no_more_the_link_says_so(self, client, send):
        send()
        Publication.objects.update(guests_may_respond=False)
        answer = client.post(link())
        assert answer.status_code == 403
        assert "takes an account here now" in answer.content.decode()
        assert status() == "unconfirmed"

    def test_what_spoke_against_it_holds_it_even_of_a_trusted_guest(self, post):
        guest = Guest.objects.create(**GINA, confirmed_at=timezone.now(), trusted_at=timezone.now())
        said = {"post": post, "source": "Buy.", "held_because": [{"rule": "links"}]}
        response = Comment.objects.respond(by=guest, is_proven=False, **said)
        assert response.status == "unconfirmed"
        response.confirm()
        assert (response.status, response.held_because) == ("held", [{"rule": "links"}])

    def test_nobody_is_trusted_who_never_confirmed(self, post):
        guest = Guest.objects.create(**GINA)
        Comment.objects.respond(by=guest, post=post, source="Hm.").approve()
        guest.refresh_from_db()
        assert guest.trusted_at is None


class TestAnAddressWithAnAccount:
    @pytest.fixture
    def rita(self):
        rita = make_person("Rita")
        EmailAddress.objects.create(user=rita, email=rita.email, verified=True, primary=True)
        return rita

    def test_the_browser_is_answered_the_same_and_the_letter_says_sign_in(self, rita, send):
        strange = send(source="As nobody known.")
        known = send(email=rita.email.upper())
        assert (known.status_code, known["Location"]) == (strange.status_code, strange["Location"])
        letter = mail.outbox[-1]
        assert letter.to == [rita.email]
        assert letter.subject == "Your response to “Ebb & flow”: sign in instead"
        assert "> I was there." in letter.body

    def test_signed_in_it_goes_on_under_ones_own_name(self, client, post, rita, send, press):
        send(email=rita.email)
        url = link()
        assert "Sign in" in client.get(url).content.decode()
        assert press(client, url).status_code == 403
        assert status() == "unconfirmed"
        client.force_login(make_person("Eve"))
        assert press(client, url).status_code == 403
        client.force_login(rita)
        assert press(client, url).status_code == 303
        response = Comment.objects.get()
        assert (response.author, response.guest, response.status) == (rita, None, "published")
        assert Guest.objects.get().confirmed_at is None

    @pytest.mark.parametrize("is_theirs", [True, False])
    def test_a_block_holds_on_this_way_too(self, client, post, rita, send, press, is_theirs):
        send(email=rita.email)
        author = post.byline[0].user
        one, other = (rita, author) if is_theirs else (author, rita)
        Block.objects.block(other, by=one)
        client.force_login(rita)
        assert press(client, link()).status_code == 403
        assert status() == "unconfirmed"

    def test_an_address_that_an_account_never_confirmed_says_nothing(self, send):
        EmailAddress.objects.create(user=make_person(), email=GINA["email"], verified=False)
        send()
        assert "is it yours?" in mail.outbox[-1].subject

    def test_who_signs_up_later_gets_their_responses_once(self, client, post, send, press):
        send()
        press(client, link())
        Comment.objects.get().approve()
        send(Client(), source="Never confirmed.")
        gina = make_person("Gina")
        EmailAddress.objects.create(user=gina, email="Gina@example.org", verified=True)
        for _ in range(2):
            client.force_login(gina)
        response = Comment.objects.get(source="I was there.")
        assert (response.author, response.guest) == (gina, None)
        assert Comment.objects.get(source="Never confirmed.").author is None
        assert PostStats.objects.get(post=post).comment_count == 1
        # The browser is known by its account from now on.
        client.logout()
        send(source="Without it.")
        assert Comment.objects.get(source="Without it.").status == "unconfirmed"

    def test_an_unverified_address_adopts_nothing(self, client, send, press):
        send()
        press(client, link())
        thief = make_person("Thief")
        EmailAddress.objects.create(user=thief, email=GINA["email"], verified=False)
        client.force_login(thief)
        assert Comment.objects.get().author is None


class TestTakingItBack:
    @pytest.fixture
    def held(self, client, send, press):
        send()
        press(client, link())
        return Comment.objects.get()

    def removal(self, response):
        return reverse("blog:comment-removal", args=[response.post.slug, response.pk])

    @pytest.mark.parametrize("state", ["held", "published"])
    def test_a_guest_takes_their_own_away_in_their_browser(self, client, held, state):
        if state == "published":
            held.approve()
        assert client.get(self.removal(held)).status_code == 200
        assert client.post(self.removal(held)).status_code == 303
        assert not Comment.objects.exists()

    def test_others_cannot(self, held):
        assert Client().post(self.removal(held)).status_code == 404
        held.approve()
        assert Client().post(self.removal(held)).status_code == 403
        other = Client()
        guest = Guest.objects.create(name="O", email="o@example.org", confirmed_at=timezone.now())
        answer = doors.see("/")
        guests.remember_guest(answer, guest)
        other.cookies[guests.COOKIE] = answer.cookies[guests.COOKIE].value
        assert other.post(self.removal(held)).status_code == 403

    def test_what_a_moderator_took_away_is_not_theirs_to_take(self, client, held):
        held.hide()
        assert client.post(self.removal(held)).status_code == 404
        url = link()
        assert "does not stand under the story" in client.get(url).content.decode()


class TestForgetting:
    def test_what_nobody_confirmed_goes_after_a_week_with_its_guest(self, post, send):
        above = make_response(post)
        send(parent=above.pk)
        above.remove()
        assert Comment.objects.get(pk=above.pk).is_removed
        long_ago = timezone.now() - forgetting.UNCONFIRMED_KEPT_FOR
        assert not forgetting.is_due()
        Comment.objects.update(created_at=long_ago)
        Guest.objects.update(created_at=long_ago)
        assert forgetting.is_due()
        assert not forgetting.forget_some()
        # With it goes the empty place above it.
        assert not Comment.objects.exists()
        assert not Guest.objects.exists()

    def test_spam_goes_after_ninety_days_and_what_is_held_stays(self, post):
        spam = make_response(post, is_spam=True)
        held = make_response(post, held_because=[{"rule": "first"}])
        Comment.objects.update(created_at=timezone.now() - forgetting.SPAM_KEPT_FOR)
        assert forgetting.is_due()
        forgetting.forget_some()
        assert list(Comment.objects.values_list("pk", flat=True)) == [held.pk]
        assert not Comment.objects.filter(pk=spam.pk).exists()

    def test_who_has_confirmed_stays(self, client, send, press):
        send()
        press(client, link())
        Comment.objects.update(created_at=timezone.now() - timedelta(days=30))
        Guest.objects.update(created_at=timezone.now() - timedelta(days=30))
        assert not forgetting.is_due()

    def test_some_at_a_time(self, post, monkeypatch):
        monkeypatch.setattr(forgetting, "AT_ONCE", 2)
        guest = Guest.objects.create(**GINA)
        for n in range(3):
            Comment.objects.respond(by=guest, post=post, source=f"{n}")
        Comment.objects.update(created_at=timezone.now() - timedelta(days=8))
        assert forgetting.forget_some()
        assert Comment.objects.count() == 1

    def test_from_where_it_came_is_kept_for_ninety_days(self, client, post, send):
        client.force_login(make_person())
        client.post(
            reverse("blog:comments", args=[post.slug]), {"source": "Mine."}, REMOTE_ADDR="192.0.2.7"
        )
        send(Client(REMOTE_ADDR="192.0.2.8"))
        assert set(Comment.objects.values_list("address", flat=True)) == {"192.0.2.7", "192.0.2.8"}
        Comment.objects.filter(address="192.0.2.7").update(
            created_at=timezone.now() - forgetting.ADDRESSES_KEPT_FOR
        )
        forgetting.forget_some()
        assert set(Comment.objects.values_list("address", flat=True)) == {None, "192.0.2.8"}

    def test_it_is_done_every_day_though_nobody_comes(self, post, clock, do_waiting_work):
        Comment.objects.respond(by=Guest.objects.create(**GINA), post=post, source="Old.")
        for _day in range(8):
            tell_moderators.call()
            clock.pass_by(days=1)
        assert Comment.objects.exists()
        tell_moderators.call()
        do_waiting_work()
        assert not Comment.objects.exists()


def test_one_address_is_one_guest_whatever_its_case():
    gina = Guest.objects.named(name="Gina", email="GINA@example.org")
    assert Guest.objects.named(name="Other", email="gina@Example.org") == gina
    assert Guest.objects.get().name == "Gina"
    with pytest.raises(ValidationError):
        Guest(name="Gina", email="Gina@Example.org").full_clean()


def test_a_moderator_sees_the_address_and_a_reader_does_not(client, post, send):
    send()
    ed = Client()
    ed.force_login(make_person("Ed", Role.EDITOR))
    url = reverse("admin:blog_comment_change", args=[Comment.objects.get().pk])
    html = ed.get(url).content.decode()
    assert "gina@example.org" in html
    assert "127.0.0.1" in html
    assert "/admin/accounts/ban/add/?whom=127.0.0.1" in html


def test_signing_up_makes_the_responses_ones_own(client, post, send, press):
    """With the forms that people use: the address is confirmed before anything is adopted."""
    send()
    press(client, link())
    press(client, reverse("account_signup"), name="Gina", password1=PASSWORD, email=GINA["email"])
    assert Comment.objects.get().author is None
    confirm = re.search(r"/accounts/confirm-email/\S+", mail.outbox[-1].body)[0]
    press(client, confirm)
    response = Comment.objects.get()
    assert response.author.email == GINA["email"]
    assert response.status == "held"
