"""A picture somebody uploaded, and what is said about it."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Collection, Mapping
from dataclasses import fields, replace
from typing import Any, ClassVar

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.ingredients import Ingredient
from accounts.models import User
from blog import figures, pictures

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"
TOKEN_LENGTH = 16
MAX_WORDS = 8
MIDDLE_WIDTH_PX = 640
# The columns of what `Image.facts` tells.
FACTS = tuple(field.name for field in fields(figures.Picture))
# And of `Image.face`.
FACE = (
    *("token", "width", "height", "widths", "has_avif"),
    *("alt", "is_decorative", "focus_x", "focus_y"),
)


def new_token() -> str:
    """A name for a picture's folder that nobody can guess."""
    return "".join(secrets.choice(LETTERS) for _place in range(TOKEN_LENGTH))


def _count_of(users: type[models.Model], name: str) -> Any:
    """How many rows refer to the picture by this column, counted for each."""
    rows = users._base_manager.filter(**{name: OuterRef("pk")}).order_by().values(name)
    return Coalesce(Subquery(rows.annotate(count=Count("pk")).values("count")), 0)


class ImageQuerySet(models.QuerySet["Image"]):
    def owned_by(self, user: User) -> ImageQuerySet:
        """The pictures whose description and credit `user` may change; agrees with `can_edit`."""
        if user.has_perm("blog.edit_any_post"):
            return self.all()
        theirs = self.filter(uploaded_by=user)
        if user.has_perm("blog.publish_post"):
            return theirs
        return theirs.exclude(pk__in=self.model.objects.in_published())

    def usable_by(self, user: User) -> ImageQuerySet:
        """The pictures that `user` may put into a story: their own, or everybody's."""
        if user.has_perm("blog.edit_any_post"):
            return self.all()
        return self.filter(uploaded_by=user)

    def matching(self, words: str) -> ImageQuerySet:
        """Those with each of these words in the description, the caption or the file's name."""
        found = self
        for word in words.split()[:MAX_WORDS]:
            found = found.filter(
                Q(alt__icontains=word) | Q(caption__icontains=word) | Q(file_name__icontains=word)
            )
        return found

    def with_use(self) -> ImageQuerySet:
        """With how many texts show each (`shown_count`), and how many stories it leads."""
        shown = _count_of(self.model.posts.through, "image")
        led = _count_of(self.model.led_posts.field.model, "lead_image")
        return self.annotate(shown_count=shown, led_count=led)

    def in_published(self) -> ImageQuerySet:
        """Those that published stories show, or that lead one."""
        shown, leading = Q(posts__status="published"), Q(led_posts__status="published")
        return self.filter(shown | leading)

    def upload(self, data: bytes, *, by: User | None, **about: Any) -> Image:
        """Turn uploaded bytes into a picture with all its widths.

        Raises `pictures.PictureError` with a sentence when `data` is no picture that we take.
        """
        return self.add(pictures.process(data), by=by, **about)

    def add(self, encoded: pictures.Encoded, *, by: User | None, **about: Any) -> Image:
        """Keep a picture that is processed already; see `upload`."""
        image = Image(
            token=new_token(),
            width=encoded.width,
            height=encoded.height,
            widths=list(encoded.widths),
            color=encoded.color,
            byte_count=sum(len(content) for content in encoded.files.values()),
            uploaded_by=by,
            **about,
        )
        # The files first: a reader never meets a row without files.
        image.store(encoded.files)
        try:
            with transaction.atomic():
                image.save(force_insert=True)
        except Exception:
            image.discard(encoded.files)
            raise
        return image

    def facts(self, tokens: Collection[str]) -> Mapping[str, figures.Picture]:
        """What the renderer has to know about each of these pictures (in one query)."""
        return {image.token: image.facts for image in self.filter(token__in=tokens)}


