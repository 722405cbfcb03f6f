"""Applause for a story."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.statements import Statement, rows
from blog.models.acclaim import is_told, tell_of_claps
from blog.models.applause import (
    MAX_CLAPS,
    AccountNeeded,
    Applause,
    ApplauseQuerySet,
    ApplauseRow,
    Clapper,
    OwnWork,
    Thing,
    of_key,
)
from blog.models.post import Authorship, Post
from blog.models.stats import Applauded, PostStats

# What stands in the way of a clap: by a reader without an account, and by one of the authors.
NEED_ACCOUNT = "blog_publication WHERE claps_need_account"
WRITERS_OF_POST = (
    "blog_authorship JOIN accounts_author ON accounts_author.id = blog_authorship.author_id"
    " WHERE blog_authorship.post_id = post.id AND accounts_author.user_id = "
)
IS_OPEN = (
    "post.status = %s AND post.published_at <= %s"
    " AND (post.expires_at IS NULL OR post.expires_at > %s)"
)
# Less than PostgreSQL takes before it ends one of two who wait for each other: those who clap
# together give way, and clap one by one.
PATIENCE_TOGETHER_MS = 200


class Wish(NamedTuple):
    """So many claps of somebody known, for the story at an address."""

    slug: str
    clapper: Clapper
    wanted: int


class Raised(NamedTuple):
    """What a clap came to: whose story, one's own claps, how many are new, and everybody's."""

    key: int
    mine: int
    added: int
    claps: int
    clappers: int

    @property
    def is_first(self) -> bool:
        """Nobody has a row with 0 claps, so only a new row has gained all that it holds."""
        return self.mine == self.added


class ClapQuerySet(ApplauseQuerySet):
    column = "post_id"

    def mine(self, post: Post, clapper: Clapper) -> int:
        """How many claps `clapper` has given `post`."""
        before = clapper.user.read_before if clapper.user else {}
        known: int | None = before.get(("claps", post.pk))
        return self._mine(post.pk, clapper) if known is None else known

    def give(self, *, post: Post, clapper: Clapper, wanted: int) -> Applause:
        """Raise the clapper's claps for `post` to `wanted`, never above 50 and never down.

        `wanted` is a total, so a request that arrives twice does no harm. Raises `OwnWork` or
        `AccountNeeded`.
        """
        if not clapper.may_clap:
            raise AccountNeeded
        if clapper.user and Authorship.objects.by(clapper.user).filter(post=post).exists():
            raise OwnWork
        return self._give(of_key(post.pk), clapper, wanted, post)

    def give_at(self, slug: str, *, clapper: Clapper, wanted: int) -> Applause | None:
        """`give`, for the story at this address, asking for nothing that is not needed.

        None where it cannot be, for whatever reason; nothing has been done then.
        """
        with suppress(Post.DoesNotExist):
            return self._give(_open_to(clapper, slug), clapper, wanted)
        return None

    def give_together(self, wishes: Sequence[Wish]) -> list[Applause | None]:
        """What `give_at` would give to each, one after the other, in one transaction for all.

        They are all readers with an account or all visitors, and nobody is in it twice for one
        story. Raises `DatabaseError` when it cannot be done together; nothing has been done then.
        """
        with transaction.atomic():
            raised = self._raise_together(wishes)
            for one in filter(None, raised):
                self._tell(one)
        return [Applause(mine=one.mine, total=one.claps) if one else None for one in raised]

    def _give(
        self, thing: Thing, clapper: Clapper, wanted: int, post: Post | None = None
    ) -> Applause:
        with transaction.atomic():
            raised = self._raise_and_count(thing, clapper, wanted)
            if raised is None:
                raise Post.DoesNotExist
            self._tell(raised, post)
        return Applause(mine=raised.mine, total=raised.claps)

    def _tell(self, raised: Raised, post: Post | None = None) -> None:
        if raised.is_first and is_told(raised.clappers):
            post = post or Post.objects.light().get(pk=raised.key)
            tell_of_claps(post, people=raised.clappers)

    def _raise_and_count(self, thing: Thing, clapper: Clapper, wanted: int) -> Raised | None:
        raising, values = self._raising(thing, clapper, wanted)
        if connection.vendor != "postgresql":
            for key, _who, mine, added in rows(raising, values):
                counted = self._count(key, claps=added, clappers=int(mine == added))
                return Raised(key, mine, added, *counted)
            return None
        # One question instead of two: everybody waits for the story's row while it is asked.
        found = rows(
            f"""
            WITH given AS ({raising})
            INSERT INTO blog_poststats (post_id, clap_count, clapper_count, comment_count)
            SELECT post_id, added, (count = added)::int, 0 FROM given
            ON CONFLICT (post_id) DO UPDATE SET
                clap_count = blog_poststats.clap_count + excluded.clap_count,
                clapper_count = blog_poststats.clapper_count + excluded.clapper_count
            RETURNING post_id, (SELECT count FROM given), (SELECT added FROM given),
                clap_count, clapper_count,
                set_config('synchronous_commit', %s, true)
            """,  # noqa: S608  (names of ours)
            [*values, "on" if settings.CLAPS_WAIT_FOR_DISK else "off"],
        )
        return Raised(*found[0][:-1]) if found else None

    def _raise_together(self, wishes: Sequence[Wish]) -> list[Raised | None]:
        if connection.vendor != "postgresql":
            return [
                self._raise_and_count(_open_to(one.clapper, one.slug), one.clapper, one.wanted)
                for one in wishes
            ]
        found = rows(self._raising_together(wishes[0].clapper), _together(wishes))
        after: defaultdict[int, list[int]] = defaultdict(lambda: [0, 0])
        raised: list[Raised | None] = [None] * len(wishes)
        # Counted is what all came to; whoever was before others had not counted theirs.
        for place, key, mine, added, claps, clappers in sorted(found, reverse=True):
            later = after[key]
            one = Raised(key, mine, added, claps - later[0], clappers - later[1])
            raised[place] = one
            after[key] = [later[0] + added, later[1] + int(one.is_first)]
        return raised

    def _raising_together(self, one_of_them: Clapper) -> str:
        """The statement for all of them, who are of one kind.

        First the claps and then the counters, both in the order of keys: so that of two who do
        this at once neither waits for one who waits for them.
        """
        column = one_of_them.column
        kind = "bigint" if one_of_them.user else "text"
        is_kept_out = f"{WRITERS_OF_POST}wish.who" if one_of_them.user else NEED_ACCOUNT
        raising = self._raising_by(
            column, "SELECT post, who, wanted, wanted, %s FROM open ORDER BY post, who"
        )
        return f"""
            WITH way AS MATERIALIZED (
                SELECT set_config('synchronous_commit', %s, true),
                    set_config('lock_timeout', %s, true)
            ), open AS MATERIALIZED (
                SELECT wish.place, wish.who, wish.wanted, post.id AS post
                FROM way, unnest(%s::text[], %s::{kind}[], %s::int[])
                    WITH ORDINALITY AS wish (slug, who, wanted, place)
                JOIN blog_post post ON post.slug = wish.slug
                WHERE {IS_OPEN} AND NOT EXISTS (SELECT 1 FROM {is_kept_out})
            ), given AS ({raising}), counted AS (
                INSERT INTO blog_poststats (post_id, clap_count, clapper_count, comment_count)
                SELECT post_id, SUM(added), COUNT(*) FILTER (WHERE count = added), 0
                FROM given GROUP BY post_id ORDER BY post_id
                ON CONFLICT (post_id) DO UPDATE SET
                    clap_count = blog_poststats.clap_count + excluded.clap_count,
                    clapper_count = blog_poststats.clapper_count + excluded.clapper_count
                RETURNING post_id, clap_count, clapper_count
            )
            SELECT open.place - 1, open.post, given.count, given.added,
                counted.clap_count, counted.clapper_count
            FROM open
            JOIN given ON given.post_id = open.post AND given.{column} = open.who
            JOIN counted ON counted.post_id = open.post
        """  # noqa: S608  (names of ours)

    @transaction.atomic
    def withdraw(self, *, post: Post, clapper: Clapper) -> Applause:
        """Take back all claps that `clapper` gave `post`."""
        taken = self._take_back(post.pk, clapper)
        counted = self._count(post.pk, claps=-taken, clappers=-int(taken > 0))
        return Applause(mine=0, total=counted.claps)

    def _own(self, user: User, keys: Iterable[int]) -> set[int]:
        theirs = Authorship.objects.by(user).filter(post__in=keys)
        return set(theirs.values_list("post_id", flat=True))

    def _count(self, key: int, *, claps: int, clappers: int) -> Applauded:
        return PostStats.add(key, claps=claps, clappers=clappers)


def _open_to(clapper: Clapper, slug: str) -> Thing:
    """The story at this address, where `clapper` may clap for it; agrees with `give`."""
    user = clapper.user.pk if clapper.user else None
    is_kept_out = NEED_ACCOUNT if user is None else f"{WRITERS_OF_POST}%s"
    sql = f"""
        SELECT post.id, %s, %s, %s, %s FROM blog_post post
        WHERE post.slug = %s AND {IS_OPEN} AND NOT EXISTS (SELECT 1 FROM {is_kept_out})
    """  # noqa: S608  (conditions of ours)
    values = [slug, *_of_open(timezone.now())]
    return Thing(sql, [], values if user is None else [*values, user])


def _of_open(at: datetime) -> list[Any]:
    """The values of `IS_OPEN`."""
    now = connection.ops.adapt_datetimefield_value(at)
    return [Post.Status.PUBLISHED.value, now, now]


def _together(wishes: Sequence[Wish]) -> list[Any]:
    """The values of `_raising_together`."""
    at = timezone.now()
    people = [one.clapper for one in wishes]
    return [
        "on" if settings.CLAPS_WAIT_FOR_DISK else "off",
        f"{PATIENCE_TOGETHER_MS}ms",
        [one.slug for one in wishes],
        [one.user.pk if one.user else one.visitor for one in people],
        [min(max(one.wanted, 1), MAX_CLAPS) for one in wishes],
        *_of_open(at),
        at,
    ]


class Clap(ApplauseRow):
    """One reader's claps for one story."""

    post = models.ForeignKey(Post, on_delete=models.CASCADE, related_name="claps")

    objects: ClassVar[Any] = ClapQuerySet.as_manager()

    class Meta(ApplauseRow.Meta):
        verbose_name = _("clap")
        verbose_name_plural = _("claps")
        constraints = [
            *ApplauseRow.Meta.constraints,
            models.UniqueConstraint(fields=["post", "user"], name="clap_once_per_user"),
            models.UniqueConstraint(fields=["post", "visitor"], name="clap_once_per_visitor"),
        ]
        indexes = [
            *ApplauseRow.Meta.indexes,
            # Who clapped, whoever came last first.
            models.Index(
                fields=["post", "-id"], name="clap_people", condition=~models.Q(user=None)
            ),
        ]

    def __str__(self) -> str:
        return f"{self.count} × {self.post_id}"


OWN: Statement[Any] = Statement(
    lambda user, post: Clap.objects.filter(user=user, post=post).values_list("count")
)
