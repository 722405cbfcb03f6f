"""Whom a ban keeps from responding, what they are told, and how bans are given in the desk."""

from __future__ import annotations

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import ban_list
from accounts.models import Ban
from accounts.roles import Role
from blog import guests
from blog.models import Comment, Guest, Publication
from tests.desk import desk_of
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db

ROOM = "/admin/accounts/ban/"
ADD = f"{ROOM}add/"
IMPORT = f"{ROOM}import/"
EXPORT = f"{ROOM}list.csv"


@pytest.fixture
def ed():
    return make_person("Ed", Role.EDITOR)


@pytest.fixture
def desk(ed):
    return desk_of(ed)


class TestResponding:
    def send(self, client, post, **where):
        url = reverse("blog:comments", args=[post.slug])
        return client.post(url, {"source": "A long thought."}, **where)

    def send_as_guest(self, client, post, **where):
        url = reverse("blog:guest-response", args=[post.slug])
        typed = {"name": "Gina", "email": "gina@spam.example", "source": "A long thought."}
        return client.post(url, typed, **where)

    def test_who_is_banned_hears_until_when_and_why_and_keeps_the_text(self, client, ed):
        rita, post = make_person("Rita"), make_post()
        until = timezone.now() + timedelta(days=3)
        Ban.objects.ban(user=rita, by=ed, until=until, because="Three times the same.")
        client.force_login(rita)
        answer = self.send(client, post)
        assert answer.status_code == 403
        html = answer.content.decode()
        assert "You cannot respond here until" in html
        assert "Three times the same." in html
        assert "A long thought." in html
        assert not Comment.objects.exists()

    def test_once_it_is_over_they_respond(self, client, ed):
        rita, post = make_person("Rita"), make_post()
        ban = Ban.objects.ban(user=rita, by=ed)
        client.force_login(rita)
        assert self.send(client, post).status_code == 403
        ban.end()
        assert self.send(client, post).status_code == 303

    def test_who_comes_from_a_banned_range_responds_neither_with_nor_without_an_account(
        self, client, ed
    ):
        Publication(guests_may_respond=True).save()
        post, where = make_post(), {"REMOTE_ADDR": "192.0.2.9"}
        Ban.objects.ban(address="192.0.2.0/24", by=ed)
        assert self.send_as_guest(client, post, **where).status_code == 403
        assert self.send_as_guest(client, post).status_code == 303
        client.force_login(make_person())
        assert self.send(client, post, **where).status_code == 403
        assert self.send(client, post).status_code == 303

    def test_a_guest_with_mail_at_a_banned_domain_keeps_all_that_was_typed(self, client, ed):
        Publication(guests_may_respond=True).save()
        Ban.objects.ban(domain="spam.example", by=ed)
        answer = self.send_as_guest(client, make_post())
        assert answer.status_code == 403
        for typed in ("Gina", "gina@spam.example", "A long thought."):
            assert typed in answer.content.decode()
        assert not Guest.objects.exists()

    def test_a_ban_that_came_before_the_button_was_pressed_counts(
        self, client, ed, django_capture_on_commit_callbacks, do_waiting_work, mailoutbox
    ):
        Publication(guests_may_respond=True).save()
        with django_capture_on_commit_callbacks(execute=True):
            self.send_as_guest(client, make_post())
        do_waiting_work()
        link = next(
            line.partition("8000")[2]
            for line in mailoutbox[0].body.splitlines()
            if "/confirmation/" in line
        )
        Ban.objects.ban(domain="spam.example", by=ed, because="Advertising.")
        answer = client.post(link)
        assert answer.status_code == 403
        assert "Advertising." in answer.content.decode()
        assert Comment.objects.get().status == "unconfirmed"

    def test_a_banned_account_does_not_come_back_by_the_letter_to_a_guest(self, client, ed):
        Publication(guests_may_respond=True).save()
        rita, post = make_person("Rita"), make_post()
        EmailAddress.objects.create(user=rita, email=rita.email, verified=True, primary=True)
        Ban.objects.ban(user=rita, by=ed, because="Three times the same.")
        guest = Guest.objects.create(name="R", email=rita.email)
        response = make_response(post, guest, is_proven=False)
        client.force_login(rita)
        link = guests.link(response, guest, name=guest.name)
        answer = client.post(reverse("blog:guest-confirmation", args=[link]))
        assert answer.status_code == 403
        assert "Three times the same." in answer.content.decode()
        assert Comment.objects.get().status == "unconfirmed"

    def test_who_is_banned_does_not_change_what_they_said_before(self, client, ed):
        rita = make_person("Rita")
        response = make_response(make_post(), rita, source="Kind words.")
        Ban.objects.ban(user=rita, by=ed)
        client.force_login(rita)
        url = reverse("blog:comment-edit", args=[response.post.slug, response.pk])
        answer = client.post(url, {"source": "Buy pills.", "wording": ""})
        assert answer.status_code == 403
        html = answer.content.decode()
        assert "You cannot respond here any more." in html
        assert "Buy pills." in html
        assert Comment.objects.get().source == "Kind words."

    def test_who_is_banned_reads_on(self, client, ed):
        rita, post = make_person("Rita"), make_post()
        Ban.objects.ban(user=rita, by=ed)
        client.force_login(rita)
        assert client.get(post.get_absolute_url()).status_code == 200


