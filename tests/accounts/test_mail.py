"""Mail reaches a real server, and a server that is down spoils no page."""

from __future__ import annotations

import email
import logging
import smtplib
from datetime import timedelta
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from allauth.account.models import EmailAddress
from allauth.core import context
from django.core.cache import cache
from django.core.management import call_command
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.adapter import AccountAdapter
from accounts.models import Notification
from accounts.roles import Role
from accounts.tasks import RETRY_AFTER_MINUTES
from blog.models import Publication
from tests.making import PASSWORD, make_person, make_post
from tests.serving import MAIL_SERVER, free_port

JOIN = reverse("account_signup")
RITA = {"name": "Rita", "email": "rita@example.org", "password1": PASSWORD}
SMTP = "django.core.mail.backends.smtp.EmailBackend"


class Inbox:
    """What a mail server does with what it takes."""

    def __init__(self):
        self.letters = []

    async def handle_DATA(self, _server, _session, envelope):
        self.letters.append((envelope, email.message_from_bytes(envelope.content, policy=default)))
        return "250 OK"


@pytest.fixture
def inbox(settings):
    handler = Inbox()
    port = free_port()
    server = Controller(handler, port=port, **MAIL_SERVER)
    server.start()
    settings.EMAIL_BACKEND = SMTP
    settings.EMAIL_HOST = "127.0.0.1"
    settings.EMAIL_PORT = port
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    yield handler
    server.stop()


@pytest.fixture
def dead_server(monkeypatch):
    """A mail server that nobody reaches."""

    def refuse(*_args, **_kwargs):
        raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")

    monkeypatch.setattr("django.core.mail.backends.locmem.EmailBackend.send_messages", refuse)


