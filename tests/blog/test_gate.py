"""What waits for a moderator, why, and who never waits."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone, translation

from accounts.roles import Role
from blog import gate, held_words, learner
from blog.gate import held_because, judge
from blog.models import Comment, Guest, PostStats, Publication
from blog.models.comment import MAX_WAITING
from blog.traps import Opened, Traps
from tests.desk import write
from tests.making import make_person, make_post, make_response

pytestmark = pytest.mark.django_db

LONG = "I walked past that lighthouse every morning for eleven years, and never once went in."


def publication(**rules):
    Publication.objects.update_or_create(defaults=rules, pk=1)


def rules_of(verdict):
    return [reason["rule"] for reason in verdict.reasons]


def look(source="Well said.", *, by=None, post=None, **more):
    return judge(post=post or make_post(), by=by or make_person(), source=source, **more)


def send(client, post, **fields):
    return client.post(reverse("blog:comments", args=[post.slug]), {"source": "Good.", **fields})


class TestWithoutAReason:
    def test_a_response_is_read_at_once(self):
        verdict = look()
        assert (verdict.reasons, verdict.is_spam) == ((), False)

    def test_it_costs_no_more_than_one_question(self):
        post, rita = make_post(), make_person("Rita")
        with CaptureQueriesContext(connection) as asked, Publication.read_once():
            Publication.current()
            before = len(asked)
            judge(post=post, by=rita, source="Well said.")
            assert len(asked) - before == 1

    def test_a_text_that_cannot_be_rendered_is_left_to_be_refused(self):
        assert look("ö" * 3000).reasons == ()


class TestFirstTimers:
    def test_somebodys_first_response_is_held(self):
        publication(holds_first=True)
        assert look().reasons == ({"rule": "first"},)

    def test_until_readers_could_read_one(self):
        publication(holds_first=True)
        rita = make_person("Rita")
        held = make_response(make_post(), by=rita, held_because=[{"rule": "first"}])
        assert rules_of(look(by=rita)) == ["first"]
        held.approve()
        assert look(by=rita).reasons == ()

    def test_what_a_moderator_hid_speaks_for_nobody(self):
        publication(holds_first=True)
        rita = make_person("Rita")
        make_response(make_post(), by=rita).hide()
        assert rules_of(look(by=rita)) == ["first"]

    def test_that_of_a_guest_is_held_once_and_says_so_once(self):
        publication(holds_first=True)
        guest = Guest.objects.create(
            name="Gus", email="gus@example.org", confirmed_at=timezone.now()
        )
        reasons = look(by=guest).reasons
        response = make_response(make_post(), by=guest, held_because=reasons)
        assert held_because(response.held_because) == [
            "Held because it is the first response of this guest"
        ]


class TestLinks:
    @pytest.mark.parametrize(
        ("source", "links"),
        [
            ("[a](https://a.example) <https://b.example>", 2),
            ("https://a.example and www.b.example, http://c.example", 3),
            ("[a][1]\n\n[1]: https://a.example", 1),
            ("[a](//a.example)", 1),
            ("[here](/about/) and [there](#response-1)", 0),
            ("no link: a.b, http, //", 0),
        ],
    )
    def test_each_way_out_is_counted_and_none_that_stays(self, source, links):
        publication(holds_links_over=0)
        reasons = look(source).reasons
        assert [reason["links"] for reason in reasons] == ([links] if links else [])

    def test_as_many_as_are_allowed_are_read_at_once(self):
        publication(holds_links_over=2)
        assert look("https://a.example https://b.example").reasons == ()
        assert rules_of(look("https://a.example https://b.example https://c.example")) == ["links"]

    def test_left_empty_they_are_not_counted(self):
        publication(holds_links_over=None)
        assert look("https://a.example " * 30).reasons == ()


class TestListedWords:
    @pytest.mark.parametrize(
        ("listed", "text"),
        [
            ("casino", "CASINO!"),
            ("casino", "Un càsíno."),
            ("casino", "cas&#105;no"),
            ("casino", "cas**in**o"),
            ("casino", "cas\u200bino"),
            ("Straße", "STRASSE"),
            ("buy now", "Buy,\nnow"),
            ("賭場", "線上賭場網站"),
            ("casino", "線上casino網站"),
            ("bit.ly", "see bit.ly/x"),
            ("c++", "C++ pills"),
            ("שלום", "שָׁלוֹם"),
        ],
    )
    def test_a_word_is_found_whatever_its_case_and_accents(self, listed, text):
        publication(held_words=f"nothing\n{listed}\n")
        assert look(text).reasons == ({"rule": "words", "words": [listed]},)

    @pytest.mark.parametrize(
        ("listed", "text"),
        [("ass", "A classic passage"), ("buy now", "buy it now"), ("", "x"), ("  \n\n ", "x")],
    )
    def test_a_part_of_a_word_is_none(self, listed, text):
        publication(held_words=listed)
        assert look(text).reasons == ()

    @pytest.mark.parametrize("listed", ["(", "a|b", "[", "\\", "*", "^$", "!?"])
    def test_signs_are_signs(self, listed):
        publication(held_words=listed)
        assert look("Well said").reasons == ()

    def test_a_thousand_words_are_looked_for_at_once(self):
        listed = "\n".join(f"word{number}" for number in range(1000))
        assert held_words.find(listed, "x " * 2000 + "word999") == ["word999"]

    def test_a_guests_name_is_read_too(self):
        publication(held_words="casino")
        guest = Guest.objects.create(name="Best Casino", email="c@example.org")
        assert rules_of(look(by=guest)) == ["words"]


class TestEverything:
    def test_a_publication_may_hold_every_response(self):
        publication(holds_everything=True)
        assert look().reasons == ({"rule": "everything"},)

    def test_a_story_may_hold_more_or_less_than_its_publication(self):
        assert rules_of(look(post=make_post(response_hold="everything"))) == ["everything"]
        publication(holds_everything=True, holds_first=True, held_words="well")
        assert look(post=make_post(response_hold="nothing")).reasons == ()


class TestWhoIsNeverHeld:
    def test_moderators_and_the_storys_authors(self):
        publication(holds_everything=True, held_words="well")
        ada, bea = make_person("Ada", Role.AUTHOR), make_person("Bea", Role.AUTHOR)
        post, caught = make_post(by=ada), Traps(is_lured=True, opened=Opened.NEVER)
        for trusted in (ada, make_person("Ed", Role.EDITOR)):
            verdict = look(post=post, by=trusted, traps=caught)
            assert (verdict.reasons, verdict.is_spam) == ((), False)
        assert look(post=post, by=bea, traps=caught).is_spam


class TestTheSameText:
    def test_is_held_whoever_sends_it_and_however_it_is_written(self):
        make_response(make_post(), source=LONG, fingerprint=gate.fingerprint(LONG))
        changed = LONG.upper().replace(",", " –") + " 17"
        verdict = look(changed)
        assert (rules_of(verdict), verdict.is_spam) == (["same"], False)

    def test_is_spam_again(self):
        make_response(make_post(), source=LONG, fingerprint=gate.fingerprint(LONG)).mark_spam()
        assert look(LONG).is_spam

    def test_is_no_offence_when_it_is_short_or_a_week_old_or_gone(self):
        assert look("Thank you for this!").fingerprint is None
        mark, old = gate.fingerprint(LONG), timezone.now() - timedelta(days=8)
        make_response(make_post(), source=LONG, fingerprint=mark, at=old)
        gone = make_response(make_post(), source=LONG, fingerprint=mark)
        make_response(gone.post, parent=gone)
        gone.remove()
        assert look(LONG).reasons == ()

    def test_does_not_hold_an_edit_of_itself(self):
        mine = make_response(make_post(), source=LONG, fingerprint=gate.fingerprint(LONG))
        assert look(LONG + "!", by=mine.author, post=mine.post, editing=mine).reasons == ()


class TestClosing:
    def test_a_story_closes_after_its_days_and_keeps_what_comes_too_late(self, client):
        publication(responses_close_after_days=30)
        post = make_post(published_at=timezone.now() - timedelta(days=31))
        make_response(make_post())
        client.force_login(make_person())
        answer = send(client, post, source="Too late?")
        page = answer.content.decode()
        assert answer.status_code == 403
        assert "Too late?" in page
        assert "Responses to this story closed on" in page
        assert 'name="source"' not in page

    def test_the_page_of_a_closed_story_says_so_and_keeps_what_was_said(self, client):
        post = make_post()
        make_response(post, source="In good time.")
        publication(responses_close_after_days=0)
        for reader in (None, make_person()):
            if reader:
                client.force_login(reader)
            page = client.get(post.get_absolute_url()).text
            assert "Responses to this story closed on" in page
            assert "In good time." in page
            assert 'name="source"' not in page
            assert "Sign in to respond" not in page

    def test_a_story_may_close_later_than_its_publication(self, client):
        publication(responses_close_after_days=30)
        post = make_post(
            published_at=timezone.now() - timedelta(days=31), responses_close_after_days=60
        )
        client.force_login(make_person())
        assert send(client, post).status_code == 303

    def test_what_was_sent_before_and_is_looked_at_after_it_is_held_for_that(self):
        publication(responses_close_after_days=30)
        post = make_post(published_at=timezone.now() - timedelta(days=31))
        assert look(post=post).reasons == ({"rule": "old", "days": 30},)


class TestInTheDesk:
    def test_an_author_chooses_for_one_story(self):
        ada = make_person("Ada", Role.AUTHOR)
        post = make_post(by=ada)
        chosen = {"response_hold": "everything", "responses_close_after_days": "14"}
        assert write(ada, post).press(**chosen).status_code == 302
        post.refresh_from_db()
        assert (post.response_hold, post.responses_close_after_days) == ("everything", 14)
        answer = write(ada, post).press(responses_close_after_days="soon")
        assert answer.status_code == 400
        assert write(ada, post).press(responses_close_after_days="").status_code == 302
        post.refresh_from_db()
        assert post.responses_close_after_days is None


class TestWhoeverSends:
    def test_is_told_that_it_waits_and_nobody_else_sees_it(self, client):
        publication(holds_everything=True)
        post = make_post()
        client.force_login(make_person())
        answer = send(client, post, source="Patience.")
        assert answer.status_code == 303
        response = Comment.objects.get()
        assert (response.status, response.held_because) == ("held", [{"rule": "everything"}])
        assert response.address == "127.0.0.1"
        assert answer["Location"] == f"{post.get_absolute_url()}#respond"
        # Said once, and under this story.
        said = [
            "Your response waits for a moderator" in client.get(url).text
            for url in (make_post().get_absolute_url(), answer["Location"], answer["Location"])
        ]
        assert said == [False, True, False]
        client.logout()
        assert "Patience." not in client.get(post.get_absolute_url()).text
        assert PostStats.objects.get(post=post).comment_count == 0

    def test_hears_the_same_when_it_was_taken_for_spam(self, client):
        post = make_post()
        client.force_login(make_person())
        answer = send(client, post, subject="filled in")
        response = Comment.objects.get()
        assert (response.status, response.held_because) == ("spam", [{"rule": "lure"}])
        page = client.get(answer["Location"]).text
        assert "Your response waits for a moderator" in page
        assert "spam" not in page.lower()

    def test_reads_nothing_about_waiting_when_it_is_out(self, client):
        client.force_login(make_person())
        answer = send(client, make_post())
        assert "waits for a moderator" not in client.get(answer["Location"]).text

    def test_may_have_five_waiting_and_keeps_the_text_of_the_next(self, client):
        publication(holds_everything=True)
        post = make_post()
        client.force_login(make_person())
        answers = [send(client, post, source=f"Number {n}.") for n in range(MAX_WAITING + 1)]
        assert [answer.status_code for answer in answers] == [303] * MAX_WAITING + [429]
        assert "Number 5." in answers[-1].content.decode()
        assert "wait for a moderator" in answers[-1].content.decode()
        Comment.objects.first().approve()
        assert send(client, post, source="Number 5.").status_code == 303

    def test_sent_twice_it_waits_once(self, client):
        publication(holds_everything=True)
        post = make_post()
        client.force_login(make_person())
        for _time in range(2):
            send(client, post, source=LONG)
        assert Comment.objects.get().held_because == [{"rule": "everything"}]


class TestItsWords:
    @pytest.mark.parametrize(
        ("reason", "sentence"),
        [
            ({"rule": "everything"}, "Held because every response is"),
            ({"rule": "first"}, "Held because it is the first response of this person"),
            (
                {"rule": "links", "links": 5, "most": 3},
                "Held because it has 5 links (more than 3)",
            ),
            (
                {"rule": "links", "links": 1, "most": 0},
                "Held because it has 1 link (more than 0)",
            ),
            ({"rule": "words", "words": ["casino"]}, "Held because of the word “casino”"),
            (
                {"rule": "words", "words": ["casino", "buy now"]},
                "Held because of the words “casino”, “buy now”",
            ),
            ({"rule": "old", "days": 30}, "Held because the story is older than 30 days"),
            (
                {"rule": "learnt", "words": ["pills", "cheap"]},
                "Held because words like “pills”, “cheap” stood in responses that moderators "
                "called spam",
            ),
            ({"rule": "lure"}, "Held because a field was filled in that people do not see"),
            ({"rule": "too_fast"}, "Held because it was sent faster than people write"),
            ({"rule": "too_long_ago"}, "Held because its page had been open for over a day"),
            ({"rule": "never"}, "Held because it was not sent from a page of ours"),
            ({"rule": "same"}, "Held because the same text was sent in the last days"),
            ({"rule": "akismet"}, "Held while Akismet looks at it"),
            ({"rule": "akismet", "says": "spam"}, "Held because Akismet takes it for spam"),
            ({"rule": "akismet", "failed": "away"}, "Held because Akismet could not be asked"),
        ],
    )
    def test_say_why(self, reason, sentence):
        # As it comes back from the row.
        assert held_because([json.loads(json.dumps(reason))]) == [sentence]

    def test_every_rule_has_some(self):
        for rule in (*(opened.value for opened in Opened if opened != Opened.IN_TIME), "learnt"):
            assert rule in gate._SENTENCES

    @pytest.mark.parametrize(
        "reason", [{}, {"rule": "of another version"}, {"rule": "links"}, {"rule": "words"}]
    )
    def test_are_found_for_what_nobody_understands_any_more(self, reason):
        assert held_because([reason]) == ["Held by a rule that is not known any more"]

    def test_are_said_in_the_language_of_who_reads_them(self, monkeypatch):
        monkeypatch.setattr(gate, "_", lambda text: f"[{translation.get_language()}] {text}")
        with translation.override("de"):
            assert held_because([{"rule": "first"}])[0].startswith("[de] ")


class TestLearning:
    def teach(self, *, times=12):
        post, writer = make_post(), make_person()
        for number in range(times):
            spam = Comment(post=post, author=writer, source=f"cheap pills {number}", html="")
            ham = Comment(post=post, author=writer, source=f"lovely harbour {number}", html="")
            Comment.objects.bulk_create([spam, ham])
            learner.learn(spam, is_spam=True)
            learner.learn(ham, is_spam=False)

    def test_what_resembles_spam_is_held_and_says_by_which_words(self):
        self.teach()
        verdict = look("The cheap pills of the harbour are cheap.")
        assert verdict.reasons == ()
        verdict = look("Cheap pills, cheap!")
        assert verdict.reasons == ({"rule": "learnt", "words": ["cheap", "pills"]},)
        assert not verdict.is_spam

    def test_it_says_nothing_before_it_knows_enough(self):
        self.teach(times=9)
        assert look("cheap pills").reasons == ()
