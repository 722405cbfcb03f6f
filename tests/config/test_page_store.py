"""Which pages are kept, and for how long. By hand: a look is a list, time is a number."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from django.db import OperationalError
from django.http import HttpResponse

from accounts.ingredients import ANYTHING, Recipe
from blog import codings
from blog.change_log import Changes
from blog.models import Publication
from config import page_store
from config.kept_page import Page
from config.page_store import Key, PageStore

pytestmark = pytest.mark.once
WORDS = b"It was a quiet morning. " * 100


@dataclass
class World:
    """What happens around a store: time goes by, things change, the database is away."""

    now: float = 100.0
    changes: list[Changes] = field(default_factory=list)
    is_away: bool = False

    def look(self) -> Changes:
        if self.is_away:
            raise OperationalError("nobody there")
        return self.changes.pop(0) if self.changes else Changes(set())

    def change(self, *ingredients: tuple[str, int]) -> None:
        """Something is committed, and it is time to look."""
        self.changes.append(Changes(set(ingredients)))
        self.now += page_store.LOOK_EVERY_SECONDS + 0.01


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def store(world) -> PageStore:
    return PageStore(1_000_000, world.look, clock=lambda: world.now)


def key(path: str) -> Key:
    return "example.org", "", path, ""


def page(store: PageStore, *rows: tuple[str, int], words: bytes = WORDS) -> Page:
    recipe = Recipe(set(rows), has_all_sets=True)
    response = HttpResponse(words, headers={"ETag": 'W/"1"'})
    response.recipe, response.made_of = recipe, recipe.made_of()
    return Page.of(response, store.clock(), "br")


def keep(store: PageStore, path: str, *rows: tuple[str, int], words: bytes = WORDS) -> Page:
    store.find(key(path))
    made = page(store, *rows, words=words)
    assert store.keep(key(path), made)
    return made


def test_a_kept_page_is_found_until_something_of_it_changes(store, world):
    kept = keep(store, "/one/", ("post", 1))
    other = keep(store, "/two/", ("post", 2))
    assert store.find(key("/one/")) is kept
    world.change(("post", 1))
    assert store.find(key("/one/")) is None
    assert store.find(key("/two/")) is other


def test_what_several_pages_are_made_of_takes_each_of_them_away_that_is_still_there(store, world):
    paths = ["/one/", "/two/", "/three/"]
    for path in [*paths, "/two/"]:
        keep(store, path, ("author", 7), ("post", len(path)))
    world.change(("post", len("/three/")))
    assert store.find(key("/three/")) is None
    for path in ("/one/", "/two/"):
        assert store.find(key(path))
    world.change(("author", 7))
    assert [store.find(key(path)) for path in paths] == [None, None, None]
    world.now += 1
    keep(store, "/two/", ("author", 7))
    world.change(("author", 7))
    assert store.find(key("/two/")) is None
    assert store.numbers.size_bytes == 0


def test_a_page_whose_sets_nobody_named_goes_with_any_change(store, world):
    keep(store, "/one/", ANYTHING)
    world.change(("post", 99))
    assert store.find(key("/one/")) is None


def test_a_change_of_the_publication_is_a_change_of_every_page(store, world):
    keep(store, "/one/", ("post", 1))
    world.change(("publication", 1))
    assert store.find(key("/one/")) is None
    assert store.numbers.size_bytes == 0


def test_a_page_that_was_overtaken_while_it_was_made_is_not_kept(store, world):
    store.find(key("/one/"))
    made = page(store, ("post", 1))
    world.change(("post", 1))
    store.find(key("/two/"))
    assert not store.keep(key("/one/"), made)
    assert store.find(key("/one/")) is None


def test_claps_are_shown_within_two_seconds_and_by_one_page_at_a_time(store, world):
    kept = keep(store, "/one/", ("post", 1))
    world.change(("~post", 1))
    assert store.find(key("/one/")) is kept
    world.now += page_store.COUNTS_LAG_SECONDS
    assert store.find(key("/one/")) is None
    with store.making(key("/one/")) as begun_at:
        assert begun_at is not None
        # Others go on with the one before meanwhile, and nobody waits.
        assert store.find(key("/one/")) is kept
        with store.making(key("/one/")) as second:
            assert second is None


def test_a_page_changes_by_itself_when_it_says_so(store, clock):
    made = keep(store, "/one/", ("post", 1))
    made.good_until = clock() + timedelta(minutes=1)
    assert store.find(key("/one/")) is made
    clock.pass_by(minutes=1)
    assert store.find(key("/one/")) is None


def test_a_page_is_looked_at_again_after_a_while(store, world):
    keep(store, "/one/", ("post", 1))
    world.now += page_store.MAX_AGE_SECONDS + 1
    assert store.find(key("/one/")) is None


def test_whoever_asks_for_a_page_that_is_over_waits_for_the_one_who_makes_it(store, world):
    keep(store, "/one/", ("post", 1))
    world.now += page_store.MAX_AGE_SECONDS + 1
    found = []

    def ask() -> None:
        with store.making(key("/one/")) as begun_at:
            found.append((begun_at, store.find(key("/one/"))))

    with store.making(key("/one/")):
        other = threading.Thread(target=ask)
        other.start()
        other.join(0.1)
        assert not found
        made = page(store, ("post", 1))
        store.keep(key("/one/"), made)
    other.join()
    assert found == [(None, made)]


def test_what_was_asked_for_longest_ago_makes_room(world):
    size = page(PageStore(1, world.look), ("post", 1)).size_bytes
    store = PageStore(2 * size, world.look, clock=lambda: world.now)
    first = keep(store, "/one/", ("post", 1))
    keep(store, "/two/", ("post", 2))
    assert store.find(key("/one/")) is first
    keep(store, "/three/", ("post", 3))
    assert store.find(key("/two/")) is None
    assert store.find(key("/one/")) is first
    assert store.numbers.size_bytes <= 2 * size


def test_pages_that_grow_make_others_go(world):
    size = page(PageStore(1, world.look), ("post", 1)).size_bytes
    store = PageStore(2 * size, world.look, clock=lambda: world.now)
    keep(store, "/one/", ("post", 1))
    second = keep(store, "/two/", ("post", 2))
    second.ask_again()
    assert second.size_bytes > size
    store.weigh(key("/two/"), second)
    assert store.find(key("/one/")) is None
    assert store.numbers.size_bytes <= 2 * size


def test_without_the_database_no_page_is_trusted_for_longer_than_a_moment(store, world):
    kept = keep(store, "/one/", ("post", 1))
    world.is_away = True
    world.now += page_store.LOOK_EVERY_SECONDS + 0.01
    assert store.find(key("/one/")) is kept
    world.now += page_store.TRUSTED_FOR_SECONDS
    assert store.find(key("/one/")) is None
    world.is_away = False
    world.now += page_store.ASK_AGAIN_SECONDS + 0.01
    assert store.find(key("/one/")) is kept


def test_a_page_travels_in_every_form_and_is_kept_once(store):
    made = keep(store, "/one/", ("post", 1))
    made.ask_again()
    for accepted, coding in (("br", "br"), ("gzip", "gzip"), ("zstd", "zstd"), ("", None)):
        headers, body = made.form_for(accepted)
        assert dict(headers).get("Content-Encoding") == coding
        assert dict(headers)["Content-Length"] == str(len(body[0]))
    assert made.form_for("")[1] == [WORDS]


def test_a_page_that_is_asked_for_while_it_is_pressed_again_says_its_own_length(store, monkeypatch):
    words = " ".join(str(number * number) for number in range(3_000)).encode()
    made = keep(store, "/one/", ("post", 1), words=words)
    lengths = {len(press(words)) for press in (codings.QUICK["br"], codings.THOROUGH["br"])}
    assert len(lengths) == 2

    def expand(body: bytes) -> bytes:
        """The server's loop asks at this moment."""
        found = store.glance(key("/one/"), lambda: None)
        if found:
            found.packed("br", b"", is_head=False)
        return words

    monkeypatch.setattr(codings, "EXPAND", {**codings.EXPAND, "br": expand})
    made.ask_again()
    made.form_for("br")
    answer = made.packed("br", b"", is_head=False)
    assert answer is not None
    head, _end, body = answer.partition(b"\r\n\r\n")
    assert f"content-length: {len(body)}".encode() in head


