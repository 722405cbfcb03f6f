"""What moderators' decisions taught: in how many responses of each kind a word has stood."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, ClassVar

from django.db import connection, models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.statements import Statement
from blog.bayes import Seen
from blog.models.comment import Comment

MAX_WORD_CHARS = 40
# Of one response; whoever pastes a dictionary teaches no more than a long letter does.
MAX_WORDS_OF_ONE = 250
# Of all there are; the rarest are forgotten first.
MAX_WORDS = 50_000
TIDY_UP_EVERY = 100  # responses learnt
# Under no word, how many responses there were altogether.
ALL = ""


class SpamWordQuerySet(models.QuerySet["SpamWord"]):
    def seen(self, words: Iterable[str]) -> tuple[Seen, dict[str, Seen]]:
        """How many responses there were altogether, and how many of them had each word."""
        rows = _SEEN.values(words=[ALL, *words])
        counts = {word: Seen(spam, ham) for word, spam, ham in rows}
        return counts.pop(ALL, Seen()), counts

    def add(self, words: Collection[str], *, is_spam: bool) -> None:
        """Count one more response that has these words."""
        one = (1, 0) if is_spam else (0, 1)
        # The row of all is the first, so that two who learn wait there and nowhere else.
        rows = [(word, *one) for word in sorted({ALL, *words})]
        places = ", ".join(["(%s, %s, %s)"] * len(rows))
        with connection.cursor() as cursor:
            cursor.execute(
                f"""
                INSERT INTO blog_spamword (word, spam_count, ham_count) VALUES {places}
                ON CONFLICT (word) DO UPDATE SET
                    spam_count = blog_spamword.spam_count + excluded.spam_count,
                    ham_count = blog_spamword.ham_count + excluded.ham_count
                """,  # noqa: S608 (nothing but places for values is put in)
                [value for row in rows for value in row],
            )

    def take_away(self, words: Collection[str], *, is_spam: bool) -> None:
        """Count one response less; a word that stands in none any more is forgotten."""
        column = "spam_count" if is_spam else "ham_count"
        for some in ([ALL], [word for word in words if word != ALL]):
            counted = self.filter(pk__in=some, **{f"{column}__gt": 0})
            counted.update(**{column: F(column) - 1})
        self.filter(pk__in=[ALL, *words], spam_count=0, ham_count=0).delete()

    def tidy_up(self) -> None:
        """Forget the rarest words where there are too many."""
        words = self.exclude(pk=ALL)
        rarest = words.order_by(F("spam_count") + F("ham_count"), "word")
        too_many = words.count() - MAX_WORDS
        if too_many > 0:
            self.filter(pk__in=list(rarest.values_list("pk", flat=True)[:too_many])).delete()


class SpamWord(models.Model):
    """A word without case and accents."""

    word = models.CharField(max_length=MAX_WORD_CHARS, primary_key=True)
    spam_count = models.PositiveIntegerField(default=0)
    ham_count = models.PositiveIntegerField(default=0)

    objects: ClassVar[Any] = SpamWordQuerySet.as_manager()

    class Meta:
        verbose_name = _("word of spam")
        verbose_name_plural = _("words of spam")

    def __str__(self) -> str:
        return f"{self.word}: {self.spam_count}/{self.ham_count}"


_SEEN: Statement[Any] = Statement(
    lambda words: SpamWord.objects.filter(pk__in=words).values_list(
        "word", "spam_count", "ham_count"
    )
)


class LessonQuerySet(models.QuerySet["Lesson"]):
    @transaction.atomic
    def give(self, comment: Comment, *, words: Collection[str], is_spam: bool) -> None:
        """Learn from what was decided of a response; the same twice teaches once."""
        kept = sorted(set(words))[:MAX_WORDS_OF_ONE]
        if not self._holds(comment):
            return
        lesson = self.filter(pk=comment.pk).first()
        if lesson and lesson.is_spam == is_spam:
            return
        if lesson:
            lesson._undo()
        self.create(comment=comment, words=kept, is_spam=is_spam)
        SpamWord.objects.add(kept, is_spam=is_spam)

    @transaction.atomic
    def take_back(self, comment: Comment) -> None:
        """Unlearn what was learnt from a response."""
        lesson = self.filter(pk=comment.pk).first() if self._holds(comment) else None
        if lesson:
            lesson._undo()

    def _holds(self, comment: Comment) -> bool:
        """Let nobody else learn from it meanwhile; False when it is gone."""
        row = Comment.objects.select_for_update(no_key=True).filter(pk=comment.pk)
        return bool(row.values_list("pk", flat=True).first())


class Lesson(models.Model):
    """What was learnt from one response, so that it can be unlearnt even when its text changes.

    When the response goes, what it taught stays.
    """

    comment = models.OneToOneField(
        Comment, on_delete=models.CASCADE, primary_key=True, related_name="lesson"
    )
    is_spam = models.BooleanField()
    words = models.JSONField()
    given_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = LessonQuerySet.as_manager()

    class Meta:
        verbose_name = _("lesson")
        verbose_name_plural = _("lessons")

    def __str__(self) -> str:
        return f"{self.comment_id}: {'spam' if self.is_spam else 'ham'}"

    def _undo(self) -> None:
        SpamWord.objects.take_away(self.words, is_spam=self.is_spam)
        self.delete()
