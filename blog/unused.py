"""Pictures that nothing shows any more: which they are, and how they go.

A picture is in use while a story shows it, is led by it, or has it in its working copy, and while
any other row refers to it: a foreign key that somebody adds later counts by itself. So is one that
the page about the publication shows. A portrait is a file of its own. Earlier versions of a story
do not hold a picture: restored after it is gone, they say in its place what they say of it
themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from blog import figures
from blog.models import Image, Publication, WorkingCopy

UNUSED_FOR = timedelta(days=30)


@dataclass(frozen=True)
class Removal:
    """How many pictures went, and how many bytes with them."""

    count: int = 0
    byte_count: int = 0


def unused(at: datetime | None = None) -> QuerySet[Image]:
    """Pictures that nothing has shown for `UNUSED_FOR`, as of `at`."""
    since = (at or timezone.now()) - UNUSED_FOR
    found: QuerySet[Image] = Image.objects.filter(
        Q(used_at__isnull=True) | Q(used_at__lt=since), created_at__lt=since
    )
    for users in _users():
        found = found.filter(~Exists(users))
    shown = figures.tokens_in(Publication.current().about)
    return found.exclude(pk__in=_leads_of_working_copies()).exclude(token__in=shown)


def remove(keys: Iterable[int]) -> Removal:
    """Remove those of these pictures that are unused still, one by one, with their files."""
    count = byte_count = 0
    for key in keys:
        with transaction.atomic():
            image = unused().select_for_update(of=("self",)).filter(pk=key).first()
            if image is None:
                continue
            image.remove()
        count, byte_count = count + 1, byte_count + image.byte_count
    return Removal(count, byte_count)


def _users() -> Iterator[QuerySet[Any]]:
    """For each column that can refer to a picture: the rows that refer to the one at hand."""
    for relation in Image._meta.get_fields(include_hidden=True):
        is_column = relation.auto_created and (relation.one_to_many or relation.one_to_one)
        if is_column and not relation.concrete:
            model: Any = relation.related_model
            name = relation.remote_field.name  # type: ignore[union-attr]
            yield model._base_manager.filter(**{name: OuterRef("pk")})


def _leads_of_working_copies() -> list[int]:
    """What will lead stories that are being rewritten: their forms hold keys, as typed."""
    typed = WorkingCopy.objects.values_list("fields__lead_image", flat=True)
    return [int(key) for key in typed if str(key or "").isdecimal()]
