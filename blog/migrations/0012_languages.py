import django.db.models.deletion
from django.db import migrations, models

import accounts.models.user


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0005_follow"),
        ("blog", "0011_highlights"),
    ]

    operations = [
        migrations.AddField(
            model_name="publication",
            name="time_zone",
            field=models.CharField(
                default="UTC",
                help_text="Stories have their dates in it: Europe/Berlin, for example.",
                max_length=64,
                validators=[accounts.models.user.validate_time_zone],
                verbose_name="time zone",
            ),
        ),
        migrations.CreateModel(
            name="Work",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "original",
                    models.ForeignKey(
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="blog.post",
                    ),
                ),
            ],
            options={
                "verbose_name": "work in several languages",
                "verbose_name_plural": "works in several languages",
            },
        ),
        migrations.AddField(
            model_name="post",
            name="work",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="posts",
                to="blog.work",
                verbose_name="translations",
            ),
        ),
        migrations.AddConstraint(
            model_name="post",
            constraint=models.UniqueConstraint(
                condition=models.Q(("work__isnull", False)),
                fields=("work", "language"),
                name="post_language_once",
            ),
        ),
    ]
