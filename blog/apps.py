from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.db.models.signals import post_migrate, pre_migrate


class BlogConfig(AppConfig):
    name = "blog"
    verbose_name = "Stories"

    def ready(self) -> None:
        from accounts.roles import sync_groups
        from blog import (
            change_log,
            listing,
            receivers,
            search,
            telling,
            telling_responses,
            triggers,
        )

        telling.register_kinds()
        telling_responses.register_kinds()
        receivers.connect()
        # Groups get permissions, and those exist only after the last app has migrated.
        post_migrate.connect(sync_groups, sender=self, dispatch_uid="accounts.roles")
        pre_migrate.connect(triggers.give_way, sender=self, dispatch_uid="blog.triggers")
        post_migrate.connect(change_log.follow_migration, sender=self, dispatch_uid="blog.changes")
        post_migrate.connect(listing.follow_migration, sender=self, dispatch_uid="blog.listing")
        post_migrate.connect(search.follow_migration, sender=self, dispatch_uid="blog.search")


class DeskConfig(AdminConfig):
    """Django's admin with our own site."""

    default_site = "blog.desk.Desk"
