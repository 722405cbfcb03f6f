"""Counters set right from the rows that they count."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce

from blog.models import Clap, Comment, PostStats


@transaction.atomic
def recount(post_id: int) -> bool:
    """Set a story's counters to what its rows add up to; True when they were wrong."""
    # Locked first, so that nothing is counted between the sum and the counter.
    PostStats.objects.select_for_update().filter(post_id=post_id).first()
    claps = Clap.objects.filter(post_id=post_id).aggregate(
        total=Coalesce(Sum("count"), 0), people=Count("pk")
    )
    right = {
        "clap_count": claps["total"],
        "clapper_count": claps["people"],
        "comment_count": Comment.objects.visible().filter(post_id=post_id).count(),
    }
    if PostStats.objects.filter(post_id=post_id, **right).exists():
        return False
    PostStats.objects.update_or_create(post_id=post_id, defaults=right)
    return True
