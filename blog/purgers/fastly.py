"""Fastly: `POST /service/:service/purge` with surrogate keys."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.conf import settings

from blog.purgers.call import call

MAX_KEYS = 256


def purge(service: str, token: str, keys: Sequence[str]) -> None:
    """Raises `PurgeFailed` or `PurgeRefused`."""
    headers = {
        "Fastly-Key": token,
        "Accept": "application/json",
        "Content-Type": "application/json",
    }
    body = json.dumps({"surrogate_keys": list(keys)}).encode()
    call("POST", settings.FASTLY_URL, f"/service/{service}/purge", headers, body)