def test_a_short_page_is_not_pressed(store):
    made = keep(store, "/one/", ("post", 1), words=b"Hello.")
    assert made.form_for("br, gzip")[1] == [b"Hello."]


@pytest.mark.parametrize(
    ("etags", "since", "is_known"),
    [
        ('W/"1"', None, True),
        ('W/"0", W/"1"', None, True),
        ("*", None, True),
        ('W/"12"', None, False),
        ('W/"2"', "Wed, 25 Nov 2099 10:00:00 GMT", False),
        (None, "Wed, 25 Nov 2099 10:00:00 GMT", False),
    ],
)
def test_whoever_has_a_page_is_told_so(store, etags, since, is_known):
    assert page(store).is_known_to(etags, since) is is_known


def test_a_database_that_is_away_is_not_asked_by_everybody_who_waits(world):
    asked: list[float] = []

    def look() -> Changes:
        asked.append(world.now)
        return world.look()

    store = PageStore(1_000_000, look, clock=lambda: world.now)
    world.is_away = True
    for _reader in range(20):
        assert store.find(key("/one/")) is None
    assert len(asked) == 1


def test_where_nothing_may_lag_a_clap_is_there_at_once(world):
    store = PageStore(1_000_000, world.look, clock=lambda: world.now, may_lag=False)
    keep(store, "/one/", ("post", 1))
    world.changes.append(Changes({("~post", 1)}))
    world.now += 0.001
    assert store.find(key("/one/")) is None


