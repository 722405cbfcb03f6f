"""What to read after a story: found once and kept, so that its page only reads it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from django.db import models, transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from blog.models.post import Post

MAX_PLACES = 8


class ReadNextQuerySet(models.QuerySet["ReadNext"]):
    @transaction.atomic
    def keep(self, post: Post, others: Sequence[int], *, rules: int) -> list[int]:
        """Make these, in this order, what is read after `post`; those of them that there are."""
        # All of them are locked in one order, so that none is deleted before its row is here.
        wanted = list(dict.fromkeys(pk for pk in others if pk != post.pk))[:MAX_PLACES]
        locked = Post.objects.select_for_update(no_key=True).filter(pk__in=[post.pk, *wanted])
        there = set(locked.order_by("pk").values_list("pk", flat=True))
        if post.pk not in there:
            return []
        kept = [pk for pk in wanted if pk in there]
        Related.objects.filter(post=post).delete()
        Related.objects.bulk_create(
            Related(post=post, other_id=pk, place=place) for place, pk in enumerate(kept)
        )
        self.update_or_create(post=post, defaults={"rules": rules, "version": post.version})
        return kept

    @transaction.atomic
    def drop(self, post_id: int) -> None:
        """Nothing is read after a story that readers do not see."""
        Related.objects.filter(post=post_id).delete()
        self.filter(post=post_id).delete()


class ReadNext(models.Model):
    """That it is known what to read after a story: which version of it, by which rules."""

    post = models.OneToOneField(
        Post, on_delete=models.CASCADE, primary_key=True, related_name="read_next"
    )
    rules = models.PositiveSmallIntegerField()
    version = models.PositiveIntegerField()

    objects: ClassVar[Any] = ReadNextQuerySet.as_manager()

    class Meta:
        verbose_name = _("list of what to read next")
        verbose_name_plural = _("lists of what to read next")

    def __str__(self) -> str:
        return f"{self.post_id}, version {self.version}"

    @staticmethod
    def missing(rules: int) -> models.QuerySet[Post]:
        """Stories before readers whose list is not there, or is one of before."""
        out: models.QuerySet[Post] = Post.objects.published()
        return out.exclude(Q(read_next__rules=rules, read_next__version=F("version")))


class Related(models.Model):
    """That another story is read after this one, and where it stands: the best has place 0.

    Whether readers may find it is asked when the page is read.
    """

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="related")
    other = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="related_to")
    place = models.PositiveSmallIntegerField()

    objects: ClassVar[models.Manager[Related]]

    class Meta:
        verbose_name = _("story to read next")
        verbose_name_plural = _("stories to read next")
        constraints = [
            models.UniqueConstraint(fields=["post", "place"], name="related_place_once"),
            models.UniqueConstraint(fields=["post", "other"], name="related_once"),
            models.CheckConstraint(condition=~Q(post=F("other")), name="related_is_another"),
            models.CheckConstraint(condition=Q(place__lt=MAX_PLACES), name="related_is_short"),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} → {self.other_id}"
