"""Stories that say the same in other languages: which they are, and how one joins them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from django.db import models, transaction
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from accounts.models import User

if TYPE_CHECKING:
    from blog.models.post import Post


class NoTranslation(Exception):
    """The story cannot be this translation; the message says why, to who wants it to be."""


class Work(models.Model):
    """What several stories say, each in a language of its own.

    They stay together when the original, which one of them is, goes.
    """

    original = models.ForeignKey(
        "blog.Post", on_delete=models.SET_NULL, null=True, related_name="+", editable=False
    )

    class Meta:
        verbose_name = _("work in several languages")
        verbose_name_plural = _("works in several languages")

    def __str__(self) -> str:
        return f"Work {self.pk}"


class Translated(models.Model):
    """What a story knows of its translations; `Post` has the rest."""

    if TYPE_CHECKING:
        objects: ClassVar[Any]
        language: Any
        title: Any
        subtitle: Any
        source: Any
        lead_image: Any
        topics: Any
        work_id: Any

    work = models.ForeignKey(
        Work,
        verbose_name=_("translations"),
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        related_name="posts",
        editable=False,
    )

    class Meta:
        abstract = True

    @property
    def language_name(self) -> str:
        """What its language is called by those who speak it."""
        return name_of(self.language)

    @property
    def is_original(self) -> bool:
        return self.work is not None and self.work.original_id == self.pk

    @property
    def translated_from(self) -> Post | None:
        """The original, of a story that is a translation; None where that is gone."""
        return self.work.original if self.work and not self.is_original else None

    def says_the_same_as(self, other: Post) -> bool:
        """Whether the two are linked as translations already."""
        return self.work_id is not None and self.work_id == other.work_id

    def hindrance(self, original: Post, language: str) -> str:
        """Why this story, written in `language`, is no translation of `original`; "" if it may."""
        if self.pk == original.pk:
            return str(_("A story is no translation of itself."))
        if self.is_original and type(self).objects.beside(self).exists():
            return str(_("Other stories are translations of this one, so it is none itself."))
        there = type(self).objects.filter(work=original.work_id) if original.work_id else None
        if language == original.language or (
            there is not None and there.filter(language=language).exclude(pk=self.pk).exists()
        ):
            text = _("It is there in this language already: %(language)s.")
            return str(text) % {"language": name_of(language)}
        return ""

    def translate_from(self, original: Post) -> None:
        """Make this a translation of `original`; of a translation it is one more.

        Raises `NoTranslation`.
        """
        with transaction.atomic():
            mine, theirs = self._locked(original)
            work = theirs.work or Work(original=theirs)
            if work.pk:
                # Whoever joins the same work at this moment waits here.
                Work.objects.select_for_update().get(pk=work.pk)
            if why_not := mine.hindrance(theirs, mine.language):
                raise NoTranslation(why_not)
            if not work.pk:
                work.save()
            left = mine.work
            type(self).objects.filter(pk__in=[mine.pk, theirs.pk]).update(work=work)
            _sweep(left, but=work)
        self.work = original.work = work

    def stand_alone(self) -> None:
        """Be a story by itself: what says the same in other languages does not lead here."""
        if self.work is None:
            return
        with transaction.atomic():
            left = self.work
            self._leave()
            type(self).objects.filter(pk=self.pk).update(work=None)
            _sweep(left)

    def begin_translation(self, language: str, *, by: User) -> Post:
        """A draft by `by` to translate this story into `language`: all that is here, copied.

        Raises `NoTranslation`.
        """
        with transaction.atomic():
            new: Any = type(self)
            draft: Post = new(
                title=self.title,
                subtitle=self.subtitle,
                source=self.source,
                language=language,
                lead_image=self.lead_image,
            )
            draft.write(by=by)
            draft.set_topics(self.topics)
            draft.translate_from(self)  # type: ignore[arg-type]
        return draft

    def settle_language(self, before: Post) -> None:
        """Before saving: who changed its language into that of another translation has left them.

        The form says so first; this is for two who do it at once.
        """
        self.work = before.work
        if self.work is None or before.language == self.language:
            return
        Work.objects.select_for_update().get(pk=self.work.pk)
        if type(self).objects.beside(self).filter(language=self.language).exists():
            self._leave()

    def _leave(self) -> None:
        Work.objects.filter(original=self.pk).update(original=None)
        self.work = None

    def _locked(self, original: Post) -> tuple[Post, Post]:
        """Both rows as they are now, always locked in the same order."""
        rows = type(self).objects.select_for_update().order_by("pk")
        found = {row.pk: row for row in rows.filter(pk__in=[self.pk, original.pk])}
        if self.pk not in found or original.pk not in found:
            raise NoTranslation(_("This story is not there any more."))
        return found[self.pk], found[original.pk]


def name_of(language: str) -> str:
    """What a language is called by those who speak it: Deutsch, العربيّة, 日本語."""
    try:
        return str(get_language_info(language)["name_local"])
    except KeyError:
        return language


def _sweep(work: Work | None, but: Work | None = None) -> None:
    """Drop what holds nothing together any more."""
    if work is not None and work != but and not work.posts.exists():
        work.delete()
