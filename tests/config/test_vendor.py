"""The libraries of others that are served with the desk."""

from __future__ import annotations

import pytest
from django.conf import settings

VENDOR = settings.BASE_DIR / "static" / "vendor"
FOLDERS = sorted(folder.name for folder in VENDOR.iterdir())


@pytest.mark.parametrize("name", FOLDERS)
def test_each_library_stands_beside_its_licence_and_is_pinned(name):
    """The script that fetches it knows its version and what its archive hashes to."""
    folder = VENDOR / name
    assert "Permission is hereby granted" in (folder / "LICENCE").read_text(encoding="utf-8")
    package, address, integrity = (folder / "VERSION").read_text(encoding="utf-8").splitlines()
    script = (settings.BASE_DIR / "script" / "vendor").read_text(encoding="utf-8")
    for word in package.split():
        assert f'"{word}"' in script
    assert integrity in script
    assert address.startswith("https://registry.npmjs.org/")


@pytest.mark.parametrize("name", FOLDERS)
def test_no_library_makes_code_of_text(name):
    """The security policy would forbid it, and only where it is needed."""
    for path in (VENDOR / name).glob("*.js"):
        script = path.read_text(encoding="utf-8")
        assert "eval(" not in script
        assert "new Function" not in script
