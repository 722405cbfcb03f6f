"""Applause for a story."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any, ClassVar, NamedTuple

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.statements import Statement, rows
from blog.models.acclaim import is_told, tell_of_claps
from blog.models.applause import (
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
    " WHERE blog_authorship.post_id = post.id AND accounts_author.user_id = %s"
)


class Raised(NamedTuple):
    """What a clap came to: whose story, one's own claps, how many are new, and everybody's."""

    key: int
    mine: int
    added: int
    claps: int
    clappers: int


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

    def _give(
        self, thing: Thing, clapper: Clapper, wanted: int, post: Post | None = None
    ) -> Applause:
        with transaction.atomic():
            raised = self._raise_and_count(thing, clapper, wanted)
            if raised is None:
                raise Post.DoesNotExist
            # Nobody has a row with 0 claps, so only a new row has gained all that it holds.
            if raised.mine == raised.added and is_told(raised.clappers):
                post = post or Post.objects.light().get(pk=raised.key)
                tell_of_claps(post, people=raised.clappers)
        return Applause(mine=raised.mine, total=raised.claps)

    def _raise_and_count(self, thing: Thing, clapper: Clapper, wanted: int) -> Raised | None:
        raising, values = self._raising(thing, clapper, wanted)
        if connection.vendor != "postgresql":
            for key, mine, added in rows(raising, values):
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
    now = connection.ops.adapt_datetimefield_value(timezone.now())
    user = clapper.user.pk if clapper.user else None
    sql = f"""
        SELECT post.id, %s, %s, %s, %s FROM blog_post post
        WHERE post.slug = %s AND post.status = %s AND post.published_at <= %s
        AND (post.expires_at IS NULL OR post.expires_at > %s)
        AND NOT EXISTS (SELECT 1 FROM {NEED_ACCOUNT if user is None else WRITERS_OF_POST})
    """  # noqa: S608  (conditions of ours)
    values = [slug, Post.Status.PUBLISHED.value, now, now]
    return Thing(sql, [], values if user is None else [*values, user])


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
