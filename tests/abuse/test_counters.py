"""Counters equal their rows, whatever people do, in whatever order, and many at once."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count

import pytest
from allauth.account.models import EmailAddress
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.db.models import Count, Sum
from django.utils import timezone
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from accounts.models import User
from accounts.models.ban import Banned, NotBannable
from accounts.roles import Role
from blog import markdown
from blog.models import (
    Clap,
    Clapper,
    Comment,
    CommentClap,
    Guest,
    ModerationAction,
    Post,
    PostStats,
    Report,
)
from blog.models.applause import MAX_CLAPS, OwnWork
from blog.models.best import score
from blog.models.comment import (
    ParentGone,
    Rewritten,
    ThreadLocked,
    TooLateToEdit,
    TooManyResponses,
    TooManyWaiting,
)
from blog.models.comment_clap import OutOfSight
from blog.models.moderation import POSSIBLE_FROM, NotUndoable, Overtaken, ResponseGone, moderate
from blog.models.report import NotReportable
from blog.recount import recount
from tests.abuse.test_writers import at_once
from tests.making import make_person, make_post, make_response

ACTIONS = 10_000
# What is left to the second database: whether it counts as the first does.
ACTIONS_THERE = 2_000
PARTS = 2  # which two workers can do at once
ACTIONS_AT_ONCE = 80
WRITERS = 32
ACTIONS_EACH = 20
VISITORS = 3
LINKS = [{"rule": "links"}]
# What somebody is told who comes too late, or may not; nothing is counted then.
REFUSALS = (ParentGone, ThreadLocked, TooManyResponses, TooManyWaiting, Banned, NotBannable)
REFUSALS += (OutOfSight, OwnWork, TooLateToEdit, Rewritten, NotReportable)
REFUSALS += (Overtaken, ResponseGone, NotUndoable, PermissionDenied)
VERBS = ["approve", "hide", "show", "mark_spam", "remove", "remove"]
DECISIONS = sorted(POSSIBLE_FROM)
MARKS = ["pin", "unpin", "lock", "unlock"]

numbers = st.integers(min_value=0, max_value=10_000)
wishes = st.integers(1, MAX_CLAPS)


def assert_counters_are_exact(post: Post) -> None:
    """What is counted of a story and of each response is what its rows add up to."""
    stats = PostStats.objects.filter(post=post).first() or PostStats(post=post)
    given = Clap.objects.filter(post=post).aggregate(claps=Sum("count"), people=Count("pk"))
    assert (stats.clap_count, stats.clapper_count) == (given["claps"] or 0, given["people"])
    responses = list(Comment.objects.filter(post=post).annotate(right_score=score()))
    seen = [response for response in responses if response.is_visible]
    assert stats.comment_count == len(seen)
    replies = Counter(response.parent_id for response in seen)
    rows = CommentClap.objects.filter(comment__post=post).values("comment")
    applause = {
        row["comment"]: (row["claps"], row["people"])
        for row in rows.annotate(claps=Sum("count"), people=Count("pk"))
    }
    for response in responses:
        assert response.reply_count == replies[response.pk], response.status
        counted = (response.clap_count, response.clapper_count)
        assert counted == applause.get(response.pk, (0, 0)), response.status
        assert response.score == pytest.approx(response.right_score, abs=1e-9), response.status
    # The command that mends them finds nothing to mend.
    assert not recount(post.pk)


class Doings:
    """All that people do under one story, each with the rows read anew, as every request does."""

    def __init__(self, post: Post, moderator: User, next_number: Callable[[], int]) -> None:
        self.post, self.moderator, self.next_number = post, moderator, next_number

    def response(self, number: int) -> Comment | None:
        keys = Comment.objects.filter(post=self.post).order_by("pk").values_list("pk", flat=True)
        every = list(keys)
        if not every:
            return None
        return Comment.objects.filter(pk=every[number % len(every)]).first()

    def guest(self, number: int) -> Guest:
        number %= 2
        email = f"guest-{number}-{self.post.pk}@example.org"
        at = timezone.now() if number else None
        return Guest.objects.get_or_create(
            email=email, defaults={"name": f"Guest {number}", "confirmed_at": at}
        )[0]

    def give(self, clapper: Clapper, wanted: int, which: int | None) -> None:
        if which is None:
            Clap.objects.give(post=self.post, clapper=clapper, wanted=wanted)
        elif response := self.response(which):
            CommentClap.objects.give(comment=response, clapper=clapper, wanted=wanted)

    def withdraw(self, clapper: Clapper, which: int | None) -> None:
        if which is None:
            Clap.objects.withdraw(post=self.post, clapper=clapper)
        elif response := self.response(which):
            CommentClap.objects.withdraw(comment=response, clapper=clapper)

    def sign_in(self, person: User, visitor: str) -> None:
        CommentClap.objects.adopt(visitor=visitor, user=person)
        Clap.objects.adopt(visitor=visitor, user=person)

    def respond(
        self, by: User | Guest, above: int | None, *, is_held: bool, is_spam: bool = False
    ) -> None:
        number = self.next_number()
        try:
            Comment.objects.respond(
                post=self.post,
                by=by,
                source=f"Said as number {number}.",
                parent=self.response(above) if above is not None else None,
                held_because=LINKS if is_held else (),
                is_spam=is_spam,
                # Hours apart, so that nobody is too fast.
                at=timezone.now() + timedelta(hours=6 * number),
            )
        except Banned as error:
            error.ban.end()

    def edit(self, which: int, *, is_held: bool) -> None:
        response = self.response(which)
        if response and response.author:
            response.edit(
                by=response.author,
                source=f"Said otherwise, as number {self.next_number()}.",
                wording=response.wording,
                held_because=LINKS if is_held else (),
            )

    def confirm(self, which: int, *, by: User | None) -> None:
        if response := self.response(which):
            response.confirm(name="Gina", by=by)

    def sign_up(self, guest: Guest, person: User) -> None:
        # An address is of one account, whoever else says that it is theirs.
        address, _made = EmailAddress.objects.get_or_create(
            email=guest.email, verified=True, defaults={"user": person}
        )
        Guest.objects.adopt(user=address.user)

    def move(self, which: int, verb: str) -> None:
        if response := self.response(which):
            getattr(response, verb)()

    def hold(self, which: int) -> None:
        if response := self.response(which):
            response.hold(LINKS)

    def mark(self, which: int, verb: str) -> None:
        response = self.response(which)
        if response and response.parent_id is None:
            getattr(response, verb)()

    def moderate(self, which: int, verb: str, *, by: User) -> None:
        if response := self.response(which):
            moderate(response, verb, by=by)

    def undo(self, back: int) -> None:
        actions = ModerationAction.objects.filter(comment__post=self.post).newest_first()
        if action := actions[back % 3 : back % 3 + 1].first():
            action.undo(by=self.moderator)

    def report(self, which: int, by: User) -> None:
        if response := self.response(which):
            Report.objects.report(response, by=by, reason="spam")


class Talk(RuleBasedStateMachine):
    """People clap, respond, change their mind, and moderators and authors go about their work."""

    actions = 0
    said = count()
    # Who writes the story, who moderates, and readers.
    people: list[User] = []

    def __init__(self) -> None:
        super().__init__()
        self.post = make_post(by=self.people[0])
        self.do = Doings(self.post, self.people[1], lambda: next(self.said))

    def teardown(self) -> None:
        assert_counters_are_exact(self.post)

    def act(self, what: Callable[..., None], *args: object, **more: object) -> None:
        type(self).actions += 1
        with suppress(*REFUSALS):
            what(*args, **more)

    def reader(self, who: int) -> User:
        return self.people[1 + who % (len(self.people) - 1)]

    def clapper(self, who: int) -> Clapper:
        if who % 2:
            return Clapper(visitor=f"{who % VISITORS:032x}")
        return Clapper(user=self.reader(who // 2))

    def anybody(self, who: int) -> User | Guest:
        return self.do.guest(who) if who % 3 == 0 else self.people[who % len(self.people)]

    @rule(who=numbers, wanted=wishes, which=st.none() | numbers)
    def clap(self, who: int, wanted: int, which: int | None) -> None:
        self.act(self.do.give, self.clapper(who), wanted, which)

    @rule(who=numbers, which=st.none() | numbers)
    def withdraw_claps(self, who: int, which: int | None) -> None:
        self.act(self.do.withdraw, self.clapper(who), which)

    @rule(who=numbers, visitor=numbers)
    def sign_in(self, who: int, visitor: int) -> None:
        self.act(self.do.sign_in, self.reader(who), f"{visitor % VISITORS:032x}")

    @rule(who=numbers, above=st.none() | numbers, how=st.sampled_from(["read", "held", "spam"]))
    def respond(self, who: int, above: int | None, how: str) -> None:
        is_spam = how == "spam"
        self.act(self.do.respond, self.anybody(who), above, is_held=how != "read", is_spam=is_spam)

    @rule(who=numbers, above=st.none() | numbers)
    def respond_at_once(self, who: int, above: int | None) -> None:
        self.act(self.do.respond, self.anybody(who), above, is_held=False)

    @rule(which=numbers, is_held=st.booleans())
    def edit(self, which: int, is_held: bool) -> None:
        self.act(self.do.edit, which, is_held=is_held)

    @rule(which=numbers, who=st.none() | numbers)
    def confirm(self, which: int, who: int | None) -> None:
        self.act(self.do.confirm, which, by=None if who is None else self.reader(who))

    @rule(which=numbers, who=numbers)
    def sign_up(self, which: int, who: int) -> None:
        self.act(self.do.sign_up, self.do.guest(which), self.reader(who))

    @rule(which=numbers, verb=st.sampled_from(VERBS))
    def move(self, which: int, verb: str) -> None:
        self.act(self.do.move, which, verb)

    @rule(which=numbers)
    def hold(self, which: int) -> None:
        self.act(self.do.hold, which)

    @rule(which=numbers, verb=st.sampled_from(MARKS))
    def mark(self, which: int, verb: str) -> None:
        self.act(self.do.mark, which, verb)

    @rule(which=numbers, verb=st.sampled_from(DECISIONS), who=st.integers(0, 2))
    def moderate(self, which: int, verb: str, who: int) -> None:
        self.act(self.do.moderate, which, verb, by=self.people[who])

    @rule(back=numbers)
    def undo(self, back: int) -> None:
        self.act(self.do.undo, back)

    @rule(which=numbers)
    def report(self, which: int) -> None:
        for reader in self.people[2:]:
            self.act(self.do.report, which, reader)

    @rule(who=numbers)
    def leave(self, who: int) -> None:
        place = 2 + who % (len(self.people) - 2)
        self.act(self.people[place].delete)
        self.people[place] = make_person()


@pytest.fixture
def plain_words(monkeypatch):
    """What people say is not rendered: it is counted here, and not read."""
    monkeypatch.setattr(markdown, "render_response", lambda source, **_more: source)
    said = markdown.Said("", ())
    monkeypatch.setattr(markdown, "read_response", lambda _source, **_more: said)


@pytest.fixture
def actions() -> int:
    """Ten thousand on SQLite; PostgreSQL, which takes far longer, is asked for two thousand."""
    return ACTIONS if connection.vendor == "sqlite" else ACTIONS_THERE


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.usefixtures("plain_words")
@pytest.mark.django_db
def test_after_ten_thousand_random_actions_every_counter_equals_its_rows(part, actions):
    moderator = make_person("Ed", Role.EDITOR)
    Talk.people = [make_person("Ada", Role.AUTHOR), moderator, *map(make_person, "RBT")]
    Talk.actions = 0
    while Talk.actions < actions / PARTS:
        run_state_machine_as_test(
            Talk,
            settings=settings(
                max_examples=10,
                stateful_step_count=ACTIONS_AT_ONCE,
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            ),
        )


def act_as_one_person(post: Post, person: User, moderator: User, seed: int) -> None:
    """Do whatever there is to do, as often as there is something to do."""
    chance = random.Random(seed)
    numbers = count(seed * ACTIONS_EACH)
    do = Doings(post, moderator, lambda: next(numbers))
    visitor = f"{seed % VISITORS:032x}"

    def any_one() -> int:
        # Few of them, so that many hands want the same.
        return chance.randrange(6)

    doings: list[Callable[[], None]] = [
        lambda: do.respond(person, None, is_held=False),
        lambda: do.respond(person, any_one(), is_held=chance.random() < 0.3),
        lambda: do.respond(do.guest(seed), any_one(), is_held=False),
        lambda: do.give(Clapper(user=person), chance.randint(1, MAX_CLAPS), None),
        lambda: do.give(Clapper(user=person), chance.randint(1, MAX_CLAPS), any_one()),
        lambda: do.give(Clapper(visitor=visitor), chance.randint(1, MAX_CLAPS), any_one()),
        lambda: do.withdraw(Clapper(visitor=visitor), any_one()),
        lambda: do.withdraw(Clapper(user=person), any_one()),
        lambda: do.sign_in(person, visitor),
        lambda: do.edit(any_one(), is_held=chance.random() < 0.3),
        lambda: do.confirm(any_one(), by=None),
        lambda: do.sign_up(do.guest(seed), person),
        lambda: do.move(any_one(), chance.choice(VERBS)),
        lambda: do.mark(any_one(), chance.choice(MARKS)),
        lambda: do.moderate(any_one(), chance.choice(DECISIONS), by=moderator),
        lambda: do.undo(0),
        lambda: do.report(any_one(), person),
    ]
    for _number in range(ACTIONS_EACH):
        with suppress(*REFUSALS):
            chance.choice(doings)()
        # As a server does after each answer.
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_after_32_writers_at_once_every_counter_equals_its_rows():
    post, moderator = make_post(), make_person("Ed", Role.EDITOR)
    people = [make_person(f"Writer {number}") for number in range(WRITERS)]
    at_once(
        lambda seed: act_as_one_person(post, people[seed], moderator, seed), list(range(WRITERS))
    )
    assert Comment.objects.filter(post=post).exists()
    assert CommentClap.objects.exists()
    assert ModerationAction.objects.exists()
    assert_counters_are_exact(post)


@pytest.mark.django_db(transaction=True)
def test_a_response_that_is_applauded_while_it_is_deleted_is_one_or_the_other():
    post, reader = make_post(), Clapper(user=make_person("Rita"))
    for _time in range(10):
        response = make_response(post)
        CommentClap.objects.give(comment=response, clapper=reader, wanted=1)

        def act(number: int, response: Comment = response) -> None:
            if number % 2:
                with suppress(OutOfSight):
                    CommentClap.objects.give(comment=response, clapper=reader, wanted=2 + number)
            else:
                Comment.objects.get(pk=response.pk).remove()

        at_once(act, range(2))
    assert not CommentClap.objects.exists()
    assert_counters_are_exact(post)
