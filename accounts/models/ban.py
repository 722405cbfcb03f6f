"""That somebody may not respond here: an account, a range of addresses, or an e-mail domain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from accounts import domains, networks
from accounts.models.user import User
from accounts.statements import Statement

MODERATES = "blog.moderate_comment"
KEPT_AFTER_END = timedelta(days=365)
MAX_REASON_CHARS = 500


class NotBannable(Exception):
    """Nothing was done; the message is the sentence that says why."""


class Unsure(NotBannable):
    """It would keep many out who did nothing: asked once more, it is done."""


class Banned(Exception):
    """Somebody may not do this now."""

    def __init__(self, ban: Ban) -> None:
        super().__init__(str(ban))
        self.ban = ban


class BanQuerySet(models.QuerySet["Ban"]):
    def in_force(self, at: datetime | None = None) -> BanQuerySet:
        return self.filter(Q(ends_at=None) | Q(ends_at__gt=at or timezone.now()))

    def over(self, at: datetime | None = None) -> BanQuerySet:
        return self.filter(ends_at__lte=at or timezone.now())

    def newest_first(self) -> BanQuerySet:
        return self.order_by("-pk")

    def like(self, ban: Ban) -> BanQuerySet:
        """Those of the same person, range or domain."""
        return self.filter(user=ban.user_id, network=ban.network, domain=ban.domain)

    def forgettable(self) -> BanQuerySet:
        """Over for so long that nobody needs to know any more whom they kept out."""
        return self.filter(ends_at__lte=timezone.now() - KEPT_AFTER_END)

    def forbids(
        self, *, user: User | None = None, guest_email: str = "", address: str | None = None
    ) -> Ban | None:
        """The ban that keeps this person out now, the longest if there are several.

        Who works in the desk is known by name: no range and no domain keeps them out, and
        nothing keeps out who moderates.
        """
        is_known = user is not None and user.is_staff
        if is_known and user is not None and user.has_perm(MODERATES):
            return None
        whom: dict[str, Any] = {"user": user.pk} if user else {}
        if not is_known:
            email = user.email if user else guest_email
            whom |= {"names": domains.domains_around(email)}
            whom |= {"ranges": networks.networks_around(address or "")}
        known = {name: value for name, value in whom.items() if value}
        return _LONGEST.one(at=timezone.now(), **known) if known else None

    def ban(
        self,
        *,
        by: User,
        until: datetime | None = None,
        because: str = "",
        user: User | None = None,
        address: str = "",
        domain: str = "",
        is_sure: bool = False,
    ) -> Ban:
        """Keep one of the three out, `until` then or for good; said twice it is one.

        Raises `NotBannable`, or `Unsure` for what holds very many people, unless `is_sure`.
        """
        ban = self.model(user=user, by=by, ends_at=until, reason=because.strip())
        ban.aim(address=address, domain=domain)
        ban.check_is_fair(is_sure=is_sure)
        same = self.in_force().like(ban).filter(ends_at=until, reason=ban.reason).first()
        if same:
            return same
        ban.save()
        return ban


class Ban(models.Model):
    """Whom it keeps out, why, by whose decision, and until when (without an end: for good)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=gettext_lazy("account"),
        on_delete=models.CASCADE,
        null=True,
        blank=True,
        related_name="bans",
    )
    network = models.CharField(gettext_lazy("addresses"), max_length=43, default="", blank=True)
    domain = models.CharField(
        gettext_lazy("e-mail domain"),
        max_length=domains.MAX_DOMAIN_CHARS,
        default="",
        blank=True,
    )
    reason = models.CharField(
        gettext_lazy("reason"), max_length=MAX_REASON_CHARS, default="", blank=True
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=gettext_lazy("by"),
        on_delete=models.SET_NULL,
        null=True,
        related_name="bans_given",
    )
    begins_at = models.DateTimeField(gettext_lazy("since"), default=timezone.now)
    ends_at = models.DateTimeField(gettext_lazy("until"), null=True, blank=True)

    objects: ClassVar[Any] = BanQuerySet.as_manager()

    class Meta:
        verbose_name = gettext_lazy("ban")
        verbose_name_plural = gettext_lazy("bans")
        constraints = [
            models.CheckConstraint(
                condition=Q(user__isnull=False, network="", domain="")
                | Q(user=None, domain="") & ~Q(network="")
                | Q(user=None, network="") & ~Q(domain=""),
                name="ban_of_one",
            ),
        ]
        indexes = [
            # Whether somebody is kept out (`forbids`); that of accounts comes with the key.
            models.Index(fields=["network"], name="ban_of_network"),
            models.Index(fields=["domain"], name="ban_of_domain"),
        ]

    def __str__(self) -> str:
        return self.target

    @property
    def target(self) -> str:
        return self.user.signature if self.user else self.network or self.domain

    @property
    def is_in_force(self) -> bool:
        return self.ends_at is None or self.ends_at > timezone.now()

    def sentence(self, zone: tzinfo) -> str:
        """What is said to whom it keeps out."""
        if self.ends_at:
            at = self.ends_at.astimezone(zone)
            # Translators: https://docs.djangoproject.com/en/stable/ref/templates/builtins/#date
            when = date_format(at, pgettext("date and time, long", "j F Y, H:i T"))
            said = _("You cannot respond here until %(when)s.") % {"when": when}
        else:
            said = _("You cannot respond here any more.")
        if self.reason:
            said = f"{said} {_('The reason: %(reason)s') % {'reason': self.reason}}"
        return said

    def aim(self, *, address: str, domain: str) -> None:
        """Say which addresses or which domain it keeps out. Raises `NotBannable`."""
        if [bool(self.user), bool(address), bool(domain)].count(True) != 1:
            raise NotBannable(_("Say one of the three: an account, addresses, or a domain."))
        try:
            self.network = networks.network_named(address) if address else ""
        except networks.NoNetwork as error:
            text = _("“%(text)s” is no address and no range. Write 192.0.2.7 or 192.0.2.0/24.")
            raise NotBannable(text % {"text": address}) from error
        try:
            self.domain = domains.domain_named(domain) if domain else ""
        except domains.NoDomain as error:
            text = _("“%(text)s” is no e-mail domain. Write what stands behind the @: example.org.")
            raise NotBannable(text % {"text": domain}) from error

    def check_is_fair(self, *, is_sure: bool) -> None:
        """Raise `NotBannable` for what nobody may do, `Unsure` for what is rarely meant."""
        if self.ends_at and self.ends_at <= timezone.now():
            raise NotBannable(_("This time has passed. Choose one to come, or leave it empty."))
        if len(self.reason) > MAX_REASON_CHARS:
            text = _("The reason can have %(limit)d letters at most.")
            raise NotBannable(text % {"limit": MAX_REASON_CHARS})
        if self.user and self.user == self.by:
            raise NotBannable(_("You cannot ban yourself."))
        if self.user and (self.user.is_superuser or self.user.has_perm(MODERATES)):
            raise NotBannable(_("Who owns or moderates this publication cannot be banned."))
        if not is_sure and self.network and networks.is_wide(self.network):
            text = _("%(network)s holds very many people who did nothing.")
            raise Unsure(text % {"network": self.network})
        if not is_sure and self.domain in domains.PUBLIC:
            text = _("Very many people have their mail at %(domain)s.")
            raise Unsure(text % {"domain": self.domain})

    def end(self, *, at: datetime | None = None) -> None:
        """Let them respond again; what is over already stays as it is."""
        at = at or timezone.now()
        if Ban.objects.in_force(at).filter(pk=self.pk).update(ends_at=at):
            self.ends_at = at


def _longest(
    at: datetime, user: int | None = None, names: Sequence[str] = (), ranges: Sequence[str] = ()
) -> BanQuerySet:
    whom = Q(user=user) if user else Q(pk=None)
    whom |= Q(domain__in=names) | Q(network__in=ranges)
    found = Ban.objects.in_force(at).filter(whom)
    return found.order_by(F("ends_at").desc(nulls_first=True), "pk")[:1]


_LONGEST: Statement[Ban] = Statement(_longest)
