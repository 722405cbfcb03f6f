"""What to read after a story, and the two ways in by key that it and the front page need.

The rows are made by the worker once the server runs (or by `relate`).
"""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_follow"),
        ("blog", "0012_languages"),
    ]

    operations = [
        migrations.CreateModel(
            name="ReadNext",
            fields=[
                (
                    "post",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="read_next",
                        serialize=False,
                        to="blog.post",
                    ),
                ),
                ("rules", models.PositiveSmallIntegerField()),
                ("version", models.PositiveIntegerField()),
            ],
            options={
                "verbose_name": "list of what to read next",
                "verbose_name_plural": "lists of what to read next",
            },
        ),
        migrations.CreateModel(
            name="Related",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("place", models.PositiveSmallIntegerField()),
            ],
            options={
                "verbose_name": "story to read next",
                "verbose_name_plural": "stories to read next",
            },
        ),
        migrations.AddIndex(
            model_name="post",
            index=models.Index(
                condition=models.Q(("series__isnull", False)),
                fields=["-published_at", "-id"],
                name="post_newest_part",
            ),
        ),
        migrations.AddIndex(
            model_name="posttag",
            index=models.Index(fields=["tag", "-post"], name="post_tag_newest"),
        ),
        migrations.AddField(
            model_name="related",
            name="other",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE,
                related_name="related_to",
                to="blog.post",
            ),
        ),
        migrations.AddField(
            model_name="related",
            name="post",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="related", to="blog.post"
            ),
        ),
        migrations.AddConstraint(
            model_name="related",
            constraint=models.UniqueConstraint(fields=("post", "place"), name="related_place_once"),
        ),
        migrations.AddConstraint(
            model_name="related",
            constraint=models.UniqueConstraint(fields=("post", "other"), name="related_once"),
        ),
        migrations.AddConstraint(
            model_name="related",
            constraint=models.CheckConstraint(
                condition=models.Q(("post", models.F("other")), _negated=True),
                name="related_is_another",
            ),
        ),
        migrations.AddConstraint(
            model_name="related",
            constraint=models.CheckConstraint(
                condition=models.Q(("place__lt", 8)), name="related_is_short"
            ),
        ),
    ]
