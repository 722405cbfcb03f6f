"""Subjects: what stories are about."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from typing import Any, ClassVar

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.addresses import address
from accounts.characters import validate_printable
from accounts.ingredients import Ingredient
from blog.slugs import join_words

NAME_MAX_LENGTH = 40
# Without its case, and with its accents beside it, a letter can become several.
KEY_MAX_LENGTH = 4 * NAME_MAX_LENGTH
FALLBACK_SLUG = "tag"


def fold(name: str) -> str:
    """What two spellings of one name share: no case, and each letter in one way.

    The databases do not agree on this themselves: SQLite knows the case of ASCII letters only.
    """
    folded = unicodedata.normalize("NFD", name).casefold()
    return unicodedata.normalize("NFC", folded)


class TagQuerySet(models.QuerySet["Tag"]):
    def named(self, names: Iterable[str]) -> list[Tag]:
        """The tags of these names in the order given; those that are not there are made."""
        wanted: dict[str, str] = {}
        for name in names:
            clean = " ".join(name.split())
            if clean:
                wanted.setdefault(fold(clean), clean)
        # Made in one order by everybody: two who name the same tags never wait for each other.
        tags = {key: self._named(wanted[key]) for key in sorted(wanted)}
        return [tags[key] for key in wanted]

    def _named(self, name: str) -> Tag:
        while True:
            found = self.filter(key=fold(name)).first()
            if found:
                return found
            slug = self._free_slug(join_words(name) or FALLBACK_SLUG)
            try:
                with transaction.atomic():
                    return self.create(name=name, slug=slug)
            except IntegrityError:
                # Somebody else made it at the same moment, or one that wants the same address.
                is_taken = self.filter(Q(key=fold(name)) | Q(slug=slug)).exists()
                if not is_taken:
                    raise

    def _free_slug(self, stem: str) -> str:
        # Names that differ only in what a slug drops ("C" and "C++") need addresses of their own.
        slug, number = stem, 2
        while self.filter(slug=slug).exists() or TagSlugHistory.objects.filter(slug=slug).exists():
            slug, number = f"{stem}-{number}", number + 1
        return slug


class KeyField(models.CharField):
    """The key of the name, made whenever a row is written."""

    def pre_save(self, model_instance: models.Model, add: bool) -> str:
        key = fold(model_instance.name)  # type: ignore[attr-defined]
        setattr(model_instance, self.attname, key)
        return key


class Tag(Ingredient):
    name = models.CharField(_("name"), max_length=NAME_MAX_LENGTH, validators=[validate_printable])
    key = KeyField(max_length=KEY_MAX_LENGTH, unique=True, editable=False)
    slug = models.SlugField(_("address"), max_length=80, unique=True, allow_unicode=True)
    description = models.CharField(
        _("description"), max_length=300, blank=True, validators=[validate_printable]
    )

    objects: ClassVar[Any] = TagQuerySet.as_manager()

    class Meta:
        verbose_name = _("tag")
        verbose_name_plural = _("tags")
        ordering = ["name"]
        indexes = [
            # The list of all, page by page.
            models.Index(fields=["name", "id"], name="tag_by_name"),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return address("blog:tag", self.slug)

    def clean(self) -> None:
        """One name, one tag (no form shows the key that says so), and old addresses stay."""
        if Tag.objects.filter(key=fold(self.name)).exclude(pk=self.pk).exists():
            raise ValidationError({"name": _("There is a tag of this name already.")})
        if TagSlugHistory.objects.filter(slug=self.slug).exclude(tag=self.pk).exists():
            raise ValidationError(
                {"slug": _("This address leads to another tag, which had it once.")}
            )

    @transaction.atomic
    def move_to(self, slug: str) -> None:
        """Take another address; the old one leads here for ever.

        Raises ValidationError when the new one leads to another tag.
        """
        if slug == self.slug:
            return
        TagSlugHistory.objects.filter(slug=slug, tag=self).delete()
        TagSlugHistory.objects.get_or_create(slug=self.slug, defaults={"tag": self})
        self.slug = slug
        self.clean()
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
