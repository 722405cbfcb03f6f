"""Stories that are parts of one: read in their order."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from django.db import IntegrityError, models, transaction
from django.db.models import F, Max, Q
from django.utils.translation import gettext_lazy as _

from accounts.addresses import address
from accounts.characters import validate_printable
from accounts.ingredients import Ingredient
from blog.slugs import join_words

TITLE_MAX_LENGTH = 120
FALLBACK_SLUG = "series"
MAX_STEM_CHARS = 74
MAX_PART = 9999
# How the parts stand: two of one number in the order in which they were begun.
PART_ORDER = ("series_position", "pk")


class SeriesQuerySet(models.QuerySet["Series"]):
    def called(self, title: str) -> Series | None:
        """The series of this title, however its case and its marks are written."""
        exact = self.filter(title=title).first()
        words = join_words(title)
        if exact or not words:
            return exact
        near = self.filter(Q(title__iexact=title) | Q(slug=words))
        return next((series for series in near if join_words(series.title) == words), None)

    def named(self, title: str) -> Series:
        """The series of this title, which is begun when there is none."""
        while True:
            # An address that is taken may be taken by this very series, begun a moment ago: so
            # the address is found first, and the title asked for after it.
            slug = self.free_slug(title)
            found = self.called(title)
            if found:
                return found
            try:
                with transaction.atomic():
                    return self.create(title=title, slug=slug)
            except IntegrityError:
                # Somebody else began it at the same moment, or one that wants the same address.
                if not self.filter(slug=slug).exists():
                    raise

    def free_slug(self, title: str) -> str:
        """An address made of `title` that no series has."""
        stem = join_words(title) or FALLBACK_SLUG
        slug, number = stem, 2
        while self.filter(slug=slug).exists():
            slug, number = f"{stem[:MAX_STEM_CHARS]}-{number}", number + 1
        return slug


class Series(Ingredient):
    title = models.CharField(
        _("title"), max_length=TITLE_MAX_LENGTH, validators=[validate_printable]
    )
    slug = models.SlugField(_("address"), max_length=80, unique=True, allow_unicode=True)
    description = models.CharField(
        _("description"), max_length=300, blank=True, validators=[validate_printable]
    )

    objects: ClassVar[Any] = SeriesQuerySet.as_manager()

    class Meta:
        verbose_name = _("series")
        verbose_name_plural = _("series")
        ordering = ["title", "pk"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(slug=""), name="series_slug_not_empty")
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return address("blog:series", self.slug)

    @property
    def next_part(self) -> int:
        """The number of a part that is added at the end."""
        last = self.posts.aggregate(last=Max("series_position"))["last"] or 0
        return int(min(last + 1, MAX_PART))

    @transaction.atomic
    def arrange(self, wanted: Mapping[int, int]) -> None:
        """Move parts to the places `wanted`, by their keys; the others make room.

        Places are counted from 1, and so are the parts afterwards.
        """
        locked = self.posts.select_for_update().only("pk", "series_position").order_by("pk")
        # In order only now: somebody else may have moved them until they were locked.
        parts = sorted(locked, key=lambda part: (part.series_position, part.pk))
        places = list(enumerate(parts, start=1))

        def order(place: tuple[int, Any]) -> tuple[int, int, int]:
            """Who moves up comes before the one whose place it takes, who moves down after it."""
            was, part = place
            to = wanted.get(part.pk, was)
            return to, (to > was) - (to < was), was

        for number, (_was, part) in enumerate(sorted(places, key=order), start=1):
            if part.series_position != number:
                # A page that is open on it has the number of before, and hears of it.
                self.posts.filter(pk=part.pk).update(
                    series_position=number, version=F("version") + 1, writer_key=""
                )
