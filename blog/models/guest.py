"""Readers without an account who respond under their name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from functools import partial
from typing import Any, ClassVar

from allauth.account.models import EmailAddress
from django.db import models, transaction
from django.db.models.functions import Coalesce, Lower
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.characters import validate_printable
from accounts.ingredients import Ingredient
from accounts.mail import Letter
from accounts.models import User
from accounts.tasks import send_mail
from blog.models.stats import PostStats


class GuestQuerySet(models.QuerySet["Guest"]):
    def with_addresses(self, emails: Iterable[str]) -> GuestQuerySet:
        """Upper and lower case are the same, as in the constraint."""
        return self.alias(key=Lower("email")).filter(key__in=[email.lower() for email in emails])

    def confirmed(self) -> GuestQuerySet:
        return self.filter(confirmed_at__isnull=False)

    def named(self, *, name: str, email: str) -> Guest:
        """The guest with this address, held until the transaction ends; a new one gets `name`."""
        # Written first: of two who come at once, both find the same row.
        self.bulk_create([self.model(name=name, email=email.lower())], ignore_conflicts=True)
        return self.with_addresses([email]).select_for_update(no_key=True).get()

    @transaction.atomic
    def adopt(self, *, user: User) -> None:
        """Make what guests with an address of `user` said the words of `user`.

        Only of addresses that are confirmed, and only what was confirmed by the link in a letter.
        What remains is somebody unknown again, who is forgotten soon.
        """
        emails = EmailAddress.objects.filter(user=user, verified=True)
        theirs = self.with_addresses(emails.values_list("email", flat=True)).order_by("pk")
        confirmed = [
            guest.comments.exclude(status="unconfirmed")
            for guest in theirs.select_for_update(no_key=True)
        ]
        # Who moderates one of them meanwhile has its story's counters.
        stories = {pk for some in confirmed for pk in some.values_list("post_id", flat=True)}
        for pk in sorted(stories):
            PostStats.hold(pk)
        for some in confirmed:
            some.update(author=user, guest=None)
        theirs.update(confirmed_at=None, trusted_at=None)


class Guest(Ingredient):
    """Somebody known by a name and an e-mail address; readers see only the name."""

    name = models.CharField(_("name"), max_length=80, validators=[validate_printable])
    email = models.EmailField(_("e-mail address"), max_length=254)
    # When the link in the letter was opened; until then nobody knows whose address it is.
    confirmed_at = models.DateTimeField(null=True, blank=True, editable=False)
    # When a moderator approved a response of theirs for the first time.
    trusted_at = models.DateTimeField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(default=timezone.now, editable=False)

    objects: ClassVar[Any] = GuestQuerySet.as_manager()

    class Meta:
        verbose_name = _("guest")
        verbose_name_plural = _("guests")
        constraints = [models.UniqueConstraint(Lower("email"), name="guest_email_unique")]

    def __str__(self) -> str:
        return self.name

    @property
    def signature(self) -> str:
        return self.name

    # Portraits are those of authors.
    avatar_url = ""

    @property
    def initial(self) -> str:
        return self.name[:1].upper()

    @property
    def account(self) -> User | None:
        """Whose confirmed address it is, if somebody signs in with it."""
        found = EmailAddress.objects.filter(email__iexact=self.email, verified=True)
        address = found.select_related("user").first()
        return address.user if address else None

    def confirm(self, *, name: str = "") -> None:
        """They have opened a letter: the address is theirs, and they are called as they say."""
        self.name = name or self.name
        Guest.objects.filter(pk=self.pk).update(
            name=self.name, confirmed_at=Coalesce("confirmed_at", timezone.now())
        )
        self.refresh_from_db(fields=["confirmed_at", "trusted_at"])

    def rename(self, name: str) -> None:
        """In a browser that is known to be theirs they may call themselves otherwise."""
        if name != self.name:
            self.name = name
            self.save(update_fields=["name"])

    def trust(self) -> None:
        """What they say next appears at once."""
        unknown = Guest.objects.confirmed().filter(pk=self.pk, trusted_at=None)
        unknown.update(trusted_at=timezone.now())

    def distrust(self) -> None:
        """A moderator looks at what they say next."""
        Guest.objects.filter(pk=self.pk).update(trusted_at=None)

    def write_to(self, template: str, context: dict[str, Any]) -> None:
        """Send them a letter when all this is committed; nobody's request asks for it."""
        context = {"guest": self, **context}
        letter = Letter.write(f"blog/email/{template}", self.email, context, HttpRequest())
        transaction.on_commit(partial(send_mail.enqueue, asdict(letter)))
