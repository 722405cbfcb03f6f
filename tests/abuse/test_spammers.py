"""Somebody who sends spam twenty times: nobody reads it, and nobody else is held up by it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from blog import learner
from blog.models import Comment, Post, PostStats, Publication, SpamWord
from blog.models.comment import MAX_WAITING
from blog.views.porter import HELD_OF_ADDRESS
from tests.making import make_person, make_post

pytestmark = pytest.mark.django_db(transaction=True)

TRIES = 20
FINGERS = 8
PITCH = "Cheap pills at the best casino, buy now: https://pills.example/{} https://b.example c d"


def spam(number: int) -> str:
    return PITCH.format(number) + f" {number:x}{'z' * number}"


def send(client: Client, post: Post, source: str, *, address: str = "192.0.2.66", **fields):
    url = reverse("blog:comments", args=[post.slug])
    return client.post(url, {"source": source, **fields}, REMOTE_ADDR=address)


def signed_in(name: str) -> Client:
    client = Client()
    client.force_login(make_person(name))
    return client


def assert_nobody_reads_it(*posts: Post) -> None:
    for post in posts:
        assert "pills" not in Client().get(post.get_absolute_url()).text
        assert PostStats.objects.get(post=post).comment_count == 0


def assert_honest_people_respond(post: Post, *, address: str) -> None:
    said = "My grandmother kept the light."
    assert send(signed_in("Rita"), post, said, address=address).status_code == 303
    assert said in Client().get(post.get_absolute_url()).text


def test_twenty_tries_of_one_account_come_to_a_halt_and_nobody_reads_one():
    Publication.objects.create(held_words="casino\nbuy now")
    posts = [make_post() for _story in range(4)]
    eve = signed_in("Eve")
    answers = [send(eve, posts[n % 4], spam(n)) for n in range(TRIES)]
    statuses = [answer.status_code for answer in answers]
    assert statuses == [303] * MAX_WAITING + [429] * (TRIES - MAX_WAITING)
    # Each refusal is a sentence that keeps the text and does not say what gave it away.
    last = answers[-1].text
    assert "Your last responses wait for a moderator." in last
    assert "pills.example/19" in last
    assert "casino" not in last.partition("wait for a moderator.")[0]
    assert_nobody_reads_it(*posts)
    assert Comment.objects.count() == MAX_WAITING
    assert_honest_people_respond(posts[0], address="192.0.2.66")


def test_a_text_sent_from_twenty_accounts_is_read_by_moderators_once_and_never_by_readers():
    posts = [make_post() for _story in range(2)]
    first = signed_in("Eve 0")
    send(first, posts[0], spam(0))
    # A moderator sees the first one, and from then on nobody has to.
    Comment.objects.get().mark_spam()
    for number in range(1, TRIES):
        answer = send(signed_in(f"Eve {number}"), posts[number % 2], spam(0))
        assert answer.status_code == 303
    assert set(Comment.objects.values_list("status", flat=True)) == {"spam"}
    assert_nobody_reads_it(*posts)
    assert_honest_people_respond(posts[0], address="192.0.2.66")


def test_a_swarm_from_one_address_fills_no_queue():
    Publication.objects.create(holds_first=True)
    post = make_post()
    statuses = [
        send(signed_in(f"Eve {n}"), post, spam(n)).status_code
        for n in range(HELD_OF_ADDRESS.times + 3)
    ]
    assert statuses == [303] * HELD_OF_ADDRESS.times + [429] * 3
    assert_nobody_reads_it(post)
    assert send(signed_in("Rita"), post, "A light!", address="192.0.2.7").status_code == 303


def test_scripts_that_fill_in_everything_or_know_no_page_are_not_read():
    post = make_post()
    caught = [{"subject": "Hello", "opened": ""}, {"subject": "Hello"}, {"opened": "1.forged"}]
    for number, fields in enumerate(caught):
        assert send(signed_in(f"Eve {number}"), post, spam(number), **fields).status_code == 303
    assert sorted(Comment.objects.values_list("status", flat=True)) == ["held", "spam", "spam"]
    assert_nobody_reads_it(post)


def test_what_moderators_taught_is_not_read_in_other_words_either():
    post = make_post()
    writer = make_person()
    for number in range(learner.SURE_FROM_TEXTS_OF_EACH):
        bad = Comment(post=post, author=writer, source=f"cheap pills casino bonus {number}")
        good = Comment(post=post, author=writer, source=f"the lovely old harbour light {number}")
        Comment.objects.bulk_create([bad, good])
        learner.learn(bad, is_spam=True)
        learner.learn(good, is_spam=False)
    Comment.objects.all().delete()
    eve = signed_in("Eve")
    for number in range(3):
        send(eve, post, f"Bonus {number}! Casino pills, cheap, for the old")
    statuses = set(Comment.objects.values_list("status", flat=True))
    assert statuses <= {"held", "spam"}
    assert_nobody_reads_it(post)
    assert_honest_people_respond(post, address="192.0.2.66")


def test_many_hands_at_once_get_no_more_before_moderators_than_two():
    Publication.objects.create(holds_everything=True)
    post = make_post()
    eve = signed_in("Eve")
    start = Barrier(FINGERS)

    def hurry(finger: int) -> list[int]:
        client = Client()
        client.cookies = eve.cookies
        start.wait()
        try:
            return [send(client, post, spam(finger * 10 + n)).status_code for n in range(3)]
        finally:
            connection.close()

    with ThreadPoolExecutor(FINGERS) as pool:
        statuses = [status for some in pool.map(hurry, range(FINGERS)) for status in some]
    assert sorted(statuses) == [303] * MAX_WAITING + [429] * (3 * FINGERS - MAX_WAITING)
    assert Comment.objects.count() == MAX_WAITING


def test_two_moderators_who_decide_the_same_at_once_teach_once():
    post = make_post()
    comments = Comment.objects.bulk_create(
        Comment(post=post, source=f"cheap pills {number}", html="") for number in range(4)
    )
    start = Barrier(FINGERS)

    def decide(hand: int) -> None:
        start.wait()
        try:
            for comment in comments[:: 1 if hand % 2 else -1]:
                learner.learn(comment, is_spam=True)
        finally:
            connection.close()

    with ThreadPoolExecutor(FINGERS) as pool:
        list(pool.map(decide, range(FINGERS)))
    texts, words = SpamWord.objects.seen(["cheap", "pills"])
    assert (texts.spam, words["cheap"].spam, words["pills"].spam) == (4, 4, 4)
