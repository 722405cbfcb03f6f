"""Counters equal their rows, whatever people do, in whatever order, and many at once."""

from __future__ import annotations

import random
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest
from django.db import connection
from django.db.models import Count, Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from accounts.models import User
from blog.models import Clap, Clapper, Comment, CommentClap, Guest, Post, PostStats
from blog.models.applause import MAX_CLAPS, OwnWork
from blog.models.comment import ParentGone, ThreadLocked, TooManyWaiting
from blog.models.comment_clap import OutOfSight
from tests.abuse.test_writers import at_once
from tests.making import make_person, make_post, make_response

ACTIONS = 10_000
ACTIONS_AT_ONCE = 80
WRITERS = 32
ACTIONS_EACH = 20
LINKS = [{"rule": "links"}]

numbers = st.integers(min_value=0, max_value=10_000)


def assert_counters_are_exact(post: Post) -> None:
    """What is counted of a story and of each response is what its rows add up to."""
    stats = PostStats.objects.filter(post=post).first() or PostStats(post=post)
    claps = Clap.objects.filter(post=post).aggregate(claps=Sum("count"), people=Count("pk"))
    assert (stats.clap_count, stats.clapper_count) == (claps["claps"] or 0, claps["people"])
    responses = list(Comment.objects.filter(post=post))
    seen = [response for response in responses if response.is_visible]
    assert stats.comment_count == len(seen)
    replies = Counter(response.parent_id for response in seen)
    given = CommentClap.objects.filter(comment__post=post).order_by().values_list("comment")
    applause = {pk: counted for pk, *counted in given.annotate(Sum("count"), Count("pk"))}
    for response in responses:
        assert response.reply_count == replies[response.pk], response.status
        counted = [response.clap_count, response.clapper_count]
        assert counted == applause.get(response.pk, [0, 0]), response.status


class Talk(RuleBasedStateMachine):
    """People clap, respond, change their mind, and moderators and authors go about their work."""

    actions = 0
    # From one to the next, so that nobody says much in one of them, whatever was said before.
    days = count()
    people: tuple[User, ...] = ()

    def __init__(self) -> None:
        super().__init__()
        self.post = make_post(by=self.people[0])
        self.guests = [
            Guest.objects.create(
                name=f"Guest {next(self.days)}",
                email=f"guest-{next(self.days)}@example.org",
                confirmed_at=timezone.now() if is_confirmed else None,
            )
            for is_confirmed in (False, True)
        ]

    def teardown(self) -> None:
        assert_counters_are_exact(self.post)

    def responses(self) -> list[Comment]:
        return list(Comment.objects.filter(post=self.post).order_by("pk"))

    def response(self, number: int) -> Comment:
        # Read anew, as every request does.
        every = self.responses()
        return every[number % len(every)]

    def act(self) -> None:
        type(self).actions += 1

    @rule(who=numbers, wanted=st.integers(1, MAX_CLAPS))
    def clap(self, who: int, wanted: int) -> None:
        self.act()
        reader = self.people[1 + who % (len(self.people) - 1)]
        Clap.objects.give(post=self.post, clapper=Clapper(user=reader), wanted=wanted)

    @rule(who=numbers, wanted=st.integers(1, MAX_CLAPS))
    def clap_as_a_visitor(self, who: int, wanted: int) -> None:
        self.act()
        clapper = Clapper(visitor=f"{who % 3:032x}")
        Clap.objects.give(post=self.post, clapper=clapper, wanted=wanted)

    @rule(who=numbers)
    def withdraw_claps(self, who: int) -> None:
        self.act()
        person = self.people[who % len(self.people)]
        Clap.objects.withdraw(post=self.post, clapper=Clapper(user=person))

    @rule(who=numbers, visitor=numbers)
    def sign_in(self, who: int, visitor: int) -> None:
        self.act()
        person = self.people[who % len(self.people)]
        for claps in (CommentClap, Clap):
            claps.objects.adopt(visitor=f"{visitor % 3:032x}", user=person)

    @rule(who=numbers, parent=st.none() | numbers, is_held=st.booleans())
    def respond(self, who: int, parent: int | None, is_held: bool) -> None:
        self.act()
        everybody = [*self.people, *self.guests]
        above = self.response(parent) if parent is not None and self.responses() else None
        # A reader is told why; nothing may be counted then.
        with suppress(ParentGone, ThreadLocked):
            Comment.objects.respond(
                post=self.post,
                by=everybody[who % len(everybody)],
                source=f"Said on day {next(self.days)}.",
                parent=above,
                held_because=LINKS if is_held else (),
                at=timezone.now() + timedelta(days=next(self.days)),
            )

    @precondition(lambda self: self.responses())
    @rule(
        which=numbers,
        verb=st.sampled_from(["approve", "hide", "show", "mark_spam", "remove", "remove"]),
    )
    def moderate(self, which: int, verb: str) -> None:
        self.act()
        getattr(self.response(which), verb)()

    @precondition(lambda self: self.responses())
    @rule(which=numbers, who=numbers, wanted=st.integers(1, MAX_CLAPS), has_account=st.booleans())
    def clap_for_a_response(self, which: int, who: int, wanted: int, *, has_account: bool) -> None:
        self.act()
        reader = Clapper(user=self.people[who % len(self.people)])
        clapper = reader if has_account else Clapper(visitor=f"{who % 3:032x}")
        with suppress(OwnWork, OutOfSight):
            CommentClap.objects.give(comment=self.response(which), clapper=clapper, wanted=wanted)

    @precondition(lambda self: self.responses())
    @rule(which=numbers, who=numbers)
    def withdraw_from_a_response(self, which: int, who: int) -> None:
        self.act()
        clapper = Clapper(user=self.people[who % len(self.people)])
        CommentClap.objects.withdraw(comment=self.response(which), clapper=clapper)

    @precondition(lambda self: self.responses())
    @rule(which=numbers)
    def hold(self, which: int) -> None:
        self.act()
        self.response(which).hold(LINKS)


