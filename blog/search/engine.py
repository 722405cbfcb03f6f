"""Which of the two indexes this installation has."""

from __future__ import annotations

from types import ModuleType

from django.db import DEFAULT_DB_ALIAS, connections

from blog.search import postgres, sqlite


def engine(using: str = DEFAULT_DB_ALIAS) -> ModuleType:
    return {"postgresql": postgres, "sqlite": sqlite}[connections[using].vendor]
