import django.db.models.functions.datetime
from django.db import migrations, models

import blog.models.change


class Migration(migrations.Migration):
    dependencies = [("blog", "0024_spam_swept")]

    operations = [
        migrations.CreateModel(
            name="Change",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("kind", models.CharField(max_length=24)),
                ("key", models.BigIntegerField()),
                (
                    "transaction",
                    models.BigIntegerField(db_default=blog.models.change.CurrentTransaction()),
                ),
                (
                    "at",
                    models.DateTimeField(db_default=django.db.models.functions.datetime.Now()),
                ),
            ],
            options={
                "verbose_name": "change",
                "verbose_name_plural": "changes",
                "default_permissions": (),
                "indexes": [models.Index(fields=["transaction"], name="change_transaction")],
            },
        ),
    ]