def worker():
    call_command("db_worker", batch=True, startup_delay=False, reload=False, verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_the_link_arrives_at_a_real_server(client, inbox):
    publication = Publication.current()
    publication.name = "Morgenröte & Söhne"
    publication.save()
    assert client.post(JOIN, RITA).status_code == 302
    assert not inbox.letters
    worker()
    ((envelope, letter),) = inbox.letters
    assert envelope.rcpt_tos == ["rita@example.org"]
    assert letter["To"] == "rita@example.org"
    assert letter["From"].addresses[0].display_name == "Morgenröte & Söhne"
    assert letter["Subject"].strip() == "Welcome to Morgenröte & Söhne: confirm your address"
    assert letter["Auto-Submitted"] == "auto-generated"
    text = letter.get_content()
    assert "http://127.0.0.1:8000/accounts/confirm-email/" in text
    assert "Söhne" in text
    assert "&amp;" not in text


@pytest.mark.django_db(transaction=True)
def test_what_becomes_of_a_story_arrives_at_a_real_server(inbox):
    cy, ed = make_person("Cy", Role.CONTRIBUTOR), make_person("Ed", Role.EDITOR)
    story = make_post(by=cy, published=False, title="Ebb & flow")
    story.submit(by=cy)
    story.ask_for_changes(by=ed, text="Shorter, please.\nAnd a map.")
    assert not inbox.letters
    worker()
    letters = {str(letter["To"]): letter for _envelope, letter in inbox.letters}
    assert set(letters) == {ed.email, cy.email}
    letter = letters[cy.email]
    assert letter["Subject"] == "Ed asks for changes to “Ebb & flow”"
    assert letter["From"].addresses[0].display_name == "Longhand"
    assert letter["Auto-Submitted"] == "auto-generated"
    text = letter.get_content().replace("\r\n", "\n")
    assert "> Shorter, please.\n> And a map.\n" in text
    assert f"http://127.0.0.1:8000/admin/blog/post/{story.pk}/change/" in text
    worker()
    assert len(inbox.letters) == 2


@pytest.mark.django_db
def test_a_mail_server_that_is_down_keeps_the_news_and_tries_again(
    dead_server, mail_of_two_steps, caplog
):
    cy, ed = make_person("Cy", Role.CONTRIBUTOR), make_person("Ed", Role.EDITOR)
    story = make_post(by=cy, published=False)
    with caplog.at_level(logging.WARNING, logger="longhand.mail"):
        assert mail_of_two_steps(lambda: story.submit(by=cy)) == []
    assert f"{ed.email} not sent (attempt 1), again in 1 min" in caplog.text
    assert Notification.objects.unread_count(ed) == 1
    assert DBTaskResult.objects.get(status="READY").run_after > timezone.now()


@pytest.mark.django_db
def test_a_mail_server_that_is_down_is_not_the_readers_trouble(
    client, dead_server, with_mail, caplog, mailoutbox
):
    with caplog.at_level(logging.WARNING, logger="longhand.mail"):
        answer, letters = with_mail(lambda: client.post(JOIN, RITA))
    assert answer.status_code == 302
    assert letters == []
    assert "rita@example.org not sent (attempt 1), again in 1 min" in caplog.text
    assert "Connection unexpectedly closed" in caplog.text
    waiting = DBTaskResult.objects.get(status="READY")
    assert waiting.run_after > timezone.now()


@pytest.mark.django_db
def test_a_mail_that_never_goes_through_is_given_up(
    client, dead_server, with_mail, do_waiting_work, caplog
):
    with_mail(lambda: client.post(JOIN, RITA))
    for _time in range(20):
        DBTaskResult.objects.update(run_after=timezone.now() - timedelta(minutes=1))
        do_waiting_work()
    attempts = len(RETRY_AFTER_MINUTES) + 1
    assert DBTaskResult.objects.count() == attempts
    assert not DBTaskResult.objects.ready().exists()
    assert f"given up after {attempts} attempts" in caplog.text


@pytest.mark.django_db
def test_a_name_made_of_lines_adds_no_header(client, with_mail):
    publication = Publication.current()
    publication.name = "The Quill\nBcc: everybody@example.org"
    publication.save()
    cache.clear()
    _answer, (letter,) = with_mail(lambda: client.post(JOIN, RITA))
    assert "Bcc" not in letter.message()
    assert "\n" not in letter.subject


NOTICES = {
    "account/email/password_changed",
    "account/email/password_reset",
    "account/email/password_set",
    "account/email/email_changed",
    "account/email/email_deleted",
    "mfa/email/totp_activated",
    "mfa/email/totp_deactivated",
    "mfa/email/webauthn_added",
    "mfa/email/webauthn_removed",
    "mfa/email/recovery_codes_generated",
}


@pytest.mark.django_db
@pytest.mark.parametrize("template", sorted(NOTICES))
def test_a_notice_is_ours_and_says_what_to_do(rf, template, with_mail):
    request = rf.get("/")
    rita = make_person("Rita")
    EmailAddress.objects.create(user=rita, email=rita.email, primary=True, verified=True)
    with context.request_context(request):
        _answer, (letter,) = with_mail(
            lambda: AccountAdapter().send_notification_mail(
                template, rita, {"to_email": "a@b.example", "deleted_email": "a@b.example"}
            )
        )
    assert "Longhand" in letter.subject
    assert "/accounts/password/reset/" in letter.body
    assert "127.0.0.1" in letter.body
    assert "{" not in letter.body


@pytest.mark.django_db
def test_a_changed_password_is_told_to_its_owner(client, with_mail):
    rita = make_person("Rita")
    EmailAddress.objects.create(user=rita, email=rita.email, primary=True, verified=True)
    client.force_login(rita)
    new = "another long sentence"
    fields = {"oldpassword": PASSWORD, "password1": new, "password2": new}
    _answer, (letter,) = with_mail(lambda: client.post(reverse("account_change_password"), fields))
    assert (letter.to, letter.subject) == (
        [rita.email],
        "Your password for Longhand was changed",
    )
