"""How often somebody may do something."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv6Address, IPv6Network, ip_address

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from accounts.models import Tally

KEPT_LONGER_SECONDS = 60


@dataclass(frozen=True)
class Limit:
    """At most `times` within each window of `per_seconds`, counted for each client.

    `of_address`: for all who share one, whatever account they use.
    """

    name: str
    times: int
    per_seconds: int
    of_address: bool = False

    def allows(self, request: HttpRequest) -> bool:
        """Count one attempt and say whether it is still within the limit."""
        return self._count(_network(request) if self.of_address else _client(request))

    def allows_for(self, words: str) -> bool:
        """The same for whatever `words` say, such as an e-mail address; they are not kept."""
        return self._count(hashlib.sha256(words.encode()).hexdigest()[:32])

    def _count(self, client: str) -> bool:
        window = int(timezone.now().timestamp()) // self.per_seconds
        ends_at = datetime.fromtimestamp((window + 1) * self.per_seconds, tz=UTC)
        return _count_one(f"{self.name}:{client}:{window}", ends_at=ends_at) <= self.times


def _count_one(key: str, *, ends_at: datetime) -> int:
    """How often `key` has been counted by now: in Redis where there is one, else in a row."""
    if settings.LIMITS_IN_CACHE:
        return _count_in_cache(key, ends_at=ends_at)
    count: int = Tally.objects.add(key, ends_at=ends_at)
    return count


def _count_in_cache(key: str, *, ends_at: datetime) -> int:
    # Kept a little longer than it counts, so that it cannot end between these two.
    seconds = (ends_at - timezone.now()).total_seconds() + KEPT_LONGER_SECONDS
    cache.add(key, 0, seconds)
    return cache.incr(key)


def _client(request: HttpRequest) -> str:
    """The account, for those who have one: a whole office may share an address."""
    user = getattr(request, "user", None)
    if user is not None and user.is_authenticated:
        return f"person-{user.pk}"
    return _network(request)


def _network(request: HttpRequest) -> str:
    """The address; of IPv6, the network that one household or one server has to itself."""
    address = ip_address(client_address(request))
    if isinstance(address, IPv6Address):
        address = address.ipv4_mapped or IPv6Network((address, 64), strict=False).network_address
    return str(address)


def client_address(request: HttpRequest) -> str:
    """From where a request comes, as the proxies say whom we trust."""
    return str(get_adapter().get_client_ip(request))
