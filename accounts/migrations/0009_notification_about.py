from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0008_ban")]

    operations = [
        migrations.AddIndex(
            model_name="notification",
            # Of all rows: SQLite cannot tell that a key it is given is not the empty one.
            index=models.Index(fields=["key"], name="notification_about"),
        ),
    ]
