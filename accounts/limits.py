"""How often somebody may do something."""

from __future__ import annotations

from dataclasses import dataclass

from allauth.account.adapter import get_adapter
from django.core.cache import cache
from django.http import HttpRequest


@dataclass(frozen=True)
class Limit:
    """At most `times` within `per_seconds`, counted for each client address."""

    name: str
    times: int
    per_seconds: int

    def allows(self, request: HttpRequest) -> bool:
        """Count one attempt and say whether it is still within the limit."""
        key = f"limit:{self.name}:{get_adapter().get_client_ip(request)}"
        if cache.add(key, 1, self.per_seconds):
            return True
        try:
            return cache.incr(key) <= self.times
        except ValueError:  # It ran out between the two calls.
            return True
