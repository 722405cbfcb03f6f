"""That something has changed which readers see, written down by the database itself."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models.functions import Now
from django.db.models.sql.compiler import SQLCompiler


class CurrentTransaction(models.Func):
    """The number of the transaction that writes the row; 0 where only one writes at a time."""

    template = "0"
    arity = 0
    output_field = models.BigIntegerField()

    def as_postgresql(
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **context: Any
    ) -> tuple[str, Any]:
        return self.as_sql(
            compiler, connection, template="(pg_current_xact_id()::text::bigint)", **context
        )


class Change(models.Model):
    """One changed ingredient of pages (`accounts.ingredients`); `~` before a kind says that it may
    wait a moment.

    Triggers write it in the transaction of the change (`blog.change_log`), so there is none without
    the other.
    """

    kind = models.CharField(max_length=24)
    key = models.BigIntegerField()
    # Keys are given before transactions end; what was not over yet is known by this.
    transaction = models.BigIntegerField(db_default=CurrentTransaction())
    at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "change"
        verbose_name_plural = "changes"
        default_permissions = ()
        indexes = [models.Index(fields=["transaction"], name="change_transaction")]

    def __str__(self) -> str:
        return f"{self.kind} {self.key}"
