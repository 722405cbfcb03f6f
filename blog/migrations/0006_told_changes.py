from django.db import migrations, models


class Migration(migrations.Migration):
    """A column that may be empty: no row is written, however many there are."""

    dependencies = [
        ("blog", "0005_announced"),
    ]

    operations = [
        migrations.AddField(
            model_name="revision",
            name="changes",
            field=models.JSONField(editable=False, null=True),
        ),
    ]
