"""A guest responds: by browser, over a real mail server, and past a moderator."""

from __future__ import annotations

import email
import re
import threading
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from playwright.sync_api import expect

from tests.browser.conftest import OWNER, follow, forgive, press, sign_in
from tests.serving import DEADLINE_SECONDS, MAIL_SERVER, Serving, free_port, installed

PREPARE = """
from blog.models import Publication
from tests.making import make_post
Publication(name="The Gazette", guests_may_respond=True).save()
print(make_post(title="Ebb and flow").get_absolute_url())
"""


class Mailbox:
    """What a mail server does with what it takes."""

    def __init__(self) -> None:
        self._letters: list[EmailMessage] = []
        self._has_more = threading.Condition()

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        with self._has_more:
            self._letters.append(email.message_from_bytes(envelope.content, policy=default))
            self._has_more.notify_all()
        return "250 OK"

    def letter(self, address: str, words: str) -> EmailMessage:
        """The letter to `address` whose subject has these words, once it is there."""

        def found() -> EmailMessage | None:
            mine = [
                one for one in self._letters if one["To"] == address and words in one["Subject"]
            ]
            return mine[0] if mine else None

        with self._has_more:
            letter = self._has_more.wait_for(found, DEADLINE_SECONDS)
        assert letter is not None, [one["Subject"] for one in self._letters]
        return letter


@pytest.fixture(scope="module")
def mailbox() -> Iterator[tuple[Mailbox, int]]:
    port = free_port()
    mailbox = Mailbox()
    server = Controller(mailbox, port=port, **MAIL_SERVER)
    server.start()
    yield mailbox, port
    server.stop()


@pytest.fixture(scope="module")
def publication(tmp_path_factory, mailbox) -> Iterator[Serving]:
    """One whose mail goes to that server; everybody of this file is here and nowhere else."""
    data = tmp_path_factory.mktemp("guests")
    settings = {"OWNER_EMAIL": OWNER[0], "OWNER_PASSWORD": OWNER[1]}
    # What is not tried here: that somebody writes faster than people do.
    settings["RESPONSE_SECONDS_AT_LEAST"] = "0"
    settings["PAGES_MAY_LAG"] = "no"
    settings["EMAIL_URL"] = f"smtp://127.0.0.1:{mailbox[1]}?tls=no"
    with (
        installed(data) as url,
        Serving(data, "--empty", DATABASE_URL=url, **settings) as serving,
    ):
        serving.wait_until_ready()
        yield serving


def test_a_guest_without_scripts_confirms_by_letter_and_a_moderator_lets_readers_see_it(
    person, publication, mailbox, complaints
):
    story = publication.run(PREPARE)
    gina, reader, olga = person(scripts=False, width=390), person(), person()

    gina.goto(story)
    follow(gina, "Respond as a guest")
    gina.get_by_label("Your name").fill("Gina")
    gina.get_by_label("E-mail address").fill("gina@example")
    gina.get_by_label("Your response").fill("I grew up on *that* pier.")
    press(gina, "Respond")
    # What is wrong is said, and nothing has to be typed again.
    expect(gina.get_by_role("alert")).to_be_visible()
    expect(gina.get_by_label("Your response")).to_have_value("I grew up on *that* pier.")
    forgive(complaints, "400")
    gina.get_by_label("E-mail address").fill("gina@example.org")
    press(gina, "Respond")
    expect(gina.get_by_role("heading", name="A letter is on its way.")).to_be_visible()

    letter = mailbox[0].letter("gina@example.org", "is it yours?").get_content()
    assert "> I grew up on *that* pier." in letter
    link = re.search(re.escape(publication.url) + r"/responses/confirmation/\S+", letter)
    assert link, letter
    gina.goto(link[0])
    expect(gina.get_by_text("I grew up on that pier.")).to_be_visible()
    press(gina, "Yes, it is mine")
    expect(gina.get_by_role("heading", name="Thank you.")).to_be_visible()

    reader.goto(story)
    expect(reader.get_by_role("heading", name="Responses")).to_be_visible()
    expect(reader.get_by_text("I grew up on that pier.")).to_have_count(0)

    sign_in(olga, *OWNER)
    olga.goto("/admin/blog/comment/")
    olga.get_by_role("checkbox", name="Select this object for an action").first.check()
    olga.get_by_label("Action:").select_option("show")
    press(olga, "Go")
    expect(olga.get_by_text("1 response is shown.")).to_be_visible()
    mailbox[0].letter("gina@example.org", "stands there now")

    reader.reload()
    response = reader.get_by_role("article").filter(has_text="I grew up on that pier.").last
    expect(response.get_by_text("Gina", exact=True)).to_be_visible()
    expect(response.get_by_text("Guest", exact=True)).to_be_visible()

    # From now on this browser is known: the next one stands there at once, and can be taken back.
    gina.goto(story)
    follow(gina, "Reply to Gina")
    expect(gina.get_by_label("E-mail address")).to_have_value("gina@example.org")
    gina.get_by_label("Your reply").fill("The one in the north, I mean.")
    press(gina, "Reply")
    expect(gina.get_by_text("The one in the north, I mean.")).to_be_visible()
