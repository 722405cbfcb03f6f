"""What words say of a text; and that whatever is learnt can be unlearnt."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from blog import bayes, learner
from blog.bayes import Seen, judge
from blog.models import Comment, Lesson, SpamWord
from blog.models import spam_word as spam_words
from tests.making import make_person, make_post

TEXTS = Seen(spam=20, ham=20)


@pytest.mark.once
class TestWhatWordsSay:
    def test_nothing_before_enough_of_both_kinds_was_seen(self):
        plain = {"casino": Seen(spam=9)}
        for texts in (Seen(), Seen(9, 500), Seen(500, 9)):
            assert judge(plain, texts=texts) == bayes.UNDECIDED

    def test_words_of_spam_say_spam_and_are_named_the_plainest_first(self):
        words = {"pills": Seen(12), "cheap": Seen(8, 1), "the": Seen(15, 15), "sea": Seen(0, 9)}
        opinion = judge(words, texts=TEXTS)
        assert opinion.words == ("pills", "cheap")
        assert judge({"pills": Seen(12), "cheap": Seen(8)}, texts=TEXTS).spam > 0.98

    def test_words_of_others_say_the_opposite(self):
        assert judge({"sea": Seen(0, 12), "gull": Seen(0, 9)}, texts=TEXTS).spam < 0.05

    def test_words_never_seen_or_seen_once_or_everywhere_say_nothing(self):
        words = {"new": Seen(), "once": Seen(1), "the": Seen(20, 20), "and": Seen(11, 10)}
        assert judge(words, texts=TEXTS) == bayes.UNDECIDED

    def test_much_spam_before_makes_nobody_suspect(self):
        words = {"sea": Seen(0, 3), "the": Seen(900, 9)}
        assert judge(words, texts=Seen(1000, 10)).spam < 0.5

    def test_a_long_honest_text_is_not_outweighed_by_its_little_words(self):
        honest = {f"word{number}": Seen(4, 9) for number in range(200)}
        assert judge({**honest, "casino": Seen(3, 2)}, texts=TEXTS).spam < 0.05

    @given(
        st.dictionaries(
            st.text(max_size=5),
            st.builds(Seen, st.integers(0, 10**6), st.integers(0, 10**6)),
            max_size=40,
        ),
        st.builds(Seen, st.integers(0, 10**6), st.integers(0, 10**6)),
    )
    def test_it_is_a_share_whatever_was_counted(self, words, texts):
        opinion = judge(words, texts=texts)
        assert 0 <= opinion.spam <= 1
        assert len(opinion.words) <= bayes.MAX_NAMED


SOURCES = st.text("abc ", min_size=1, max_size=30)
STEPS = st.lists(
    st.tuples(st.sampled_from(["spam", "ham", "undo"]), st.integers(0, 3)), max_size=25
)


def counts():
    return sorted(SpamWord.objects.values_list("word", "spam_count", "ham_count"))


class TestLearning(TestCase):
    @settings(max_examples=25, deadline=None)
    @given(sources=st.lists(SOURCES, min_size=4, max_size=4), steps=STEPS)
    def test_unlearnt_it_is_as_if_it_had_never_been_learnt(self, sources, steps):
        SpamWord.objects.all().delete()
        Lesson.objects.all().delete()
        comments = written(sources)
        standing: dict[int, bool] = {}
        for step, which in steps:
            if step == "undo":
                learner.unlearn(comments[which])
                standing.pop(which, None)
            else:
                learner.learn(comments[which], is_spam=step == "spam")
                standing[which] = step == "spam"
        after = counts()
        for comment in comments:
            learner.unlearn(comment)
        assert counts() == []
        for which, is_spam in standing.items():
            learner.learn(comments[which], is_spam=is_spam)
        assert counts() == after


def written(sources):
    post, by = make_post(), make_person()
    rows = [Comment(post=post, author=by, source=source, html="") for source in sources]
    return Comment.objects.bulk_create(rows)


@pytest.mark.django_db
class TestWhatIsKept:
    def test_the_same_decision_twice_teaches_once_and_another_one_instead(self):
        (comment,) = written(["cheap pills"])
        for _time in range(2):
            learner.learn(comment, is_spam=True)
        assert counts() == [("", 1, 0), ("cheap", 1, 0), ("pills", 1, 0)]
        learner.learn(comment, is_spam=False)
        assert counts() == [("", 0, 1), ("cheap", 0, 1), ("pills", 0, 1)]

    def test_what_was_learnt_is_unlearnt_even_when_the_text_has_changed(self):
        (comment,) = written(["cheap pills"])
        learner.learn(comment, is_spam=True)
        comment.source = "I am sorry."
        comment.save()
        learner.unlearn(comment)
        assert counts() == []

    def test_words_are_taken_without_case_and_accents_in_any_script(self):
        comments = written(["CASÍNO", "casino", "賭場", "كازينو"])
        for comment in comments:
            learner.learn(comment, is_spam=True)
        assert {"casino", "賭場", "كازينو"} <= {word for word, _spam, _ham in counts()}
        assert SpamWord.objects.get(pk="casino").spam_count == 2

    def test_a_response_that_is_gone_teaches_nothing_and_what_it_taught_stays(self):
        gone, learnt = written(["cheap pills", "casino"])
        Comment.objects.filter(pk=gone.pk).delete()
        learner.learn(gone, is_spam=True)
        learner.learn(learnt, is_spam=True)
        learnt.delete()
        assert counts() == [("", 1, 0), ("casino", 1, 0)]

    def test_the_rarest_words_are_forgotten_where_there_are_too_many(self, monkeypatch):
        monkeypatch.setattr(spam_words, "MAX_WORDS", 2)
        monkeypatch.setattr(learner, "TIDY_UP_EVERY", 3)
        for comment in written(["cheap pills", "cheap pills", "once"]):
            learner.learn(comment, is_spam=True)
        assert counts() == [("", 3, 0), ("cheap", 2, 0), ("pills", 2, 0)]

    def test_a_dictionary_teaches_no_more_than_a_letter(self):
        (comment,) = written([" ".join(f"w{number}" for number in range(2000))])
        learner.learn(comment, is_spam=True)
        assert SpamWord.objects.count() == spam_words.MAX_WORDS_OF_ONE + 1
