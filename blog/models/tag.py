"""Subjects: what stories are about."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models.functions import Lower
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.characters import validate_printable
from blog.slugs import join_words

NAME_MAX_LENGTH = 40
FALLBACK_SLUG = "tag"


class TagQuerySet(models.QuerySet["Tag"]):
    def named(self, names: Iterable[str]) -> list[Tag]:
        """The tags of these names in the order given; those that are not there are made."""
        tags: dict[str, Tag] = {}
        for name in names:
            clean = " ".join(name.split())
            if clean and clean.lower() not in tags:
                tags[clean.lower()] = self._named(clean)
        return list({tag.pk: tag for tag in tags.values()}.values())

    def _named(self, name: str) -> Tag:
        found = self.filter(name__iexact=name).first()
        if found:
            return found
        stem = slug = join_words(name) or FALLBACK_SLUG
        # Names that differ only in what a slug drops ("C" and "C++") need addresses of their own.
        number = 2
        while self.filter(slug=slug).exists() or TagSlugHistory.objects.filter(slug=slug).exists():
            slug, number = f"{stem}-{number}", number + 1
        tag, _made = self.get_or_create(slug=slug, defaults={"name": name})
        return tag


class Tag(models.Model):
    name = models.CharField(_("name"), max_length=NAME_MAX_LENGTH, validators=[validate_printable])
    slug = models.SlugField(_("address"), max_length=80, unique=True, allow_unicode=True)
    description = models.CharField(
        _("description"), max_length=300, blank=True, validators=[validate_printable]
    )

    objects: ClassVar[Any] = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                Lower("name"),
                name="tag_name_unique",
                violation_error_message=_("There is a tag of this name already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("blog:tag", args=[self.slug])

    @transaction.atomic
    def move_to(self, slug: str) -> None:
        """Take another address; the old one leads here for ever."""
        if slug == self.slug:
            return
        TagSlugHistory.objects.filter(slug=slug, tag=self).delete()
        TagSlugHistory.objects.update_or_create(slug=self.slug, defaults={"tag": self})
        self.slug = slug
        self.save(update_fields=["slug"])


class TagSlugHistory(models.Model):
    """An address that a tag once had."""

    slug = models.SlugField(max_length=80, unique=True, allow_unicode=True)
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="old_slugs")

    class Meta:
        verbose_name = _("former tag address")
        verbose_name_plural = _("former tag addresses")

    def __str__(self) -> str:
        return self.slug
