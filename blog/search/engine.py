"""Which of the two indexes this installation has."""

from __future__ import annotations

from types import ModuleType

from django.db import connection

from blog.search import postgres, sqlite


def engine() -> ModuleType:
    return {"postgresql": postgres, "sqlite": sqlite}[connection.vendor]
