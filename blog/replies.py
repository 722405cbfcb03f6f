"""Which replies a page shows, found step by step in the database.

One question whose cost depends on what the page shows and not on how much was said: from a response
it goes to the first reply and to the next one beside it, each by its index, and stops when the page
is full. So it comes to the first replies of each thread before it comes to the many of one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import connection

from accounts import replica
from blog.models import Comment
from blog.sight import Sight, Sql
from blog.threads import MAX_DEPTH, Node, Step


def walk_from(
    tops: Sql,
    sight: Sight,
    *,
    limit: int,
    abreast: int,
    after: tuple[datetime, int] | None = None,
) -> list[Step]:
    """The responses whose keys `tops` says, and replies, `limit` of both in all.

    No response has more than `abreast` replies. Those to the tops come after a place, if one is
    given.
    """
    keys, key_values = tops
    first, first_values = _first_reply(sight)
    start, start_values = _first_reply(sight, after)
    beside, beside_values = _next_beside(sight)
    sql = f"""
        WITH RECURSIVE walk (id, parent_id, depth, nth, next_id, first_id) AS (
            SELECT one.id, one.parent_id, 1, 1, CAST(NULL AS BIGINT), {start}
            FROM blog_comment one WHERE one.id IN ({keys})
            UNION ALL
            SELECT one.id, one.parent_id,
                CASE WHEN one.id = walk.first_id THEN walk.depth + 1 ELSE walk.depth END,
                CASE WHEN one.id = walk.first_id THEN 1 ELSE walk.nth + 1 END,
                {beside}, {first}
            FROM walk JOIN blog_comment one ON one.id IN (
                CASE WHEN walk.nth < %s THEN walk.next_id END,
                CASE WHEN walk.depth < {MAX_DEPTH} THEN walk.first_id END
            )
        )
        SELECT id, parent_id, next_id, first_id FROM walk LIMIT %s
    """  # noqa: S608 -- names and numbers of our own
    values = [*start_values, *key_values, *beside_values, *first_values, abreast, limit]
    with replica.cursor() as cursor:
        cursor.execute(sql, values)
        return [Step(*row) for row in cursor.fetchall()]


def grow_among(
    tops: Iterable[Comment],
    replies: Mapping[int | None, list[Comment]],
    sight: Sight,
    *,
    abreast: int,
    depth: int = 1,
) -> list[Node[Comment]]:
    """The trees that the same steps would lead through, of `replies_among` a whole talk."""
    nodes = []
    for top in tops:
        below = replies.get(top.id, [])
        shown = below[:abreast] if depth < MAX_DEPTH else []
        grown = grow_among(shown, replies, sight, abreast=abreast, depth=depth + 1)
        has_more = len(below) > len(shown)
        nodes.append(Node(top, depth, grown, has_more, is_seen=sight.sees(top)))
    return nodes


def replies_among(everything: Iterable[Comment], sight: Sight) -> dict[int | None, list[Comment]]:
    """What a page shows below each key, None being the story's; agrees with `_stands`."""
    below: dict[int | None, list[Comment]] = defaultdict(list)
    ordered = sorted(everything, key=lambda one: (one.created_at, one.id))
    for one in ordered:
        below[one.parent_id].append(one)

    def stands(one: Comment) -> bool:
        # Emptied from below: what has nothing left under it stands only if it is seen itself.
        below[one.id] = [reply for reply in below.get(one.id, ()) if stands(reply)]
        return sight.sees(one) or bool(below[one.id])

    below[None] = [one for one in below[None] if stands(one)]
    return below


def _first_reply(sight: Sight, after: tuple[datetime, int] | None = None) -> Sql:
    stands, values = _stands("reply", sight)
    place = ""
    if after:
        at, pk = after
        place = "AND (reply.created_at, reply.id) > (%s, %s)"
        values = [connection.ops.adapt_datetimefield_value(at), pk, *values]
    return (
        f"""(SELECT reply.id FROM blog_comment reply
            WHERE reply.parent_id = one.id {place} AND {stands}
            ORDER BY reply.created_at, reply.id LIMIT 1)""",  # noqa: S608 -- names of our own
        values,
    )


def _next_beside(sight: Sight) -> Sql:
    stands, values = _stands("beside", sight)
    return (
        f"""(SELECT beside.id FROM blog_comment beside
            WHERE beside.parent_id = one.parent_id
            AND (beside.created_at, beside.id) > (one.created_at, one.id) AND {stands}
            ORDER BY beside.created_at, beside.id LIMIT 1)""",  # noqa: S608 -- names of our own
        values,
    )


def _stands(name: str, sight: Sight) -> Sql:
    """Whether a page shows it: what is seen, and empty places that lead to something that is."""
    seen, seen_values = sight.seen_sql(name)
    below, below_values = sight.seen_sql("below")
    return (
        f"""({seen} OR EXISTS (
            WITH RECURSIVE deeper (id, is_seen) AS (
                SELECT below.id, {below} FROM blog_comment below
                WHERE below.parent_id = {name}.id
                UNION ALL
                SELECT below.id, {below}
                FROM deeper JOIN blog_comment below ON below.parent_id = deeper.id
                WHERE NOT deeper.is_seen
            )
            SELECT 1 FROM deeper WHERE is_seen))""",  # noqa: S608 -- names of our own
        [*seen_values, *below_values, *below_values],
    )
