"""Counters set right from the rows that they count."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from blog.models import Clap, Comment, CommentClap, PostStats


@transaction.atomic
def recount(post_id: int) -> bool:
    """Set a story's counters to what its rows add up to; True when they were wrong."""
    # Held first, as by everybody: nothing is counted between the sum and the counter.
    PostStats.hold(post_id)
    were_wrong = _recount_replies(post_id) | _recount_claps_of_responses(post_id)
    claps = Clap.objects.filter(post_id=post_id).aggregate(
        total=Coalesce(Sum("count"), 0), people=Count("pk")
    )
    right = {
        "clap_count": claps["total"],
        "clapper_count": claps["people"],
        "comment_count": Comment.objects.visible().filter(post_id=post_id).count(),
    }
    if PostStats.objects.filter(post_id=post_id, **right).exists():
        return were_wrong
    PostStats.objects.update_or_create(post_id=post_id, defaults=right)
    return True


def _recount_replies(post_id: int) -> bool:
    """Set how many replies readers see to each response; True when one was wrong."""
    every = Comment.objects.filter(post_id=post_id)
    seen = every.visible().exclude(parent=None).order_by().values("parent")
    right = dict(seen.annotate(number=Count("pk")).values_list("parent", "number"))
    known = every.filter(Q(pk__in=right) | Q(reply_count__gt=0))
    wrong = [
        (pk, right.get(pk, 0))
        for pk, count in known.values_list("pk", "reply_count")
        if count != right.get(pk, 0)
    ]
    for pk, count in wrong:
        one = Comment.objects.filter(pk=pk)
        one.update(reply_count=count)
        one.rescore()
    return bool(wrong)


def _recount_claps_of_responses(post_id: int) -> bool:
    """Set how much each response is applauded, and by how many; True when one was wrong."""
    # Who claps for one of them holds it alone.
    rows = Comment.objects.filter(post_id=post_id).select_for_update().order_by("pk")
    known = {pk: counted for pk, *counted in rows.values_list("pk", "clap_count", "clapper_count")}
    given = CommentClap.objects.filter(comment__post_id=post_id).order_by().values("comment_id")
    sums = given.annotate(claps=Sum("count"), people=Count("pk"))
    right = {row["comment_id"]: [row["claps"], row["people"]] for row in sums}
    wrong = [pk for pk, counted in known.items() if counted != right.get(pk, [0, 0])]
    for pk in wrong:
        claps, people = right.get(pk, [0, 0])
        one = Comment.objects.filter(pk=pk)
        one.update(clap_count=claps, clapper_count=people)
        one.rescore()
    return bool(wrong)
