"""What the publication has learnt of spam from its moderators' decisions."""

from __future__ import annotations

from functools import lru_cache

from blog import bayes, prose
from blog.models import Comment, Lesson, SpamWord
from blog.models.spam_word import MAX_WORDS_OF_ONE, TIDY_UP_EVERY
from blog.search.words import words_of

# From here on a moderator should look; and from here on hardly anybody has to.
HOLDS_FROM = 0.95
SPAM_FROM = 0.999
# So many decisions of each kind before it calls anything spam by itself.
SURE_FROM_TEXTS_OF_EACH = 30
RESPONSES_AT_ONCE = 16


def opinion(*said: str) -> tuple[bayes.Opinion, bool]:
    """What a text resembles, and whether enough was learnt to believe it unseen: one query.

    It may come in parts, as it is read and as it was typed; mostly those are the same.
    """
    texts, words = SpamWord.objects.seen(distinct_words(*said))
    return bayes.judge(words, texts=texts), texts.least >= SURE_FROM_TEXTS_OF_EACH


def learn(comment: Comment, *, is_spam: bool) -> None:
    """Take in what a moderator decided; decided otherwise later, that is what counts.

    Best called on commit: everybody who learns waits for one row.
    """
    Lesson.objects.give(comment, words=distinct_words(text_of(comment)), is_spam=is_spam)
    texts, _words = SpamWord.objects.seen([])
    if (texts.spam + texts.ham) % TIDY_UP_EVERY == 0:
        SpamWord.objects.tidy_up()


def unlearn(comment: Comment) -> None:
    """The decision was taken back: as if nothing had been learnt from it."""
    Lesson.objects.take_back(comment)


def text_of(comment: Comment) -> str:
    """What it says, as read and as typed; of a guest the name too, for many advertise there."""
    name = comment.guest.name if comment.guest else ""
    return f"{name}\n{prose.plain(comment.html)}\n{comment.source}"


def distinct_words(*texts: str) -> list[str]:
    parts = dict.fromkeys(text.strip() for text in texts)
    words = (word for part in parts for word in response_words(part))
    return list(dict.fromkeys(words))[:MAX_WORDS_OF_ONE]


@lru_cache(maxsize=RESPONSES_AT_ONCE)
def response_words(text: str) -> tuple[str, ...]:
    """The words of a response, which several rules look at one after the other."""
    return tuple(words_of(text))
