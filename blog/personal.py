"""What a story's page shows of its reader's own, read in one question instead of seven."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.db import connections, router

from accounts.distance import KEPT_AWAY, UNSEEN
from accounts.models import User
from accounts.models.follow import FOLLOWED
from accounts.models.notification import UNREAD
from accounts.models.user import PERMISSIONS
from blog.models import Clap, Post
from blog.models.clap import OWN
from blog.models.muted_thread import MUTED

# Each part is asked by itself elsewhere; SQL has one form of row for all of them.
UNION = """
    WITH may (app, name) AS ({may}), kept_away (one) AS ({kept_away}), unseen (one) AS ({unseen}),
        followed (one) AS ({followed}), claps (one) AS ({claps}), muted (one) AS ({muted}),
        unread (one) AS ({unread})
    SELECT 'may', 0, app || '.' || name FROM may
    UNION ALL SELECT 'kept_away', one, '' FROM kept_away
    UNION ALL SELECT 'unseen', one, '' FROM unseen
    UNION ALL SELECT 'followed', one, '' FROM followed
    UNION ALL SELECT 'claps', one, '' FROM claps
    UNION ALL SELECT 'muted', one, '' FROM muted
    UNION ALL SELECT 'unread', one, '' FROM unread
"""


def read_for(reader: User, post: Post) -> None:
    """Have `reader` know what the page of `post` asks of them; their rights, too.

    `reader` is of this one request: what is asked of the same person later is read anew.
    """
    authors = [author.pk for author in post.byline]
    asked = {
        "may": PERMISSIONS.sql(user=reader.pk),
        "kept_away": KEPT_AWAY.sql(user=reader.pk),
        "unseen": UNSEEN.sql(user=reader.pk),
        "followed": FOLLOWED.sql(user=reader.pk, authors=authors),
        "claps": OWN.sql(user=reader.pk, post=post.pk),
        "muted": MUTED.sql(user=reader.pk, post=post.pk),
        "unread": UNREAD.sql(user=reader.pk),
    }
    database: Any = connections[router.db_for_read(Clap)]
    sql = UNION.format(**{name: part for name, (part, _values) in asked.items()})
    values = [value for _part, some in asked.values() for value in some]
    found: defaultdict[str, set[Any]] = defaultdict(set)
    for name, key, words in database.rows(sql, values):
        found[name].add(words or key)
    reader.__dict__["_permissions"] = frozenset(found["may"])
    reader.read_before.update(
        {
            "kept_away": found["kept_away"],
            "unseen": found["unseen"],
            "followed": (frozenset(authors), found["followed"]),
            ("claps", post.pk): sum(found["claps"]),
            ("muted", post.pk): found["muted"],
            "unread": len(found["unread"]),
        }
    )
