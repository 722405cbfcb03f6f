"""Who hears of a response: answers, calls, and what is said under one's story."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts.kinds import Ways
from accounts.models import Notification, NotificationChoice
from accounts.roles import Role
from accounts.tasks import send_letters
from blog.models import Comment
from blog.models.hearing import MAX_CALLED, MENTION, REPLY, STORY
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db


def told(person):
    """What stands in somebody's inbox, the oldest first."""
    return [(row.kind, row.text, row.quote, row.url) for row in rows_of(person)]


def rows_of(person):
    return list(Notification.objects.filter(recipient=person).order_by("pk"))


@pytest.fixture
def ada():
    return make_person("Ada Holt", Role.AUTHOR)


@pytest.fixture
def post(ada):
    return make_post(by=ada, title="The lamp")


@pytest.fixture
def post_letters(do_waiting_work):
    """What the worker does when letters are due."""

    def work():
        send_letters.call()
        do_waiting_work()

    return work


def test_whoever_is_answered_hears_the_words(post):
    rita, bo = make_person("Rita"), make_person("Bo")
    first = make_response(post, by=rita)
    answer = make_response(post, by=bo, parent=first, source="> Well said\n\nNot *so*.")
    url = f"{answer.get_absolute_url()}#{answer.anchor}"
    assert told(rita) == [(REPLY, "Bo answered your response to “The lamp”", "Not so.", url)]
    assert told(bo) == []


def test_whoever_is_called_hears_of_it(post):
    bea, bo = make_person("Bea Lund", Role.AUTHOR), make_person("Bo")
    make_response(post, by=bo, source="Ask @BeaLund, and @BeaLund again, and @nobody.")
    [(kind, text, quote, _url)] = told(bea)
    assert (kind, text) == (MENTION, "Bo mentioned you in a response to “The lamp”")
    assert quote == "Ask @BeaLund, and @BeaLund again, and @nobody."


def test_the_author_hears_of_a_response(post, ada):
    answer = make_response(post, by=make_person("Bo"), source="A **fine** story.")
    url = f"{answer.get_absolute_url()}#{answer.anchor}"
    assert told(ada) == [(STORY, "Bo responded to “The lamp”", "A fine story.", url)]


def test_nobody_hears_twice_of_one_response(post, ada):
    first = make_response(post, by=ada)
    make_response(post, by=make_person("Bo"), parent=first, source="@adaholt, no.")
    assert [row.kind for row in rows_of(ada)] == [REPLY]
    make_response(post, by=make_person("Cy"), source="@adaholt, yes.")
    assert [row.kind for row in rows_of(ada)] == [REPLY, MENTION]


def test_nobody_hears_of_their_own_words(post, ada):
    own = make_response(post, by=ada, source="@adaholt")
    make_response(post, by=ada, parent=own)
    assert told(ada) == []


def test_who_is_quoted_or_in_code_is_not_called(post):
    bea = make_person("Bea Lund", Role.AUTHOR)
    make_response(post, source="> @bealund said\n\n`@bealund`")
    assert told(bea) == []


def test_so_many_people_hear_that_they_are_called_and_no_more(post):
    people = [make_person(f"Caller {number}", Role.AUTHOR) for number in range(MAX_CALLED + 1)]
    make_response(post, source=" ".join(f"@{person.author.handle}" for person in people))
    assert [len(told(person)) for person in people] == [1] * MAX_CALLED + [0]


def test_twelve_responses_are_one_line_until_the_author_has_looked(post, ada):
    for number in range(12):
        make_response(post, by=make_person(f"Reader {number}"))
    [(kind, text, quote, url)] = told(ada)
    assert (kind, text, quote) == (STORY, "12 new responses to “The lamp”", "")
    assert url == f"{post.get_absolute_url()}#responses"
    Notification.objects.read(ada)
    make_response(post, by=make_person("Bo"))
    assert [text for _kind, text, *_rest in told(ada)] == [
        "12 new responses to “The lamp”",
        "Bo responded to “The lamp”",
    ]


def test_each_author_of_a_story_has_a_count_of_their_own(post, ada):
    bea = make_person("Bea Lund", Role.AUTHOR)
    post.set_byline([ada.author, bea.author])
    make_response(post)
    Notification.objects.read(bea)
    make_response(post, by=make_person("Bo"))
    make_response(post, by=ada)
    assert told(ada)[0][1] == "2 new responses to “The lamp”"
    # What her co-author says is new to her.
    assert [row.text for row in rows_of(bea)][1:] == ["2 new responses to “The lamp”"]