class TestInTheDesk:
    @pytest.mark.parametrize(
        ("whom", "kept"),
        [
            ("{rita}", "user"),
            (" 192.0.2.7 ", "network"),
            ("2001:db8::/48", "network"),
            ("spam.example", "domain"),
            ("@spam.example", "domain"),
        ],
    )
    def test_one_field_takes_an_account_a_range_and_a_domain(self, desk, ed, whom, kept):
        rita = make_person("Rita")
        typed = {"whom": whom.format(rita=rita.email.upper()), "because": "Spam."}
        assert desk.post(ADD, typed).status_code == 302
        ban = Ban.objects.get()
        assert getattr(ban, kept)
        assert (ban.by, ban.reason, ban.ends_at) == (ed, "Spam.", None)

    @pytest.mark.parametrize(
        ("typed", "said"),
        [
            ({"whom": ""}, "Say whom."),
            ({"whom": "nobody@example.org"}, "Nobody has an account"),
            ({"whom": "300.1.2.3"}, "no address"),
            ({"whom": "spam"}, "no e-mail domain"),
            ({"whom": "spam.example", "until": "2020-01-31T12:00"}, "This time has passed"),
            ({"whom": "spam.example", "until": "soon"}, "valid date"),
            ({"whom": "spam.example", "because": "x" * 501}, "500"),
        ],
    )
    def test_what_cannot_be_is_said_and_kept(self, desk, typed, said):
        answer = desk.post(ADD, typed)
        assert answer.status_code == 400
        html = answer.content.decode()
        assert said in html
        assert all(value in html for value in typed.values())
        assert not Ban.objects.exists()

    def test_nobody_bans_themselves_or_who_moderates(self, desk, ed):
        for whom in (ed.email, make_person(role=Role.OWNER).email):
            assert desk.post(ADD, {"whom": whom}).status_code == 400
        assert not Ban.objects.exists()

    @pytest.mark.parametrize("whom", ["gmail.com", "0.0.0.0/0"])
    def test_what_keeps_very_many_out_is_asked_about_once_more(self, desk, whom):
        assert b"is_sure" not in desk.get(ADD).content
        answer = desk.post(ADD, {"whom": whom})
        assert answer.status_code == 400
        assert b'name="is_sure"' in answer.content
        assert not Ban.objects.exists()
        assert desk.post(ADD, {"whom": whom, "is_sure": "on"}).status_code == 302
        assert Ban.objects.exists()

    def test_a_ban_is_ended_and_not_rewritten(self, desk, ed):
        ban = Ban.objects.ban(domain="spam.example", by=ed)
        Ban.objects.ban(domain="spam.example", by=ed, because="Again.")
        chosen = {"action": "end", "_selected_action": [ban.pk], "index": "0"}
        html = desk.post(ROOM, chosen, follow=True).content.decode()
        assert "1 ban is over." in html
        assert "Another ban of spam.example is still in force." in html
        ban.refresh_from_db()
        assert not ban.is_in_force
        assert "over, " in html
        assert desk.post(f"{ROOM}{ban.pk}/change/", {"reason": "x"}).status_code == 403
        assert desk.post(f"{ROOM}{ban.pk}/delete/", {"post": "yes"}).status_code == 403

    def test_the_list_is_filtered_and_costs_the_same_for_many(
        self, desk, ed, django_assert_max_num_queries
    ):
        people = [make_person() for _ in range(3)]
        Ban.objects.bulk_create(
            [Ban(user=person, by=ed) for person in people]
            + [Ban(domain=f"spam{n}.example", by=ed) for n in range(30)]
            + [Ban(network="192.0.2.0/24", by=ed, ends_at=timezone.now())]
        )
        with django_assert_max_num_queries(12):
            html = desk.get(ROOM).content.decode()
        assert people[0].email in html
        for query, count in (("kind=account", 3), ("kind=address", 1), ("force=over", 1)):
            found = desk.get(f"{ROOM}?{query}").context["cl"].result_count
            assert found == count, query
        assert desk.get(f"{ROOM}?force=now&kind=domain").context["cl"].result_count == 30

    @pytest.mark.parametrize("role", [Role.AUTHOR, Role.CONTRIBUTOR, Role.READER])
    def test_only_who_moderates_has_this_room(self, ed, role):
        Ban.objects.ban(domain="spam.example", by=ed)
        client = desk_of(make_person("Somebody", role))
        for url in (ROOM, ADD, IMPORT, EXPORT):
            assert client.get(url, follow=True).status_code == 403, url
        typed = {"whom": "x.example"}
        assert client.post(ADD, typed, follow=True).status_code == 403
        assert client.post(IMPORT, {"text": HEAD, "_do": "1"}, follow=True).status_code == 403
        assert Ban.objects.count() == 1

    def test_who_is_not_signed_in_is_asked_to(self):
        for url in (ROOM, ADD, IMPORT, EXPORT):
            assert Client().get(url).status_code == 302


