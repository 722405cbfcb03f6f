"""An index for the list of authors: with thousands, each page sorted all of them."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_notification_about"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="author",
            index=models.Index(fields=["name", "id"], name="author_by_name"),
        ),
    ]
