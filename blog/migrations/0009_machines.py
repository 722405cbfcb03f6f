from django.db import migrations, models


class Migration(migrations.Migration):
    """Columns with constant defaults: no row is rewritten on PostgreSQL."""

    dependencies = [("blog", "0008_presence_opened_at")]

    operations = [
        # Whoever wrote before there was the switch never chose to show what they typed.
        migrations.AddField(
            model_name="post",
            name="offers_markdown",
            field=models.BooleanField(default=False),
        ),
        migrations.AlterField(
            model_name="post",
            name="offers_markdown",
            field=models.BooleanField(
                default=True,
                help_text="Whoever puts .md at the end of its address gets everything as you typed it.",
                verbose_name="offer the text as Markdown",
            ),
        ),
        migrations.AddField(
            model_name="post",
            name="share_picture",
            field=models.CharField(blank=True, default="", editable=False, max_length=60),
        ),
        migrations.AddField(
            model_name="publication",
            name="logo",
            field=models.CharField(
                blank=True, default="", editable=False, max_length=32, verbose_name="logo"
            ),
        ),
        migrations.AddField(
            model_name="publication",
            name="welcomes_ai_crawlers",
            field=models.BooleanField(
                default=True,
                help_text="Without it, robots.txt asks their known crawlers to stay away and there is no llms.txt. That is a request: who does not keep to it can still read what everybody can read, and what was collected before is not taken back.",
                verbose_name="let AI companies collect the stories",
            ),
        ),
    ]
