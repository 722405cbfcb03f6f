"""Uploaded files in a bucket of an S3 store, for more machines than one.

Their addresses stay where they are, under /media/: stories have them in their text, and a
publication that moves into a bucket, out of it, or behind another host keeps every one. nginx takes
them from the bucket (docs/deploying.md); without it `blog.views.media` does.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from botocore.config import Config
from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends.s3 import S3Storage

from blog.views.media import CONTENT_TYPES, YEAR_SECONDS

CONNECT_SECONDS, ANSWER_SECONDS, ATTEMPTS = 5, 20, 3


class Bucket(S3Storage):
    def __init__(self, *, endpoint_url: str = "", **options: Any) -> None:
        # Only Amazon has a host for each bucket, and checks what others do not know.
        style = {"addressing_style": "path" if endpoint_url else "virtual"}
        needed: Any = "when_required"
        config = Config(  # type: ignore[no-untyped-call]
            s3=style,
            signature_version="s3v4",
            connect_timeout=CONNECT_SECONDS,
            read_timeout=ANSWER_SECONDS,
            retries={"total_max_attempts": ATTEMPTS},
            request_checksum_calculation=needed,
            response_checksum_validation=needed,
        )
        super().__init__(  # type: ignore[no-untyped-call]
            endpoint_url=endpoint_url or None, client_config=config, **options
        )

    def url(self, name: str | None, *_more: Any, **_options: Any) -> str:
        return f"{settings.MEDIA_URL}{filepath_to_uri(name or '')}"

    def get_object_parameters(self, name: str) -> dict[str, str]:
        """What the bucket says of a file to those who take it from there."""
        kind = CONTENT_TYPES.get(PurePosixPath(name).suffix, "application/octet-stream")
        return {
            "ContentType": kind,
            "CacheControl": f"public, max-age={YEAR_SECONDS}, immutable",
        }
