"""What somebody was told: a row of their inbox, a letter, or both."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Any, ClassVar

from django.db import connection, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.kinds import EVERY_WAY, Kind, Ways, find_kind, kind_named
from accounts.models.user import User
from accounts.statements import Statement, rows
from accounts.tasks import see_letters_off

READ_KEPT_FOR = timedelta(days=90)
UNREAD_KEPT_FOR = timedelta(days=365)
MAX_COUNTED = 99
ROWS_AT_ONCE = 500
DUE = "mail_due_at"
# What says the same already stays as it is. A letter that waits goes on waiting, and of what nobody
# has looked at yet there is no second one. It answers for which rows a letter is due only now.
KEEPS = """
    told.mailed_at IS NULL AND told.mail_due_at IS NOT NULL
    OR told.read_at IS NULL AND told.mailed_at IS NOT NULL
"""
UPSERT = f"""
    INSERT INTO accounts_notification AS told (recipient_id, key, {{columns}}) VALUES {{places}}
    ON CONFLICT (recipient_id, key) WHERE NOT key = '' DO UPDATE SET {{changes}},
        mail_due_at = CASE WHEN {KEEPS} THEN told.mail_due_at ELSE excluded.mail_due_at END,
        mailed_at = CASE WHEN {KEEPS} THEN told.mailed_at END
    WHERE NOT (
        told.text = excluded.text AND told.url = excluded.url AND told.quote = excluded.quote
    )
    RETURNING CASE WHEN mail_due_at = %s THEN 1 ELSE 0 END
