"""Static files under names that carry their content's hash, and no heavier than they have to be.

In `static/` they are written for people; a browser gets them without comments and spaces, and a
stylesheet that only names others (`css/every-page.css`) with those in it: one request for all.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from typing import Any
from wsgiref.headers import Headers

import brotli
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from rjsmin import jsmin
from whitenoise.compress import Compressor
from whitenoise.middleware import WhiteNoiseMiddleware
from whitenoise.storage import CompressedManifestStaticFilesStorage

OURS = ("css/", "js/")
# What a browser would open as a page of ours, with whatever script is in it.
DOCUMENTS = ("image/svg+xml", 'text/html; charset="utf-8"', 'text/xml; charset="utf-8"')
# The best, 11, takes three times as long at every first start, for two per cent.
BROTLI_QUALITY = 10
# Strings stay as they are; so does a space that may say "somewhere in it" (`.frame :is(img)`).
STRING = r"""(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')"""
COMMENT = re.compile(STRING + r"|/\*.*?\*/", re.DOTALL)
SPACE = re.compile(STRING + r"|\s*(?P<mark>[{};,])\s*|(?P<colon>:)\s+|\s+")
IMPORT = re.compile(r'^@import url\("([\w-]+\.css)"\);$', re.MULTILINE)


class StaticFiles(WhiteNoiseMiddleware):
    """Serves them, with those of a page's policies that mean something on a file.

    Stands before the middlewares that send the rest: on seventeen stylesheets and scripts it
    weighed more than the scripts themselves.
    """

    def add_mime_headers(self, headers: Headers, path: str, url: str) -> None:
        super().add_mime_headers(headers, path, url)  # type: ignore[no-untyped-call]
        headers["X-Content-Type-Options"] = "nosniff"
        if headers["Content-Type"] in DOCUMENTS:
            headers["Content-Security-Policy"] = settings.CONTENT_SECURITY_POLICY


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Hashed and compressed once, at `collectstatic`; modules' imports are rewritten too."""

    support_js_module_import_aggregation = True
    # A page must not fail because a file was added after the last collectstatic.
    manifest_strict = False

    def post_process(
        self, paths: dict[str, tuple[Storage, str]], *args: Any, **options: Any
    ) -> Iterator[Any]:
        """Hash what a browser is to get; what others wrote stays as it came."""
        lean = {
            name: (Lean(storage), path) if name.startswith(OURS) else (storage, path)
            for name, (storage, path) in paths.items()
        }
        yield from super().post_process(lean, *args, **options)  # type: ignore[no-untyped-call]

    def create_compressor(self, **options: Any) -> Compressor:
        return Pressed(**options)  # type: ignore[no-untyped-call]


class Pressed(Compressor):
    """Brotli beside gzip: browsers take it over https, and from this very machine."""

    @staticmethod
    def compress_brotli(data: bytes) -> bytes:
        pressed: bytes = brotli.compress(data, quality=BROTLI_QUALITY)  # type: ignore[no-untyped-call]
        return pressed


class Lean:
    """A storage whose stylesheets and scripts are opened without what only people read."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def open(self, path: str) -> ContentFile[bytes]:
        with self._storage.open(path) as file:
            content = file.read()
        if path.endswith(".css"):
            content = squeezed(self._whole(path, content.decode())).encode()
        elif path.endswith(".js"):
            content = jsmin(content.decode()).encode()
        return ContentFile(content)

    def _whole(self, path: str, css: str) -> str:
        """The stylesheet with those in it that it imports: its neighbours, without conditions."""

        def read(match: re.Match[str]) -> str:
            name = posixpath.join(posixpath.dirname(path), match[1])
            with self._storage.open(name) as file:
                return self._whole(name, file.read().decode())

        return IMPORT.sub(read, css)


def squeezed(css: str) -> str:
    """A stylesheet without its comments and the spaces that say nothing.

    By hand, because rcssmin (1.3) takes what stands in an `@layer` for declarations, where a space
    before a colon says nothing; in a selector it says much.
    """
    without = COMMENT.sub(lambda found: found["string"] or " ", css)
    return SPACE.sub(
        lambda found: found["string"] or found["mark"] or found["colon"] or " ", without
    ).strip()
