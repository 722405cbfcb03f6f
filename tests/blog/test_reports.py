"""Reporting a response: who may, what it does, and who learns of it."""

from __future__ import annotations

import re

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.roles import Role
from blog.models import Comment, PostStats, Report
from blog.models.moderation import moderate
from blog.models.report import HOLDS_FROM_REPORTS, MAX_WORDS_CHARS, NotReportable
from blog.views.reports import REPORTS
from tests.desk import desk_of
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db


@pytest.fixture
def response():
    return make_response(make_post(), make_person("Bo"), source="Buy my lamps.")


def url_of(response):
    return reverse("blog:comment-report", args=[response.post.slug, response.pk])


def send(client, response, **said):
    return client.post(url_of(response), {"reason": "spam", **said})


def report(response, by=None, **said):
    return Report.objects.report(response, by=by or make_person(), **{"reason": "spam", **said})


def status_of(response):
    return Comment.objects.get(pk=response.pk).status


def test_a_reader_reports_a_response_and_is_thanked(response):
    rita = make_person("Rita")
    client = desk_of(rita)
    page = client.get(url_of(response)).content.decode()
    assert "Buy my lamps." in page
    assert "Nobody else learns" in page
    answer = send(client, response, reason="unkind", words="He says it to everybody.")
    assert answer.status_code == 303
    assert answer["Location"].endswith(f"#{response.anchor}")
    assert "Thank you. A moderator will look at this response." in (
        client.get(response.post.get_absolute_url()).content.decode()
    )
    told = Report.objects.get()
    assert (told.by, told.reason, told.words) == (rita, "unkind", "He says it to everybody.")
    assert status_of(response) == "published"


def test_said_again_the_last_word_counts_and_there_is_one_report(response):
    client = desk_of(make_person("Rita"))
    send(client, response)
    page = client.get(url_of(response)).content.decode()
    assert "You have reported it already." in page
    assert "checked" in re.search(r"<input[^>]*value=\"spam\"[^>]*>", page)[0]
    send(client, response, reason="other", words="It is a lie.")
    assert [(r.reason, r.words) for r in Report.objects.all()] == [("other", "It is a lie.")]


def test_the_database_takes_one_open_report_of_a_person(response):
    rita = make_person("Rita")
    report(response, rita)
    with pytest.raises(IntegrityError), transaction.atomic():
        Report.objects.create(comment=response, by=rita, reason="spam")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({"reason": ""}, "Choose what is wrong with it."),
        ({"reason": "other", "words": "  "}, "Say in a few words what it is."),
        ({"reason": "nonsense", "words": "My words."}, "My words."),
        ({"words": "x" * (MAX_WORDS_CHARS + 1)}, "at most 500 characters"),
    ],
)
def test_what_is_not_complete_comes_back_with_a_sentence(response, said, sentence):
    answer = send(desk_of(make_person()), response, **said)
    assert answer.status_code == 400
    assert sentence in answer.content.decode()
    assert not Report.objects.exists()


def test_a_reader_without_an_account_is_led_to_the_door_and_back(client, response):
    answer = client.get(url_of(response))
    assert answer.status_code == 302
    assert answer["Location"].endswith(f"/accounts/login/?next={url_of(response)}")


def test_whose_session_ended_keeps_the_words(client, response):
    answer = send(client, response, words="A long explanation.")
    assert answer.status_code == 403
    page = answer.content.decode()
    assert "You are signed out." in page
    assert "A long explanation." in page
    assert not Report.objects.exists()


def test_one_does_not_report_oneself(response):
    client = desk_of(response.author)
    assert client.get(url_of(response)).status_code == 403
    assert send(client, response).status_code == 403
    with pytest.raises(NotReportable):
        report(response, response.author)


@pytest.mark.parametrize("verb", ["hide", "mark_spam", "remove"])
def test_what_readers_cannot_see_is_not_there_to_report(response, verb):
    getattr(response, verb)()
    client = desk_of(make_person())
    assert client.get(url_of(response)).status_code == 404
    assert send(client, response).status_code == 404


def test_the_response_of_another_story_is_not_found_there(response):
    other = make_post()
    url = reverse("blog:comment-report", args=[other.slug, response.pk])
    assert desk_of(make_person()).get(url).status_code == 404


def test_the_way_to_report_stands_at_every_response_but_ones_own(client, response):
    way = f'href="{url_of(response)}"'
    story = response.post.get_absolute_url()
    assert way in client.get(story).content.decode()
    assert way in desk_of(make_person()).get(story).content.decode()
    assert way not in desk_of(response.author).get(story).content.decode()


def test_three_people_take_it_out_of_sight_until_a_moderator_has_looked(client, response):
    for _number in range(HOLDS_FROM_REPORTS - 1):
        report(response)
    assert status_of(response) == "published"
    send(desk_of(make_person()), response)
    held = Comment.objects.get(pk=response.pk)
    assert (held.status, held.held_because) == ("held", [{"rule": "reports", "count": 3}])
    assert "Buy my lamps." not in client.get(response.post.get_absolute_url()).content.decode()
    assert PostStats.objects.get(post=response.post).comment_count == 0


def test_one_person_alone_takes_nothing_out_of_sight(response):
    rita = make_person("Rita")
    for _number in range(HOLDS_FROM_REPORTS + 1):
        report(response, rita)
    assert status_of(response) == "published"


def test_what_a_moderator_has_approved_is_not_taken_away_by_readers(response):
    moderate(response, "approve", by=make_person("Ed", Role.EDITOR))
    for _number in range(HOLDS_FROM_REPORTS):
        report(response)
    assert status_of(response) == "published"
    assert Report.objects.waiting().count() == HOLDS_FROM_REPORTS


def test_another_text_than_the_approved_one_is(response, clock):
    moderate(response, "approve", by=make_person("Ed", Role.EDITOR))
    clock.pass_by(minutes=5)
    Comment.objects.filter(pk=response.pk).update(edited_at=clock())
    for _number in range(HOLDS_FROM_REPORTS):
        report(response)
    assert status_of(response) == "held"


def test_an_approval_that_was_taken_back_protects_nothing(response):
    ed = make_person("Ed", Role.EDITOR)
    moderate(response, "approve", by=ed).undo(by=ed)
    for _number in range(HOLDS_FROM_REPORTS):
        report(response)
    assert status_of(response) == "held"


def test_nobody_but_moderators_sees_reports(client, response):
    report(response, words="A secret word.")
    for reader in (client, desk_of(response.author), desk_of(make_person(role=Role.AUTHOR))):
        for url in (response.post.get_absolute_url(), response.get_absolute_url()):
            assert "A secret word." not in reader.get(url).content.decode()


def test_many_reports_at_once_are_enough(response):
    client = desk_of(make_person())
    responses = [make_response(response.post) for _number in range(2)]
    for _number in range(REPORTS.times - 1):
        send(client, response)
    assert send(client, responses[0]).status_code == 303
    answer = send(client, responses[1], words="And this one.")
    assert answer.status_code == 429
    assert "And this one." in answer.content.decode()


def test_a_report_of_somebody_who_left_stays(response):
    rita = make_person("Rita")
    report(response, rita)
    rita.delete()
    assert Report.objects.get().by is None
