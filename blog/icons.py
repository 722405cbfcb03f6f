"""The publication's sign, at every size that browsers and telephones ask for."""

from __future__ import annotations

import contextlib
import hashlib
from functools import cache
from pathlib import Path

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.templatetags.static import static

from blog.models import Publication

PACKAGED = Path(__file__).resolve().parent.parent / "static/icons"
FOLDER = "icons"
FAVICON = "favicon.ico"
TOUCH_ICON = "180.png"
MARK, LARGE, MASKABLE = "192.png", "512.png", "maskable.png"


def put_up(publication: Publication, files: dict[str, bytes]) -> None:
    """Make these the publication's icons, saved with it; see `pictures.logo`."""
    former = publication.logo
    digest = hashlib.sha256(b"".join(files[name] for name in sorted(files)))
    publication.logo = digest.hexdigest()[:32]
    for name, content in files.items():
        if not default_storage.exists(path(publication, name)):
            default_storage.save(path(publication, name), ContentFile(content))
    if former and former != publication.logo:
        _delete(former)


def take_down(publication: Publication) -> None:
    """Go back to the icon that Longhand brings along."""
    if publication.logo:
        _delete(publication.logo)
        publication.logo = ""


def path(publication: Publication, name: str) -> str:
    """Where one of its files lies in the storage; the name changes with what is in it."""
    return f"{FOLDER}/{publication.logo}/{name}"


def url(publication: Publication, name: str) -> str:
    """Where browsers fetch it."""
    if publication.logo:
        return str(default_storage.url(path(publication, name)))
    return _packaged_url(name)


@cache
def _packaged_url(name: str) -> str:
    return static(f"icons/{name}")


def read(publication: Publication, name: str) -> bytes:
    """One of the icons, the packaged one when there is no logo."""
    if publication.logo and default_storage.exists(path(publication, name)):
        with default_storage.open(path(publication, name)) as file:
            content: bytes = file.read()
        return content
    return (PACKAGED / name).read_bytes()


def logo_bytes(publication: Publication) -> bytes:
    """The uploaded logo as a square PNG; nothing when there is none."""
    return read(publication, MARK) if publication.logo else b""


def _delete(folder: str) -> None:
    place = f"{FOLDER}/{folder}"
    with contextlib.suppress(FileNotFoundError):
        for name in default_storage.listdir(place)[1]:
            default_storage.delete(f"{place}/{name}")
