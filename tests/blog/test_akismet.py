"""Akismet, as an option; here a stand-in speaks its documented protocol over real HTTP."""

from __future__ import annotations

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl

import pytest
from django.urls import reverse
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.roles import Role
from blog import akismet, learner, second_opinion
from blog.akismet import AkismetFailed, KeyRefused, Opinion
from blog.gate import held_because
from blog.models import Comment, Guest, Publication
from blog.tasks import AKISMET_RETRY_AFTER_MINUTES, ask_akismet
from tests.desk import desk_of, read
from tests.making import make_person, make_post, make_response

KEY = "a1b2c3d4e5f6"
REQUIRED = ("api_key", "blog", "user_ip")
HELP = {"X-akismet-debug-help": "We were unable to parse your blog URI"}


class StandIn(ThreadingHTTPServer):
    """Akismet as its documentation says: POSTs to /1.1/ with a key that it knows."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Voice)
        self.heard: list[tuple[str, dict[str, str]]] = []
        self.agents: list[str] = []
        # What it answers instead of going by the protocol.
        self.answer: tuple[int, str, dict[str, str]] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def of(self, call: str) -> list[dict[str, str]]:
        return [fields for name, fields in self.heard if name == call]


class Voice(BaseHTTPRequestHandler):
    server: StandIn

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        fields = dict(parse_qsl(body, keep_blank_values=True, strict_parsing=True))
        name = self.path.removeprefix("/1.1/")
        self.server.heard.append((name, fields))
        self.server.agents.append(self.headers["User-Agent"])
        status, said, headers = self.server.answer or self.by_protocol(name, fields)
        self.send_response(status)
        for header, value in headers.items():
            self.send_header(header, value)
        self.end_headers()
        self.wfile.write(said.encode())

    def by_protocol(self, name: str, fields: dict[str, str]) -> tuple[int, str, dict[str, str]]:
        is_known = fields.get("api_key") == KEY and fields.get("blog", "").startswith("http")
        if name == "verify-key":
            return 200, "valid" if is_known else "invalid", {} if is_known else HELP
        if not is_known or any(not fields.get(field) for field in REQUIRED):
            return 200, "invalid", HELP
        if name == "comment-check":
            # Names that its documentation reserves for tests.
            is_spam = fields.get("comment_author") == "akismet-guaranteed-spam"
            return 200, "true" if is_spam else "false", {}
        if name in {"submit-spam", "submit-ham"}:
            return 200, "Thanks for making the web a better place.", {}
        return 404, "", {}

    def log_message(self, *_words) -> None:
        pass


@pytest.fixture
def service(settings):
    with StandIn() as server:
        settings.AKISMET_URL = server.url
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def with_key(db, service):
    Publication.objects.create(akismet_key=KEY)
    return service


@pytest.fixture
def happen(django_capture_on_commit_callbacks, do_waiting_work):
    """Do something, and let the worker do what follows from it."""

    def after(verb, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            done = verb(*args, **kwargs)
        do_waiting_work()
        return done

    return after


def send(client, post, name="Rita", source="A fine harbour."):
    client.force_login(make_person(name))
    return client.post(
        reverse("blog:comments", args=[post.slug]),
        {"source": source},
        headers={"user-agent": "Lynx/2.9", "referer": "https://news.example/item?id=1"},
    )


class TestOneCall:
    FACTS = {"blog": "http://127.0.0.1:8000/", "user_ip": "192.0.2.7"}

    def check(self, **facts):
        return akismet.check({**self.FACTS, **facts}, key=KEY)

    def test_says_what_akismet_says(self, service):
        assert self.check() == Opinion.HAM
        assert self.check(comment_author="akismet-guaranteed-spam") == Opinion.SPAM
        service.answer = (200, "true", {"X-akismet-pro-tip": "discard"})
        assert self.check() == Opinion.BLATANT
        assert service.agents[0].startswith("Longhand/")

    def test_sends_every_letter_as_it_is(self, service):
        source = "ä & b=c +\r\n😀 \x00 %41"
        self.check(comment_content=source)
        assert service.of("comment-check")[0]["comment_content"] == source

    def test_a_key_that_it_does_not_know_is_refused_with_its_reason(self, service):
        with pytest.raises(KeyRefused, match="unable to parse"):
            akismet.check(self.FACTS, key="wrong")
        assert akismet.knows_key(KEY)
        assert not akismet.knows_key("wrong")

    @pytest.mark.parametrize(
        "answer",
        [
            (500, "true", {}),
            (503, "", {}),
            (200, "", {}),
            (200, "maybe", {}),
            (200, "true" * 10_000, {}),
            (302, "", {"Location": "https://example.org/"}),
        ],
    )
    def test_an_answer_that_is_none_is_a_failure(self, service, answer):
        service.answer = answer
        with pytest.raises(AkismetFailed):
            self.check()
        with pytest.raises(AkismetFailed):
            akismet.knows_key(KEY)

    @pytest.mark.parametrize(
        "url",
        ["http://127.0.0.1:1", "http://rest.akismet.com", "ftp://127.0.0.1", "", "http://[::1"],
    )
    def test_it_is_called_by_https_or_on_this_machine_and_nowhere_else(self, settings, url):
        settings.AKISMET_URL = url
        with pytest.raises(AkismetFailed):
            self.check()


class TestAResponse:
    def test_is_held_while_akismet_looks_and_then_out(
        self, client, with_key, happen, django_capture_on_commit_callbacks, do_waiting_work
    ):
        post = make_post()
        with django_capture_on_commit_callbacks(execute=True):
            send(client, post)
        response = Comment.objects.get()
        assert response.status == "held"
        assert held_because(response.held_because) == ["Held while Akismet looks at it"]
        assert with_key.heard == []
        do_waiting_work()
        response.refresh_from_db()
        assert (response.status, response.held_because) == ("published", [])
        assert response.appeared_at is not None

    def test_tells_akismet_what_the_settings_say_and_nothing_else(self, client, with_key, happen):
        post = make_post(language="de")
        happen(send, client, post, source="Über *Wasser*")
        response = Comment.objects.get()
        (facts,) = with_key.of("comment-check")
        assert facts == {
            "api_key": KEY,
            "blog": "http://127.0.0.1:8000/",
            "user_ip": "127.0.0.1",
            "user_agent": "Lynx/2.9",
            "referrer": "https://news.example/item?id=1",
            "permalink": f"http://127.0.0.1:8000{post.get_absolute_url()}",
            "comment_type": "comment",
            "comment_author": "Rita",
            "comment_author_email": response.author.email,
            "comment_content": "Über *Wasser*",
            "comment_date_gmt": response.created_at.isoformat(timespec="seconds"),
            "blog_lang": "de",
            "blog_charset": "UTF-8",
        }

    def test_that_akismet_takes_for_spam_is_seen_by_nobody(self, client, with_key, happen):
        happen(send, client, make_post(), name="akismet-guaranteed-spam")
        response = Comment.objects.get()
        assert (response.status, response.taken_by) == ("spam", "")
        assert held_because(response.held_because) == ["Held because Akismet takes it for spam"]

    def test_that_waits_for_something_else_too_goes_on_waiting(self, client, with_key, happen):
        Publication.objects.update(holds_first=True)
        happen(send, client, make_post())
        response = Comment.objects.get()
        assert (response.status, response.held_because) == ("held", [{"rule": "first"}])

    def test_of_a_guest_waits_for_their_confirmation_all_the_same(self, with_key, happen):
        guest = Guest.objects.create(name="Gus", email="gus@example.org")
        why = [{"rule": "akismet", "agent": "", "referrer": ""}]
        reply = happen(make_response, make_post(), by=guest, held_because=why, address="192.0.2.7")
        reply.refresh_from_db()
        assert (reply.status, reply.held_because) == ("unconfirmed", [{"rule": "guest"}])
        guest.name = "akismet-guaranteed-spam"
        guest.save()
        spam = happen(make_response, reply.post, by=guest, held_because=why, address="192.0.2.7")
        spam.refresh_from_db()
        assert spam.status == "spam"

    def test_that_a_moderator_has_decided_meanwhile_stays_decided(self, client, with_key):
        send(client, make_post(), name="akismet-guaranteed-spam")
        response = Comment.objects.get()
        response.approve()
        second_opinion.ask(response.pk)
        response.refresh_from_db()
        assert response.status == "published"
        assert with_key.heard == []

    def test_asked_twice_comes_out_once(self, client, with_key):
        send(client, make_post())
        response = Comment.objects.get()
        for _time in range(2):
            second_opinion.ask(response.pk)
        assert len(with_key.of("comment-check")) == 1
        second_opinion.ask(response.pk + 1)

    def test_that_waited_when_the_key_was_taken_away_comes_out(self, client, with_key):
        send(client, make_post())
        Publication.objects.update(akismet_key="")
        second_opinion.ask(Comment.objects.get().pk)
        assert Comment.objects.get().status == "published"
        assert with_key.heard == []

    def test_of_a_moderator_or_author_is_not_shown_to_akismet(self, client, with_key, happen):
        ada = make_person("Ada", Role.AUTHOR)
        post = make_post(by=ada)
        client.force_login(ada)
        happen(client.post, reverse("blog:comments", args=[post.slug]), {"source": "Thanks."})
        assert Comment.objects.get().status == "published"
        assert with_key.heard == []

    def test_goes_nowhere_without_a_key(self, client, db, service, happen):
        happen(send, client, make_post())
        assert Comment.objects.get().status == "published"
        assert service.heard == []


class TestWhenAkismetIsAway:
    def waiting(self):
        return DBTaskResult.objects.filter(task_path="blog.tasks.ask_akismet", status="READY")

    def test_it_is_asked_again_later_and_the_response_waits(
        self, client, with_key, happen, clock, do_waiting_work
    ):
        with_key.answer = (503, "", {})
        happen(send, client, make_post())
        assert Comment.objects.get().status == "held"
        (later,) = self.waiting()
        assert later.run_after == clock.now + timedelta(minutes=AKISMET_RETRY_AFTER_MINUTES[0])
        with_key.answer = None
        clock.pass_by(minutes=2)
        do_waiting_work()
        assert Comment.objects.get().status == "published"

    def test_after_some_hours_a_moderator_decides_and_reads_why(self, client, with_key):
        send(client, make_post())
        with_key.answer = (503, "", {})
        pk = Comment.objects.get().pk
        ask_akismet.call(pk, len(AKISMET_RETRY_AFTER_MINUTES) + 1)
        assert not self.waiting().exists()
        response = Comment.objects.get()
        assert response.status == "held"
        assert held_because(response.held_because) == ["Held because Akismet could not be asked"]
        assert response.approve()

    def test_a_key_that_ran_out_is_no_reason_to_ask_again(self, client, with_key, happen):
        with_key.answer = (200, "invalid", HELP)
        happen(send, client, make_post())
        assert not self.waiting().exists()
        (said,) = held_because(Comment.objects.get().held_because)
        assert said == "Held because Akismet does not know the key in the publication’s settings"


class TestWhatModeratorsDecide:
    def test_is_told_where_akismet_had_thought_otherwise(self, client, with_key, happen):
        happen(send, client, make_post(), name="akismet-guaranteed-spam")
        wronged = Comment.objects.get()
        wronged.approve()
        happen(learner.learn, wronged, is_spam=False)
        (ham,) = with_key.of("submit-ham")
        assert ham["comment_content"] == wronged.source
        assert ham["user_ip"] == "127.0.0.1"
        happen(send, client, make_post(), source="Other words.")
        missed = Comment.objects.latest("pk")
        missed.mark_spam()
        happen(learner.learn, missed, is_spam=True)
        (spam,) = with_key.of("submit-spam")
        assert spam["comment_content"] == "Other words."

    def test_is_kept_where_akismet_agrees_or_is_away(self, client, with_key, happen):
        happen(send, client, make_post(), name="akismet-guaranteed-spam")
        happen(learner.learn, Comment.objects.get(), is_spam=True)
        assert {name for name, _fields in with_key.heard} == {"comment-check"}
        with_key.answer = (500, "", {})
        happen(learner.learn, Comment.objects.get(), is_spam=False)
        assert Comment.objects.get().lesson.is_spam is False


@pytest.mark.django_db
class TestInTheDesk:
    ROOM = "/admin/blog/publication/"

    @pytest.fixture
    def olga(self):
        return desk_of(make_person("Olga", Role.OWNER))

    def send(self, olga, **fields):
        page = read(olga.get(self.ROOM, follow=True), "publication_form")
        return olga.post(f"{self.ROOM}1/change/", {**page.fields, **fields, "_save": "1"})

    def test_an_owner_enters_a_key_that_akismet_knows_and_reads_what_is_sent(self, olga, service):
        assert self.send(olga, akismet_key=f" {KEY} ").status_code == 302
        assert Publication.current().akismet_key == KEY
        assert self.send(olga, name="Other").status_code == 302
        assert len(service.of("verify-key")) == 1
        assert "their IP address" in olga.get(self.ROOM, follow=True).text
        assert self.send(olga, akismet_key="").status_code == 302

    def test_a_wrong_key_and_one_that_cannot_be_tried_are_refused_with_a_sentence(
        self, olga, service
    ):
        assert "does not know this key" in self.send(olga, akismet_key="wrong").text
        service.answer = (503, "", {})
        answer = self.send(olga, akismet_key=KEY)
        assert "cannot be asked about this key now" in answer.text
        assert Publication.current().akismet_key == ""

    def test_an_owner_chooses_the_rules_of_all_stories(self, olga):
        rules = {
            "holds_first": "on",
            "holds_links_over": "",
            "held_words": " casino \r\n\r\nbuy now\r\ncasino",
            "responses_close_after_days": "30",
        }
        assert self.send(olga, **rules).status_code == 302
        kept = Publication.current()
        assert kept.holds_first
        assert kept.holds_links_over is None
        assert kept.held_words == "casino\nbuy now"
        assert kept.responses_close_after_days == 30
        many = "\n".join(f"w{number}" for number in range(1001))
        assert "1000 is the most" in self.send(olga, held_words=many).text
        assert self.send(olga, responses_close_after_days="-1").status_code == 200


def test_its_answer_may_come_a_day_after_the_response(client, with_key, clock):
    send(client, make_post())
    clock.pass_by(days=1)
    second_opinion.ask(Comment.objects.get().pk)
    assert Comment.objects.get().appeared_at == timezone.now()