@pytest.mark.django_db
def test_after_ten_thousand_random_actions_every_counter_equals_its_rows():
    Talk.people = tuple(make_person(f"Reader {number}") for number in range(4))
    Talk.actions = 0
    while Talk.actions < ACTIONS:
        run_state_machine_as_test(
            Talk,
            settings=settings(
                max_examples=40,
                stateful_step_count=ACTIONS_AT_ONCE,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )


def write_as_one_person(seed: int, post: Post, person: User) -> None:
    """Respond, reply, clap and take things back, as often as there is something to do."""
    chance = random.Random(seed)
    try:
        for number in range(ACTIONS_EACH):
            every = list(Comment.objects.filter(post=post).order_by("pk"))
            one = chance.choice(every) if every else None
            verb = chance.choice(
                ["respond", "respond", "hide", "show", "approve", "remove", "clap", "clap for it"]
            )
            clapper, wanted = Clapper(user=person), chance.randint(1, MAX_CLAPS)
            if verb == "clap":
                Clap.objects.give(post=post, clapper=clapper, wanted=wanted)
            elif verb == "clap for it" and one:
                _clap_for(one, clapper, wanted)
            elif verb == "respond" or one is None:
                _say(post, person, one, f"{seed}, {number}", is_held=chance.random() < 0.3)
            else:
                getattr(one, verb)()
    finally:
        connection.close()


def _clap_for(one: Comment, clapper: Clapper, wanted: int) -> None:
    # It may be their own, or somebody has taken it away a moment ago.
    with suppress(OwnWork, OutOfSight):
        CommentClap.objects.give(comment=one, clapper=clapper, wanted=wanted)


def _say(post: Post, person: User, above: Comment | None, words: str, *, is_held: bool) -> None:
    held = LINKS if is_held else ()
    # Somebody may have taken away a moment ago what is answered.
    with suppress(ParentGone, TooManyWaiting):
        Comment.objects.respond(post=post, by=person, source=words, parent=above, held_because=held)


@pytest.mark.django_db(transaction=True)
def test_after_32_writers_at_once_every_counter_equals_its_rows():
    post = make_post()
    people = [make_person(f"Writer {number}") for number in range(WRITERS)]
    with ThreadPoolExecutor(WRITERS) as pool:
        done = [
            pool.submit(write_as_one_person, seed, post, person)
            for seed, person in enumerate(people)
        ]
        for one in done:
            one.result()
    assert Comment.objects.filter(post=post).exists()
    assert_counters_are_exact(post)


@pytest.mark.django_db(transaction=True)
def test_a_response_that_is_applauded_while_it_is_deleted_is_one_or_the_other():
    post, reader = make_post(), Clapper(user=make_person("Rita"))
    for _time in range(10):
        response = make_response(post)
        CommentClap.objects.give(comment=response, clapper=reader, wanted=1)

        def act(number: int, response: Comment = response) -> None:
            if number % 2:
                _clap_for(response, reader, 2 + number)
            else:
                Comment.objects.get(pk=response.pk).remove()

        at_once(act, range(2))
    assert not CommentClap.objects.exists()
    assert_counters_are_exact(post)