HEAD = "kind,value,until,reason\n"


class TestLists:
    def test_what_is_in_force_is_saved_as_a_table_that_nobody_keeps(self, desk, ed):
        rita = make_person("Rita")
        Ban.objects.ban(user=rita, by=ed, because="=cmd()")
        Ban.objects.ban(domain="over.example", by=ed).end()
        answer = desk.get(EXPORT)
        assert answer["Content-Type"] == "text/csv; charset=utf-8"
        assert "no-store" in answer["Cache-Control"]
        assert "attachment" in answer["Content-Disposition"]
        lines = b"".join(answer.streaming_content).decode().splitlines()
        assert lines == [HEAD.strip(), f"account,{rita.email},,'=cmd()"]
        assert desk.post(EXPORT).status_code == 405

    def test_a_list_is_looked_at_before_anything_is_done(self, desk):
        text = f"{HEAD}domain,spam.example,,Spam.\naddress,nowhere,,\ndomain,gmail.com,,\n"
        file = SimpleUploadedFile("bans.csv", text.encode())
        html = desk.post(IMPORT, {"file": file}).content.decode()
        for said in (
            "2 bans would be added.",
            "Nothing has been done yet.",
            "Line 3: “nowhere” is no address",
            "Very many people have their mail at gmail.com.",
        ):
            assert said in html
        assert not Ban.objects.exists()
        html = desk.post(IMPORT, {"text": text, "_do": "1"}, follow=True).content.decode()
        assert "2 bans were added." in html
        assert Ban.objects.count() == 2
        # Pressed twice, nothing is there twice.
        html = desk.post(IMPORT, {"text": text, "_do": "1"}, follow=True).content.decode()
        assert "0 bans were added." in html
        assert Ban.objects.count() == 2

    @pytest.mark.parametrize(
        "content", [b"", b"\xff\xfe\x00", b"a,b\n", b"x" * (ban_list.MAX_BYTES + 1)]
    )
    def test_what_is_no_list_is_said(self, desk, content):
        answer = desk.post(IMPORT, {"file": SimpleUploadedFile("bans.csv", content)})
        assert answer.status_code == 400
        assert 'role="alert"' in answer.content.decode()

    def test_without_a_file_it_asks_for_one(self, desk):
        answer = desk.post(IMPORT, {})
        assert answer.status_code == 400
        assert "Choose a list first." in answer.content.decode()

    def test_no_word_of_a_list_becomes_html(self, desk):
        text = f"{HEAD}domain,spam.example,,<script>x</script>\n<b>,<i>,,\n"
        html = desk.post(IMPORT, {"text": text}).content.decode()
        assert "<script>x" not in html
        assert "<i>" not in html
        assert "&lt;script&gt;x" in html
