"""Indexes for lists that a million stories made slow: the desk's orders, and names."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0026_purge_position"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="authorship",
            index=models.Index(fields=["author", "-post"], name="authorship_newest"),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(fields=["-published_at", "-id"], name="post_by_date"),
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(
                condition=models.Q(("expires_at__isnull", False)),
                fields=["expires_at"],
                name="post_expiring",
            ),
        ),
        migrations.AddIndex(
            model_name="poststats",
            index=models.Index(fields=["-comment_count", "-post"], name="stats_discussed"),
        ),
        migrations.AddIndex(
            model_name="tag",
            index=models.Index(fields=["name", "id"], name="tag_by_name"),
        ),
    ]
