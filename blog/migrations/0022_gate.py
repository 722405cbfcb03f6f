"""What moderators teach, and by what the same text is found again."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0021_muted_threads"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Lesson",
            fields=[
                (
                    "comment",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="lesson",
                        serialize=False,
                        to="blog.comment",
                    ),
                ),
                ("is_spam", models.BooleanField()),
                ("words", models.JSONField()),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "verbose_name": "lesson",
                "verbose_name_plural": "lessons",
            },
        ),
        migrations.CreateModel(
            name="SpamWord",
            fields=[
                ("word", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("spam_count", models.PositiveIntegerField(default=0)),
                ("ham_count", models.PositiveIntegerField(default=0)),
            ],
            options={
                "verbose_name": "word of spam",
                "verbose_name_plural": "words of spam",
            },
        ),
        migrations.AddField(
            model_name="comment",
            name="fingerprint",
            field=models.BigIntegerField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="publication",
            name="akismet_key",
            field=models.CharField(
                blank=True,
                help_text="Akismet is a service against spam. With a key, each response waits until it has answered, and it is sent, with the story’s address and your publication’s: the text and its time, the writer’s name and e-mail address, their IP address, and what their browser says of itself and of the page they came from. What moderators decide otherwise is sent too. Say so where you tell readers what happens to their data. Left empty, nothing is sent.",
                max_length=40,
                verbose_name="Akismet key",
            ),
        ),
        migrations.AddIndex(
            model_name="comment",
            index=models.Index(
                condition=models.Q(("fingerprint", None), _negated=True),
                fields=["fingerprint", "created_at"],
                name="comment_fingerprint",
            ),
        ),
    ]
