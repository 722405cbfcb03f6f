import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models

FOR_PEOPLE = ~models.Q(user=None)


class Migration(migrations.Migration):
    dependencies = [
        ("blog", "0018_comment_revision"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="CommentClap",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("visitor", models.CharField(editable=False, max_length=32, null=True)),
                ("count", models.PositiveSmallIntegerField()),
                ("added", models.PositiveSmallIntegerField(default=0, editable=False)),
                ("clapped_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "comment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="claps",
                        to="blog.comment",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="%(class)ss",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "verbose_name": "clap for a response",
                "verbose_name_plural": "claps for responses",
                "abstract": False,
                "indexes": [
                    models.Index(
                        condition=~models.Q(visitor=None),
                        fields=["visitor"],
                        name="commentclap_visitor",
                    ),
                    models.Index(
                        condition=FOR_PEOPLE, fields=["comment", "-id"], name="commentclap_people"
                    ),
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(count__gte=1, count__lte=50),
                        name="commentclap_count_1_to_50",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(user=None) | models.Q(visitor=None),
                        name="commentclap_of_user_or_visitor",
                    ),
                    models.UniqueConstraint(
                        fields=["comment", "user"], name="commentclap_once_per_user"
                    ),
                    models.UniqueConstraint(
                        fields=["comment", "visitor"], name="commentclap_once_per_visitor"
                    ),
                ],
            },
        ),
        # The name on the other side only; no column changes.
        migrations.AlterField(
            model_name="clap",
            name="user",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.SET_NULL,
                related_name="%(class)ss",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="clap",
            index=models.Index(condition=FOR_PEOPLE, fields=["post", "-id"], name="clap_people"),
        ),
    ]