class Image(Ingredient):
    class Placement(models.TextChoices):
        TEXT = "text", _("As wide as the text")
        WIDE = "wide", _("Wider")
        FULL = "full", _("As wide as the window")

    token = models.CharField(max_length=TOKEN_LENGTH, unique=True, default=new_token)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    widths = models.JSONField(default=list)
    byte_count = models.PositiveIntegerField(default=0)
    has_avif = models.BooleanField(default=False)
    color = models.CharField(max_length=7, default="#e5e1d6")
    alt = models.CharField(
        _("description"),
        max_length=500,
        blank=True,
        help_text=_("What the picture shows, for those who cannot see it."),
    )
    is_decorative = models.BooleanField(
        _("decorative"),
        default=False,
        help_text=_("The picture adds nothing that the text does not say."),
    )
    is_drawing = models.BooleanField(
        _("drawn"), default=False, help_text=_("The credit then says “Drawing”, not “Photo”.")
    )
    caption = models.CharField(_("caption"), max_length=500, blank=True)
    credit_name = models.CharField(_("photographer"), max_length=120, blank=True)
    credit_agency = models.CharField(_("agency"), max_length=120, blank=True)
    credit_url = models.URLField(_("source"), max_length=500, blank=True)
    credit_license = models.CharField(
        _("licence"), max_length=80, blank=True, help_text=_("Such as CC BY 4.0.")
    )
    placement = models.CharField(
        _("width"), max_length=4, choices=Placement, default=Placement.TEXT
    )
    # What crops keep, in per cent from the left and from the top.
    focus_x = models.PositiveSmallIntegerField(default=figures.CENTRE)
    focus_y = models.PositiveSmallIntegerField(default=figures.CENTRE)
    file_name = models.CharField(max_length=120, blank=True, editable=False)
    # When a story last stopped showing it.
    used_at = models.DateTimeField(null=True, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("uploaded by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="images",
    )
    created_at = models.DateTimeField(_("uploaded"), default=timezone.now, editable=False)

    objects: ClassVar[Any] = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = _("picture")
        verbose_name_plural = _("pictures")
        ordering = ["-created_at", "-pk"]
        indexes = [
            # An author's own pictures, newest first.
            models.Index(fields=["uploaded_by", "-created_at"], name="image_of_uploader"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(focus_x__lte=100, focus_y__lte=100), name="image_focus_inside"
            )
        ]

    def __str__(self) -> str:
        return self.alt or self.caption or self.file_name or self.token

    @property
    def facts(self) -> figures.Picture:
        return replace(
            self.face,
            is_drawing=self.is_drawing,
            caption=self.caption,
            credit_name=self.credit_name,
            credit_agency=self.credit_agency,
            credit_url=self.credit_url,
            credit_license=self.credit_license,
            placement=self.placement,
            color=self.color,
        )

    @property
    def face(self) -> figures.Picture:
        """What there is to know of it where it stands beside a story in a list."""
        return figures.Picture(
            token=self.token,
            width=self.width,
            height=self.height,
            widths=tuple(self.widths),
            has_avif=self.has_avif,
            alt=self.alt,
            is_decorative=self.is_decorative,
            focus_x=self.focus_x,
            focus_y=self.focus_y,
        )

    @property
    def url(self) -> str:
        """The largest JPEG: the address that stands in a story's Markdown."""
        return figures.url(self.token, max(self.widths), "jpg")

    @property
    def markdown(self) -> str:
        """How a story names this picture.

        Without words: it then has the picture's own, whatever they will be.
        """
        return f"![]({self.url})"

    @property
    def thumbnail_url(self) -> str:
        return figures.url(self.token, min(self.widths), "webp")

    @property
    def middle_url(self) -> str:
        """Wide enough to be looked at in the desk."""
        wide = [width for width in sorted(self.widths) if width >= MIDDLE_WIDTH_PX]
        return figures.url(self.token, wide[0] if wide else max(self.widths), "webp")

    @property
    def focus_column(self) -> int:
        """What crops keep, in tenths from the left; see css/tokens.css."""
        return figures.tenths(self.focus_x)

    @property
    def focus_row(self) -> int:
        return figures.tenths(self.focus_y)

    @property
    def missing_words(self) -> list[str]:
        """What an author is asked for, and may leave out."""
        missing = [] if self.alt or self.is_decorative else [str(_("description"))]
        if not (self.credit_name or self.credit_agency):
            missing.append(str(_("credit")))
        return missing

    def can_edit(self, user: User) -> bool:
        """Agrees with `ImageQuerySet.owned_by`.

        Whoever may not publish may not change the words on what is published either.
        """
        if user.has_perm("blog.edit_any_post"):
            return True
        if self.uploaded_by_id != user.pk:
            return False
        if user.has_perm("blog.publish_post"):
            return True
        return not Image.objects.in_published().filter(pk=self.pk).exists()

    def store(self, files: Mapping[str, bytes]) -> None:
        for name, content in files.items():
            default_storage.save(self.path(name), ContentFile(content))

    def discard(self, names: Collection[str]) -> None:
        for name in names:
            default_storage.delete(self.path(name))

    def remove(self) -> None:
        """Delete it and its files; stories that show it say what they say of it instead."""
        stories = list(self.posts.all())
        files = Image(token=self.token)
        with transaction.atomic():
            self.delete()
            transaction.on_commit(files.discard_all)
        for story in stories:
            story.rerender()

    def discard_all(self) -> None:
        """Delete every file of this picture."""
        folder = self.path("").rstrip("/")
        # A bucket has no folders that could be asked for, only files.
        with contextlib.suppress(FileNotFoundError):
            self.discard(default_storage.listdir(folder)[1])

    def path(self, name: str) -> str:
        """Where the file `name` ("960.webp") of this picture lies in the storage."""
        return f"pictures/{self.token}/{name}"

    def make_avif(self) -> bool:
        """Add the AVIF widths (slow: seconds); False when they were there already."""
        if self.has_avif:
            return False
        with default_storage.open(self.path(f"{max(self.widths)}.jpg")) as file:
            data = file.read()
        files = pictures.avif(data, tuple(self.widths))
        # A run that was cut off leaves files behind; the next one replaces them.
        self.discard(files)
        self.store(files)
        self.has_avif = True
        self.save(update_fields=["has_avif"])
        return True
