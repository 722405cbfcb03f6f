"""Which languages the interface can be said in."""

from __future__ import annotations

from pathlib import Path


def catalogues(folder: Path) -> frozenset[str]:
    """The languages of the compiled catalogues in `folder`: `pt-br` of `pt_BR/LC_MESSAGES`."""
    found = folder.glob("*/LC_MESSAGES/django.mo")
    return frozenset(path.parts[-3].replace("_", "-").lower() for path in found)