def test_stories_do_not_share_a_line(ada):
    for title in ("The lamp", "The log"):
        make_response(make_post(by=ada, title=title), by=make_person("Bo"))
    assert len(told(ada)) == 2


def test_there_is_one_letter_for_all_that_came_meanwhile(clock, post, ada, post_letters):
    for _number in range(3):
        make_response(post)
    post_letters()
    assert not mail.outbox
    clock.pass_by(hours=1, minutes=1)
    post_letters()
    assert [letter.to for letter in mail.outbox] == [[ada.email]]
    assert "3 new responses to “The lamp”" in mail.outbox[0].subject
    make_response(post)
    clock.pass_by(hours=2)
    post_letters()
    assert len(mail.outbox) == 1


def test_who_wants_letters_alone_gets_one_an_hour(clock, post, ada, post_letters):
    NotificationChoice.objects.choose(ada, {STORY: Ways(on_page=False, by_mail=True)})
    for expected in (1, 2):
        for _number in range(2):
            make_response(post)
        clock.pass_by(hours=1, minutes=1)
        post_letters()
        assert len(mail.outbox) == expected
        assert "2 new responses" in mail.outbox[-1].subject


def test_who_has_read_an_answer_on_the_page_gets_no_letter(clock, post, post_letters):
    rita = make_person("Rita")
    make_response(post, by=make_person("Bo"), parent=make_response(post, by=rita))
    Notification.objects.read(rita)
    clock.pass_by(minutes=6)
    post_letters()
    assert not [letter for letter in mail.outbox if letter.to == [rita.email]]


def test_what_is_held_is_told_when_readers_can_read_it(post, ada):
    rita = make_person("Rita")
    first = make_response(post, by=rita)
    Notification.objects.all().delete()
    held = make_response(post, parent=first, held_because=[{"rule": "links"}])
    assert told(rita) == told(ada) == []
    held.approve()
    assert [row.kind for row in rows_of(rita)] == [REPLY]
    assert [row.kind for row in rows_of(ada)] == [STORY]
    held.hide()
    held.show()
    assert len(told(rita)) <= 1


def test_words_that_were_taken_away_are_not_left_in_an_inbox(post, ada):
    rita = make_person("Rita")
    answer = make_response(post, parent=make_response(post, by=rita), source="You fool.")
    assert told(rita)
    answer.hide()
    assert told(rita) == []
    response = make_response(make_post(by=ada, title="The log"), source="You fool.")
    response.remove()
    assert "You fool." not in [row.quote for row in rows_of(ada)]


def test_of_a_story_that_was_withdrawn_no_letter_is_sent(clock, post, ada, post_letters):
    make_response(post)
    post.unpublish(by=ada)
    clock.pass_by(hours=2)
    post_letters()
    assert not mail.outbox


def test_a_response_opens_from_the_inbox(client, post, ada):
    make_response(post, source="A fine story.")
    client.force_login(ada)
    [row] = rows_of(ada)
    answer = client.post(f"/accounts/inbox/{row.pk}/opening/", follow=True)
    assert "A fine story." in answer.content.decode()


def test_somebody_who_was_told_and_left_leaves_no_trouble(post):
    rita = make_person("Rita")
    first = make_response(post, by=rita)
    rita.delete()
    assert make_response(post, parent=Comment.objects.get(pk=first.pk))


def test_an_old_response_that_is_shown_again_is_no_news(post, ada):
    response = make_response(post)
    Comment.objects.filter(pk=response.pk).update(
        appeared_at=timezone.now() - timedelta(days=1), status=Comment.Status.HIDDEN
    )
    Notification.objects.all().delete()
    response.show()
    assert told(ada) == []


def test_what_goes_out_of_sight_is_looked_for_in_an_index(post):
    """However many rows there are in all inboxes: a story waits for it."""
    response, reader = make_response(post), make_person()
    Notification.objects.bulk_create(
        Notification(recipient=reader, kind=MENTION, text="Before", url="/", key=f"before:{number}")
        for number in range(500)
    )
    with CaptureQueriesContext(connection) as asked:
        response.hide()
    deleted = [one["sql"] for one in asked if one["sql"].startswith("DELETE")]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("ANALYZE accounts_notification")
        explain = "EXPLAIN QUERY PLAN" if connection.vendor == "sqlite" else "EXPLAIN"
        for sql, index in zip(deleted, ["notification_about", "recipient"], strict=True):
            cursor.execute(f"{explain} {sql}")
            plan = " ".join(str(column) for row in cursor.fetchall() for column in row)
            assert index in plan
            assert "SCAN" not in plan
