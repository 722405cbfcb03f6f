"""Cloudflare: `POST /client/v4/zones/:zone/purge_cache` with tags, on every plan."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.conf import settings

from blog.purgers.call import call

# Of its smaller plans; on the free one five calls a minute, so what waits goes into one.
MAX_TAGS = 100


def purge(zone: str, token: str, tags: Sequence[str]) -> None:
    """Raises `PurgeFailed` or `PurgeRefused`."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    body = json.dumps({"tags": list(tags)}).encode()
    call("POST", settings.CLOUDFLARE_URL, f"/client/v4/zones/{zone}/purge_cache", headers, body)