"""  # noqa: S608 (nothing but names and places for values is put in)
# A name that leads to no server, for ever (RFC 2606): the people of the sample stories have it.
NO_MAILBOX = ".invalid"


class NotificationChoiceQuerySet(models.QuerySet["NotificationChoice"]):
    def by_ways(self, people: Iterable[User], kind: Kind) -> dict[Ways, list[User]]:
        """These people by how they want to be told of `kind`."""
        every, groups = list(people), defaultdict(list)
        for start in range(0, len(every), ROWS_AT_ONCE):
            some = every[start : start + ROWS_AT_ONCE]
            asked = _CHOSEN.values(users=[person.pk for person in some], kind=kind.name)
            chosen = {user: Ways(bool(on_page), bool(by_mail)) for user, on_page, by_mail in asked}
            for person in some:
                groups[chosen.get(person.pk, kind.usual_ways)].append(person)
        return groups

    def of(self, user: User) -> dict[str, Ways]:
        """What `user` chose, by the names of kinds."""
        return {choice.kind: choice.ways for choice in self.filter(user=user)}

    def choose(self, user: User, ways: dict[str, Ways]) -> None:
        """Tell `user` of each of these kinds in these ways from now on."""
        self.bulk_create(
            [
                self.model(user=user, kind=kind, on_page=chosen.on_page, by_mail=chosen.by_mail)
                for kind, chosen in sorted(ways.items())
            ],
            update_conflicts=True,
            unique_fields=["user", "kind"],
            update_fields=["on_page", "by_mail"],
        )


class NotificationChoice(models.Model):
    """That somebody wants to be told of a kind otherwise than people usually are."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="notification_choices")
    kind = models.CharField(max_length=40)
    on_page = models.BooleanField(default=True)
    by_mail = models.BooleanField(default=True)

    objects: ClassVar[Any] = NotificationChoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("choice of notifications")
        verbose_name_plural = _("choices of notifications")
        constraints = [
            models.UniqueConstraint(fields=["user", "kind"], name="notification_choice_once"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.kind}"

    @property
    def ways(self) -> Ways:
        return Ways(self.on_page, self.by_mail)


class NotificationQuerySet(models.QuerySet["Notification"]):
    def tell(
        self,
        recipients: Iterable[User],
        *,
        kind: str,
        by: User | None,
        text: str,
        url: str,
        key: str = "",
        quote: str = "",
        only: Ways = EVERY_WAY,
        is_open: bool = False,
    ) -> None:
        """Tell each of `recipients` that `text` happened, and that `url` shows it.

        Nobody is told of what they did themselves, nor of what they may not open. `text` is one
        plain sentence without its full stop, `quote` what somebody said with it. Under a `key`
        there is one row for each person: telling the same again changes nothing, telling
        something else makes the row new again. They hear of it in those ways that they want and
        that `only` names. Letters leave later, when this is committed. `is_open`: everybody may
        open it, as whoever has just read what `url` shows knows without asking again.
        """
        sort, now = kind_named(kind), timezone.now()
        people = {person.pk: person for person in recipients if person.is_active and person != by}
        if not people:
            return
        # In one order, so that two who tell the same people wait for each other in turn.
        ordered = [people[pk] for pk in sorted(people)]
        told = ordered if is_open else sort.who_may_open(ordered, url)
        said = {"actor_id": by and by.pk, "kind": kind, "text": text, "url": url, "quote": quote}
        # Nobody goes on after an error here, so that there is no place to come back to.
        with transaction.atomic(savepoint=False):
            for wanted, group in NotificationChoice.objects.by_ways(told, sort).items():
                ways = wanted & only
                if not any(ways):
                    continue
                due = now + sort.mail_after if ways.by_mail else None
                fresh = {
                    **said,
                    "is_shown": ways.on_page,
                    "read_at": None if ways.on_page else now,
                    "created_at": now,
                }
                waits = self._write(group, key, {**fresh, "mail_due_at": due})
                if due and waits:
                    transaction.on_commit(partial(see_letters_off, due))

    def _write(self, people: list[User], key: str, fresh: dict[str, Any]) -> bool:
        """Whether a letter is due that was not before."""
        if not key:
            rows = [self.model(recipient=one, **fresh) for one in people]
            self.bulk_create(rows, batch_size=ROWS_AT_ONCE)
            return True
        news = [
            self._write_under(key, people[start : start + ROWS_AT_ONCE], fresh)
            for start in range(0, len(people), ROWS_AT_ONCE)
        ]
        return any(news)

    def _write_under(self, key: str, people: list[User], fresh: dict[str, Any]) -> bool:
        """In one statement: so SQLite does not refuse half way, and nobody comes in between."""
        columns: list[Any] = [self.model._meta.get_field(name) for name in fresh]
        values = [
            column.get_db_prep_save(value, connection)
            for column, value in zip(columns, fresh.values(), strict=True)
        ]
        names = [column.column for column in columns]
        places = f"(%s, %s{', %s' * len(names)})"
        sql = UPSERT.format(
            columns=", ".join(names),
            places=", ".join([places] * len(people)),
            changes=", ".join(f"{name} = excluded.{name}" for name in names if name != DUE),
        )
        said = [value for person in people for value in (person.pk, key, *values)]
        told = rows(sql, [*said, values[names.index(DUE)]])
        return any(is_due for (is_due,) in told)

    def in_inbox_of(self, user: User) -> NotificationQuerySet:
        return self.filter(recipient=user, is_shown=True)

    def about(self, names: Iterable[str] | None) -> NotificationQuerySet:
        """Those of the kinds of these names; None for all."""
        return self if names is None else self.filter(kind__in=names)

    def unread(self) -> NotificationQuerySet:
        return self.filter(is_shown=True, read_at__isnull=True)

    def newest_first(self) -> NotificationQuerySet:
        return self.order_by("-created_at", "-pk")

    def before(self, at: datetime, pk: int) -> NotificationQuerySet:
        """What comes after the row of this time and key, newest first."""
        # The first condition says no more than the second, but lets the index begin at the place.
        earlier = Q(created_at__lt=at) | Q(created_at=at, pk__lt=pk)
        return self.filter(earlier, created_at__lte=at)

    def unread_count(self, user: User) -> int:
        """How many `user` has not read, counted to one more than `MAX_COUNTED`."""
        known: int | None = user.read_before.get("unread")
        return len(UNREAD.values(user=user.pk)) if known is None else known

    def read(
        self, user: User, *, until: datetime | None = None, names: Iterable[str] | None = None
    ) -> int:
        """`user` has read what was there at `until`, by default now: all, or of these kinds."""
        now = timezone.now()
        theirs = self.unread().filter(recipient=user, created_at__lte=until or now).about(names)
        return theirs.update(read_at=now)

    def due(self) -> NotificationQuerySet:
        """Those whose letter should be on its way, the oldest first."""
        waiting = self.filter(mailed_at__isnull=True, mail_due_at__lte=timezone.now())
        return waiting.select_related("recipient").order_by("mail_due_at")

    def sweep(self) -> int:
        """Forget what was read long ago, and what nobody will read any more."""
        now = timezone.now()
        read, _counts = self.filter(read_at__lt=now - READ_KEPT_FOR).delete()
        stale = self.filter(read_at__isnull=True, created_at__lt=now - UNREAD_KEPT_FOR)
        return read + stale.delete()[0]


class Notification(models.Model):
    # Its index is the one of the inbox.
    recipient = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="notifications", db_index=False
    )
    actor = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    kind = models.CharField(max_length=40)
    text = models.TextField()
    quote = models.TextField(blank=True)
    url = models.CharField(max_length=1000)
    key = models.CharField(max_length=100, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    read_at = models.DateTimeField(null=True)
    # Not for those who want the letter alone.
    is_shown = models.BooleanField(default=True)
    mail_due_at = models.DateTimeField(null=True)
    mailed_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        constraints = [
            models.UniqueConstraint(
                fields=["recipient", "key"],
                name="notification_key_once",
                condition=~Q(key=""),
            ),
            # Whoever opens one is sent there.
            models.CheckConstraint(
                condition=Q(url__startswith="/") & ~Q(url__startswith="//"),
                name="notification_leads_here",
            ),
        ]
        indexes = [
            # The inbox.
            models.Index(fields=["recipient", "-created_at", "-id"], name="notification_inbox"),
            # The number beside the menu, on every page of somebody signed in.
            models.Index(
                fields=["recipient"],
                name="notification_unread",
                condition=Q(is_shown=True, read_at__isnull=True),
            ),
            # Letters to send.
            models.Index(
                fields=["mail_due_at"],
                name="notification_due",
                condition=Q(mailed_at__isnull=True, mail_due_at__isnull=False),
            ),
            # What all were told of one thing, when it goes.
            models.Index(fields=["key"], name="notification_about"),
            # What may be forgotten.
            models.Index(fields=["read_at", "created_at"], name="notification_old"),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def is_unread(self) -> bool:
        return self.read_at is None

    @property
    def is_letter_wanted(self) -> bool:
        """Whether a letter still says something new to somebody who may hear it."""
        kind = find_kind(self.kind)
        if kind is None or (self.is_shown and self.read_at):
            return False
        if self.recipient.email.endswith(NO_MAILBOX):
            return False
        return self.recipient.is_active and self.can_open

    @property
    def can_open(self) -> bool:
        """Whether what it is about is (still) there for whom it tells."""
        kind = find_kind(self.kind)
        return kind is None or bool(kind.who_may_open([self.recipient], self.url))

    def open(self) -> None:
        """It has been read."""
        Notification.objects.unread().filter(pk=self.pk).update(read_at=timezone.now())

    def claim_letter(self) -> bool:
        """Take it on oneself to send the letter: True for one of all who try."""
        waiting = Notification.objects.due().filter(pk=self.pk)
        return bool(waiting.order_by().update(mailed_at=timezone.now()))

    def drop_letter(self) -> None:
        Notification.objects.due().filter(pk=self.pk).order_by().update(mail_due_at=None)


_CHOSEN: Statement[Any] = Statement(
    lambda users, kind: NotificationChoice.objects.filter(user__in=users, kind=kind).values_list(
        "user_id", "on_page", "by_mail"
    )
)
UNREAD: Statement[Any] = Statement(
    lambda user: (
        Notification.objects.unread().filter(recipient=user).values_list("pk")[: MAX_COUNTED + 1]
    )
)