def test_who_may_not_wait_is_given_what_is_there_while_another_looks(store, world):
    kept = keep(store, "/one/", ("post", 1))
    kept.ask_again()
    asked: list[str] = []
    assert store.glance(key("/one/"), lambda: asked.append("look")) is kept
    assert asked == []
    world.change(("post", 1))
    for _time in range(2):
        assert store.glance(key("/one/"), lambda: asked.append("look")) is kept
    assert asked == ["look"]
    store.catch_up()
    assert store.glance(key("/one/"), lambda: asked.append("look")) is None
    assert asked == ["look"]


def test_who_may_not_wait_is_given_nothing_that_may_be_old(store, world):
    keep(store, "/one/", ("post", 1)).ask_again()
    world.now += page_store.TRUSTED_FOR_SECONDS + 0.01
    asked: list[str] = []
    assert store.glance(key("/one/"), lambda: asked.append("look")) is None
    assert asked == []


def test_who_may_not_wait_is_asked_again_to_look_though_the_database_was_away(store, world):
    kept = keep(store, "/one/", ("post", 1))
    kept.ask_again()
    asked: list[str] = []
    world.now += page_store.LOOK_EVERY_SECONDS + 0.01
    world.is_away = True
    assert store.glance(key("/one/"), lambda: asked.append("look")) is kept
    store.catch_up()
    assert store.glance(key("/one/"), lambda: asked.append("look")) is kept
    assert asked == ["look", "look"]


def test_a_page_that_was_asked_for_once_is_not_given_at_a_glance(store):
    keep(store, "/one/", ("post", 1))
    assert store.glance(key("/one/"), list) is None


def test_where_nothing_may_lag_nobody_is_answered_at_a_glance(world):
    store = PageStore(1_000_000, world.look, clock=lambda: world.now, may_lag=False)
    keep(store, "/one/", ("post", 1)).ask_again()
    assert store.glance(key("/one/"), list) is None


def test_the_publication_is_read_for_one_page_and_kept_for_the_next_ones(store, world):
    store.find(key("/one/"))
    row = Publication(name="A paper")
    store.keep_publication(row, world.now + 1)
    assert store.publication() is row
    world.change(("post", 1))
    store.find(key("/one/"))
    assert store.publication() is row
    world.change(("publication", 1))
    store.find(key("/one/"))
    assert store.publication() is None


def test_what_was_read_of_the_publication_while_it_changed_is_not_kept(store, world):
    store.find(key("/one/"))
    begun_at = world.now
    world.change(("publication", 1))
    store.find(key("/one/"))
    store.keep_publication(Publication(name="As it was"), begun_at)
    assert store.publication() is None


def test_while_the_database_does_not_answer_nothing_is_known_of_the_publication(store, world):
    store.find(key("/one/"))
    store.keep_publication(Publication(name="A paper"), world.now + 1)
    world.is_away = True
    world.now += page_store.TRUSTED_FOR_SECONDS + 0.01
    store.find(key("/one/"))
    assert store.publication() is None
