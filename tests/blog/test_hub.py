"""A WebSub hub is told of the feeds that changed; here a real one listens."""

from __future__ import annotations

import threading
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.roles import Role
from blog import hub as hub_module
from blog.hub import HubFailed, HubRefused, is_public, tell
from blog.models import Publication, Series, Tag
from blog.streams import ENTRY_COUNT
from blog.tasks import HUB_RETRY_AFTER_MINUTES, tell_hub
from tests.desk import desk_of, read
from tests.feeds import read_feed
from tests.making import make_person, make_post, make_response

SITE = "http://127.0.0.1:8000"
KINDS = ("", "rss/", "json/")


class Listener(HTTPServer):
    """A hub: what it was told, and what it answers."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Ear)
        self.told: list[dict[str, list[str]]] = []
        self.answer = 204
        self.location = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/hub?key=a"

    @property
    def topics(self) -> list[str]:
        return sorted(topic.removeprefix(SITE) for topic in self.told[-1]["hub.url"])


class Ear(BaseHTTPRequestHandler):
    server: Listener

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.told.append({"path": [self.path], **parse_qs(body)})
        self.send_response(self.server.answer)
        if self.server.location:
            self.send_header("Location", self.server.location)
        self.end_headers()

    def log_message(self, *_words) -> None:
        pass


@pytest.fixture
def listener(settings):
    settings.HUB_MAY_BE_PRIVATE = True
    with Listener() as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def hub(db, listener):
    Publication.objects.create(websub_hub=listener.url)
    return listener


@pytest.fixture
def ada(db):
    return make_person("Ada", Role.AUTHOR)


@pytest.fixture
def happen(django_capture_on_commit_callbacks, do_waiting_work):
    """Do something, and let the worker do what follows from it."""

    def after(verb, *args, **kwargs):
        with django_capture_on_commit_callbacks(execute=True):
            verb(*args, **kwargs)
        do_waiting_work()
        # What a task leaves to another.
        do_waiting_work()

    return after


def feeds(*of: str) -> list[str]:
    return sorted(f"{path}feed/{kind}" for path in of for kind in KINDS)


class TestWhenItIsTold:
    def test_of_a_story_that_comes_out_in_every_feed_that_shows_it(self, hub, ada, happen):
        series = Series.objects.create(title="Lights", slug="lights")
        post = make_post(by=ada, published=False, series=series)
        post.set_topics(Tag.objects.named(["Sea"]))
        happen(post.publish, by=ada)
        assert hub.told[-1]["hub.mode"] == ["publish"]
        assert hub.told[-1]["path"] == ["/hub?key=a"]
        assert hub.topics == feeds("/", "/@ada/", "/tag/sea/", "/series/lights/")

    def test_of_an_update_once_however_many_rows_it_changes(self, hub, ada, happen):
        post = make_post(by=ada)

        def save():
            post.source = "It was a loud morning."
            post.write(by=ada)
            post.set_topics(Tag.objects.named(["Sea"]))
            post.set_byline([ada.author])

        happen(save)
        assert len(hub.told) == 1
        assert hub.topics == feeds("/", "/@ada/", "/tag/sea/")

    @pytest.mark.parametrize("as_unseen", [False, True])
    def test_of_a_withdrawal(self, hub, ada, happen, as_unseen):
        post = make_post(by=ada, published_at=timezone.now())
        post.set_topics(Tag.objects.named(["Sea"]))
        happen(post.unpublish, by=ada, as_unseen=as_unseen)
        # The tag's feed went with its last story.
        assert hub.topics == feeds("/", "/@ada/")

    def test_of_a_scheduled_story_when_it_appears(self, hub, ada, happen, clock, do_waiting_work):
        post = make_post(by=ada, published=False)
        happen(post.publish, by=ada, at=clock.now + timedelta(hours=1))
        assert hub.told == []
        clock.pass_by(hours=1, seconds=1)
        do_waiting_work()
        do_waiting_work()
        assert hub.topics == feeds("/", "/@ada/")

    @pytest.mark.parametrize("how", ["draft", "scheduled", "unlisted"])
    def test_not_of_what_readers_do_not_find(self, hub, ada, happen, how):
        post = make_post(
            by=ada,
            published=how != "draft",
            visibility="unlisted" if how == "unlisted" else "public",
            published_at=timezone.now() + timedelta(days=how == "scheduled", hours=-1),
        )
        post.source = "It was a loud morning."
        happen(post.write, by=ada)
        if how == "unlisted":
            happen(post.unpublish, by=ada)
        assert hub.told == []

    def test_not_of_what_an_author_types_before_it_is_an_update(self, hub, ada, happen):
        post = make_post(by=ada)
        happen(post.keep_working_copy, {"source": "Not yet."}, by=ada)
        assert hub.told == []

    def test_not_when_a_new_renderer_walks_through_all_stories(self, hub, ada, happen):
        happen(make_post(by=ada).rerender)
        assert hub.told == []

    def test_not_of_a_story_too_old_to_stand_in_a_feed(self, hub, ada, happen):
        bea = make_person("Bea", Role.AUTHOR)
        old = make_post(by=bea, published_at=timezone.now() - timedelta(days=9))
        for _number in range(ENTRY_COUNT):
            make_post(by=ada)
        old.source = "It was a loud morning."
        happen(old.write, by=bea)
        # In its author's it is the only one.
        assert hub.topics == feeds("/@bea/")

    def test_not_of_a_tag_that_readers_do_not_know(self, hub, ada, happen):
        post = make_post(by=ada, published=False, visibility="unlisted")
        post.set_topics(Tag.objects.named(["Merger"]))
        happen(post.publish, by=ada)
        assert not any("merger" in topic for topic in hub.topics)

    def test_nothing_is_left_to_do_where_there_is_no_hub(self, ada, happen):
        post = make_post(by=ada)
        happen(post.unpublish, by=ada)
        tell_hub.call(post.pk)
        assert not DBTaskResult.objects.filter(task_path__endswith="tell_hub").exists()

    def test_twice_does_no_harm_and_a_story_that_is_gone_none(self, hub, ada):
        post = make_post(by=ada)
        for _time in range(2):
            tell_hub.call(post.pk)
        assert hub.told[0] == hub.told[1]
        tell_hub.call(post.pk + 1)
        assert len(hub.told) == 2


class TestWhenItDoesNotListen:
    def waiting(self):
        return DBTaskResult.objects.filter(task_path="blog.tasks.tell_hub")

    @pytest.mark.parametrize("answer", [500, 404, 302])
    def test_it_is_told_again_later_and_the_story_is_published(
        self, hub, ada, happen, clock, do_waiting_work, answer
    ):
        hub.answer = answer
        post = make_post(by=ada, published=False)
        happen(post.publish, by=ada)
        do_waiting_work()
        assert post.is_live
        (later,) = self.waiting().filter(status="READY")
        assert later.run_after == clock.now + timedelta(minutes=HUB_RETRY_AFTER_MINUTES[0])
        hub.answer = 200
        clock.pass_by(minutes=2)
        do_waiting_work()
        assert len(hub.told) == 2
        assert not self.waiting().filter(status="READY").exists()

    def test_after_some_hours_it_is_left_alone(self, hub, ada, caplog):
        hub.answer = 503
        post = make_post(by=ada)
        tell_hub.call(post.pk, len(HUB_RETRY_AFTER_MINUTES) + 1)
        assert not self.waiting().exists()
        assert "given up" in caplog.text

    def test_a_port_at_which_nobody_listens_is_no_error(self, db, ada, settings, listener):
        settings.HUB_MAY_BE_PRIVATE = True
        Publication.objects.create(websub_hub="http://127.0.0.1:1/")
        tell_hub.call(make_post(by=ada).pk)
        assert self.waiting().count() == 1

    def test_it_is_followed_nowhere_else(self, hub):
        hub.answer, hub.location = 307, f"{hub.url}/elsewhere"
        with pytest.raises(HubFailed):
            tell(hub.url, ["https://example.org/feed/"])
        assert len(hub.told) == 1


class TestWhereOurServerDoesNotCall:
    @pytest.mark.parametrize(
        "address",
        [
            "127.0.0.1",
            "10.0.0.1",
            "172.16.9.9",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::1",
            "::",
            "fe80::1%eth0",
            "fd00::1",
            "fec0::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:db8::1",
        ],
    )
    def test_no_address_is_called_that_is_not_everybodys(self, address):
        assert not is_public(address)

    @pytest.mark.parametrize("address", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c"])
    def test_addresses_of_the_internet_may_be_called(self, address):
        assert is_public(address)

    @pytest.mark.parametrize(
        "url",
        [
            "https://localhost/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://2130706433/",
            "https://0x7f.1/",
            "http://example.org/",
            "ftp://example.org/",
            "file:///etc/passwd",
            "https://",
            "https://127.0.0.1:99999/",
            "https://[::1/",
            f"https://{'a' * 64}.example/",
        ],
    )
    def test_a_hub_that_leads_inside_is_refused_and_not_tried_again(self, db, url, ada):
        with pytest.raises(HubRefused):
            tell(url, ["https://example.org/feed/"])
        Publication.objects.create(websub_hub=url)
        tell_hub.call(make_post(by=ada).pk)
        assert not DBTaskResult.objects.filter(task_path="blog.tasks.tell_hub").exists()

    def test_a_name_with_one_address_inside_is_refused(self, monkeypatch):
        rows = [(2, 1, 6, "", (ip, 443)) for ip in ("93.184.215.14", "10.0.0.1")]
        monkeypatch.setattr(hub_module.socket, "getaddrinfo", lambda *_a, **_k: rows)
        with pytest.raises(HubRefused):
            tell("https://hub.example.org/", [])

    def test_the_address_that_was_checked_is_the_one_that_is_called(self, monkeypatch):
        answers = [("93.184.215.14", 443), ("10.0.0.1", 443)]
        monkeypatch.setattr(
            hub_module.socket, "getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", answers.pop(0))]
        )
        called = []

        def call(address, timeout):
            called.append((address, timeout))
            raise TimeoutError("nobody there")

        monkeypatch.setattr(hub_module.socket, "create_connection", call)
        with pytest.raises(HubFailed):
            tell("https://hub.example.org/", [])
        assert called == [(("93.184.215.14", 443), hub_module.TIMEOUT_SECONDS)]


@pytest.mark.django_db
class TestWhatFeedsSay:
    @pytest.mark.parametrize("kind", KINDS)
    def test_every_feed_of_stories_names_the_hub(self, client, ada, kind):
        Publication.objects.create(websub_hub="https://hub.example.org/")
        make_post(by=ada)
        for url in ("/feed/", "/@ada/feed/"):
            assert read_feed(client, url + kind)["hub"] == "https://hub.example.org/"
            assert '<https://hub.example.org/>; rel="hub"' in client.get(url + kind)["Link"]

    @pytest.mark.parametrize("kind", KINDS)
    def test_without_one_none_is_named(self, client, kind):
        assert read_feed(client, f"/feed/{kind}")["hub"] is None
        assert "hub" not in client.get(f"/feed/{kind}")["Link"]

    @pytest.mark.parametrize("kind", KINDS)
    def test_responses_name_none_for_it_is_not_told_of_them(self, client, ada, kind):
        Publication.objects.create(websub_hub="https://hub.example.org/")
        post = make_post(by=ada)
        make_response(post)
        feed = read_feed(client, f"{post.get_absolute_url()}responses/feed/{kind}")
        assert feed["hub"] is None


@pytest.mark.django_db
class TestInTheDesk:
    ROOM = "/admin/blog/publication/"

    @pytest.fixture
    def olga(self):
        return desk_of(make_person("Olga", Role.OWNER))

    def send(self, olga, hub):
        page = read(olga.get(self.ROOM, follow=True), "publication_form")
        return olga.post(f"{self.ROOM}1/change/", {**page.fields, "websub_hub": hub, "_save": "1"})

    @pytest.mark.parametrize("typed", ["https://hub.example.org/", "hub.example.org/"])
    def test_the_owner_names_a_hub(self, olga, typed):
        assert self.send(olga, typed).status_code == 302
        assert Publication.current().websub_hub == "https://hub.example.org/"
        assert self.send(olga, "").status_code == 302
        assert Publication.current().websub_hub == ""

    @pytest.mark.parametrize("typed", ["http://hub.example.org/", "https://a:b@hub.example.org/"])
    def test_a_hub_that_others_could_listen_to_is_refused_with_a_sentence(self, olga, typed):
        answer = self.send(olga, typed)
        assert "it begins with https://." in answer.content.decode()
        assert Publication.current().websub_hub == ""
